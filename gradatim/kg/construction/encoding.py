"""Words in their context, as vectors: a passage is read as a whole, sentence by sentence below its headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gradatim.kg.construction.passages import Passage
from gradatim.kg.construction.sentences import Sentence
from gradatim.serving.pieces import TOKENS, Pieces

DIMENSIONS = 384
_MOST = TOKENS * 8
"""Characters that surely hold more word pieces than the encoder reads."""


class PieceEncoder(Protocol):
    """Gives each word piece of a text a vector in the context of the others."""

    @property
    def name(self) -> str:
        """Changes whenever the same text may get other vectors."""
        ...

    def pieces(self, text: str) -> Pieces:
        """The word pieces of a text, the encoder's own marks among them."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A sentence whose every token has a vector."""

    tokens: Any
    """Array (tokens, `DIMENSIONS`), float32; zeros for what lies behind the end of what the encoder reads."""

    def mean(self, first: int, last: int) -> Any:
        """Mean vector of the tokens from `first` to `last`, both included; zeros outside of the sentence."""
        import numpy as np

        part = self.tokens[max(first, 0) : last + 1] if last >= 0 else self.tokens[:0]
        return part.mean(axis=0) if len(part) else np.zeros(DIMENSIONS, np.float32)


def encode(sentences: Sequence[Sentence], passages: Sequence[Passage], encoder: PieceEncoder) -> tuple[Encoded, ...]:
    """The vectors of every sentence's tokens: the mean of the word pieces that each covers."""
    import numpy as np

    found: dict[int, Encoded] = {}
    for passage in passages:
        for window, pieces in _read(list(passage.headings), list(passage.sentences), sentences, encoder):
            start = 0
            at = 0
            for number in window:
                sentence = sentences[number]
                vectors = np.zeros((len(sentence.tokens), DIMENSIONS), np.float32)
                for place, token in enumerate(sentence.tokens):
                    at, covered = _covered(pieces.offsets, at, start + token.start, start + token.end)
                    if covered:
                        vectors[place] = pieces.states[covered].mean(axis=0)
                found.setdefault(number, Encoded(vectors))
                start += len(sentence.text) + 1
    return tuple(
        found.get(number) or Encoded(np.zeros((len(sentence.tokens), DIMENSIONS), np.float32))
        for number, sentence in enumerate(sentences)
    )


def _read(
    headings: list[int], own: list[int], sentences: Sequence[Sentence], encoder: PieceEncoder
) -> Iterator[tuple[list[int], Pieces]]:
    """A passage as a whole; where the encoder cannot read so much, its halves, each below the headings."""
    window = [*headings, *own]
    text = " ".join(sentences[number].text for number in window)
    pieces = encoder.pieces(text) if len(text) <= _MOST else None
    read = max((end for _, end in pieces.offsets), default=0) if pieces is not None else 0
    if len(own) > 1 and (pieces is None or read < len(text.rstrip())):
        middle = len(own) // 2
        yield from _read(headings, own[:middle], sentences, encoder)
        yield from _read(headings, own[middle:], sentences, encoder)
    else:
        yield window, pieces or encoder.pieces(text)


def _covered(offsets: Sequence[tuple[int, int]], at: int, start: int, end: int) -> tuple[int, list[int]]:
    """The pieces that overlap with a stretch of text, and where to look for the next stretch."""
    while at < len(offsets) and offsets[at][1] <= start:
        at += 1
    covered: list[int] = []
    ahead = at
    while ahead < len(offsets) and offsets[ahead][0] < end:
        if offsets[ahead][1] > offsets[ahead][0]:
            covered.append(ahead)
        ahead += 1
    return at, covered
