"""Reviewers' decisions, kept as what can be learnt from them: thresholds, calibration, preferences.

They stand in the file of the learner memory and go with the learner: who is forgotten there is forgotten here, in the
same transaction.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Literal, Protocol

from gradatim.domain import DecisionKind, Noun, Probability
from gradatim.errors import StorageError
from gradatim.memory.inputs import checked_id
from gradatim.memory.storage.sqlite.schema import open_database, storage_errors, transaction
from gradatim.memory.storage.worker import Worker


class Message(Noun):
    """One message of a conversation with a model."""

    role: Literal["system", "user", "assistant"]
    content: str


class DecisionRecord(Noun):
    """One decision about one feedback, with what was known about the feedback before."""

    id: str
    """Of the review request."""
    learner_id: str | None = None
    task_id: str
    at: str
    """When it was decided, ISO 8601."""
    kind: DecisionKind
    reviewer: str
    author: str
    """Who wrote the feedback: `model:NAME` or `realiser`."""
    value: Probability
    """Confidence that the feedback had."""
    features: dict[str, float | None]
    """What the confidence was made of."""
    right: bool | None = None
    """Whether the feedback was right as it stood; `None` where the decision does not say."""
    changed: Probability | None = None
    """`edit`: share of the words that changed."""
    prompt: tuple[Message, ...] = ()
    """What the author was given."""
    draft: str = ""
    """What the author answered."""
    shown: str = ""
    """The same in the form in which the reviewer judged it, after checks."""
    chosen: str | None = None
    """`edit`: the answer as the reviewer wants it, in the author's form."""


class DecisionStore(Protocol):
    """Decisions, appended once by id and never changed, and which tasks have had a feedback delivered or decided.

    Whatever a call has acknowledged is on disk. Every method raises `InputError` for what cannot be stored and
    `StorageError` when the storage cannot be used.
    """

    async def add(self, record: DecisionRecord) -> bool:
        """Store a decision; one already stored is passed over.

        Returns:
            Whether it was new.

        Raises:
            StorageError: The id is stored with another content; names the id.
        """
        ...

    async def find(self, record_id: str) -> DecisionRecord | None:
        """One decision by id."""
        ...

    async def decisions(self, learner_id: str | None = None) -> tuple[DecisionRecord, ...]:
        """Decisions, oldest first; only those about a learner's feedback where one is named."""
        ...

    async def note_use(self, task_id: str) -> None:
        """Remember that a feedback on this task was delivered or decided; may be repeated."""
        ...

    async def used(self, task_id: str) -> bool:
        """Whether a feedback on this task was ever delivered or decided."""
        ...

    async def forget(self, learner_id: str) -> int:
        """Delete the decisions about a learner's feedback; returns how many there were."""
        ...

    async def aclose(self) -> None:
        """Release files and threads; may be called again."""
        ...


_OBJECTS = {
    "decisions": """
        CREATE TABLE decisions (
            id TEXT PRIMARY KEY,
            learner TEXT,
            at TEXT NOT NULL,
            body TEXT NOT NULL        -- the whole decision, canonical JSON
        )""",
    "decisions_of_a_learner": "CREATE INDEX decisions_of_a_learner ON decisions (learner, at, id)",
    "decisions_are_never_changed": """
        CREATE TRIGGER decisions_are_never_changed BEFORE UPDATE ON decisions
        BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END""",
    "decisions_go_with_the_learner": """
        CREATE TRIGGER decisions_go_with_the_learner AFTER INSERT ON forgetting
        BEGIN DELETE FROM decisions WHERE learner = NEW.learner; END""",
    "used_tasks": "CREATE TABLE used_tasks (task TEXT PRIMARY KEY) WITHOUT ROWID",
}


