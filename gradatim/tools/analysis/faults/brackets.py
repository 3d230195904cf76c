"""Mends of brackets, quotes and commas."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from itertools import pairwise

from gradatim.tools.analysis.faults.mends import Lines, Mend, one
from gradatim.tools.analysis.faults.pieces import CLOSING, OPENING, Piece, code_end, open_brackets, pieces_of

_MOST_PLACES = 12


def missing_closing(lines: Lines, at: int) -> Iterator[Mend]:
    """A bracket that is opened and not closed: it may belong at the end of the line or before another piece."""
    text = lines[at]
    opened, _ = open_brackets(text)
    if not opened:
        return
    bracket = opened[-1]
    closing = OPENING[bracket.text]
    together = "".join(OPENING[piece.text] for piece in reversed(opened))
    end = code_end(text)
    head, tail = text[:end], text[end:]
    piece = text[bracket.start : end]
    if head.endswith(":"):
        yield one(at, f"{head[:-1]}{together}:{tail}", "unclosed-bracket", 0.25, piece, closing)
    yield one(at, f"{head}{together}{tail}", "unclosed-bracket", 0.25, piece, closing)
    if len(together) > 1:
        yield one(at, f"{head}{closing}{tail}", "unclosed-bracket", 0.35, piece, closing)
    if head.rstrip().endswith(","):
        trimmed = head.rstrip()[:-1]
        yield one(at, f"{trimmed}{together}{tail}", "unclosed-bracket", 0.6, piece, closing)
    after = [item for item in pieces_of(text) if item.start > bracket.start][-_MOST_PLACES:]
    for item in after:
        mended = f"{text[: item.start].rstrip()}{closing}{text[item.start :]}"
        yield one(at, mended, "unclosed-bracket", 0.4, piece, closing)
    mended = text[: bracket.start] + text[bracket.end :]
    yield one(at, mended, "stray-character", 0.75, bracket.text, "")


def closing_at_end(lines: Lines, at: int) -> Iterator[Mend]:
    """The bracket that was opened on a line further up is missing at the end of this one."""
    text = lines[at]
    end = code_end(text)
    if not text[:end].strip():
        return
    for closing in CLOSING:
        yield one(at, f"{text[:end]}{closing}{text[end:]}", "unclosed-bracket", 0.9, text[:end].strip(), closing)


def extra_closing(lines: Lines, at: int) -> Iterator[Mend]:
    """A bracket too many, one of the wrong kind, or one whose opening is missing."""
    text = lines[at]
    opened, extra = open_brackets(text)
    for piece in extra:
        yield one(at, text[: piece.start] + text[piece.end :], "unmatched-bracket", 0.3, piece.text, "")
        before = [item for item in opened if item.start < piece.start]
        if before:
            wanted = OPENING[before[-1].text]
            mended = text[: piece.start] + wanted + text[piece.end :]
            yield one(at, mended, "wrong-bracket", 0.3, piece.text, wanted)
            first = before[-1]
            mended = text[: first.start] + CLOSING[piece.text] + text[first.end :]
            yield one(at, mended, "wrong-bracket", 0.35, first.text, CLOSING[piece.text])
        opening = CLOSING[piece.text]
        words = [item for item in pieces_of(text) if item.start < piece.start][-_MOST_PLACES:]
        for item in words:
            for place in {item.start, item.end}:
                gap = text[:place].rstrip() if place == item.start and text[:place].strip() else text[:place]
                mended = f"{gap}{opening}{text[place:].lstrip()}"
                yield one(at, mended, "missing-opening-bracket", 0.5, item.text, opening)
    if not extra:
        for piece in pieces_of(text):
            if piece.kind == "operator" and (piece.text in CLOSING or piece.text in OPENING):
                yield one(at, text[: piece.start] + text[piece.end :], "unmatched-bracket", 0.9, piece.text, "")


def unclosed_text(lines: Lines, at: int) -> Iterator[Mend]:
    """A text whose quote is missing at its end or beginning, or that ends with the other quote."""
    text = lines[at]
    for piece in pieces_of(text):
        if piece.kind != "open-text":
            continue
        yield from _closed(text, at, piece)
        return
    for mark in ('"""', "'''"):
        if text.count(mark) % 2:
            yield one(at, text.rstrip() + mark, "unclosed-triple-quotes", 0.4, mark, mark)
            yield one(at, text.replace(mark, "", 1), "unclosed-triple-quotes", 0.8, mark, "")


