"""Pairs of concepts of a segment, with what is seen of them and how they were said to hang together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gradatim.evals.construction.fit.reading import Reading
from gradatim.evals.construction.fit.segments import AnnotatedConcept, Segment
from gradatim.kg.construction.background import Background
from gradatim.kg.construction.contexts import Context, Pair, contexts, standing
from gradatim.kg.construction.judges import KINDS, MOST_CONTEXTS
from gradatim.kg.construction.mentions import Mention, mentions
from gradatim.kg.construction.relating import pair_signs
from gradatim.kg.lexicon import Key

Stretch = tuple[int, int]
"""First and last token of a passage, both included; nothing where the last stands before the first."""


@dataclass(frozen=True, slots=True)
class PlaceExample:
    """A place where two concepts stand together; tokens are numbered through the passage."""

    signs: tuple[str, ...]
    """As seen from the pair's first concept."""
    first: Stretch
    second: Stretch
    between: Stretch


@dataclass(frozen=True, slots=True)
class PairExample:
    """Two concepts of a segment and how they were said to hang together."""

    signs: tuple[str, ...]
    """What is seen of the pair as such."""
    places: tuple[PlaceExample, ...]
    label: int
    """Place in `judges.KINDS`."""


def pairs(reading: Reading) -> Iterator[PairExample]:
    """Every pair of annotated concepts that the passage names."""
    concepts = reading.segment.concepts
    named = _mentions(reading)
    places = standing(reading.passage, named)
    together = contexts(reading.passage, reading.sentences, named)
    background = reading.course.background
    known = [_known(concept, background) for concept in concepts]
    labels = _labels(reading.segment)
    here = sorted(places)
    for position, first in enumerate(here):
        for second in here[position + 1 :]:
            signs = pair_signs(
                concepts[first].keys[0],
                concepts[second].keys[0],
                places[first],
                places[second],
                known[first],
                known[second],
                background,
            )
            seen = together.get((first, second), [])[:MOST_CONTEXTS]
            yield PairExample(
                tuple(signs),
                tuple(_place(context, (first, second), reading) for context in seen),
                labels.get((first, second), 0),
            )


def _mentions(reading: Reading) -> list[tuple[Mention, ...]]:
    """For each sentence of the document, the annotated concepts it names; none outside of the passage."""
    names: dict[Key, int] = {}
    for number, concept in enumerate(reading.segment.concepts):
        for key in concept.keys:
            names.setdefault(key, number)
    named: list[tuple[Mention, ...]] = [()] * len(reading.sentences)
    own = reading.passage.all
    found = mentions([reading.sentences[number] for number in own], names, reading.course.example_names)
    for number, here in zip(own, found, strict=True):
        named[number] = here
    return named


def _known(concept: AnnotatedConcept, background: Background) -> int | None:
    return next((known for key in concept.keys if (known := background.known(key)) is not None), None)


def _place(context: Context, pair: Pair, reading: Reading) -> PlaceExample:
    """Between mentions in different sentences stand the words behind the earlier one, as in a build."""
    earlier, later = context.earlier, context.later
    base, base_later = reading.start[earlier.sentence], reading.start[later.sentence]
    left = (base + earlier.mention.first, base + earlier.mention.last)
    right = (base_later + later.mention.first, base_later + later.mention.last)
    if earlier.sentence == later.sentence:
        until = later.mention.first
    else:
        until = len(reading.sentences[earlier.sentence].tokens)
    first, second = (left, right) if earlier.mention.concept == pair[0] else (right, left)
    return PlaceExample(tuple(context.signs_for(pair)), first, second, (left[1] + 1, base + until - 1))


def _labels(segment: Segment) -> Mapping[Pair, int]:
    """Pairs with a relation, and its place in `judges.KINDS`."""
    number = {concept.name: place for place, concept in enumerate(segment.concepts)}
    labels: dict[Pair, int] = {}
    for relation in segment.relations:
        source, target = number[relation.source], number[relation.target]
        kind: str = relation.type
        if kind != "similarity":
            kind += ">" if source < target else "<"
        labels[min(source, target), max(source, target)] = KINDS.index(kind)
    return labels
