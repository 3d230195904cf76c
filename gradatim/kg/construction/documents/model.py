"""What every reader makes of a document: plain text in blocks, with what the markup said about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["heading", "paragraph", "item", "term", "cell", "code"]
"""`term` is what a definition list defines, `cell` a cell of a table, `item` a list item or a definition's text."""
SpanKind = Literal["strong", "emphasis", "code", "link", "term"]
"""`term` is markup that says "here this word is introduced": `<dfn>`, a glossary or index entry."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a block's text that the markup sets apart."""

    start: int
    end: int
    """Offsets into the text, `end` exclusive."""
    kind: SpanKind


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of running text, a heading, or code."""

    kind: BlockKind
    text: str
    """Without marks; blanks run together except in code. Never empty."""
    place: str
    """`week1.md:12`, `slides.pdf:page 3`, `lab.ipynb:cell 4`."""
    spans: tuple[Span, ...] = ()
    """By where they start; nested ones may overlap."""
    level: int = 0
    """Of a heading, 1 to 6; of an item, how deep its list lies, from 1."""


@dataclass(frozen=True, slots=True)
class CourseDocument:
    """A document of a course, in reading order."""

    name: str
    """As the user named the file, relative to the folder that was given."""
    title: str
    digest: str
    """SHA-256 of the file's bytes, in hex."""
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that was not read, and why."""

    name: str
    reason: str
    """One sentence with the remedy where there is one."""