def _closed(text: str, at: int, piece: Piece) -> Iterator[Mend]:
    quote = next(mark for mark in piece.text if mark in "\"'")
    other = "'" if quote == '"' else '"'
    for mark in ('"""', "'''"):
        if piece.text.lstrip("rRbBuUfF").startswith(mark):
            yield one(at, text.rstrip() + mark, "unclosed-triple-quotes", 0.4, mark, mark)
    inner = piece.text[piece.text.index(quote) + 1 :]
    if other in inner:
        place = piece.start + piece.text.index(quote) + 1 + inner.rindex(other)
        yield one(at, text[:place] + quote + text[place + 1 :], "wrong-quote", 0.25, other, quote)
        place = piece.start + piece.text.index(quote)
        yield one(at, text[:place] + other + text[place + 1 :], "wrong-quote", 0.3, quote, other)
    end = len(text.rstrip())
    yield one(at, text[:end] + quote, "unclosed-text", 0.3, piece.text, quote)
    places = [place for place in range(piece.start + 1, end) if text[place] in ")]},:;.+%#="]
    for place in places[-_MOST_PLACES:][::-1]:
        yield one(at, text[:place].rstrip() + quote + text[place:], "unclosed-text", 0.35, piece.text, quote)
    before = [item for item in pieces_of(text) if item.start < piece.start][-_MOST_PLACES:]
    for item in before:
        if item.kind in ("name", "number"):
            start = item.start
            yield one(at, text[:start] + quote + text[start:], "unopened-text", 0.45, item.text, quote)
    start = piece.start + piece.text.index(quote)
    yield one(at, text[:start] + text[start + 1 :], "stray-quote", 0.5, quote, "")
    if "'" in inner or '"' in inner:
        for place in range(piece.start + 1, end):
            if text[place] == quote:
                yield one(at, f"{text[:place]}\\{text[place:]}", "quote-inside-text", 0.5, quote, "\\" + quote)


def quote_inside(lines: Lines, at: int) -> Iterator[Mend]:
    """An apostrophe within a text in single quotes, which ends it too early."""
    text = lines[at]
    marks = [place for place, mark in enumerate(text) if mark in "'\""]
    if len(marks) < 3 or '"""' in text or "'''" in text:
        return
    for place in marks[1:-1][:8]:
        yield one(at, f"{text[:place]}\\{text[place:]}", "quote-inside-text", 0.5, text[place], "\\" + text[place])


def missing_comma(lines: Lines, at: int) -> Iterator[Mend]:
    """Two things next to each other with nothing in between."""
    text = lines[at]
    pieces = [item for item in pieces_of(text) if item.kind != "comment"]
    for left, right in pairwise(pieces):
        if _ends(left) and _begins(right):
            place = left.end
            piece = text[left.start : right.end]
            yield one(at, f"{text[:place]},{text[place:]}", "missing-comma", 0.4, piece, ",")
            if left.kind in ("number", "name") or left.text in CLOSING:
                yield one(at, f"{text[:place]} * {text[place:].lstrip()}", "missing-operator", 0.6, piece, "*")
            if "text" in (left.kind, right.kind):
                yield one(at, f"{text[:place]} + {text[place:].lstrip()}", "missing-operator", 0.55, piece, "+")
            if left.kind == "name" and keyword.iskeyword(left.text):
                continue
            if left.kind == "name" and right.kind == "name" and not keyword.iskeyword(right.text):
                joined = f"{text[:place]}_{text[place:].lstrip()}"
                yield one(at, joined, "name-with-gap", 0.5, piece, f"{left.text}_{right.text}")
                yield one(at, f"{text[:place]}.{text[place:].lstrip()}", "missing-operator", 0.7, piece, ".")
                yield one(at, f"{text[:place]} = {text[place:].lstrip()}", "missing-operator", 0.65, piece, "=")
            if left.kind == "name" and right.kind == "number":
                yield one(at, f"{text[:place]} = {text[place:].lstrip()}", "missing-operator", 0.6, piece, "=")


def comma_at_end(lines: Lines, at: int) -> Iterator[Mend]:
    """A row of a list of several lines that lacks the comma behind it."""
    text = lines[at]
    end = code_end(text)
    if text[:end].strip() and text[end - 1] not in ",:([{":
        yield one(at, f"{text[:end]},{text[end:]}", "missing-comma", 0.7, text[:end].strip(), ",")


def _ends(piece: Piece) -> bool:
    return piece.kind in ("text", "number", "name") or piece.text in CLOSING


def _begins(piece: Piece) -> bool:
    return piece.kind in ("text", "number", "name") or piece.text in OPENING
