"""The grader report of Moodle, and the grades report of one of its quizzes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from gradatim.memory.collection.gradebook.cells import Cell, number
from gradatim.memory.collection.instants import epoch, spoken_date, spoken_seconds
from gradatim.memory.collection.row import NoEvent

ITEM = re.compile(r"(?P<name>.+?)\s*\((?P<form>Real|Percentage|Letter|Feedback)\)\Z", re.IGNORECASE)
QUESTION = re.compile(r"Q\.?\s*(?P<number>\d+)\s*/\s*(?P<best>[\d.,]+)\Z")
GRADE = re.compile(r"Grade\s*/\s*(?P<best>[\d.,]+)\Z", re.IGNORECASE)
_TOTALS = re.compile(r"(course|category) total\b", re.IGNORECASE)
_DOWNLOADED = "last downloaded from this course"


class Moodle:
    """The grader report of Moodle: a row a learner, a column a grade item, as points or as percentage."""

    source = "moodle"

    def __init__(self, header: Sequence[str]) -> None:
        names = [name.strip() for name in header]
        lower = [name.lower() for name in names]
        self._learner = moodle_learner(lower)
        self._downloaded = (
            lower.index("last downloaded from this course") if lower[-1].startswith("last down") else None
        )
        forms: dict[str, dict[str, int]] = {}
        for place, name in enumerate(names):
            if (match := ITEM.match(name)) and not _TOTALS.search(match["name"]):
                forms.setdefault(match["name"].strip(), {})[match["form"].lower()] = place
        self._items = [
            (item, forms[item].get("percentage", forms[item].get("real")), forms[item]) for item in forms
        ]  # letters and feedback are no scores

    @property
    def dated(self) -> bool:
        """Whether a column tells when it was exported."""
        return self._downloaded is not None

    def cells(self, fields: Sequence[str]) -> Iterator[Cell]:
        """A learner's outcomes on all grade items."""
        learner = moodle_id(fields, self._learner)
        exported = fields[self._downloaded].strip() if self._downloaded is not None else ""
        for item, place, forms in self._items:
            if place is None:
                continue
            cell = Cell(learner, item, fields[place], names=(item.partition(": ")[2] or item,))
            if "percentage" in forms and cell.score.strip() not in ("", "-") and not cell.score.strip().endswith("%"):
                cell.score += "%"
            if exported:
                cell.payload = {"exported": epoch(exported, "instant of the export")}
            yield cell


class MoodleQuiz:
    """The grades report of a Moodle quiz: a row an attempt, a column a question."""

    source = "moodle"

    def __init__(self, header: Sequence[str], path: Path) -> None:
        names = [name.strip() for name in header]
        lower = [name.lower() for name in names]
        self._learner = moodle_learner(lower)
        self.quiz = path.stem

        def place(*known: str) -> int | None:
            return next((lower.index(name) for name in known if name in lower), None)

        self._state, self._taken = place("state", "status"), place("time taken", "duration")
        instants = (place("completed", "finished"), place("started on", "started"))
        self._instants = [found for found in instants if found is not None]
        self._whole = next(((at, match) for at, name in enumerate(names) if (match := GRADE.match(name))), None)
        self.questions = [(at, match) for at, name in enumerate(names) if (match := QUESTION.match(name))]

    @property
    def dated(self) -> bool:
        """Whether there is a column of instants."""
        return bool(self._instants)

    def cells(self, fields: Sequence[str]) -> Iterator[Cell]:
        """The outcome of an attempt as a whole, and of each of its questions."""
        learner = moodle_id(fields, self._learner)
        text = next((fields[at].strip() for at in self._instants if fields[at].strip() not in ("", "-")), None)
        at = spoken_date(text, "date") if text else None
        done = sum(fields[place].strip() not in ("", "-") for place, _ in self.questions)
        state = fields[self._state].strip().lower() if self._state is not None else "finished"
        seconds = spoken_seconds(fields[self._taken]) if self._taken is not None else None
        if self._whole is not None:
            place, match = self._whole
            cell = Cell(learner, self.quiz, fields[place], number(match["best"], "grade"), at, is_whole=True)
            if self.questions:
                cell.payload = {"items_done": done, "items_total": len(self.questions)}
            if seconds is not None:
                cell.payload["seconds"] = seconds
            if state != "finished":
                cell.payload["complete"] = False
            yield cell
        for place, match in self.questions:
            name = f"{self.quiz}/Q{match['number']}"
            yield Cell(
                learner, name, fields[place], number(match["best"], "question"), at, names=(f"Q{match['number']}",)
            )


def moodle_learner(lower: Sequence[str]) -> list[int]:
    """Columns that tell who a learner is, the best first."""
    return [lower.index(name) for name in ("email address", "id number", "username") if name in lower]


def moodle_id(fields: Sequence[str], places: Sequence[int]) -> str:
    """Who a row is about.

    Raises:
        NoEvent: Nobody: it is an average.
    """
    learner = next((fields[place].strip() for place in places if fields[place].strip()), None)
    if learner is None:
        raise NoEvent("it names no learner")
    return learner
