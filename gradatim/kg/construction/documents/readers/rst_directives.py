"""Directives that docutils does not know, or does with them what is not wanted here.

Unknown ones lose nothing and make no noise: their content is text like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive

INDEX_ENTRIES = "index-entries"
"""Attribute of the (invisible) node of an index directive: the words that the next block introduces."""
CUSTOM_ROLES = "custom_roles"
"""Attribute of a document's settings: what its own roles are made from."""
_CHANGES = {
    **{"versionadded": "New in version", "versionchanged": "Changed in version"},
    **{"deprecated": "Deprecated since version", "deprecated-removed": "Deprecated since version"},
}
_ENTRY_TYPE = re.compile(
    r"^!?\s*(single|pair|triple|see|seealso|module|keyword|operator|object|exception|statement)\s*:"
)
_SECOND_VERSION = re.compile(r"^\s*\d[\w.]*\s*")
_JOINED_LINES = re.compile(r"\\\n\s*")
_DESCRIBED = re.compile(r"\w*(function|method|class|attribute|decorator|exception)")
"""`coroutinefunction`, `abstractmethod` …: what Python's own documentation and others make of the standard ones."""


class _AnyOption(dict[str, Callable[[str], Any]]):
    """Options of every name, kept as they are."""

    def __bool__(self) -> bool:
        return True

    def __missing__(self, key: str) -> Callable[[str], Any]:
        return lambda value: value


class _Foreign(Directive):
    has_content = True
    optional_arguments = 0
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = _AnyOption()

    def parsed(self, into: nodes.Element) -> list[nodes.Node]:
        """The content, parsed; it may hold sections of its own."""
        memo = self.state.memo
        outer = memo.title_styles, memo.section_level
        memo.title_styles, memo.section_level = [], 0
        try:
            self.state.nested_parse(self.content, self.content_offset, into, match_titles=True)
        finally:
            memo.title_styles, memo.section_level = outer
        return list(into.children)

    def inline(self, text: str) -> list[nodes.Node]:
        found, messages = self.state.inline_text(text, self.lineno)
        return [*found, *messages]


class _Text(_Foreign):
    """The content is text, whatever the directive does with it; a lone word beside an unknown name is a setting."""

    def run(self) -> Sequence[nodes.Node]:
        if len(self.content) == 1 and len(self.content[0].split()) == 1:
            return []
        return self.parsed(nodes.container())


class _TextBelow(_Foreign):
    """The content is text, what stands on the line of the directive is not."""

    optional_arguments = 1

    def run(self) -> Sequence[nodes.Node]:
        return self.parsed(nodes.container())


class _Dropped(_Foreign):
    """Nothing of this is text."""

    optional_arguments = 1

    def run(self) -> Sequence[nodes.Node]:
        return []


class _Code(_Foreign):
    optional_arguments = 1

    def run(self) -> Sequence[nodes.Node]:
        block = nodes.literal_block(text="\n".join(self.content))
        block.line = self.content_offset + 1
        return [block]


class _Change(_Foreign):
    """`versionadded` and the like: a paragraph that begins as Sphinx lets it begin."""

    optional_arguments = 1

    def run(self) -> Sequence[nodes.Node]:
        version, text = [*(self.arguments[0] if self.arguments else "").split(maxsplit=1), "", ""][:2]
        if self.name == "deprecated-removed":
            text = _SECOND_VERSION.sub("", text)
        intro = f"{_CHANGES[self.name]} {version}"
        below = self.parsed(nodes.container())
        paragraph = nodes.paragraph(
            "", "", nodes.Text(f"{intro}: " if text or below else f"{intro}."), *self.inline(text)
        )
        paragraph.line = self.lineno
        if not text and below and isinstance(below[0], nodes.paragraph):
            paragraph.extend(below.pop(0).children)
        return [paragraph, *below]


class _Described(_Foreign):
    """A function, class, option …: its signature is what the content defines."""

    optional_arguments = 1

    def run(self) -> Sequence[nodes.Node]:
        if self.name == "class" and not self.content and "(" not in self.block_text:
            return []  # of docutils: how the next paragraph is styled
        item = nodes.definition_list_item()
        for signature in _JOINED_LINES.sub(" ", self.arguments[0] if self.arguments else "").split("\n"):
            term = nodes.term("", signature.strip())
            term.line = self.lineno
            item += term
        body = nodes.definition()
        self.parsed(body)
        item += body
        return [nodes.definition_list("", item)]


