"""Annotated course text: segments of documents, each with the concepts and relations that its words show.

One JSON object a line, in reading order; the protocol of the annotation is `docs/annotation.md`.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from importlib.resources import as_file, files
from itertools import groupby
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from gradatim.errors import InputError
from gradatim.evals.packed import UNREADABLE
from gradatim.kg.construction.documents.model import Block, BlockKind, CourseDocument, Span
from gradatim.kg.lexicon import Key, name_key
from gradatim.kg.schema import RelationType

PACKAGED = ("written", "python-docs", "tutorial-dev")
"""Names of the training texts that come with gradatim (`../training/`), in the order in which they are used."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Passage(_Part):
    """Text without marks, and which stretches of it are code."""

    text: str
    code: tuple[tuple[int, int], ...] = ()
    """Start and end of each stretch, `end` exclusive."""

    def block(self, kind: BlockKind, place: str, level: int = 0) -> Block:
        """The text as a block of a document."""
        return Block(kind, self.text, place, tuple(Span(start, end, "code") for start, end in self.code), level)


class TextBlock(Passage):
    """A block of a segment."""

    kind: BlockKind


class AnnotatedConcept(_Part):
    """A concept that a segment teaches or works with, and what else the text calls it."""

    name: str
    aliases: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[Key, ...]:
        """All its names, as compared."""
        return tuple(key for name in (self.name, *self.aliases) if (key := name_key(name)))


class AnnotatedRelation(_Part):
    """A relation between two concepts of a segment; ends are names."""

    source: str
    target: str
    type: RelationType
    quote: str
    """The first words of what it rests on."""


class Segment(_Part):
    """A section of a document, or a part of a long one."""

    id: str
    document: str
    """Segments that follow each other in one document share it."""
    headings: tuple[Passage, ...]
    """What it stands under, outermost first; a heading that the segment before has too is not repeated in the text."""
    blocks: tuple[TextBlock, ...]
    concepts: tuple[AnnotatedConcept, ...]
    relations: tuple[AnnotatedRelation, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Segment:
        names = [concept.name for concept in self.concepts]
        if len(set(names)) < len(names):
            raise ValueError("two concepts have the same name")
        for relation in self.relations:
            if relation.source == relation.target or not {relation.source, relation.target} <= set(names):
                raise ValueError(f"the ends of {relation.source!r} → {relation.target!r} are not two of its concepts")
        if len({frozenset((item.source, item.target)) for item in self.relations}) < len(self.relations):
            raise ValueError("a pair of concepts has two relations")
        return self


def read_segments(path: Path) -> list[Segment]:
    """The segments of a file (JSON Lines, compressed by gzip).

    Raises:
        InputError: The file cannot be read, or a line says something impossible; names it.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            lines = list(stream)
    except (*UNREADABLE, UnicodeDecodeError) as error:
        raise InputError("no annotated text can be read from it", place=str(path)) from error
    segments: list[Segment] = []
    for number, line in enumerate(lines, 1):
        try:
            segments.append(Segment.model_validate_json(line))
        except ValidationError as error:
            raise InputError(f"no segment: {error.errors()[0]['msg']}", place=f"{path.name}:{number}") from error
    return segments


def packaged_segments(names: Iterable[str] = PACKAGED) -> list[Segment]:
    """The training texts that come with gradatim."""
    found: list[Segment] = []
    for name in names:
        with as_file(files("gradatim.evals.construction") / "training" / f"{name}.jsonl.gz") as path:
            found += read_segments(path)
    return found


def documents(segments: Iterable[Segment]) -> Iterator[tuple[CourseDocument, list[Segment]]]:
    """Put segments together to documents again; every block's place is the id of its segment."""
    for name, group in groupby(segments, key=lambda segment: segment.document):
        own = list(group)
        blocks: list[Block] = []
        above: tuple[Passage, ...] = ()
        for segment in own:
            for level, heading in enumerate(segment.headings, 1):
                if segment.headings[:level] != above[:level]:
                    blocks.append(heading.block("heading", segment.id, level))
            above = segment.headings
            blocks += [block.block(block.kind, segment.id, int(block.kind == "item")) for block in segment.blocks]
        yield CourseDocument(name, name, name, tuple(blocks)), own
