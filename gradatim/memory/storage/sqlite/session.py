"""One transaction on the SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence

from gradatim.memory.protocol import LearnerSummary
from gradatim.memory.storage.session import (
    Body,
    DecisionRow,
    EventRow,
    Key,
    LearnerRow,
    SealedRow,
    SealedTable,
    Snapshot,
)

_LEARNER = "SELECT learner, events, last_at, last_id, last_instant, due, stamp FROM learners "
_SNAPSHOT = "SELECT at, id, ordinal, events, body FROM estimates WHERE learner = ? AND derivation = ? "
_KEYS: dict[SealedTable, tuple[str, ...]] = {
    "events": ("id",),
    "estimates": ("learner", "at", "id"),
    "decisions": ("id",),
}
_BODIES: dict[SealedTable, tuple[str, ...]] = {
    "events": ("body", "changes"),
    "estimates": ("body",),
    "decisions": ("body",),
}


class SQLiteSession:
    """`Session` on a connection that is in a transaction.

    Args:
        connection: The connection.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._execute = connection.execute

    def locked(self, learners: Collection[str]) -> dict[str, LearnerRow]:
        """Rows of learners; a transaction that writes is alone anyway."""
        found = self._execute(f"{_LEARNER}WHERE learner IN (SELECT value FROM json_each(?))", (_list(learners),))
        rows = {learner: LearnerRow(learner) for learner in learners}
        rows.update((row[0], _learner(row)) for row in found)
        return rows

    def row(self, learner: str) -> LearnerRow | None:
        """One learner's row."""
        found = self._execute(f"{_LEARNER}WHERE learner = ?", (learner,)).fetchone()
        return None if found is None else _learner(found)

    def stored(self, ids: Sequence[str]) -> dict[str, tuple[Body, Body]]:
        """Bodies and changes of those of these events that are stored."""
        found = self._execute(
            "SELECT id, body, changes FROM events WHERE id IN (SELECT value FROM json_each(?))", (_list(ids),)
        )
        return {event_id: (body, changes) for event_id, body, changes in found}

    def add(self, events: Sequence[EventRow]) -> None:
        """Store events that are not stored yet."""
        # FAIL: the whole transaction is rolled back anyway, so no single statement has to be undone
        self._connection.executemany("INSERT OR FAIL INTO events VALUES (?, ?, ?, ?, ?, ?)", events)

    def save(self, rows: Collection[LearnerRow]) -> None:
        """Store rows of learners."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO learners VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(row.learner, row.events, *row.last, row.last_instant, row.due, row.stamp) for row in rows],
        )

    def since(self, learner: str, after: Key) -> Iterator[tuple[int, str, Body]]:
        """A learner's events after a place, in order."""
        return self._execute(
            "SELECT at, id, body FROM events WHERE learner = ? AND (at, id) > (?, ?) ORDER BY at, id",
            (learner, *after),
        )

    def latest(self, learner: str, limit: int | None, kind: str | None) -> list[tuple[str, Body]]:
        """A learner's events, newest first."""
        wanted = "" if kind is None else "AND kind = ? "
        given = (learner,) if kind is None else (learner, kind)
        return self._execute(
            f"SELECT id, body FROM events WHERE learner = ? {wanted}ORDER BY at DESC, id DESC LIMIT ?",
            (*given, -1 if limit is None else limit),
        ).fetchall()

    def of_kind(self, kind: str) -> list[tuple[str, Body]]:
        """Events of all learners."""
        return self._execute("SELECT id, body FROM events WHERE kind = ? ORDER BY learner, at, id", (kind,)).fetchall()

    def learners(self) -> list[LearnerSummary]:
        """All learners with events, by id."""
        rows = self._execute("SELECT learner, events, last_instant FROM learners WHERE events > 0 ORDER BY learner")
        return [LearnerSummary(*row) for row in rows]

    def snapshot(self, learner: str, derivation: str, before: Key | None = None) -> Snapshot | None:
        """The newest snapshot of a derivation."""
        place = "" if before is None else "AND (at, id) < (?, ?) "
        found = self._execute(
            f"{_SNAPSHOT}{place}ORDER BY at DESC, id DESC LIMIT 1", (learner, derivation, *(before or ()))
        ).fetchone()
        return None if found is None else Snapshot((found[0], found[1]), *found[2:])

    def ordinals(self, learner: str, derivation: str) -> list[int]:
        """Which snapshots there are."""
        found = self._execute(
            "SELECT ordinal FROM estimates WHERE learner = ? AND derivation = ?", (learner, derivation)
        )
        return [ordinal for (ordinal,) in found]

    def keep(self, learner: str, derivation: str, snapshots: Sequence[Snapshot], expired: Collection[int]) -> None:
        """Store snapshots; delete expired ones and those of other derivations."""
        self._execute(
            "DELETE FROM estimates WHERE learner = ? "
            "AND (derivation <> ? OR ordinal IN (SELECT value FROM json_each(?)))",
            (learner, derivation, json.dumps(list(expired))),
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO estimates VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(learner, *one.key, one.ordinal, one.events, derivation, one.body) for one in snapshots],
        )

    def drop(self, learner: str, since: Key) -> None:
        """Delete snapshots that rest on events from this place on."""
        self._execute("DELETE FROM estimates WHERE learner = ? AND (at, id) >= (?, ?)", (learner, *since))

    def forget(self, learner: str) -> int:
        """Delete all of a learner; decisions go by a trigger."""
        self._execute("INSERT INTO forgetting VALUES (?)", (learner,))
        deleted = self._execute("DELETE FROM events WHERE learner = ?", (learner,)).rowcount
        for table in ("estimates", "learners", "forgetting"):
            self._execute(f"DELETE FROM {table} WHERE learner = ?", (learner,))
        return deleted

    def decision(self, record_id: str) -> Body | None:
        """The body of a decision."""
        found = self._execute("SELECT body FROM decisions WHERE id = ?", (record_id,)).fetchone()
        return None if found is None else found[0]

    def add_decision(self, row: DecisionRow) -> None:
        """Store a decision that is not stored yet."""
        self._execute("INSERT INTO decisions VALUES (?, ?, ?, ?)", row)

    def decisions(self, learner: str | None) -> list[tuple[str, Body]]:
        """Decisions, oldest first."""
        return self._execute(
            "SELECT id, body FROM decisions WHERE :learner IS NULL OR learner = :learner ORDER BY at, id",
            {"learner": learner},
        ).fetchall()

    def forget_decisions(self, learner: str) -> int:
        """Delete a learner's decisions."""
        return self._execute("DELETE FROM decisions WHERE learner = ?", (learner,)).rowcount

    def note_use(self, task: str) -> None:
        """Remember a task."""
        self._execute("INSERT OR IGNORE INTO used_tasks VALUES (?)", (task,))

    def used(self, task: str) -> bool:
        """Whether it is remembered."""
        return self._execute("SELECT 1 FROM used_tasks WHERE task = ?", (task,)).fetchone() is not None

    def mark(self, name: str) -> bytes | None:
        """A remark of the store about itself."""
        found = self._execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
        return None if found is None else found[0]

    def set_mark(self, name: str, value: bytes | None) -> None:
        """Change a remark, or delete it."""
        if value is None:
            self._execute("DELETE FROM marks WHERE name = ?", (name,))
        else:
            self._execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, value))

    def bodies(self, table: SealedTable, after: tuple[str | int, ...], limit: int) -> list[SealedRow]:
        """Rows of a table with sealed bodies, in the order of their keys."""
        keys, bodies = _KEYS[table], _BODIES[table]
        where = f"WHERE ({', '.join(keys)}) > ({', '.join('?' * len(keys))}) " if after else ""
        found = self._execute(
            f"SELECT {', '.join((*keys, *bodies))} FROM {table} {where}ORDER BY {', '.join(keys)} LIMIT ?",
            (*after, limit),
        )
        return [SealedRow(tuple(row[: len(keys)]), tuple(row[len(keys) :])) for row in found]

    def replace_bodies(self, table: SealedTable, rows: Iterable[SealedRow]) -> None:
        """Put other bodies in place."""
        bodies = ", ".join(f"{name} = ?" for name in _BODIES[table])
        keys = " AND ".join(f"{name} = ?" for name in _KEYS[table])
        self._connection.executemany(
            f"UPDATE {table} SET {bodies} WHERE {keys}", [(*row.bodies, *row.key) for row in rows]
        )


def _learner(row: tuple[str, int, int, str, str, int, int]) -> LearnerRow:
    learner, events, last_at, last_id, last_instant, due, stamp = row
    return LearnerRow(learner, events, (last_at, last_id), last_instant, due, stamp)


def _list(values: Collection[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