class _Glossary(_Foreign):
    """Terms at the margin, one or more for each definition below them."""

    def run(self) -> Sequence[nodes.Node]:
        entries = nodes.definition_list()
        item = nodes.definition_list_item()
        number = 0
        while number < len(self.content):
            line = self.content[number]
            if line[:1].strip():
                if not line.startswith(".. "):
                    term = nodes.term("", "", *self.inline(line.partition(" : ")[0]))
                    term.line = self.content_offset + number + 1
                    item += term
                number += 1
                continue
            if not line.strip():
                number += 1
                continue
            indented, _, _ = self.content.get_indented(number)
            body = nodes.definition()
            self.state.nested_parse(indented, self.content_offset + number, body)
            item += body
            entries += item
            item = nodes.definition_list_item()
            number += max(len(indented), 1)
        if item.children:
            entries += item
        return [entries]


class _TableOfContents(_Foreign):
    """Titles that are written out are text; names of other documents are not."""

    def run(self) -> Sequence[nodes.Node]:
        titles = [line.rpartition("<")[0].strip() for line in self.content if line.rstrip().endswith(">")]
        items = [nodes.list_item("", nodes.paragraph("", title)) for title in titles if title]
        return [nodes.bullet_list("", *items)] if items else []


class _Index(_Foreign):
    def run(self) -> Sequence[nodes.Node]:
        marker = nodes.comment()
        entries: list[str] = []
        for line in self.content:
            kind = _ENTRY_TYPE.match(line)
            parts = line[kind.end() :].split(";") if kind else line.split(",")
            entries += [part.partition("(")[0].strip(" !\t") for part in parts]
        marker[INDEX_ENTRIES] = [entry for entry in entries if entry]
        return [marker]


class _Role(_Foreign):
    """`.. role:: python(code)`: holds for this document; docutils would keep it for all that follow."""

    optional_arguments = 1

    def run(self) -> Sequence[nodes.Node]:
        name, _, base = (self.arguments[0] if self.arguments else "").partition("(")
        custom: dict[str, str] = self.state.document.settings.__dict__.setdefault(CUSTOM_ROLES, {})
        custom[name.strip().lower()] = base.rstrip(") ").lower()
        return []


_DIRECTIVES: dict[str, type[Directive]] = {
    **dict.fromkeys(
        ("code-block", "sourcecode", "doctest", "testcode", "testoutput", "ipython", "prompt", "productionlist"), _Code
    ),
    **dict.fromkeys(("jupyter-execute", "code-cell", "plot", "exec", "activecode", "runblock", "console"), _Code),
    **dict.fromkeys(("include", "raw", "literalinclude", "contents", "sectnum", "header", "footer", "meta"), _Dropped),
    **dict.fromkeys(("title", "highlight", "testsetup", "testcleanup", "mermaid", "graphviz", "uml"), _Dropped),
    **dict.fromkeys(("target-notes", "default-role", "bibliography", "todolist", "autosummary"), _Dropped),
    **dict.fromkeys(("sectionauthor", "moduleauthor", "codeauthor", "tabularcolumns", "digraph", "graph"), _Dropped),
    **dict.fromkeys(("only", "ifconfig", "module", "currentmodule", "program", "default-domain"), _TextBelow),
    **dict.fromkeys(("figure", "container", "cssclass", "rst-class"), _TextBelow),
    **dict.fromkeys(("data", "describe", "object", "opcode", "option", "cmdoption", "envvar", "property"), _Described),
    **dict.fromkeys(("macro", "type", "member", "struct", "enum", "enumerator", "var"), _Described),
    **dict.fromkeys(_CHANGES, _Change),
    "glossary": _Glossary,
    "toctree": _TableOfContents,
    "index": _Index,
    "role": _Role,
}
"""In place of docutils' own, too."""


def own_directive(name: str) -> type[Directive] | None:
    """What is to be done with a directive, whatever docutils would do."""
    plain = name.lower().rpartition(":")[2]
    return _DIRECTIVES.get(plain) or (_Described if _DESCRIBED.fullmatch(plain) else None)


def unknown_directive() -> type[Directive]:
    """What is done with a directive that nobody knows."""
    return _Text
