"""Words in their context, as vectors: the packaged sentence encoder, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gradatim.kg.construction.sentences import Sentence

DIMENSIONS = 384


class PieceEncoder(Protocol):
    """Gives each word piece of a text a vector in the context of the others (`MiniLMEmbedder.pieces`)."""

    @property
    def name(self) -> str: ...

    def pieces(self, text: str) -> Any: ...


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


def encode(sentence: Sentence, encoder: PieceEncoder) -> Encoded:
    """The vectors of a sentence's tokens: the mean of the word pieces that each covers."""
    import numpy as np

    pieces = encoder.pieces(sentence.text)
    vectors = np.zeros((len(sentence.tokens), DIMENSIONS), np.float32)
    covered = _covered(sentence, pieces.offsets)
    for number, places in enumerate(covered):
        if places:
            vectors[number] = pieces.states[places].mean(axis=0)
    return Encoded(vectors)


def _covered(sentence: Sentence, offsets: Sequence[tuple[int, int]]) -> list[list[int]]:
    """For each token, the pieces that overlap with it; both run from left to right."""
    found: list[list[int]] = []
    at = 0
    for token in sentence.tokens:
        while at < len(offsets) and offsets[at][1] <= token.start:
            at += 1
        own: list[int] = []
        ahead = at
        while ahead < len(offsets) and offsets[ahead][0] < token.end:
            own.append(ahead)
            ahead += 1
        found.append(own)
    return found
