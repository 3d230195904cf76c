"""Text that is written piece by piece: blanks run together, and the spans still fit."""

from __future__ import annotations

import re

from gradatim.kg.construction.documents.model import Span, SpanKind

_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff]")
"""Control characters, soft hyphens and marks of width zero: they split words that a reader sees as one."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""JSON can hold halves of characters; no file can be written with them."""


def cleaned(text: str) -> str:
    """The text without what nobody sees and with nothing that cannot be encoded."""
    return _LONE_SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text))


class RunningText:
    """The text of a block while it is being read.

    A span begins at the first character that is written after `open` and ends behind the last one before `close`,
    so it never begins or ends with a blank. Spans of one kind inside one another are one span: however deeply a
    document nests them, a block has no more spans of a kind than words.
    """

    def __init__(self) -> None:
        self.length = 0
        self._pieces: list[str] = []
        self._blank = False
        self._depth: dict[SpanKind, int] = {}
        self._start: dict[SpanKind, int] = {}
        self._spans: list[Span] = []

    @property
    def open_spans(self) -> tuple[SpanKind, ...]:
        """Kinds that were opened and not yet closed, one entry for each time."""
        return tuple(kind for kind, depth in self._depth.items() for _ in range(depth))

    def write(self, text: str) -> None:
        """Add text; blanks of any kind and number count as one, and none stand at either end of the whole."""
        text = cleaned(text)
        words = text.split()
        if not words:
            self._blank = self._blank or bool(text)
            return
        if (self._blank or text[0].isspace()) and self.length:
            self._pieces.append(" ")
            self.length += 1
        for kind in self._depth:
            self._start.setdefault(kind, self.length)
        run = " ".join(words)
        self._pieces.append(run)
        self.length += len(run)
        self._blank = text[-1].isspace()

    def open(self, kind: SpanKind) -> None:
        """What is written from here on is set apart."""
        self._depth[kind] = self._depth.get(kind, 0) + 1

    def close(self, kind: SpanKind) -> None:
        """Ends what `open` began; without an `open`, nothing happens."""
        depth = self._depth.get(kind, 0)
        if depth > 1:
            self._depth[kind] = depth - 1
        elif depth == 1:
            del self._depth[kind]
            self._end(kind)

    def mark(self, start: int, end: int, kind: SpanKind) -> None:
        """Set a stretch apart that has been written already."""
        self._spans.append(Span(start, end, kind))

    def text(self) -> str:
        """What was written so far."""
        return "".join(self._pieces)

    def finish(self) -> tuple[str, tuple[Span, ...]]:
        """The text and its spans, by where they start, longer ones first."""
        for kind in tuple(self._depth):
            self._end(kind)
        order = sorted(set(self._spans), key=lambda span: (span.start, -span.end, span.kind))
        return self.text(), tuple(order)

    def _end(self, kind: SpanKind) -> None:
        start = self._start.pop(kind, self.length)
        if start < self.length:
            self._spans.append(Span(start, self.length, kind))
