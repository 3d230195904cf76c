"""Everything that was read of a course, ready to be judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gradatim.kg.construction.documents.model import CourseDocument
from gradatim.kg.construction.encoding import Encoded, PieceEncoder, encode
from gradatim.kg.construction.examples import example_names
from gradatim.kg.construction.language import Parser
from gradatim.kg.construction.passages import Passage, passages
from gradatim.kg.construction.phrases import Phrase, phrases
from gradatim.kg.construction.sentences import Sentence, sentences


@dataclass(frozen=True, eq=False)
class Analysed:
    """A document's sentences, each token with a vector."""

    name: str
    digest: str
    sentences: tuple[Sentence, ...]
    encoded: tuple[Encoded, ...]
    example_names: frozenset[str]

    @cached_property
    def phrases(self) -> tuple[tuple[Phrase, ...], ...]:
        """The phrases of each sentence, longer ones before their parts."""
        return tuple(tuple(phrases(sentence, self.example_names)) for sentence in self.sentences)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The stretches that are judged as one."""
        return tuple(passages(self.sentences))


@dataclass(frozen=True, eq=False)
class Material:
    """All documents of a course."""

    documents: tuple[Analysed, ...]

    def places(self) -> Iterator[tuple[Analysed, int, Sentence, Encoded]]:
        """Every sentence with its document, its position there and its vectors."""
        for document in self.documents:
            for number, (sentence, vectors) in enumerate(zip(document.sentences, document.encoded, strict=True)):
                yield document, number, sentence, vectors

    @property
    def example_names(self) -> frozenset[str]:
        """Names that the example code of any document gives to things."""
        return frozenset[str]().union(*(document.example_names for document in self.documents))


def analyse(document: CourseDocument, parser: Parser, encoder: PieceEncoder) -> Analysed:
    """Cut a document into sentences and give their words vectors: the slow part of reading a course."""
    found = tuple(sentences(document, parser))
    names = example_names(block.text for block in document.blocks if block.kind == "code")
    encoded = encode(found, tuple(passages(found)), encoder)
    return Analysed(document.name, document.digest, found, tuple(_as_kept(item) for item in encoded), names)


def _as_kept(encoded: Encoded) -> Encoded:
    """The vectors as they come back from disk, so that a build from kept documents gives the same graph."""
    import numpy as np

    return Encoded(encoded.tokens.astype(np.float16).astype(np.float32))


def stacked(encoded: tuple[Encoded, ...]) -> Any:
    """The vectors of all tokens of a document, one below the other; float16, as they are kept on disk."""
    import numpy as np

    return np.concatenate([item.tokens for item in encoded]).astype(np.float16) if encoded else np.zeros((0, 384))
