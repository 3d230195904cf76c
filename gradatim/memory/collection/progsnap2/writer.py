"""Writes events as a ProgSnap2 folder: main table, code states as a table, metadata."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import orjson

from gradatim.domain import LearnerEvent, stable_id
from gradatim.errors import InputError
from gradatim.memory.collection.instants import iso
from gradatim.memory.collection.leftover import leftover
from gradatim.memory.collection.plain import is_count, is_text, is_unit
from gradatim.memory.collection.progsnap2.reader import ProgSnapReader
from gradatim.memory.collection.progsnap2.vocabulary import ACTIONS, COLUMNS, CONCEPTS_COLUMN, EVENT_COLUMN, EVENT_TYPES
from gradatim.memory.collection.row import ReadingOptions
from gradatim.memory.inputs import microseconds

_METADATA = (
    ("Version", "8.0"), ("IsEventOrderingConsistent", "true"), ("EventOrderScope", "Global"),
    ("EventOrderScopeColumns", ""), ("CodeStateRepresentation", "Table"),
)  # fmt: skip


def write_progsnap2(events: Iterable[LearnerEvent], folder: Path) -> int:
    """Write events, in the order in which they come, as a data set.

    Returns:
        How many were written.

    Raises:
        InputError: The folder cannot be made or holds something already; an event cannot be written.
    """
    with ProgSnapWriter(folder) as writer:
        for event in events:
            writer.write(event)
        return writer.count


class ProgSnapWriter:
    """Writes a data set an event at a time.

    Args:
        folder: A new or empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[IO[str]] = []
        self._states: set[str] = set()
        self._reader = ProgSnapReader(ReadingOptions())
        self.count = 0

    def __enter__(self) -> Self:
        """Make the folder and its files.

        Raises:
            InputError: The folder holds something already, or cannot be written.
        """
        folder = self._folder
        try:
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise InputError("is there already", place=str(folder), remedy="name a new or empty folder")
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # learners' data: for their owner alone
            (folder / "CodeStates").mkdir()
            self._main = self._open(folder / "MainTable.csv", COLUMNS)
            self._code = self._open(folder / "CodeStates" / "CodeStates.csv", ("CodeStateID", "Code"))
            metadata = self._open(folder / "DatasetMetadata.csv", ("Property", "Value"))
            metadata.writerows(_METADATA)
        except OSError as error:
            self._close()
            remedy = "name a folder that can be written"
            raise InputError(f"cannot be written: {error.strerror}", place=str(folder), remedy=remedy) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def write(self, event: LearnerEvent) -> None:
        """Append an event.

        Raises:
            InputError: It cannot be written; names it.
        """
        code = event.payload.get("code")
        state = ""
        if event.kind == "submission" and is_text(code) and "code_state" not in event.payload:
            state = stable_id(code, length=20)
        row = self._row(event, state)
        understood = self._understood(row, code if is_text(code) else "")
        try:
            if extra := leftover(event, understood):
                row[EVENT_COLUMN] = orjson.dumps(extra, option=orjson.OPT_SORT_KEYS).decode()
            if state and state not in self._states:
                self._code.writerow((state, code))
                self._states.add(state)
            self._main.writerow([row[name] for name in COLUMNS])
        except (TypeError, UnicodeEncodeError, csv.Error) as error:
            remedy = "numbers beyond 64 bits and broken characters have no place in the format"
            raise InputError(f"cannot be written: {error}", place=f"event {event.id!r}", remedy=remedy) from error
        self.count += 1

    def _row(self, event: LearnerEvent, state: str) -> dict[str, str]:
        payload = event.payload
        action, attempt, score = payload.get("action"), payload.get("attempt"), payload.get("score")
        kind = f"X-{event.kind}"
        if event.kind == "submission":
            kind = "Submit"
        elif event.kind == "interaction" and is_text(action) and action.strip():
            kind = EVENT_TYPES.get(action) or f"X-{action.strip()}"
        resource, category = payload.get("resource"), payload.get("error_category")
        return dict.fromkeys(COLUMNS, "") | {
            "EventType": kind,
            "EventID": str(self.count),
            "Order": str(self.count),
            "SubjectID": event.learner_id,
            "ToolInstances": event.source or "gradatim",
            "CodeStateID": state,
            "ServerTimestamp": iso(microseconds(event.at)).removesuffix("Z"),
            "ServerTimezone": "UTC",
            "ProblemID": event.task_id or "",
            "ResourceID": resource if is_text(resource) and event.kind == "interaction" else "",
            "Attempt": str(attempt) if is_count(attempt) else "",
            "Score": repr(score) if kind == "Submit" and is_unit(score) else "",
            "CompileMessageType": category if is_text(category) else "",
            "InterventionCategory": "Hint" if kind == "Intervention" else "",
            "EventInitiator": "UserDirectAction" if kind in ACTIONS or kind == "Submit" else "",
            CONCEPTS_COLUMN: ";".join(dict.fromkeys(seen.concept for seen in event.observations)),
        }

    def _understood(self, row: dict[str, str], code: str) -> LearnerEvent:
        """The event that a reader makes of the row as it is written so far."""
        return self._reader.parsed({name: text for name, text in row.items() if text}, _Given(code)).event

    def _open(self, path: Path, header: Sequence[str]) -> Any:
        file = path.open("w", encoding="utf-8", newline="")
        self._files.append(file)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        return writer

    def _close(self) -> None:
        for file in self._files:
            file.close()
        self._files.clear()


class _Given:
    """Code states of one program, the one that is being written."""

    def __init__(self, code: str) -> None:
        self._code = code

    def find(self, identifier: str, section: str, subject: str) -> str | None:
        """The program."""
        return self._code
