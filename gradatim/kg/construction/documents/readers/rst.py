"""reStructuredText, as docutils and Sphinx write it; nothing is included from other files or the network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gradatim.kg.construction.documents.collector import Collector, PlaceOf
from gradatim.kg.construction.documents.model import SpanKind
from gradatim.kg.construction.documents.unreadable import Unreadable

if TYPE_CHECKING:
    from docutils import nodes

_LONGEST_LINE = 10_000
"""Characters; docutils gives up on a document with a longer line, for patterns that get slow."""
_FOR_DOCTEST = re.compile(r"^<BLANKLINE>$|[ \t]*# doctest: [+-].*$", re.MULTILINE)
"""What only the program that checks examples wants to see."""
_FOR_SPHINX = frozenset(("tocdepth", "orphan", "nocomments", "nosearch"))
"""Fields that set how a page is built."""
_ERROR = 3
"""Level of docutils' messages."""
_SETTINGS: dict[str, Any] = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,
    "line_length_limit": _LONGEST_LINE,
    "report_level": 5,
    "halt_level": 5,
    "warning_stream": False,
    "traceback": True,
    "doctitle_xform": False,
    "docinfo_xform": False,
    "sectsubtitle_xform": False,
    "syntax_highlight": "none",
    "smart_quotes": False,
    "input_encoding": "unicode",
}


def read_rst(text: str, place: PlaceOf, into: Collector) -> None:
    """Read a document.

    Raises:
        Unreadable: A line is longer than docutils takes.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > _LONGEST_LINE:
            raise Unreadable(f"line {number} has more than {_LONGEST_LINE:,} characters", remedy="break it up")
    from docutils.core import publish_doctree

    from gradatim.kg.construction.documents.readers.sphinx import known_to_docutils

    with known_to_docutils():
        document = publish_doctree(text, settings_overrides=dict(_SETTINGS))
    _Walk(document, place, into).run()
    into.flush()


class _Walk:
    """Goes through the document tree in reading order, without recursion."""

    def __init__(self, document: nodes.document, place: PlaceOf, into: Collector) -> None:
        from docutils import nodes

        self._nodes = nodes
        self._document = document
        self._place = place
        self._into = into
        self._sections = 0
        self._line = 1
        self._introduced: list[str] = []
        self._spans: list[tuple[type[nodes.Element], SpanKind]] = [
            (nodes.emphasis, "emphasis"),
            (nodes.title_reference, "emphasis"),
            (nodes.strong, "strong"),
            (nodes.literal, "code"),
            (nodes.reference, "link"),
        ]

    def run(self) -> None:
        pending: list[tuple[nodes.Node, bool]] = [(self._document, False)]
        while pending:
            node, done = pending.pop()
            if done:
                self._leave(node)
            elif self._enter(node):
                pending.append((node, True))
                pending.extend((child, False) for child in reversed(node.children))

    def _enter(self, node: nodes.Node) -> bool:
        """Whether there is more in a node to be read."""
        nodes, into = self._nodes, self._into
        if isinstance(node, nodes.Text):
            into.write(node.astext())
            return False
        if node.line is not None and not isinstance(node, nodes.Inline):
            self._line = max(node.line, 1)
        into.at(self._place(self._line))
        match node:
            case nodes.section():
                self._sections += 1
            case nodes.comment():
                self._introduced = node.attributes.get("index-entries", self._introduced)
                return False
            case nodes.literal_block() | nodes.doctest_block() | nodes.math_block():
                into.code(_FOR_DOCTEST.sub("", node.astext()), self._place(self._line))
                return False
            case nodes.field() if node.children and node.children[0].astext().lower() in _FOR_SPHINX:
                return False
            case nodes.bullet_list() | nodes.enumerated_list() | nodes.definition_list() | nodes.field_list():
                into.open_list()
            case nodes.option_list():
                into.open_list()
            case _ if isinstance(node, (nodes.list_item, nodes.definition, nodes.field_body, nodes.description)):
                into.enter("item")
            case nodes.term() | nodes.field_name() | nodes.option_group():
                into.enter("term")
            case nodes.entry():
                into.enter("cell")
            case nodes.title():
                if isinstance(node.parent, nodes.section):
                    into.at(self._place(max(self._line - 1, 1)))  # docutils counts the line below
                    into.enter("heading", min(self._sections, 6))
                else:
                    into.flush()
            case nodes.reference():
                return self._reference(node)
            case nodes.system_message():
                # what could not be understood, a table out of shape, is text all the same
                for block in node.findall(nodes.literal_block) if node["level"] >= _ERROR else ():
                    into.code(block.astext(), self._place(self._line))
                return False
            case _ if isinstance(node, (nodes.footnote_reference, nodes.citation_reference, nodes.label, nodes.image)):
                return False
            case _ if isinstance(node, (nodes.substitution_definition, nodes.target, nodes.raw, nodes.pending)):
                # a target inside of a sentence has text
                return isinstance(node, nodes.target) and bool(node.children)
            case _:
                kind = self._span(node)
                if kind is not None:
                    into.open(kind)
                elif not isinstance(node, nodes.Inline):
                    into.flush()
        return True

    def _leave(self, node: nodes.Node) -> None:
        nodes, into = self._nodes, self._into
        kind = self._span(node)
        if kind is not None:
            into.close(kind)
            return
        if isinstance(node, nodes.TextElement) and not isinstance(node, nodes.Inline):
            self._mark_introduced()
        match node:
            case nodes.section():
                self._sections -= 1
            case nodes.bullet_list() | nodes.enumerated_list() | nodes.definition_list() | nodes.field_list():
                into.close_list()
            case nodes.option_list():
                into.close_list()
            case _ if isinstance(
                node,
                (
                    *(nodes.list_item, nodes.definition, nodes.field_body, nodes.description),
                    *(nodes.term, nodes.field_name, nodes.option_group, nodes.entry),
                ),
            ) or (isinstance(node, nodes.title) and isinstance(node.parent, nodes.section)):
                into.leave()
            case _ if not isinstance(node, nodes.Inline):
                into.flush()
            case _:
                pass

    def _span(self, node: nodes.Node) -> SpanKind | None:
        for of, kind in self._spans:
            if isinstance(node, of):
                return kind
        if isinstance(node, self._nodes.inline) and "dfn" in node["classes"]:
            return "term"
        return None

    def _reference(self, node: nodes.reference) -> bool:
        """A label stands for the title of its section, where that is in this document."""
        label: str | None = node.get("label")
        self._into.open("link")
        if label is None:
            return True
        name = self._document.nameids.get(label.lower())
        section = None if name is None else self._document.ids.get(name)
        title = None if section is None else section.next_node(self._nodes.title)
        if title is None or section is None or title.parent is not section:
            return True
        self._into.write(title.astext())
        self._into.close("link")
        return False

    def _mark_introduced(self) -> None:
        """An index entry says that the block below it introduces its words: the first time they stand there."""
        running = self._into.running
        if not running.length or not self._introduced:
            return
        text = running.text()
        for entry in self._introduced:
            found = re.search(rf"(?<!\w){re.escape(' '.join(entry.split()))}(?!\w)", text, re.IGNORECASE)
            if found is not None:
                running.mark(*found.span(), "term")
        self._introduced = []
