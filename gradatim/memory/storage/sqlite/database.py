"""The SQLite file as a database of the learner memory: one connection, one writer at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from gradatim.errors import StorageError
from gradatim.memory.storage.session import Session
from gradatim.memory.storage.sqlite.schema import (
    CACHE_KIB,
    CACHE_KIB_IN_BULK,
    WAL_PAGES,
    WAL_PAGES_IN_BULK,
    open_database,
    storage_errors,
    transaction,
)
from gradatim.memory.storage.sqlite.session import SQLiteSession
from gradatim.memory.storage.traces import found_in_files

T = TypeVar("T")

FILES = ("", "-wal", "-shm", "-journal")
"""Endings of what SQLite keeps beside and in a database."""


class SQLiteDatabase:
    """`Database` in a file; every call has to come from one and the same thread.

    Args:
        path: The file, created where there is none.
    """

    threads = 1

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened: sqlite3.Connection | None = None

    @property
    def place(self) -> str:
        """Where it is."""
        return str(self.path)

    def connect(self) -> None:
        """Open the file, unless it is open."""
        self._connection()

    def run(self, work: Callable[[Session], T], *, write: bool) -> T:
        """Do some work in one transaction."""
        connection = self._connection()
        with storage_errors(self.path), transaction(connection, write=write):
            return work(SQLiteSession(connection))

    def in_bulk(self, bulk: bool) -> None:
        """Write pages back less often, or as usual and at once."""
        connection = self._connection()
        with storage_errors(self.path):
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB_IN_BULK if bulk else CACHE_KIB}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES_IN_BULK if bulk else WAL_PAGES}")
            if not bulk:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def clear(self) -> None:
        """Empty the write-ahead log, which still holds pages as they were; in the file they are overwritten."""
        with storage_errors(self.path):
            self._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def rewrite(self) -> None:
        """Write the file anew, without what was replaced in it."""
        with storage_errors(self.path):
            self._connection().execute("VACUUM")
        self.clear()

    def traces(self, needles: Sequence[bytes]) -> list[str]:
        """Names of the files that hold any of these byte strings."""
        self.clear()
        files = [self.path.with_name(self.path.name + ending) for ending in FILES]
        try:
            return [file.name for file in found_in_files(files, needles)]
        except OSError as error:
            raise StorageError(
                f"the files cannot be searched: {error.strerror}", place=str(self.path), remedy="make them readable"
            ) from error

    def close(self) -> None:
        """Close the file."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = open_database(self.path)
        return self._opened
