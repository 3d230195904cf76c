"""The shapes in which grade books come, each recognised by its header."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from gradatim.memory.collection.gradebook.canvas import Canvas
from gradatim.memory.collection.gradebook.cells import Cell
from gradatim.memory.collection.gradebook.moodle import GRADE, ITEM, QUESTION, Moodle, MoodleQuiz
from gradatim.memory.collection.gradebook.table import Plain


class Layout(Protocol):
    """One shape of a grade book."""

    source: str
    """The system it comes from."""

    @property
    def dated(self) -> bool:
        """Whether anything says when outcomes were reached."""
        ...

    def cells(self, fields: Sequence[str]) -> Iterator[Cell]:
        """The outcomes of one row.

        Raises:
            NoEvent: The row is about no learner.
            RowError: The row cannot be used at all.
        """
        ...


def layout_of(header: Sequence[str], path: Path) -> Layout | None:
    """The layout with this header, if it is one."""
    names = [name.strip().lower() for name in header]
    if "student" in names and ("section" in names or "sis login id" in names) and "id" in names:
        return Canvas(header, path)
    if ("email address" in names or "id number" in names or "username" in names) and (
        "first name" in names or "last name" in names or "surname" in names or "username" in names
    ):
        if any(QUESTION.match(name.strip()) or GRADE.match(name.strip()) for name in header):
            return MoodleQuiz(header, path)
        if any(ITEM.match(name.strip()) for name in header):
            return Moodle(header)
    plain = Plain(header)
    return plain if plain.fits else None
