"""The ledger of a batch: which items there are, which are under way, and where the line of each finished one lies.

One SQLite file beside the output, opened by one process at a time. The output itself is the truth: when the two
disagree after a crash, the ledger is brought in line with what the output holds (`gradatim.graphs.batch.results`).
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from gradatim.errors import InputError, StorageError
from gradatim.graphs.batch.circumstances import differences
from gradatim.graphs.batch.items import Item, Status

VERSION = "1"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS items (
    position INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    work TEXT NOT NULL,
    name TEXT NOT NULL,
    claims INTEGER NOT NULL DEFAULT 0,  -- runs that began it and did not come to say how it ended
    round INTEGER NOT NULL DEFAULT 0,   -- new runs that were asked for
    status TEXT,                        -- NULL: still to be done
    reasons TEXT NOT NULL DEFAULT '[]',
    start INTEGER, length INTEGER, digest BLOB,  -- its line in the output
    seen INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS items_by_work ON items (work);
CREATE INDEX IF NOT EXISTS items_by_start ON items (start);
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the output.

    Attributes:
        start: Byte at which it begins.
        length: Bytes, with its line break.
        digest: Of these bytes.
    """

    start: int
    length: int
    digest: bytes

    @property
    def values(self) -> tuple[int, int, bytes]:
        return self.start, self.length, self.digest


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger knows about an item."""

    position: int
    key: str
    work: str
    name: str
    claims: int
    round: int
    status: Status | None


@dataclass(frozen=True, slots=True)
class Written:
    """A line that was appended for an item."""

    key: str
    status: Status
    reasons: tuple[str, ...]
    line: Line


class Ledger:
    """The ledger's file; use as a context manager.

    Args:
        path: Made where there is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Open the file for this process alone.

        Raises:
            InputError: Another batch writes to the same output.
            StorageError: The file is something else, or cannot be opened.
        """
        try:
            connection = sqlite3.connect(self.path, timeout=0.5, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA journal_mode=WAL")
            # A power cut may cost the last rows; the lines are then found in the output again.
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
            connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            connection.close()
            if "locked" in str(error) or "busy" in str(error):
                raise InputError(
                    "another batch writes there", place=str(self.path), remedy="wait for it, or choose another --out"
                ) from error
            raise self._unusable(error) from error
        self._opened = connection
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    @property
    def planned(self) -> bool:
        """Whether the items of a batch stand here."""
        return self._meta("items") is not None

    @property
    def total(self) -> int:
        """Items of the batch."""
        return int(self._meta("items") or 0)

    @property
    def salt(self) -> str:
        """Part of all run ids: empty, or what a restarted batch was given so that everything is assessed anew."""
        return self._meta("salt") or ""

    def plan(self, items: Iterable[Item], circumstances: Mapping[str, str], circumstances_digest: str) -> None:
        """Write down the items of a new batch, or compare them with those of the batch that goes on.

        Raises:
            InputError: Settings, task or input are not those with which the batch began; says what changed.
        """
        if not self.planned:
            self._write_plan(items, circumstances, circumstances_digest)
            return
        changed = differences(json.loads(self._meta("circumstances") or "{}"), circumstances)
        if changed:
            raise self._changed("; ".join(changed[:5]))
        count = 0
        for item in items:
            known = self.entry(item.position)
            if known is None:
                raise self._changed(f"there are more programs than the {self.total:,} of then: {item.name}")
            if known.key != item.key(circumstances_digest):
                what = "has another content" if known.name == item.name else f"was {known.name}"
                raise self._changed(f"program {item.position + 1:,} ({item.name}) {what}")
            count += 1
        if count != self.total:
            raise self._changed(f"there were {self.total:,} programs, now there are {count:,}")

    def clear(self, salt: str) -> None:
        """Forget the batch.

        Args:
            salt: For the run ids of the next one.
        """
        with self._transaction() as connection:
            connection.execute("DELETE FROM items")
            connection.execute("DELETE FROM meta")
            connection.execute("INSERT INTO meta VALUES ('salt', ?)", (salt,))

    def entry(self, position: int) -> Entry | None:
        """What is known about the item at this place of the input."""
        return self._entry("position = ?", position)

    def entry_of(self, key: str) -> Entry | None:
        """What is known about the item of this key."""
        return self._entry("key = ?", key)

    def open_twins(self, work: str) -> list[Entry]:
        """Items still to be done that need the same work, in the order of the input."""
        rows = self._connection.execute(f"{_SELECT} WHERE work = ? AND status IS NULL ORDER BY position", (work,))
        return [Entry(*row) for row in rows]

    def remaining(self) -> int:
        """Items still to be done."""
        return self._connection.execute("SELECT count(*) FROM items WHERE status IS NULL").fetchone()[0]

    def claim(self, position: int) -> int:
        """Note that an item is under way; returns how many runs claimed it before and never said how it ended."""
        with self._transaction() as connection:
            connection.execute("UPDATE items SET claims = claims + 1 WHERE position = ?", (position,))
        entry = self.entry(position)
        return (entry.claims if entry else 1) - 1

    def release(self, positions: Iterable[int]) -> None:
        """Take back claims: these items were left in good order."""
        with self._transaction() as connection:
            connection.executemany(
                "UPDATE items SET claims = max(claims - 1, 0) WHERE position = ?", [(item,) for item in positions]
            )

    def finish(self, written: Iterable[Written]) -> None:
        """Note lines that stand in the output."""
        with self._transaction() as connection:
            connection.executemany(
                "UPDATE items SET status = ?, reasons = ?, start = ?, length = ?, digest = ?, claims = 0 WHERE key = ?",
                [(item.status, json.dumps(item.reasons), *item.line.values, item.key) for item in written],
            )

    @contextmanager
    def reconciliation(self) -> Generator[Reconciliation]:
        """Compare with the output in one transaction; items whose line was not seen are to be done again."""
        with self._transaction() as connection:
            connection.execute("UPDATE items SET seen = 0")
            yield Reconciliation(connection)
            connection.execute(f"UPDATE items SET {_REOPEN} WHERE status IS NOT NULL AND seen = 0")

    def reopen(self, statuses: Iterable[Status]) -> int:
        """Have the items of these statuses done again; returns how many there are.

        Those that ended degraded get a new run, for a finished run stays as it is. The others go on with theirs: a
        failed one where it stopped, a held one with what was decided since.
        """
        count = 0
        with self._transaction() as connection:
            for status in statuses:
                done = connection.execute(
                    f"UPDATE items SET {_REOPEN}, round = round + ?, claims = 0 WHERE status = ?",
                    (status in ("degraded", "delivered"), status),
                )
                count += done.rowcount
        return count

    def lines(self) -> Generator[tuple[int, int]]:
        """Start and length of all lines, in the order of the input."""
        yield from self._connection.execute(
            "SELECT start, length FROM items WHERE status IS NOT NULL ORDER BY position"
        )

    def relocate(self) -> None:
        """Note that the output now holds the lines in the order of the input."""
        with self._transaction() as connection:
            start = 0
            moves: list[tuple[int, int]] = []
            for position, length in connection.execute(
                "SELECT position, length FROM items WHERE status IS NOT NULL ORDER BY position"
            ):
                moves.append((start, position))
                start += length
            connection.executemany("UPDATE items SET start = ? WHERE position = ?", moves)

    def counts(self) -> dict[Status, int]:
        """Status → items that ended so."""
        return dict(
            self._connection.execute("SELECT status, count(*) FROM items WHERE status IS NOT NULL GROUP BY status")
        )

    def reasons(self, statuses: Iterable[Status]) -> dict[Status, Counter[str]]:
        """Status → reason → items."""
        found: dict[Status, Counter[str]] = {}
        for status in statuses:
            rows = self._connection.execute(
                "SELECT reasons, count(*) FROM items WHERE status = ? GROUP BY reasons", (status,)
            )
            for reasons, count in rows:
                for reason in json.loads(reasons):
                    found.setdefault(status, Counter())[reason] += count
        return found

    @property
    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            raise StorageError("the ledger is closed", place=str(self.path))
        return self._opened

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _meta(self, name: str) -> str | None:
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def _entry(self, condition: str, value: str | int) -> Entry | None:
        row = self._connection.execute(f"{_SELECT} WHERE {condition}", (value,)).fetchone()
        return None if row is None else Entry(*row)

    def _write_plan(self, items: Iterable[Item], circumstances: Mapping[str, str], digest: str) -> None:
        count = 0
        with self._transaction() as connection:
            for item in items:
                row = (item.position, item.key(digest), item.work(digest), item.name)
                connection.execute("INSERT INTO items (position, key, work, name) VALUES (?, ?, ?, ?)", row)
                count += 1
            meta = {"version": VERSION, "circumstances": json.dumps(dict(circumstances)), "items": str(count)}
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta.items())

    def _changed(self, what: str) -> InputError:
        return InputError(
            f"this batch began otherwise: {what}",
            place=str(self.path),
            remedy="run it as it began, choose another --out, or begin again with --restart",
        )

    def _unusable(self, error: sqlite3.Error) -> StorageError:
        return StorageError(
            f"cannot be used as the ledger of a batch: {error}",
            place=str(self.path),
            remedy="check its folder's permissions and space; or move the file away: the output is read anew then",
        )


class Reconciliation:
    """Tells the ledger, line by line, what the output holds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def confirm(self, line: Line) -> bool:
        """Whether this very line is known."""
        return self._connection.execute(
            "UPDATE items SET seen = 1 WHERE start = ? AND length = ? AND digest = ? AND seen = 0",
            line.values,
        ).rowcount == 1  # fmt: skip

    def adopt(self, written: Written) -> bool:
        """Take in a line that the ledger does not know (there); `False` where no such item waits for its line."""
        line = written.line
        return self._connection.execute(
            "UPDATE items SET seen = 1, status = ?, reasons = ?, start = ?, length = ?, digest = ?, claims = 0 "
            "WHERE key = ? AND seen = 0",
            (written.status, json.dumps(written.reasons), *line.values, written.key),
        ).rowcount == 1  # fmt: skip


_SELECT = "SELECT position, key, work, name, claims, round, status FROM items"
_REOPEN = "status = NULL, reasons = '[]', start = NULL, length = NULL, digest = NULL"
