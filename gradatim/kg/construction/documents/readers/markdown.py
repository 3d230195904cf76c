"""Markdown: CommonMark with tables, definition lists, footnotes, formulas, front matter, and the marks of MyST."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from gradatim.kg.construction.documents.collector import Collector, PlaceOf
from gradatim.kg.construction.documents.model import SpanKind
from gradatim.kg.construction.documents.readers.html import read_html
from gradatim.kg.construction.documents.readers.html_tags import SPANS
from gradatim.kg.construction.documents.roles import shown

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_NESTING = 60
"""Levels of blocks in one another that are told apart (a list in a list is two); the parser recurses for each."""
_DIRECTIVES_DEEP = 4
_TITLE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_DIRECTIVE = re.compile(r"^\{([\w:+-]+)\}[ \t]*(.*)$")
_OPTIONS = re.compile(r"\A(?:---\n.*?\n---\n|(?:[ \t]*:[\w-]+:[^\n]*(?:\n|\Z))+)", re.DOTALL)
_INLINE_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_DIV_LINE = re.compile(r"^:{3,}(?!:)\s*(?:\{.*\}.*|[\w.-]*)\s*$")
_OPENED: dict[str, SpanKind] = {"em": "emphasis", "strong": "strong", "link": "link"}
_WITHOUT_TEXT = frozenset(
    (
        *("toctree", "tableofcontents", "contents", "include", "literalinclude", "bibliography"),
        *("image", "mermaid", "graphviz", "raw", "eval-rst"),
    )
)
_WITH_CODE = frozenset(
    (
        *("code", "code-cell", "code-block", "sourcecode", "parsed-literal", "doctest", "testcode", "ipython"),
        *("math", "python", "r", "julia", "bash", "sql"),
    )
)
"""Directives of MyST, and languages of R Markdown, whose content is no Markdown."""


def read_markdown(text: str, place: PlaceOf, into: Collector, *, with_front_matter: bool = True) -> None:
    """Read a document; a `title` in its front matter is its first heading, as sites show it.

    Args:
        text: Of the document.
        place: How a line is called.
        into: Where the blocks go.
        with_front_matter: Whether lines between `---` at the top are data about the document.
    """
    _Document(place, into).read(text, 0, front_matter=with_front_matter)
    into.flush()


class _Document:
    def __init__(self, place: PlaceOf, into: Collector) -> None:
        self._place = place
        self._into = into
        self._deep = 0

    def read(self, text: str, before: int, *, front_matter: bool = False) -> None:
        """Read text that stands below `before` lines of the document."""
        line = before + 1
        for token in _parser(front_matter).parse(text):
            if token.map is not None:
                line = before + token.map[0] + 1
            self._into.at(self._place(line))
            self._block(token, line)

    def _block(self, token: Token, line: int) -> None:
        into = self._into
        match token.type:
            case "heading_open":
                into.enter("heading", int(token.tag[1:]))
            case "list_item_open" | "dd_open":
                into.enter("item")
            case "dt_open":
                into.enter("term")
            case "th_open" | "td_open":
                into.enter("cell")
            case "heading_close" | "list_item_close" | "dd_close" | "dt_close" | "th_close" | "td_close":
                into.leave()
            case "bullet_list_open" | "ordered_list_open" | "dl_open":
                into.open_list()
            case "bullet_list_close" | "ordered_list_close" | "dl_close":
                into.close_list()
            case "inline":
                self._inline(token.children or ())
            case "fence":
                self._fence(token, line)
            case "code_block" | "math_block" | "math_block_label":
                into.code(token.content, self._place(line))
            case "html_block":
                read_html(token.content, lambda number: self._place(line + number - 1), into)
            case "front_matter":
                self._front_matter(token.content, line)
            case _:
                into.flush()

    def _front_matter(self, content: str, line: int) -> None:
        title = _TITLE.search(content)
        if title is not None:
            self._into.enter("heading", 1)
            self._into.at(self._place(line))
            self._into.write(title[1].strip("\"'"))
            self._into.leave()

    def _fence(self, token: Token, line: int) -> None:
        directive = _DIRECTIVE.match(token.info.strip())
        name = "" if directive is None else directive[1].lower()
        if directive is None or name in _WITH_CODE or self._deep >= _DIRECTIVES_DEEP:
            content = token.content if directive is None else _OPTIONS.sub("", token.content)
            self._into.code(content, self._place(line))
            return
        if name in _WITHOUT_TEXT:
            return
        self._deep += 1
        if name != "figure":  # there, a file stands in the place of a title
            self.read(directive[2], line - 1)
            self._into.flush()
        options = _OPTIONS.match(token.content)
        skipped = 0 if options is None else options.end()
        self.read(token.content[skipped:], line + token.content.count("\n", 0, skipped))
        self._into.flush()
        self._deep -= 1

    def _inline(self, tokens: Sequence[Token]) -> None:
        into = self._into
        tags: list[SpanKind] = []
        for token in tokens:
            kind = _OPENED.get(token.type.rpartition("_")[0])
            if kind is not None:
                (into.open if token.nesting > 0 else into.close)(kind)
                continue
            match token.type:
                case "text" | "math_inline" | "math_inline_double" | "text_special":
                    into.write(token.content)
                case "softbreak" | "hardbreak":
                    into.write("\n")
                case "code_inline":
                    into.spanned(token.content, "code")
                case "myst_role":
                    into.spanned(*shown(str(token.meta["name"]), token.content))
                case "html_inline":
                    self._tag(token.content, tags)
                case _:  # pictures, numbers of footnotes, check boxes
                    pass
        for kind in tags:  # a tag that was not closed holds for its paragraph
            into.close(kind)

    def _tag(self, content: str, tags: list[SpanKind]) -> None:
        found = _INLINE_TAG.match(content)
        if found is None:
            return
        name = found[2].lower()
        kind = SPANS.get(name)
        if name == "br":
            self._into.write("\n")
        elif kind is not None and not found[1]:
            self._into.open(kind)
            tags.append(kind)
        elif kind is not None and kind in tags:
            self._into.close(kind)
            tags.remove(kind)


@cache
def _parser(front_matter: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.front_matter import front_matter_plugin
    from mdit_py_plugins.myst_role import myst_role_plugin
    from mdit_py_plugins.myst_role.index import myst_role
    from mdit_py_plugins.tasklists import tasklists_plugin

    def role(state: StateInline, silent: bool) -> bool:
        # the plugin's own rule copies the rest of the paragraph at every mark
        return state.src.startswith("{", state.pos) and myst_role(state, silent)

    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable(["table", "strikethrough"])
    parser.use(deflist_plugin).use(footnote_plugin).use(tasklists_plugin).use(myst_role_plugin)
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False)
    parser.inline.ruler.at("myst_role", role)
    if front_matter:
        parser.use(front_matter_plugin)
    ends = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("paragraph", "div_line", _div_line, {"alt": ends})
    return parser


def _div_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A line `::: {.note}` or `:::` of Pandoc, Quarto and MyST: what it encloses is text, the line itself is not."""
    del end
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(":::", first) or not _DIV_LINE.match(state.src[first : state.eMarks[start]]):
        return False
    if not silent:
        state.line = start + 1
    return True
