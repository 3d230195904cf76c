"""Reads grade books: each outcome of a learner on an item is a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gradatim.domain import stable_id
from gradatim.errors import InputError
from gradatim.memory.collection.building import make_event, reaches
from gradatim.memory.collection.concepts import Item
from gradatim.memory.collection.csv_stream import Table, fields_of
from gradatim.memory.collection.gradebook.canvas import Canvas
from gradatim.memory.collection.gradebook.cells import Cell, flag, scored
from gradatim.memory.collection.gradebook.layouts import Layout, layout_of
from gradatim.memory.collection.gradebook.moodle import MoodleQuiz
from gradatim.memory.collection.plain import is_object, is_text, is_texts
from gradatim.memory.collection.row import NoEvent, Parsed, ReadingOptions, Rejected, Row, RowError, Skipped

PASS_MARK = 0.5
"""Share of the points from which an outcome counts as correct where nobody gives another mark."""


class GradeBookReader:
    """Outcomes as assessments. A missing score stays missing; a score without points possible stays points.

    Args:
        options: What a person adds.
    """

    name = "gradebook"

    def __init__(self, options: ReadingOptions) -> None:
        self._options = options

    def read(self, path: Path) -> Iterator[Row]:
        """All outcomes of a grade book.

        Raises:
            InputError: Its header is that of no grade book, or nothing says when the outcomes were reached.
        """
        with Table(path, self._options.position) as table:
            layout = layout_of(table.header, path)
            if layout is None:
                raise InputError(
                    "its header is that of no grade book",
                    place=f"{path}:1",
                    remedy="name the columns learner,item,score and, where known, max and at",
                )
            if not layout.dated and self._options.at is None:
                remedy = "give the instant of the scores with --at, e.g. --at 2026-01-31T12:00:00Z"
                raise InputError("nothing says when its scores were reached", place=str(path), remedy=remedy)
            context: dict[str, Any] = {"header": table.header, "delimiter": table.delimiter, "file": path.name}
            for line in table.rows():
                if line.problem is not None:
                    yield Rejected(line.number, line.problem, line.raw, context)
                else:
                    yield from self._rows(layout, line.fields, line.raw, context, line.number)

    def again(self, raw: bytes, context: Mapping[str, Any], place: int) -> Iterator[Row]:
        """The outcomes of one row by itself; of one item of it where the context names one."""
        header, delimiter, name = context.get("header"), context.get("delimiter"), context.get("file")
        if not is_texts(header) or not is_text(delimiter) or len(delimiter) != 1 or not is_text(name):
            yield Rejected(place, "nothing says what its columns are", raw, context)
            return
        layout = layout_of(header, Path(name))
        try:
            fields = fields_of(raw, delimiter)
        except ValueError as error:
            yield Rejected(place, str(error), raw, context)
            return
        if layout is None or len(fields) != len(header):
            yield Rejected(place, f"it has {len(fields)} fields, the header has {len(header)}", raw, context)
            return
        if isinstance(layout, Canvas) and is_object(points := context.get("points")):
            layout.points = {str(item): float(best) for item, best in points.items()}
        yield from self._rows(layout, fields, raw, context, place)

    def two_clocks(self, path: Path) -> bool:
        """Never: a grade book knows one instant an outcome."""
        return False

    def _rows(
        self, layout: Layout, fields: Sequence[str], raw: bytes, context: Mapping[str, Any], place: int
    ) -> Iterator[Row]:
        only = context.get("only")
        try:
            for cell in layout.cells(fields):
                if only is not None and cell.item != only:
                    continue
                try:
                    yield self._outcome(layout, cell, place)
                except RowError as error:
                    around = {**context, "only": cell.item}
                    if isinstance(layout, Canvas):
                        around["points"] = layout.points
                    yield Rejected(place, str(error), raw, around)
                except NoEvent as reason:
                    yield Skipped(place, str(reason))
        except RowError as error:
            yield Rejected(place, str(error), raw, context)
        except NoEvent as reason:
            yield Skipped(place, str(reason))

    def _outcome(self, layout: Layout, cell: Cell, place: int) -> Parsed:
        item = self._known(layout, cell)
        best = item.points if cell.best is None and item is not None else cell.best
        payload = cell.payload
        exported = payload.pop("exported", None)
        payload |= scored(cell, best)
        at = cell.at or exported or self._options.at
        if at is None:
            raise RowError("nothing says when it was reached")
        if cell.at is None:
            payload["instant"] = "export"  # the work itself was done earlier
        correct = self._verdict(cell, item, payload)
        if correct is not None:
            payload["passed"] = correct
        concepts = item.concepts if item is not None and item.concepts else cell.concepts
        source = self._options.source or layout.source
        identifier = cell.identifier
        if identifier is None:
            parts = (source, cell.learner, cell.item, cell.at or "", cell.score.strip(), cell.correct or "", *cell.also)
            identifier = stable_id("gradebook", *parts, length=24)
        return Parsed(
            place,
            make_event(
                identifier, cell.learner, "assessment", at, task=cell.item, concepts=concepts,
                correct=None if cell.is_whole and not (item and item.concepts) else correct, source=source,
                payload=payload,
            ),
        )  # fmt: skip

    def _known(self, layout: Layout, cell: Cell) -> Item | None:
        concepts = self._options.concepts
        found = concepts.find(cell.item)
        for name in cell.names:
            found = found or concepts.find(name)
        if found is None and isinstance(layout, MoodleQuiz) and not cell.is_whole:
            place = [f"{layout.quiz}/Q{match['number']}" for _, match in layout.questions].index(cell.item)
            if len(concepts.bank) == len(layout.questions):
                return concepts.find(concepts.bank[place])
        return found

    def _verdict(self, cell: Cell, item: Item | None, payload: Mapping[str, Any]) -> bool | None:
        if cell.correct is not None:
            return flag(cell.correct, "verdict")
        if "score" not in payload:
            return None
        mark = PASS_MARK if self._options.pass_mark is None else self._options.pass_mark
        return reaches(payload["score"], mark if item is None or item.pass_mark is None else item.pass_mark)
