"""From the lines of pages to paragraphs, headings, items and code."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from gradatim.kg.construction.documents.collector import Collector, PlaceOf
from gradatim.kg.construction.documents.model import SpanKind

_HEADING_LETTERS = 150
"""A heading has no more characters."""
_PROSE_LETTERS = 45
"""Where no line is longer, these are slides: short lines are no headings."""
_LARGER = 1.12
"""Times the size of running text: a heading."""
_GAP = 1.35
"""Times the usual distance of lines: a new paragraph."""
_REPEATS = 3
"""A line at the edge of so many pages is a running head."""
_EDGE_LINES = 2
"""At the top and at the bottom; one on a page that has but a few lines."""
_BULLET = re.compile(r"^\s*([•◦▪▸►‣∙●○■□–—*·\uf0b7\uf0a7-]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+(?=\S)")
_LEADER = re.compile(r"(?:\. ?){5,}\s*\w{1,5}\s*$")
"""Dots from a title to the number of its page: a table of contents."""
_ENDS = re.compile(r"[.!?:;…]['\")\]’”»]*$")
_HYPHEN = re.compile(r"(\w+)[-\u2010]$")
_SOFT = "\u00ad"
_WORD = re.compile(r"\w+(?:-\w+)*")
_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_SECTION = re.compile(
    r"^(?:(?:chapter|part|section|appendix|unit|week|lecture)\s+)?(\d+(?:\.\d+)*)\.?\s+\S", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in one font; sizes and places in points, `y` from below."""

    text: str
    style: frozenset[SpanKind] = frozenset()
    x: float = 0.0
    y: float = 0.0
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page."""

    page: int
    pieces: tuple[Piece, ...]
    text: str
    x: float
    y: float
    size: float
    style: frozenset[SpanKind]
    """What the whole of it is."""

    @classmethod
    def of(cls, page: int, pieces: Sequence[Piece]) -> Line | None:
        """The line of these pieces; None when it is blank."""
        seen = [piece for piece in pieces if piece.text.strip()]
        if not seen:
            return None
        largest = max(seen, key=lambda piece: len(piece.text.strip()))
        style = seen[0].style.intersection(*(piece.style for piece in seen))
        text = "".join(piece.text for piece in pieces)
        return cls(page, tuple(pieces), text, seen[0].x, largest.y, round(largest.size * 2) / 2, style)


def lay_out(lines: Sequence[Line], place: PlaceOf, into: Collector) -> None:
    """Write the lines of a document, in reading order, as blocks.

    Lines stay together while they have one size and the usual distance. Of hyphens at the end of a line, those are
    mended whose word stands without one elsewhere, or with one nowhere. Running heads and numbers of pages go.
    """
    if not lines:
        return
    layout = _Layout(without_running_heads(lines) or lines)
    for paragraph in layout.paragraphs():
        into.at(place(paragraph[0].page))
        layout.write(paragraph, place, into)
    into.flush()


def without_running_heads(lines: Sequence[Line]) -> list[Line]:
    """The lines without those that stand, but for numbers, at the edges of several pages, and
    without those of a table of contents."""
    body = _body_size(lines)
    edges: dict[int, set[int]] = {}
    pages: defaultdict[str, set[int]] = defaultdict(set)
    position = 0
    for page, group in groupby(lines, key=lambda line: line.page):
        here = list(group)
        order = sorted(range(len(here)), key=lambda index: -here[index].y)
        lines_at_edge = _EDGE_LINES if len(here) > 3 * _EDGE_LINES else 1
        outer = {*order[:lines_at_edge], *order[-lines_at_edge:]}
        edges[page] = {position + index for index in outer if here[index].size <= body * _LARGER or not body}
        for index in edges[page]:
            pages[_without_numbers(lines[index].text)].add(page)
        position += len(here)
    dropped = {
        index
        for found in edges.values()
        for index in found
        if len(pages[_without_numbers(lines[index].text)]) >= _REPEATS
    }
    return [line for index, line in enumerate(lines) if index not in dropped and not _LEADER.search(line.text)]


def _without_numbers(text: str) -> str:
    return " ".join(_NUMBER.sub("#", text).lower().split())


def _body_size(lines: Iterable[Line]) -> float:
    """The size that most characters have; 0 where sizes are unknown."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0]