class SQLiteDecisions:
    """`DecisionStore` in the SQLite file of the learner memory.

    Every call runs in one thread, which owns the connection. The file is opened, and created where there is none, at
    the first call.

    Args:
        path: The file of the learner memory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._worker = Worker("gradatim-decisions")
        self._opened: sqlite3.Connection | None = None

    async def add(self, record: DecisionRecord) -> bool:
        """Store a decision; returns whether it was new."""
        checked_id(record.id, "decision id")
        checked_id(record.task_id, "task id")
        if record.learner_id is not None:
            checked_id(record.learner_id)
        return await self._worker.run(self._add, record, _body(record))

    async def find(self, record_id: str) -> DecisionRecord | None:
        """One decision by id."""
        return await self._worker.run(self._find, record_id)

    async def decisions(self, learner_id: str | None = None) -> tuple[DecisionRecord, ...]:
        """Decisions, oldest first."""
        return await self._worker.run(self._decisions, learner_id)

    async def note_use(self, task_id: str) -> None:
        """Remember that a feedback on this task was delivered or decided."""
        await self._worker.run(self._note_use, checked_id(task_id, "task id"))

    async def used(self, task_id: str) -> bool:
        """Whether a feedback on this task was ever delivered or decided."""
        return await self._worker.run(self._used, checked_id(task_id, "task id"))

    async def forget(self, learner_id: str) -> int:
        """Delete the decisions about a learner's feedback; returns how many there were."""
        return await self._worker.run(self._forget, checked_id(learner_id))

    async def aclose(self) -> None:
        """Close the file and end the thread."""
        await self._worker.close(self._close)

    # What follows runs in the worker's thread.

    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            connection = open_database(self.path)
            try:
                with storage_errors(self.path):
                    _prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._opened = connection
        return self._opened

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _add(self, record: DecisionRecord, body: str) -> bool:
        connection = self._connection()
        with storage_errors(self.path), transaction(connection):
            row = connection.execute("SELECT body FROM decisions WHERE id = ?", (record.id,)).fetchone()
            if row is None:
                connection.execute(
                    "INSERT INTO decisions VALUES (?, ?, ?, ?)", (record.id, record.learner_id, record.at, body)
                )
        if row is not None and row[0] != body:
            raise StorageError(
                f"decision {record.id!r} is already stored with another content",
                place=str(self.path),
                remedy="a decision counts once: keep the first",
            )
        return row is None

    def _find(self, record_id: str) -> DecisionRecord | None:
        with storage_errors(self.path):
            row = self._connection().execute("SELECT body FROM decisions WHERE id = ?", (record_id,)).fetchone()
        return DecisionRecord.model_validate(json.loads(row[0])) if row else None

    def _decisions(self, learner_id: str | None) -> tuple[DecisionRecord, ...]:
        with storage_errors(self.path):
            rows = self._connection().execute(
                "SELECT body FROM decisions WHERE :learner IS NULL OR learner = :learner ORDER BY at, id",
                {"learner": learner_id},
            )
            return tuple(DecisionRecord.model_validate(json.loads(body)) for (body,) in rows)

    def _note_use(self, task_id: str) -> None:
        if not self._used(task_id):  # reading first: a write costs a wait for the disk
            with storage_errors(self.path):
                self._connection().execute("INSERT OR IGNORE INTO used_tasks VALUES (?)", (task_id,))

    def _used(self, task_id: str) -> bool:
        with storage_errors(self.path):
            found = self._connection().execute("SELECT 1 FROM used_tasks WHERE task = ?", (task_id,))
            return found.fetchone() is not None

    def _forget(self, learner_id: str) -> int:
        connection = self._connection()
        with storage_errors(self.path):
            deleted = connection.execute("DELETE FROM decisions WHERE learner = ?", (learner_id,)).rowcount
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()  # the log still holds the old pages
        return deleted


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables where they are missing; another process may be doing the same."""
    if _missing(connection):
        with transaction(connection):
            for name in _missing(connection):
                connection.execute(_OBJECTS[name])


def _missing(connection: sqlite3.Connection) -> list[str]:
    present = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    return [name for name in _OBJECTS if name not in present]


def _body(record: DecisionRecord) -> str:
    """The decision as canonical JSON: the same content always gives the same text."""
    return json.dumps(record.plain(), sort_keys=True, allow_nan=False)
