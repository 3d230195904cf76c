"""HTML pages, in one pass and without recursion: a page may nest a hundred thousand elements."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Literal

from gradatim.kg.construction.documents.collector import Collector, PlaceOf
from gradatim.kg.construction.documents.model import SpanKind
from gradatim.kg.construction.documents.readers.html_tags import (
    BLOCKS,
    HEADINGS,
    KINDS,
    LISTS,
    VOID,
    classes_of,
    is_code,
    is_dropped,
    is_label,
    span_of,
)

_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([-\w.:]{1,40})""", re.IGNORECASE)
_XML_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([-\w.:]{1,40})["']""")
_DECLARED_WITHIN = 4096
"""Bytes; browsers look at 1024."""
_ARTICLE = frozenset(("article", "main", "section"))
_PERMALINK = frozenset(("¶", "§", "🔗"))

Effect = Literal["drop", "context", "list", "code", "label"] | tuple[SpanKind] | None


def declared_encoding(data: bytes) -> str | None:
    """The encoding that a page names in its first lines."""
    start = data[:_DECLARED_WITHIN]
    found = _XML_DECLARED.search(start) or _DECLARED.search(start)
    return None if found is None else found[1].decode("ascii", "replace")


def read_html(text: str, place: PlaceOf, into: Collector) -> str:
    """Read a page, or a piece of one.

    Returns:
        What `<title>` says, if there is one.
    """
    page = _Page(place, into)
    page.feed(text)
    page.close()
    page.finish()
    return " ".join("".join(page.title).split())


class _Page(HTMLParser):
    """Follows which elements are open and what each does to the text inside of it."""

    def __init__(self, place: PlaceOf, into: Collector) -> None:
        super().__init__(convert_charrefs=True)
        self.title: list[str] = []
        self._place = place
        self._into = into
        self._open: list[tuple[str, Effect]] = []
        self._count: Counter[str] = Counter()
        self._dropped = 0
        self._code: list[str] = []
        self._code_place = ""
        self._in_code = 0
        self._label: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self._close_heading()
            if not self._dropped and not self._in_code:
                self._into.flush()
        if tag in VOID:
            if tag == "br":
                self.handle_data("\n")
            return
        # of an attribute that is given twice, the first counts
        attributes = {name: value or "" for name, value in reversed(attrs)}
        effect = self._effect(tag, attributes)
        self._open.append((tag, effect))
        self._count[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        if not self._count[tag]:
            if tag in BLOCKS and not self._dropped and not self._in_code:
                self._into.flush()
            return
        while self._pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "title" and len(self._open) <= 3:
            self.title.append(data)
        if self._dropped:
            return
        if self._in_code:
            self._code.append(data)
        elif self._label is not None:
            self._label.append(data)
        elif data.strip() not in _PERMALINK:
            self._into.at(self._place(self.getpos()[0]))
            self._into.write(data)

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Sections that no standard knows are comments to a browser; the library stops at them."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            return self.parse_bogus_comment(i)

    def finish(self) -> None:
        """End everything that is still open."""
        while self._open:
            self._pop()
        self._into.flush()

    def _effect(self, tag: str, attributes: dict[str, str]) -> Effect:
        if self._dropped or is_dropped(tag, attributes, in_article=any(self._count[item] for item in _ARTICLE)):
            self._dropped += 1
            return "drop"
        if self._in_code or is_code(tag, attributes):
            if not self._in_code:
                self._code_place = self._place(self.getpos()[0])
            self._in_code += 1
            return "code"
        if tag in HEADINGS or tag in KINDS:
            self._into.enter("heading" if tag in HEADINGS else KINDS[tag], HEADINGS.get(tag, 0))
            return "context"
        if tag in LISTS:
            self._into.open_list()
            return "list"
        if tag == "p" and self._label is None and "admonition-title" in classes_of(attributes):
            self._label = []
            return "label"
        span = span_of(tag, attributes)
        if span is None:
            return None
        self._into.open(span)
        return (span,)

    def _pop(self) -> str:
        tag, effect = self._open.pop()
        self._count[tag] -= 1
        if effect == "drop":
            self._dropped -= 1
        elif effect == "code":
            self._in_code -= 1
            if not self._in_code:
                self._into.code("".join(self._code), self._code_place)
                self._code.clear()
        elif effect == "context":
            self._into.leave()
        elif effect == "list":
            self._into.close_list()
        elif effect == "label":
            self._end_label()
        elif effect is not None:
            self._into.close(effect[0])
        elif tag in BLOCKS and not self._dropped:
            self._into.flush()
        return tag

    def _close_heading(self) -> None:
        """A heading that was never ended would make headings of all that follows."""
        if any(self._count[tag] for tag in HEADINGS):
            while self._pop() not in HEADINGS:
                pass

    def _end_label(self) -> None:
        label = "".join(self._label or ())
        self._label = None
        if not is_label(label):
            self._into.at(self._place(self.getpos()[0]))
            self._into.write(label)
        self._into.flush()
