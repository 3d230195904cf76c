"""An item as it is put before a person: lines of text in which the names stand out. No terminal is needed for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from gradatim.kg.decisions.doubts import Doubt
from gradatim.kg.decisions.names import find_concept, names_of, spans
from gradatim.kg.decisions.wording import PATTERNS
from gradatim.kg.graphfile import FileConcept, FileEdge, GraphFile

Mark = Literal["plain", "quiet", "source", "target"]
"""How a piece of a line is meant: `source` is also the name of a concept on its own."""
Line = tuple[tuple[str, Mark], ...]


def card(doubt: Doubt, graph: GraphFile) -> Iterator[Line]:
    """What a person has to know of an item to decide about it."""
    item = doubt.item
    if isinstance(item, FileConcept):
        yield (("concept ", "plain"), (item.name, "source"))
        if item.aliases:
            yield (("also called ", "quiet"), (", ".join(item.aliases), "plain"))
        yield from _sentence(item.sentence, item.place, names_of(item), ())
        return
    yield _relation(item)
    every = (*graph.concepts, *graph.doubtful.concepts)
    ends = find_concept(every, item.source), find_concept(every, item.target)
    source = (item.source, *(names_of(ends[0]) if ends[0] is not None else ()))
    target = (item.target, *(names_of(ends[1]) if ends[1] is not None else ()))
    yield from _sentence(item.sentence, item.place, source, target)
    marks: tuple[Mark, Mark] = ("source", "target")
    for end, mark in zip(ends, marks, strict=True):
        if end is not None and end.sentence and end.sentence != item.sentence:
            yield ((end.name, mark), (": ", "plain"), *_marked(end.sentence, source, target))


def standing_line(doubt: Doubt) -> str:
    """Where an item stands: `in the graph, confidence 0.41 (threshold 0.40)`."""
    confidence = "unknown" if doubt.item.confidence is None else f"{doubt.item.confidence:.2f}"
    where = "in the graph" if doubt.in_graph else "not in the graph"
    return f"{where}, confidence {confidence} (threshold {doubt.threshold:.2f})"


def _relation(edge: FileEdge) -> Line:
    between = PATTERNS[edge.type].format(source="", target="")
    return ((edge.source, "source"), (between, "plain"), (edge.target, "target"))


def _sentence(text: str | None, place: str | None, source: tuple[str, ...], target: tuple[str, ...]) -> Iterator[Line]:
    if text:
        yield _marked(text, source, target)
    if place:
        yield ((place, "quiet"),)


def _marked(text: str, source: tuple[str, ...], target: tuple[str, ...]) -> Line:
    """A sentence cut where it says a name; of names that overlap the longer one counts."""
    found: list[tuple[int, int, Mark]] = []
    found.extend((*span, "source") for span in spans(text, source))
    found.extend((*span, "target") for span in spans(text, target))
    found.sort(key=lambda span: (span[0] - span[1], span[0]))
    kept: list[tuple[int, int, Mark]] = []
    for begin, end, mark in found:
        if all(end <= first or last <= begin for first, last, _ in kept):
            kept.append((begin, end, mark))
    pieces: list[tuple[str, Mark]] = []
    at = 0
    for begin, end, mark in sorted(kept):
        pieces.append((text[at:begin], "plain"))
        pieces.append((text[begin:end], mark))
        at = end
    pieces.append((text[at:], "plain"))
    return tuple(piece for piece in pieces if piece[0])
