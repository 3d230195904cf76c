"""Stretches of a document that are read as one: a section, or a part of a long one, with the headings above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradatim.kg.construction.sentences import Sentence

WORDS = 170
"""Words after which a passage ends with its paragraph. The judges were trained on passages of about this length."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences of one section."""

    headings: tuple[int, ...]
    """Positions of the headings above it, outermost first; not among `sentences`."""
    sentences: tuple[int, ...]
    """Positions among the document's sentences, in reading order."""

    @property
    def all(self) -> tuple[int, ...]:
        """Headings first."""
        return (*self.headings, *self.sentences)


def passages(sentences: Sequence[Sentence]) -> Iterator[Passage]:
    """Cut a document's sentences into passages."""
    above: dict[int, int] = {}
    own: list[int] = []
    words = 0
    for number, sentence in enumerate(sentences):
        starts_block = not own or sentences[own[-1]].block != sentence.block
        if own and (sentence.kind == "heading" or (words >= WORDS and starts_block and sentence.kind != "item")):
            yield Passage(tuple(above[level] for level in sorted(above)), tuple(own))
            own, words = [], 0
        if sentence.kind == "heading":
            depth = len(sentence.section)
            above = {level: at for level, at in above.items() if level < depth} | {depth: number}
        else:
            own.append(number)
            words += len(sentence.tokens)
    if own or above:
        yield Passage(tuple(above[level] for level in sorted(above)), tuple(own))
