"""The SQLite file of the learner memory: its tables, and opening it without ever harming another file."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from gradatim.errors import StorageError
from gradatim.memory.storage.sqlite.tables import MIGRATION_TO_2, OBJECTS, OBJECTS_OF_VERSION_1, SCHEMA_VERSION

APPLICATION_ID = 0x67726164
"""Marks a SQLite file as a gradatim learner memory ("grad")."""
CACHE_KIB, CACHE_KIB_IN_BULK = 16_384, 98_304
"""Memory for pages; what a group of events changes should fit in, or else it is written out several times."""
WAL_PAGES, WAL_PAGES_IN_BULK = 2_000, 32_000
"""Pages in the write-ahead log before they are written back: 8 MB, and 128 MB while very many events are stored.

A page that many groups of events change is then written back once for all of them."""
BUSY_SECONDS = 30.0
"""How long a writer waits for the writer of another process."""


def open_database(path: Path) -> sqlite3.Connection:
    """Open the learner memory, creating it where there is no file yet.

    Commits are written ahead (WAL) with `synchronous=FULL`. A killed process loses nothing acknowledged under
    any setting, since the operating system holds what was written; FULL also asks the disk at each commit, so
    that a power failure loses nothing acknowledged either, which `NORMAL` would in WAL mode.

    Raises:
        StorageError: The file is damaged, is something else, comes from a newer version, or cannot be opened;
            it is left as it is.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():  # closing a file that SQLite has open in this process would drop SQLite's locks
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        if path.parent.is_file():
            raise _cannot_open(path, f"{path.parent} is a file") from None
        # otherwise another process created it meanwhile
    except OSError as error:
        raise _cannot_open(path, error.strerror) from error
    with storage_errors(path):
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            _check_and_create(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def storage_errors(path: Path) -> Generator[None]:
    """Turn SQLite's errors into `StorageError` with the file and a remedy."""
    try:
        yield
    except sqlite3.Error as error:
        code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        remedy = _REMEDIES.get(code & 0xFF, "see whether the disk and the file are in order")
        raise StorageError(f"the learner memory cannot be used: {error}", place=str(path), remedy=remedy) from error


@contextmanager
def transaction(connection: sqlite3.Connection, *, write: bool = True) -> Generator[None]:
    """All or nothing; a writer waits for those of other processes before it reads."""
    connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


_DAMAGED = "restore the file from a backup, or move it away to begin an empty memory"
_REMEDIES = {
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_BUSY: "another process holds it: wait for that process or end it",
    sqlite3.SQLITE_LOCKED: "another process holds it: wait for that process or end it",
    sqlite3.SQLITE_FULL: "free space on the disk",
    sqlite3.SQLITE_READONLY: "make the file and its folder writable",
    sqlite3.SQLITE_CANTOPEN: "make the file and its folder readable and writable",
    sqlite3.SQLITE_CONSTRAINT: "events can be added and forgotten, never changed",
}


def _cannot_open(path: Path, reason: str | None) -> StorageError:
    return StorageError(
        f"the learner memory cannot be opened: {reason}",
        place=str(path),
        remedy="set GRADATIM_DATA_DIR to a folder that can be written",
    )


def _check_and_create(connection: sqlite3.Connection, path: Path) -> None:
    with transaction(connection, write=False):  # one snapshot: another process may be creating the file just now
        version = _version(connection, path)
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
    # what a statement needs to be undone would go to a file of its own, where forgetting does not reach
    connection.execute("PRAGMA temp_store = MEMORY")
    # events of many learners touch many pages of the indices: hold them, and write them back less often
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    if version < SCHEMA_VERSION:
        with transaction(connection):
            _migrate(connection, path)
    if missing := _missing(connection, OBJECTS):
        raise _damaged(missing, path)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection, path)  # another process may have done it meanwhile
    if version == SCHEMA_VERSION:
        return
    if version == 1:
        if missing := _missing(connection, OBJECTS_OF_VERSION_1):
            raise _damaged(missing, path)
        for statement in MIGRATION_TO_2:
            connection.execute(statement)
    for name in _missing(connection, OBJECTS):
        connection.execute(OBJECTS[name])
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _missing(connection: sqlite3.Connection, wanted: Iterable[str]) -> list[str]:
    present = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    return [name for name in wanted if name not in present]


def _damaged(missing: list[str], path: Path) -> StorageError:
    return StorageError(
        f"the learner memory is damaged: it lacks {', '.join(missing)}", place=str(path), remedy=_DAMAGED
    )


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Version of the tables, 0 where the file holds nothing yet; refuses one that is not ours or not ours to read."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application == 0 and version == 0 and objects == 0:
        return 0
    if application != APPLICATION_ID:
        raise StorageError(
            "this SQLite file is not a gradatim learner memory",
            place=str(path),
            remedy="set GRADATIM_DATA_DIR to another folder, or move the file away",
        )
    if version > SCHEMA_VERSION:
        raise StorageError(
            f"the learner memory has version {version}; this gradatim knows versions up to {SCHEMA_VERSION}",
            place=str(path),
            remedy="use the newer gradatim that wrote it",
        )
    return version


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL; SQLite gives up at once when two processes do so together, so ask again for a while."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
