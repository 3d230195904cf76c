"""Reads ProgSnap2 folders: `MainTable.csv` and `CodeStates`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gradatim.domain import EventKind, stable_id
from gradatim.errors import InputError
from gradatim.memory.collection.building import fraction, make_event, reaches
from gradatim.memory.collection.csv_stream import Table, fields_of
from gradatim.memory.collection.gradebook.cells import flag, number
from gradatim.memory.collection.instants import micros, zoned
from gradatim.memory.collection.json_window import loads
from gradatim.memory.collection.leftover import completed
from gradatim.memory.collection.plain import is_text, is_texts
from gradatim.memory.collection.progsnap2.states import CodeStates, Programs
from gradatim.memory.collection.progsnap2.vocabulary import (
    ACTIONS,
    CONCEPTS_COLUMN,
    EVENT_COLUMN,
    OUTCOMES,
    REQUIRED,
    TIMES,
)
from gradatim.memory.collection.row import NoEvent, Parsed, ReadingOptions, Rejected, Row, RowError, Sighting, Skipped

PASS_MARK = 1.0
"""A program has passed when all its tests have."""
_MAIN = "MainTable.csv"
_ERROR = re.compile(r"^(\w+(?:Error|Exception|Interrupt|Exit))\b", re.MULTILINE)


class ProgSnapReader:
    """Programs handed in as submissions with their code, everything else as interactions.

    Args:
        options: What a person adds.
    """

    name = "progsnap2"

    def __init__(self, options: ReadingOptions) -> None:
        self._options = options
        self._states: CodeStates | None = None
        """Of the data set that the last row by itself came from."""

    def read(self, path: Path) -> Iterator[Row]:
        """All rows of the main table.

        Raises:
            InputError: There is no main table, or it lacks a column without which no row says anything.
        """
        folder, main = places(path)
        states = CodeStates(folder)
        with Table(main, self._options.position) as table:
            if missing := [name for name in REQUIRED if name not in table.header]:
                remedy = "see the ProgSnap2 specification for the columns of the main table"
                raise InputError(f"it lacks the column {' and '.join(missing)}", place=f"{main}:1", remedy=remedy)
            if not any(name in table.header for name in TIMES) and self._options.at is None:
                remedy = "give the instant of all rows with --at, or add the column ServerTimestamp"
                raise InputError("it has no column with timestamps", place=f"{main}:1", remedy=remedy)
            context: dict[str, Any] = {
                "header": table.header,
                "delimiter": table.delimiter,
                "folder": str(folder),
                "points": self._has_points(main),
            }
            for line in table.rows():
                if line.problem is not None:
                    yield Rejected(line.number, line.problem, line.raw, context)
                else:
                    yield self._row(line.fields, line.raw, context, states, line.number)

    def again(self, raw: bytes, context: Mapping[str, Any], place: int) -> Iterator[Row]:
        """The row of one line by itself; its code is looked for where the data set stood."""
        header, delimiter, folder = context.get("header"), context.get("delimiter"), context.get("folder")
        if not is_texts(header) or not is_text(delimiter) or len(delimiter) != 1 or not is_text(folder):
            yield Rejected(place, "nothing says what its columns are", raw, context)
            return
        try:
            fields = fields_of(raw, delimiter)
        except ValueError as error:
            yield Rejected(place, str(error), raw, context)
            return
        if len(fields) != len(header):
            yield Rejected(place, f"it has {len(fields)} fields, the header has {len(header)}", raw, context)
            return
        if self._states is None or self._states.folder != Path(folder):
            self._states = CodeStates(Path(folder))
        yield self._row(fields, raw, context, self._states, place)

    def two_clocks(self, path: Path) -> bool:
        """Whether there are both the client's and the server's timestamps."""
        with Table(places(path)[1]) as table:
            return all(name in table.header for name in TIMES)

    def _has_points(self, main: Path) -> bool:
        """Whether the scores of this data set are points rather than shares: one of them is above 1."""
        with Table(main) as table:
            if "Score" not in table.header:
                return False
            place = table.header.index("Score")
            for line in table.rows():
                if line.problem is None and (text := line.fields[place].strip()):
                    try:
                        if float(text) > 1:
                            return True
                    except ValueError:
                        continue  # rejected when its row is read
        return False

    def _row(self, fields: Sequence[str], raw: bytes, context: Mapping[str, Any], states: Programs, place: int) -> Row:
        try:
            named = {name: text for name, text in zip(context["header"], fields, strict=True) if text}
            return self.parsed(named, states, points=context.get("points") is True, place=place)
        except RowError as error:
            return Rejected(place, str(error), raw, context)
        except NoEvent as reason:
            return Skipped(place, str(reason))

    def parsed(self, row: Mapping[str, str], states: Programs, *, points: bool = False, place: int = 1) -> Parsed:
        """What one row tells.

        Args:
            row: Its fields by column, without the empty ones.
            states: Where its program is.
            points: Whether scores are points rather than shares.
            place: Number of the row.

        Raises:
            NoEvent: It tells of no event.
            RowError: It cannot be used.
        """
        kind, subject = row.get("EventType", "").strip(), row.get("SubjectID", "").strip()
        if not kind:
            raise RowError("it has no EventType")
        if row.get("EventInitiator", "").startswith("Instructor"):
            raise NoEvent("an instructor did it")
        server = _instant(row, "ServerTimestamp", "ServerTimezone")
        client = _instant(row, "ClientTimestamp", "ClientTimezone")
        at = client or server or self._options.at
        if at is None:
            raise RowError("it has no timestamp")
        task = (row.get("ProblemID") or row.get("AssignmentID") or "").strip() or None
        item = self._options.concepts.find(row.get("ProblemID")) or self._options.concepts.find(row.get("AssignmentID"))
        payload: dict[str, Any] = {}
        if row.get("Attempt", "").strip().isdecimal():
            payload["attempt"] = int(row["Attempt"])
        scored = "Score" in row and row["Score"].strip() != ""
        told: EventKind = "interaction"
        passed: bool | None = None
        if kind == "Submit" or (kind in OUTCOMES and scored):
            told = "submission"
            if scored:
                _add_score(row["Score"].strip(), points, None if item is None else item.points, payload)
            passed = self._verdict(row, payload, None if item is None else item.pass_mark)
            if passed is not None:
                payload["passed"] = passed
            self._add_code(row, states, subject, payload)
        else:
            payload["action"] = _action(kind, row)
            if resource := row.get("ResourceID", "").strip():
                payload["resource"] = resource
        if error := _error(row):
            payload["error_category"] = error
        named = item.concepts if item is not None and item.concepts else _listed(row)
        source = self._options.source or self.name
        event = make_event(
            _identifier(row, source, at), subject, told, at, task=task, concepts=named, correct=passed, source=source,
            payload=payload,
        )  # fmt: skip
        if extra := row.get(EVENT_COLUMN):
            value, problem = loads(extra.encode("utf-8", "surrogatepass"))
            if problem is not None:
                raise RowError(f"its {EVENT_COLUMN}: {problem}")
            return Parsed(place, completed(event, value))
        if client is None or server is None:
            return Parsed(place, event)
        clock = f"{source}/{stable_id(source, subject)}"  # the learner's own device; no name that could be read
        return Parsed(place, event, Sighting(clock, micros(client), micros(server), prefer_reference=True))

    def _verdict(self, row: Mapping[str, str], payload: Mapping[str, Any], mark: float | None) -> bool | None:
        given = row.get("Correct") or row.get("X-Correct")
        if given is not None and given.strip():
            return flag(given, "Correct")
        if "score" not in payload:
            return None
        if mark is None:
            mark = PASS_MARK if self._options.pass_mark is None else self._options.pass_mark
        return reaches(payload["score"], mark)

    def _add_code(self, row: Mapping[str, str], states: Programs, subject: str, payload: dict[str, Any]) -> None:
        state = row.get("CodeStateID", "").strip()
        if state:
            code = states.find(state, row.get("CodeStateSection", "").strip(), subject)
            payload |= {"code_state": state} if code is None else {"code": code}


def places(path: Path) -> tuple[Path, Path]:
    """Folder and main table of a data set, which may be given by either.

    Raises:
        InputError: There is no main table.
    """
    main = path / _MAIN if path.is_dir() else path
    if not main.is_file():
        remedy = f"name a ProgSnap2 folder, which holds {_MAIN}"
        raise InputError(f"there is no {_MAIN}", place=str(path), remedy=remedy)
    return main.parent, main


def _instant(row: Mapping[str, str], column: str, zone: str) -> str | None:
    text = row.get(column, "").strip()
    return zoned(text, row.get(zone, ""), column) if text else None


def _add_score(text: str, points: bool, best: float | None, payload: dict[str, Any]) -> None:
    value = number(text, "Score")
    if best is not None:
        payload["score"] = fraction(value, best)
    elif points:
        payload["points"] = value
    else:
        payload["score"] = fraction(value, 1.0)


def _action(kind: str, row: Mapping[str, str]) -> str:
    if kind == "Intervention":
        about = (row.get("InterventionCategory", "") + row.get("InterventionType", "")).lower()
        return "hint" if "hint" in about else "intervention"
    return ACTIONS.get(kind) or kind.removeprefix("X-").replace(".", "-").lower()


def _error(row: Mapping[str, str]) -> str | None:
    """The category of an error: what the compiler calls it, or the exception at the end of the error output."""
    if kind := row.get("CompileMessageType", "").strip():
        return kind
    found = _ERROR.findall(row.get("ProgramErrorOutput", ""))
    return found[-1] if found else None


def _listed(row: Mapping[str, str]) -> tuple[str, ...]:
    text = row.get(CONCEPTS_COLUMN) or row.get("Concepts") or row.get("KC") or ""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _identifier(row: Mapping[str, str], source: str, at: str) -> str:
    """An id that sorts, among events of the same instant, in the order of the data set."""
    order = row.get("Order") or row.get("EventID", "")
    names = ("EventID", "SubjectID", "EventType", "ProblemID", "AssignmentID", "CodeStateID", "Order")
    key = stable_id("progsnap2", source, at, *(row.get(name, "") for name in names), length=20)
    place = int(order) if order.isascii() and order.isdecimal() and len(order) <= 12 else 0
    return f"ps2-{place:012}-{key}"
