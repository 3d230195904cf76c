"""A report of an evaluation before it is laid out: facts, tables with intervals, pictures, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from gradatim.memory.pictures.canvas import Format

Tone = Literal["", "good", "bad", "warn", "soft"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: The figure, or a name.
        detail: What it rests on: interval, number of observations, or why there is none.
        tone: Whether it is good news or bad, or of less weight (`soft`: not measured, or somebody else's figure).
    """

    text: str
    detail: str = ""
    tone: Tone = ""

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {"text": self.text} | ({"detail": self.detail} if self.detail else {})


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one form; the first cell of a row names it.

    Attributes:
        caption: What is shown, and how it was computed.
        notes: Below the table.
        words: Whether it holds words rather than figures.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    words: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "table": self.caption,
            "header": list(self.header),
            "rows": [[cell.plain() for cell in row] for row in self.rows],
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence beside the figures: how to read them, or what was not measured and why."""

    text: str
    tone: Tone = ""

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {"note": self.text}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, drawn when it is laid out.

    Attributes:
        draw: Gives it as SVG or PNG.
        words: What it shows, for those who do not see it.
    """

    draw: Callable[[Format], bytes]
    words: str

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {"picture": self.words}


Block = Table | Note | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report under a heading; `key` is its name within the page."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "sections": [
                {"key": part.key, "title": part.title, "blocks": [block.plain() for block in part.blocks]}
                for part in self.sections
            ],
        }


def missing(why: str) -> Cell:
    """The cell of a figure that is not there."""
    return Cell("not measured", why, "soft")
