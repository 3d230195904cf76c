"""The plain grade book: a row an outcome, its columns named in the header."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradatim.memory.collection.gradebook.cells import Cell, number, when
from gradatim.memory.collection.row import RowError

_PLAIN = {
    "learner": ("learner", "learner_id", "student", "student_id", "user", "user_id", "subjectid"),
    "item": ("item", "item_id", "task", "task_id", "problem", "problem_id", "assignment", "question"),
    "score": ("score", "points", "grade", "mark"),
    "correct": ("correct", "passed", "is_correct"),
    "best": ("max", "max_score", "maximum", "points_possible", "out_of"),
    "at": ("at", "time", "timestamp", "date", "submitted_at", "datetime"),
    "concepts": ("concepts", "concept", "skill", "skills", "kc", "skill_name"),
    "identifier": ("event_id",),
    "row": ("id", "row_id"),
    "seconds": ("seconds", "duration_seconds", "time_taken"),
    "attempt": ("attempt", "attempt_no", "try"),
    "done": ("items_done",),
    "total": ("items_total",),
    "confidence": ("confidence",),
}
"""Column names of the plain table, in lower case with `_` for blanks."""


class Plain:
    """A row an outcome: `learner,item,score[,max][,at]` and what else may be known."""

    source = "gradebook"

    def __init__(self, header: Sequence[str]) -> None:
        names = [name.strip().lower().replace(" ", "_") for name in header]
        places = {
            key: next((names.index(name) for name in known if name in names), None) for key, known in _PLAIN.items()
        }
        self._learner, self._item = places["learner"], places["item"]
        self._score, self._correct = places["score"], places["correct"]
        self._best, self._at, self._concepts = places["best"], places["at"], places["concepts"]
        self._identifier, self._row = places["identifier"], places["row"]
        self._others = [
            (name, places[key], kind)
            for name, key, kind in (
                ("seconds", "seconds", float), ("attempt", "attempt", int), ("items_done", "done", int),
                ("items_total", "total", int), ("confidence", "confidence", float),
            )
            if places[key] is not None
        ]  # fmt: skip
        outcome = self._score is not None or self._correct is not None
        self.fits = self._learner is not None and self._item is not None and outcome

    @property
    def dated(self) -> bool:
        """Whether there is a column of instants."""
        return self._at is not None

    def cells(self, fields: Sequence[str]) -> Iterator[Cell]:
        """The one outcome of a row."""
        if self._learner is None or self._item is None:
            return
        at, best, listed = self._at, self._best, self._concepts
        cell = Cell(fields[self._learner].strip(), fields[self._item].strip(), "", needs_best=True)
        if self._score is not None:
            cell.score = fields[self._score]
        if self._correct is not None and fields[self._correct].strip():
            cell.correct = fields[self._correct]
        if best is not None and fields[best].strip():
            cell.best = number(fields[best], "max")
        if at is not None and fields[at].strip():
            cell.at = when(fields[at])
        if listed is not None and (text := fields[listed]):
            cell.concepts = tuple(part.strip() for part in text.split(";") if part.strip())
            cell.also = (text,)
        if self._identifier is not None:
            cell.identifier = fields[self._identifier].strip() or None
        if self._row is not None:  # it tells rows apart within one file, not between files
            cell.also += (fields[self._row],)
        for name, place, kind in self._others:
            if place is not None and (text := fields[place].strip()):
                value = number(text, name)
                if value < 0 or (kind is int and value != int(value)) or (name == "confidence" and value > 1):
                    raise RowError(f"its {name} {text!r:.40} is out of range")
                cell.payload[name] = kind(value)
                if name == "attempt":
                    cell.also += (text,)
        yield cell
