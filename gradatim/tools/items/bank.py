"""The bank: items on disk, what people decided about them, and what new ones are compared with.

One SQLite file in the data folder. It holds nothing about learners: their answers are events of the learner memory, and
are forgotten there.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import ValidationError

from gradatim.errors import InputError, StorageError
from gradatim.tools.items.duplicates import Fingerprint, Fingerprints
from gradatim.tools.items.item import Item, ItemKind, ItemStatus

VERSION = 1
_PATIENCE = 20.0
"""Seconds to wait for another process that writes."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, status TEXT NOT NULL, language TEXT NOT NULL, difficulty REAL NOT NULL,
    made_at TEXT NOT NULL, body TEXT NOT NULL, shape TEXT, behaviour TEXT, text TEXT
);
CREATE TABLE IF NOT EXISTS item_reviews (
    item TEXT NOT NULL, at TEXT NOT NULL, reviewer TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL,
    before TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS item_reviews_item ON item_reviews (item, at);
"""
ReviewKind = Literal["approve", "reject", "edit"]


@dataclass(frozen=True, slots=True)
class ItemReview:
    """A person's decision about an item.

    Attributes:
        before: The item as it was.
    """

    item: str
    at: str
    reviewer: str
    kind: ReviewKind
    reason: str
    before: Item


class Bank:
    """Items on disk. May be used from several threads and processes: each call is a transaction of its own.

    Args:
        path: The file; made with the first item.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        """A connection whose changes are stored together, or none of them.

        Raises:
            StorageError: The file cannot be used.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise self._broken(error) from error
        try:
            connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
            held = connection.execute("PRAGMA user_version").fetchone()[0]
            if held > VERSION:
                raise StorageError(
                    "the bank was written by a newer version", place=str(self.path), remedy="install the newer version"
                )
            if held < VERSION:
                connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version={VERSION}; COMMIT;")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._broken(error) from error
        finally:
            connection.close()  # what was not committed is undone

    def _broken(self, error: Exception) -> StorageError:
        return StorageError(
            f"the item bank cannot be used: {error}",
            place=str(self.path),
            remedy="check the folder's permissions and free space, or move the file away and make a new bank",
        )

    def add(self, item: Item, found: Fingerprint | None = None, *, made_at: str) -> bool:
        """Store an item; one of this id is passed over.

        Args:
            found: What later ones are compared with; without it, only the same item again is refused.
            made_at: ISO 8601.

        Returns:
            Whether it was new.
        """
        text = None if found is None else json.dumps(sorted(found.text))
        row = (
            item.id, item.kind, item.status, item.language, item.difficulty.value, made_at, item.model_dump_json(),
            None if found is None else found.shape, None if found is None else found.behaviour, text,
        )  # fmt: skip
        with self._open() as connection:
            done = connection.execute(f"INSERT OR IGNORE INTO items VALUES ({', '.join('?' * len(row))})", row)
            return done.rowcount == 1

    def items(
        self,
        *,
        kind: ItemKind | None = None,
        status: ItemStatus | None = None,
        language: str | None = None,
        concept: str | None = None,
        limit: int | None = None,
    ) -> list[Item]:
        """Items in the order in which they were made."""
        wanted = {"kind": kind, "status": status, "language": language}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = f"WHERE {' AND '.join(f'{name} = ?' for name in given)}" if given else ""
        if not self.path.exists():
            return []
        with self._open() as connection:
            rows = connection.execute(f"SELECT id, body FROM items {where} ORDER BY made_at, id", tuple(given.values()))
            found = [self._read(*row) for row in rows]
        found = [item for item in found if concept is None or concept in item.concepts]
        return found if limit is None else found[:limit]

    def item(self, item_id: str) -> Item:
        """An item by its id, or by a beginning of it that no other item has.

        Raises:
            InputError: There is none, or there are several.
        """
        rows: list[tuple[str, str]] = []
        if self.path.exists():
            with self._open() as connection:
                rows = connection.execute(
                    "SELECT id, body FROM items WHERE substr(id, 1, ?) = ?", (len(item_id), item_id)
                ).fetchall()
        exact = [row for row in rows if row[0] == item_id] or rows
        if len(exact) != 1 or not item_id:
            raise InputError(
                "several items begin so" if len(exact) > 1 else "there is no such item",
                place=f"item {item_id!r}",
                remedy="`gradatim item list` names the items",
            )
        return self._read(*exact[0])

    def replace(self, items: Iterable[Item]) -> None:
        """Store other versions of items that are there (difficulties, for example)."""
        with self._open() as connection:
            connection.executemany(
                "UPDATE items SET body = ?, difficulty = ?, status = ? WHERE id = ?",
                [(item.model_dump_json(), item.difficulty.value, item.status, item.id) for item in items],
            )

    def review(self, item: Item, kind: ReviewKind, reviewer: str, *, at: str, reason: str = "") -> Item:
        """Store a decision and the item after it.

        Args:
            item: As it shall be; of the id of one that is there.

        Raises:
            InputError: There is no such item.
        """
        status: ItemStatus = "rejected" if kind == "reject" else "approved"
        after = item.model_copy(update={"status": status})
        before = self.item(item.id)
        with self._open() as connection:
            connection.execute(
                "INSERT INTO item_reviews VALUES (?, ?, ?, ?, ?, ?)",
                (item.id, at, reviewer, kind, reason, before.model_dump_json()),
            )
            connection.execute(
                "UPDATE items SET body = ?, status = ?, difficulty = ? WHERE id = ?",
                (after.model_dump_json(), status, after.difficulty.value, item.id),
            )
        return after

    def reviews(self, item_id: str) -> list[ItemReview]:
        """Decisions about an item, oldest first."""
        if not self.path.exists():
            return []
        with self._open() as connection:
            rows = connection.execute(
                "SELECT item, at, reviewer, kind, reason, before FROM item_reviews WHERE item = ? ORDER BY at, rowid",
                (item_id,),
            ).fetchall()
        return [ItemReview(row[0], row[1], row[2], row[3], row[4], self._read(row[0], row[5])) for row in rows]

    def fingerprints(self, language: str | None = None) -> Fingerprints:
        """What new items are compared with: all items, those that were rejected too, lest they come again.

        Args:
            language: Only those of this language: the same question in another one is no duplicate.
        """
        rows: Sequence[Any] = ()
        if self.path.exists():
            with self._open() as connection:
                rows = connection.execute(
                    "SELECT id, kind, shape, behaviour, text FROM items WHERE shape IS NOT NULL "
                    "AND (? IS NULL OR language = ?)",
                    (language, language),
                ).fetchall()
        return Fingerprints(
            (row[0], Fingerprint(row[1], row[2], row[3], frozenset(cast("list[int]", json.loads(row[4])))))
            for row in rows
        )

    def _read(self, item_id: str, body: str) -> Item:
        try:
            return Item.model_validate_json(body)
        except ValidationError as error:
            raise StorageError(
                f"a stored item cannot be read: {error.errors()[0]['msg']}",
                place=f"{self.path}, item {item_id}",
                remedy="restore the file from a copy, or delete the row",
            ) from error


def bank_path(data_dir: Path) -> Path:
    """Where the bank lies in a data folder."""
    return data_dir / "items.sqlite3"
