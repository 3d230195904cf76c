"""What the judges are trained on: the phrases and the pairs of each segment, as a build sees them, with their labels.

Features and signs are made by the very steps of a build. Words have no vectors here but the numbers of their word
pieces, for the vectors change while the reader is trained.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gradatim.evals.construction.fit.pairs import PairExample, pairs
from gradatim.evals.construction.fit.reading import Reading
from gradatim.kg.construction.encoding import PieceEncoder
from gradatim.kg.construction.phrases import Phrase, phrases
from gradatim.kg.construction.recognition import FEATURES, features
from gradatim.kg.lexicon import Key


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """Everything that the networks see of a segment.

    Attributes:
        segment: Its id.
        states: What the lower half of the reader gives: array (pieces, 384) of float16.
        covered: The word pieces of each token.
        features: Array (phrases, `recognition.FEATURES`) of float32.
        stretches: Array (phrases, 6) of int32: first and last token of the phrase, of up to two tokens before it, and
            of up to two behind it; tokens are numbered through the segment.
        labels: Array (phrases,) of float32: 1 for the mention of a concept, else 0.
        pairs: Every pair of concepts that the segment names.
    """

    segment: str
    states: Any
    covered: tuple[tuple[int, ...], ...]
    features: Any
    stretches: Any
    labels: Any
    pairs: tuple[PairExample, ...]


def examples(readings: Iterable[Reading], lower: PieceEncoder) -> Iterator[Example]:
    """One example a segment.

    Args:
        readings: Segments.
        lower: The lower half of the reader; it gets a segment with its headings as one text.
    """
    import numpy as np

    for reading in readings:
        pieces = lower.pieces(reading.text)
        rows = list(_phrases(reading))
        yield Example(
            reading.segment.id,
            pieces.states.astype(np.float16),
            tuple(_covered(pieces.offsets, reading.tokens())),
            np.array([row[0] for row in rows], np.float32).reshape(len(rows), len(FEATURES)),
            np.array([row[1] for row in rows], np.int32).reshape(len(rows), 6),
            np.array([row[2] for row in rows], np.float32),
            tuple(pairs(reading)),
        )


def _phrases(reading: Reading) -> Iterator[tuple[list[float], tuple[int, ...], bool]]:
    """Features, stretches and label of each phrase; headings that stand in an earlier segment are left out."""
    keys = {key for concept in reading.segment.concepts for key in concept.keys}
    course = reading.course
    for number in reading.passage.all:
        sentence = reading.sentences[number]
        if sentence.place != reading.segment.id:
            continue
        here = list(phrases(sentence, course.example_names))
        chosen = _chosen(here, keys)
        known = [phrase for phrase in here if course.background.known(phrase.key) is not None]
        base, last = reading.start[number], len(sentence.tokens) - 1
        for at, phrase in enumerate(here):
            before = (max(phrase.first - 2, 0), phrase.first - 1)
            behind = (phrase.last + 1, min(phrase.last + 2, last))
            longer = any(_inside(phrase, other) for other in known)
            yield (
                features(phrase, sentence, course, longer),
                tuple(base + token for token in (phrase.first, phrase.last, *before, *behind)),
                at in chosen,
            )


def _chosen(here: Sequence[Phrase], keys: Container[Key]) -> set[int]:
    """Which phrases of a sentence are mentions of concepts: of those that overlap, the longest."""
    chosen: set[int] = set()
    used: set[int] = set()
    for at in sorted(range(len(here)), key=lambda at: (here[at].first - here[at].last, here[at].first)):
        tokens = range(here[at].first, here[at].last + 1)
        if here[at].key in keys and used.isdisjoint(tokens):
            used.update(tokens)
            chosen.add(at)
    return chosen


def _inside(part: Phrase, whole: Phrase) -> bool:
    return (
        whole.first <= part.first and part.last <= whole.last and (whole.first, whole.last) != (part.first, part.last)
    )


def _covered(offsets: Sequence[tuple[int, int]], tokens: Iterable[tuple[int, int]]) -> Iterator[tuple[int, ...]]:
    """The pieces that overlap with each token, as `encoding.encode` finds them; none behind the end of the reading."""
    at = 0
    for start, end in tokens:
        while at < len(offsets) and offsets[at][1] <= start:
            at += 1
        behind = at
        while behind < len(offsets) and offsets[behind][0] < offsets[behind][1] and offsets[behind][0] < end:
            behind += 1
        yield tuple(range(at, behind))
