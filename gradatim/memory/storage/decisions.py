"""Reviewers' decisions, kept as what can be learnt from them: thresholds, calibration, preferences.

They stand in the database of the learner memory and go with the learner: who is forgotten there is forgotten here, in
the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from gradatim.domain import DecisionKind, Noun, Probability
from gradatim.errors import StorageError
from gradatim.memory.inputs import checked_id
from gradatim.memory.storage.encrypting import refuse_plain
from gradatim.memory.storage.encryption import Cipher
from gradatim.memory.storage.marks import check_key
from gradatim.memory.storage.sealing import Sealing, as_bytes, decision_context
from gradatim.memory.storage.session import Body, Database, DecisionRow, Session
from gradatim.memory.storage.sqlite.database import SQLiteDatabase
from gradatim.memory.storage.worker import Worker

T = TypeVar("T")


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


class StoredDecisions:
    """`DecisionStore` in a database, which is opened at the first call.

    Args:
        database: That of the learner memory.
        cipher: Seals what is stored; nothing is sealed when not given.
    """

    def __init__(self, database: Database, *, cipher: Cipher | None = None) -> None:
        self._database = database
        self._cipher = cipher
        self._sealing = Sealing(cipher)
        self._worker = Worker("gradatim-decisions", threads=database.threads)
        self._checked = False

    async def add(self, record: DecisionRecord) -> bool:
        """Store a decision; returns whether it was new."""
        checked_id(record.id, "decision id")
        checked_id(record.task_id, "task id")
        if record.learner_id is not None:
            checked_id(record.learner_id)
        return await self._worker.run(self._add, record, _body(record))

    async def find(self, record_id: str) -> DecisionRecord | None:
        """One decision by id."""
        stored = await self._worker.run(self._run, lambda session: session.decision(record_id))
        return None if stored is None else self._record(record_id, stored)

    async def decisions(self, learner_id: str | None = None) -> tuple[DecisionRecord, ...]:
        """Decisions, oldest first."""
        rows = await self._worker.run(self._run, lambda session: session.decisions(learner_id))
        return tuple(self._record(record_id, stored) for record_id, stored in rows)

    async def note_use(self, task_id: str) -> None:
        """Remember that a feedback on this task was delivered or decided."""
        if not await self.used(task_id):  # reading first: a write costs a wait for the disk
            await self._worker.run(self._run, lambda session: session.note_use(task_id), write=True)

    async def used(self, task_id: str) -> bool:
        """Whether a feedback on this task was ever delivered or decided."""
        checked_id(task_id, "task id")
        return await self._worker.run(self._run, lambda session: session.used(task_id))

    async def forget(self, learner_id: str) -> int:
        """Delete the decisions about a learner's feedback; returns how many there were."""
        return await self._worker.run(self._forget, checked_id(learner_id))

    async def aclose(self) -> None:
        """Release connections and threads."""
        await self._worker.close(self._database.close)

    # What follows runs in a thread of the worker.

    def _run(self, work: Callable[[Session], T], write: bool = False) -> T:
        if not self._checked:
            self._database.connect()
            check_key(self._database, self._cipher)
            self._checked = True
        return self._database.run(work, write=write)

    def _add(self, record: DecisionRecord, body: bytes) -> bool:
        context = decision_context(record.id)

        def work(session: Session) -> Body | None:
            refuse_plain(session, self._cipher, self._database.place)
            stored = session.decision(record.id)
            if stored is None:
                sealed = self._sealing.seal(body, context)
                session.add_decision(DecisionRow(record.id, record.learner_id, record.at, sealed))
            return stored

        stored = self._run(work, write=True)
        if stored is not None and as_bytes(self._sealing.open(stored, context)) != body:
            raise StorageError(
                f"decision {record.id!r} is already stored with another content",
                place=self._database.place,
                remedy="a decision counts once: keep the first",
            )
        return stored is None

    def _forget(self, learner_id: str) -> int:
        deleted = self._run(lambda session: session.forget_decisions(learner_id), write=True)
        self._database.clear()
        return deleted

    def _record(self, record_id: str, stored: Body) -> DecisionRecord:
        # not by the parser of pydantic, which refuses half surrogate pairs
        return DecisionRecord.model_validate(json.loads(self._sealing.open(stored, decision_context(record_id))))


class SQLiteDecisions(StoredDecisions):
    """`DecisionStore` in the SQLite file of the learner memory.

    Args:
        path: The file, created where there is none at the first call.
        cipher: Seals what is stored; nothing is sealed when not given.
    """

    def __init__(self, path: Path, *, cipher: Cipher | None = None) -> None:
        super().__init__(SQLiteDatabase(path), cipher=cipher)
        self.path = path


def _body(record: DecisionRecord) -> bytes:
    """The decision as canonical JSON: the same content always gives the same text."""
    return json.dumps(record.plain(), sort_keys=True, allow_nan=False).encode("ascii")