class _Layout:
    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._body = _body_size(lines)
        steps = Counter(round(above.y - below.y) for above, below in pairwise(lines) if above.page == below.page)
        # the smallest that is no accident: headings and single lines have wider ones
        usual = [step for step, count in steps.items() if step >= 0.9 * self._body and count * 10 >= steps.total()]
        self._step = min((step for step in usual if step > 0), default=0)
        self._usual_length = max((len(line.text) for line in lines), default=0)
        sizes = {line.size for line in lines if self._is_large(line)}
        self._levels = {size: min(level, 6) for level, size in enumerate(sorted(sizes, reverse=True), start=1)}
        self._words = Counter(word.lower() for line in lines for word in _WORD.findall(line.text))

    def paragraphs(self) -> Iterable[list[Line]]:
        paragraph: list[Line] = []
        for line in self._lines:
            if paragraph and not self._goes_on(paragraph, line):
                yield paragraph
                paragraph = []
            paragraph.append(line)
        if paragraph:
            yield paragraph

    def write(self, lines: Sequence[Line], place: PlaceOf, into: Collector) -> None:
        """Write the lines of one block."""
        first = lines[0]
        if all("code" in line.style for line in lines) and (len(lines) > 1 or self._is_code(first)):
            margin = min(line.x for line in lines)
            # letters of a typewriter are about .6 of their size wide
            shifts = [round((line.x - margin) / (0.6 * (line.size or 10))) for line in lines]
            text = "\n".join(" " * max(shift, 0) + line.text for shift, line in zip(shifts, lines, strict=True))
            into.code(text, place(first.page))
            return
        bullet = _BULLET.match(first.text)
        level = self._heading_level(lines)
        if level:
            into.enter("heading", level)
        elif bullet is not None:
            into.open_list()
            into.enter("item")
        self._write_lines(lines, 0 if bullet is None or level else bullet.end(), into, spans=not level)
        if level:
            into.leave()
        elif bullet is not None:
            into.leave()
            into.close_list()
        into.flush()

    def _goes_on(self, above: Sequence[Line], line: Line) -> bool:
        """Whether a line belongs to the block above it."""
        last = above[-1]
        if _BULLET.match(line.text) or ("code" in last.style) != ("code" in line.style):
            return False
        if abs(last.size - line.size) > 0.5 and (self._is_large(last) or self._is_large(line)):
            return False
        if last.page != line.page:
            # a sentence that is not over goes on, on the next page
            return not _ENDS.search(last.text.rstrip()) and line.text.lstrip()[:1].islower()
        if ("strong" in last.style) != ("strong" in line.style) and not _continues(last, line):
            return False
        step = last.y - line.y
        if not self._step or step <= 0:  # sizes unknown, or the next column
            return not (_ENDS.search(last.text.rstrip()) and len(last.text) < 0.7 * self._usual_length)
        if "code" in line.style and step < 3.2 * self._step:
            return True  # a blank line in a program
        if step > _GAP * max(self._step, 1.15 * line.size):
            return False
        indented = line.x - last.x > 0.8 * (line.size or 10) and not _BULLET.match(above[0].text)
        return not (indented and _ENDS.search(last.text.rstrip()))

    def _heading_level(self, lines: Sequence[Line]) -> int:
        """1 to 6, or 0 for what is no heading."""
        text = " ".join(line.text.strip() for line in lines)
        if len(text) > _HEADING_LETTERS or not any(char.isalpha() for char in text):
            return 0
        if all(self._is_large(line) for line in lines):
            return self._levels[lines[0].size]
        below = min(len(self._levels) + 1, 6)
        section = _SECTION.match(text)
        ends = _ENDS.search(text) is not None or text.endswith(",")
        if all("strong" in line.style for line in lines) and len(lines) <= 2 and not ends:
            return below
        if self._levels or len(lines) > 1 or ends or len(text) > 60:
            return 0
        if section is not None and "." in section[1]:
            return min(section[1].count(".") + 1, 6)
        alone = len(text) < 0.6 * self._usual_length and text[0].isupper() and "strong" not in lines[0].style
        return 1 if alone and self._usual_length > _PROSE_LETTERS and not _BULLET.match(text) else 0

    def _write_lines(self, lines: Sequence[Line], skipped: int, into: Collector, *, spans: bool) -> None:
        for number, line in enumerate(lines):
            following = lines[number + 1].text.lstrip() if number + 1 < len(lines) else ""
            joined = self._joined(line.text.rstrip(), following)
            left = len(joined)
            for piece in line.pieces:
                text = piece.text[:left]
                left -= len(text)
                cut = min(skipped, len(text))
                skipped -= cut
                styles = piece.style if spans else frozenset[SpanKind]()
                for kind in styles:
                    into.open(kind)
                into.write(text[cut:])
                for kind in styles:
                    into.close(kind)
            if len(joined) == len(line.text.rstrip()) and not self._compound(line.text.rstrip(), following):
                into.write("\n")

    def _joined(self, text: str, following: str) -> str:
        """A line without the hyphen that only breaks its last word."""
        if text.endswith(_SOFT):
            return text[:-1]
        hyphen = _HYPHEN.search(text)
        if hyphen is None or not following[:1].islower() or self._compound(text, following):
            return text
        return text[:-1]

    def _compound(self, text: str, following: str) -> bool:
        """Whether the hyphen at the end of a line belongs to the word."""
        hyphen = _HYPHEN.search(text)
        rest = _WORD.match(following)
        if hyphen is None or rest is None:
            return False
        with_hyphen, without = f"{hyphen[1]}-{rest[0]}".lower(), f"{hyphen[1]}{rest[0]}".lower()
        if not following[0].islower():
            return True
        return self._words[with_hyphen] > self._words[without]

    def _is_large(self, line: Line) -> bool:
        return self._body > 0 and line.size >= self._body * _LARGER and "code" not in line.style

    @staticmethod
    def _is_code(line: Line) -> bool:
        """Whether one line in a typewriter's letters is more than a word between paragraphs."""
        return any(char in line.text for char in "=()<>{}[];:#")


def _continues(last: Line, line: Line) -> bool:
    """Whether a bold word at the end or beginning of a line lies inside of a sentence."""
    return not _ENDS.search(last.text.rstrip()) and line.text.lstrip()[:1].islower()
