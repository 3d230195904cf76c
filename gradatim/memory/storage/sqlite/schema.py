"""The SQLite file of the learner memory: its tables, and opening it without ever harming another file."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from gradatim.errors import StorageError

APPLICATION_ID = 0x67726164
"""Marks a SQLite file as a gradatim learner memory ("grad")."""
SCHEMA_VERSION = 1
BUSY_SECONDS = 30.0
"""How long a writer waits for the writer of another process."""

_OBJECTS = {
    "events": """
        CREATE TABLE events (
            id TEXT PRIMARY KEY,
            learner TEXT NOT NULL,
            at INTEGER NOT NULL,      -- microseconds since 1970
            kind TEXT NOT NULL,
            body TEXT NOT NULL,       -- the whole event, canonical JSON
            changes TEXT NOT NULL     -- [[concept, mastery before, mastery after], ...] when it was stored
        )""",
    "events_in_order": "CREATE INDEX events_in_order ON events (learner, at, id)",
    "forgetting": "CREATE TABLE forgetting (learner TEXT PRIMARY KEY)",
    "events_are_never_changed": """
        CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END""",
    "events_are_never_replaced": """
        CREATE TRIGGER events_are_never_replaced BEFORE INSERT ON events
        WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END""",
    "events_are_only_forgotten": """
        CREATE TRIGGER events_are_only_forgotten BEFORE DELETE ON events
        WHEN NOT EXISTS (SELECT 1 FROM forgetting WHERE learner = OLD.learner)
        BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END""",
    "observations": """
        CREATE TABLE observations (
            learner TEXT NOT NULL, concept TEXT NOT NULL,
            at INTEGER NOT NULL, event TEXT NOT NULL, place INTEGER NOT NULL,
            correct INTEGER NOT NULL, instant TEXT NOT NULL,
            PRIMARY KEY (learner, concept, at, event, place)
        ) WITHOUT ROWID""",
    "mastery": """
        CREATE TABLE mastery (
            learner TEXT NOT NULL, concept TEXT NOT NULL,
            probability REAL NOT NULL, observations INTEGER NOT NULL, updated_at TEXT NOT NULL,
            PRIMARY KEY (learner, concept)
        ) WITHOUT ROWID""",
    "learners": """
        CREATE TABLE learners (
            learner TEXT PRIMARY KEY,
            events INTEGER NOT NULL,
            last_at INTEGER NOT NULL, last_id TEXT NOT NULL, last_instant TEXT NOT NULL,
            derivation TEXT NOT NULL, -- version of the formulas behind mastery and progress
            progress TEXT NOT NULL    -- of the profile, JSON
        ) WITHOUT ROWID""",
}


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
        empty = _is_empty(connection, path)
    if empty:
        _write_ahead(connection)
        with transaction(connection):
            if _is_empty(connection, path):  # no other process created it meanwhile
                for statement in _OBJECTS.values():
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    else:
        _write_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
    present = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if missing := sorted(set(_OBJECTS) - present):
        raise StorageError(
            f"the learner memory is damaged: it lacks {', '.join(missing)}", place=str(path), remedy=_DAMAGED
        )


def _is_empty(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the file holds nothing yet; refuses one that is not ours or not ours to read."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application == 0 and version == 0 and objects == 0:
        return True
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
    return False


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
