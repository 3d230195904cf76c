"""One transaction in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, LiteralString, cast

from gradatim.memory.protocol import LearnerSummary
from gradatim.memory.storage.session import (
    BEFORE_ALL,
    Body,
    DecisionRow,
    EventRow,
    Key,
    LearnerRow,
    SealedRow,
    SealedTable,
    Snapshot,
)

if TYPE_CHECKING:
    from psycopg import Connection

PAGE = 2000
"""Events read at a time."""
FEW = 20
"""Events that are inserted one by one; more of them are copied in a stream."""
_TYPES = ("text", "text", "int8", "text", "bytea", "bytea")
_LEARNER = "SELECT learner, events, last_at, last_id, last_instant, due, stamp FROM learners "
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


class PostgresSession:
    """`Session` on a connection that is in a transaction.

    Args:
        connection: The connection; its search path begins with our schema.
    """

    def __init__(self, connection: Connection) -> None:
        self._cursor = connection.cursor(binary=True)

    def _ask(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        return self._cursor.execute(cast(LiteralString, query), values).fetchall()

    def _do(self, query: str, values: Sequence[Any] = ()) -> int:
        return self._cursor.execute(cast(LiteralString, query), values).rowcount

    def locked(self, learners: Collection[str]) -> dict[str, LearnerRow]:
        """Rows of learners; each stays locked until the transaction ends."""
        wanted = sorted(learners)
        rows: dict[str, LearnerRow] = {}
        while True:
            found = self._ask(f"{_LEARNER}WHERE learner = ANY(%s) ORDER BY learner FOR UPDATE", (wanted,))
            rows.update((row[0], _learner(row)) for row in found)
            if not (wanted := [learner for learner in wanted if learner not in rows]):
                return rows
            # new learners get a row to be locked; one that another transaction makes just now is waited for
            self._do(
                "INSERT INTO learners SELECT learner, 0, %s, '', '', 0, 0 FROM unnest(%s::text[]) AS learner "
                "ON CONFLICT DO NOTHING",
                (BEFORE_ALL[0], wanted),
            )

    def row(self, learner: str) -> LearnerRow | None:
        """One learner's row."""
        found = self._ask(f"{_LEARNER}WHERE learner = %s AND events > 0", (learner,))
        return _learner(found[0]) if found else None

    def stored(self, ids: Sequence[str]) -> dict[str, tuple[Body, Body]]:
        """Bodies and changes of those of these events that are stored."""
        found = self._ask("SELECT id, body, changes FROM events WHERE id = ANY(%s)", (list(ids),))
        return {event_id: (body, changes) for event_id, body, changes in found}

    def add(self, events: Sequence[EventRow]) -> None:
        """Store events that are not stored yet."""
        if len(events) <= FEW:
            self._cursor.executemany("INSERT INTO events VALUES (%s, %s, %s, %s, %s, %s)", events)
            return
        with self._cursor.copy("COPY events FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(_TYPES)
            for event in events:
                copy.write_row(event)

    def save(self, rows: Collection[LearnerRow]) -> None:
        """Store rows of learners, which are locked."""
        columns = zip(
            *((row.learner, row.events, *row.last, row.last_instant, row.due, row.stamp) for row in rows), strict=True
        )
        self._do(
            "UPDATE learners SET events = new.events, last_at = new.last_at, last_id = new.last_id, "
            "last_instant = new.last_instant, due = new.due, stamp = new.stamp FROM unnest("
            "%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[]) "
            "AS new (learner, events, last_at, last_id, last_instant, due, stamp) "
            "WHERE learners.learner = new.learner",
            [list(column) for column in columns],
        )

    def since(self, learner: str, after: Key) -> Iterator[tuple[int, str, Body]]:
        """A learner's events after a place, in order."""
        while True:
            page = self._ask(
                "SELECT at, id, body FROM events WHERE learner = %s AND (at, id) > (%s, %s) ORDER BY at, id LIMIT %s",
                (learner, *after, PAGE),
            )
            yield from page
            if len(page) < PAGE:
                return
            after = (page[-1][0], page[-1][1])

    def latest(self, learner: str, limit: int | None, kind: str | None) -> list[tuple[str, Body]]:
        """A learner's events, newest first."""
        wanted = "" if kind is None else "AND kind = %s "
        given = (learner,) if kind is None else (learner, kind)
        return self._ask(
            f"SELECT id, body FROM events WHERE learner = %s {wanted}ORDER BY at DESC, id DESC LIMIT %s",
            (*given, limit),
        )

    def of_kind(self, kind: str) -> list[tuple[str, Body]]:
        """Events of all learners."""
        return self._ask("SELECT id, body FROM events WHERE kind = %s ORDER BY learner, at, id", (kind,))

    def learners(self) -> list[LearnerSummary]:
        """All learners with events, by id."""
        rows = self._ask("SELECT learner, events, last_instant FROM learners WHERE events > 0 ORDER BY learner")
        return [LearnerSummary(*row) for row in rows]

    def snapshot(self, learner: str, derivation: str, before: Key | None = None) -> Snapshot | None:
        """The newest snapshot of a derivation."""
        place = "" if before is None else "AND (at, id) < (%s, %s) "
        found = self._ask(
            "SELECT at, id, ordinal, events, body FROM estimates WHERE learner = %s AND derivation = %s "
            f"{place}ORDER BY at DESC, id DESC LIMIT 1",
            (learner, derivation, *(before or ())),
        )
        return Snapshot((found[0][0], found[0][1]), *found[0][2:]) if found else None

    def ordinals(self, learner: str, derivation: str) -> list[int]:
        """Which snapshots there are."""
        found = self._ask("SELECT ordinal FROM estimates WHERE learner = %s AND derivation = %s", (learner, derivation))
        return [ordinal for (ordinal,) in found]

    def keep(self, learner: str, derivation: str, snapshots: Sequence[Snapshot], expired: Collection[int]) -> None:
        """Store snapshots; delete expired ones and those of other derivations."""
        self._do(
            "DELETE FROM estimates WHERE learner = %s AND (derivation <> %s OR ordinal = ANY(%s::bigint[]))",
            (learner, derivation, list(expired)),
        )
        self._cursor.executemany(
            "INSERT INTO estimates VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (learner, at, id) DO UPDATE "
            "SET ordinal = EXCLUDED.ordinal, events = EXCLUDED.events, derivation = EXCLUDED.derivation, "
            "body = EXCLUDED.body",
            [(learner, *one.key, one.ordinal, one.events, derivation, one.body) for one in snapshots],
        )

    def drop(self, learner: str, since: Key) -> None:
        """Delete snapshots that rest on events from this place on."""
        self._do("DELETE FROM estimates WHERE learner = %s AND (at, id) >= (%s, %s)", (learner, *since))

    def forget(self, learner: str) -> int:
        """Delete all of a learner, with the decisions."""
        self._ask("SELECT 1 FROM learners WHERE learner = %s FOR UPDATE", (learner,))
        self._do("INSERT INTO forgetting VALUES (%s)", (learner,))
        deleted = self._do("DELETE FROM events WHERE learner = %s", (learner,))
        for table in ("estimates", "decisions", "learners", "forgetting"):
            self._do(f"DELETE FROM {table} WHERE learner = %s", (learner,))
        return deleted

    def decision(self, record_id: str) -> Body | None:
        """The body of a decision."""
        found = self._ask("SELECT body FROM decisions WHERE id = %s", (record_id,))
        return found[0][0] if found else None

    def add_decision(self, row: DecisionRow) -> None:
        """Store a decision that is not stored yet."""
        self._do("INSERT INTO decisions VALUES (%s, %s, %s, %s)", row)

    def decisions(self, learner: str | None) -> list[tuple[str, Body]]:
        """Decisions, oldest first."""
        wanted = "" if learner is None else "WHERE learner = %s "
        return self._ask(
            f"SELECT id, body FROM decisions {wanted}ORDER BY at, id", () if learner is None else (learner,)
        )

    def forget_decisions(self, learner: str) -> int:
        """Delete a learner's decisions."""
        return self._do("DELETE FROM decisions WHERE learner = %s", (learner,))

    def note_use(self, task: str) -> None:
        """Remember a task."""
        self._do("INSERT INTO used_tasks VALUES (%s) ON CONFLICT DO NOTHING", (task,))

    def used(self, task: str) -> bool:
        """Whether it is remembered."""
        return bool(self._ask("SELECT 1 FROM used_tasks WHERE task = %s", (task,)))

    def mark(self, name: str) -> bytes | None:
        """A remark of the store about itself."""
        found = self._ask("SELECT value FROM marks WHERE name = %s", (name,))
        return found[0][0] if found else None

    def set_mark(self, name: str, value: bytes | None) -> None:
        """Change a remark, or delete it."""
        if value is None:
            self._do("DELETE FROM marks WHERE name = %s", (name,))
        else:
            self._do(
                "INSERT INTO marks VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value",
                (name, value),
            )

    def bodies(self, table: SealedTable, after: tuple[str | int, ...], limit: int) -> list[SealedRow]:
        """Rows of a table with sealed bodies, in the order of their keys."""
        keys, bodies = _KEYS[table], _BODIES[table]
        where = f"WHERE ({', '.join(keys)}) > ({', '.join(['%s'] * len(keys))}) " if after else ""
        found = self._ask(
            f"SELECT {', '.join((*keys, *bodies))} FROM {table} {where}ORDER BY {', '.join(keys)} LIMIT %s",
            (*after, limit),
        )
        return [SealedRow(tuple(row[: len(keys)]), tuple(row[len(keys) :])) for row in found]

    def replace_bodies(self, table: SealedTable, rows: Iterable[SealedRow]) -> None:
        """Put other bodies in place."""
        bodies = ", ".join(f"{name} = %s" for name in _BODIES[table])
        keys = " AND ".join(f"{name} = %s" for name in _KEYS[table])
        self._cursor.executemany(
            cast(LiteralString, f"UPDATE {table} SET {bodies} WHERE {keys}"),
            [(*row.bodies, *row.key) for row in rows],
        )


def _learner(row: tuple[str, int, int, str, str, int, int]) -> LearnerRow:
    learner, events, last_at, last_id, last_instant, due, stamp = row
    return LearnerRow(learner, events, (last_at, last_id), last_instant, due, stamp)
