"""A report before it is laid out: sections of statements, tables and pictures, each with what it rests on.

Whatever says something about a learner is `Said` or a `Row`, and both refuse to be made without evidence. What is not
measured, and what explains how to read the report, is a `Note`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from gradatim.memory.pictures import Format

Audience = Literal["learner", "teacher", "class"]
MOST_CITED = 6
"""Pieces of evidence that one statement names; of more, the first and the latest."""


@dataclass(frozen=True, slots=True)
class Said:
    """One statement about somebody's work.

    Attributes:
        evidence: Ids of events, assessments or concepts.

    Raises:
        ValueError: There is no evidence.
    """

    text: str
    evidence: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"nothing is said without evidence: {self.text!r}")

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {"text": self.text, "evidence": list(self.evidence)}


@dataclass(frozen=True, slots=True)
class Note:
    """What says nothing about a learner: how to read a table, or that something was not measured."""

    text: str

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {"note": self.text}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    Attributes:
        share: In [0, 1], drawn as a bar; or as a shade in a heat map.
        low: Lower end of its interval.
        high: Upper end.
        course: How a share came to where it is: values in [0, 1], oldest first, drawn as a line; `text` says it in
            words.
    """

    text: str
    share: float | None = None
    low: float | None = None
    high: float | None = None
    course: tuple[float, ...] = ()

    @property
    def numeric(self) -> bool:
        return self.share is not None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, with what it rests on.

    Raises:
        ValueError: There is no evidence, and the row does not say that nothing was measured.
    """

    cells: tuple[Cell, ...]
    evidence: tuple[str, ...] = ()
    measured: bool = True

    def __post_init__(self) -> None:
        if self.measured and not self.evidence:
            raise ValueError(f"nothing is said without evidence: {self.cells[0].text!r}")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one form.

    Attributes:
        heat: Shares are shades of their cells and not bars.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    heat: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "table": self.caption,
            "header": list(self.header),
            "rows": [
                {
                    "cells": [cell.text for cell in row.cells],
                    "shares": [cell.share for cell in row.cells],
                    "evidence": list(row.evidence),
                }
                for row in self.rows
            ],
        }


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines of a learner's program.

    Attributes:
        lines: Number, text, whether it is one that is spoken of.
    """

    title: str
    lines: tuple[tuple[int, str, bool], ...]
    evidence: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "listing": self.title,
            "lines": [{"line": number, "text": text, "marked": marked} for number, text, marked in self.lines],
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, drawn when it is laid out.

    Attributes:
        draw: Gives it as SVG or PNG.
        alt: What it shows, for those who do not see it.
    """

    draw: Callable[[Format], bytes]
    alt: str
    evidence: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {"picture": self.alt, "evidence": list(self.evidence)}


Block = Said | Note | Table | Listing | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report under a heading."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A piece of evidence that is named, with what it is.

    Attributes:
        number: By which statements refer to it.
    """

    number: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    Attributes:
        language: Code of the language it is written in.
        words: What the layouts say beside the content, by name (`evidence`, `contents`, …).
    """

    audience: Audience
    title: str
    subtitle: str
    language: str
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    words: dict[str, str]
    learners: tuple[str, ...] = ()
    """Whom it is about, so that it can be forgotten with them; never printed by the layouts."""
    numbers: dict[str, int] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", {source.id: source.number for source in self.sources})

    def cited(self, evidence: Sequence[str]) -> tuple[int, ...]:
        """Numbers of the evidence that a statement names, smallest first."""
        return tuple(sorted(self.numbers[item] for item in named(evidence) if item in self.numbers))

    def more(self, evidence: Sequence[str]) -> int:
        """How many pieces of evidence stand behind a statement beyond those that are named."""
        return len(set(evidence)) - len(named(evidence))

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "audience": self.audience,
            "title": self.title,
            "subtitle": self.subtitle,
            "language": self.language,
            "sections": [
                {"key": part.key, "title": part.title, "blocks": [block.plain() for block in part.blocks]}
                for part in self.sections
            ],
            "sources": [{"id": source.id, "text": source.text} for source in self.sources],
        }


def named(evidence: Sequence[str]) -> tuple[str, ...]:
    """The evidence that a statement names: all of it, or the first piece and the latest."""
    once = tuple(dict.fromkeys(evidence))
    return once if len(once) <= MOST_CITED else (once[0], *once[1 - MOST_CITED :])


def evidence_of(sections: Sequence[Section]) -> Iterator[str]:
    """What the sections name, in the order of reading, each once."""
    seen = set[str]()
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Note):
                continue
            groups = [row.evidence for row in block.rows] if isinstance(block, Table) else [block.evidence]
            for group in groups:
                for item in named(group):
                    if item not in seen:
                        seen.add(item)
                        yield item
