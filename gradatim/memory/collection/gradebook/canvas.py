"""The gradebook export of Canvas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from gradatim.memory.collection.gradebook.cells import Cell, number
from gradatim.memory.collection.row import NoEvent

_NUMBERED = re.compile(r"(?P<name>.*\S)\s+\((?P<id>\d+)\)\Z")
_CANVAS_FILE = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2})(\d{2})[_ -].*Grades", re.IGNORECASE)


class Canvas:
    """The gradebook export of Canvas: a row a learner, a column an assignment, points possible in the second row."""

    source = "canvas"

    def __init__(self, header: Sequence[str], path: Path) -> None:
        self._names = [name.strip() for name in header]
        lower = [name.lower() for name in self._names]
        self._learner = [lower.index(name) for name in ("sis login id", "sis user id", "id") if name in lower]
        self._student = lower.index("student")
        found = [(place, match) for place, name in enumerate(self._names) if (match := _NUMBERED.match(name))]
        titles = [match["name"] for _, match in found]
        self._items = [
            (place, match["name"] if titles.count(match["name"]) == 1 else match[0], match[0]) for place, match in found
        ]
        self.points: dict[str, float] = {}
        """Points possible, by column; known once their row was read."""
        named = _CANVAS_FILE.match(path.name)
        self._at = f"{named[1]}T{named[2]}:{named[3]}:00Z" if named else None

    @property
    def dated(self) -> bool:
        """Whether the file's name tells when it was exported."""
        return self._at is not None

    def cells(self, fields: Sequence[str]) -> Iterator[Cell]:
        """A learner's outcomes on all assignments."""
        student = fields[self._student].strip()
        if student.lower() == "points possible":
            for place, _, name in self._items:
                if (text := fields[place].strip()) and text.lower() != "(read only)":
                    self.points[name] = number(text, "points possible")
            raise NoEvent("it holds the points possible")
        if not any(fields[place].strip() for place in self._learner):
            raise NoEvent("it names no learner")
        if student.lower() == "student, test":
            raise NoEvent("it is the test student")
        learner = next(fields[place].strip() for place in self._learner if fields[place].strip())
        for place, item, name in self._items:
            best = self.points.get(name)
            if best == 0:
                best = None
            cell = Cell(learner, item, fields[place], best, names=(name,))
            cell.payload = {"exported": self._at} if self._at else {}
            yield cell
