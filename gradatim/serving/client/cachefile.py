"""The file of the response cache: compressed answers under digests of their requests, in SQLite."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Collection
from pathlib import Path

from gradatim.errors import StorageError

_LOG = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    key BLOB PRIMARY KEY, body BLOB NOT NULL, created REAL NOT NULL, used REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answers_used ON answers (used);
"""


class AnswerFile:
    """Answers on disk; where the file fails while in use, it is as if it held nothing.

    Args:
        path: Made when missing and readable by its owner only.
        limit: Bytes from which the answers that were used longest ago go.
        seconds: Age from which an answer is not given again.

    Raises:
        StorageError: The file cannot be used.
    """

    def __init__(self, path: Path, limit: int, seconds: float) -> None:
        self._path = path
        self._limit = limit
        self._seconds = seconds
        self._lock = threading.Lock()
        self._failed = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._base = sqlite3.connect(path, timeout=5.0, check_same_thread=False, isolation_level=None)
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.executescript(_SCHEMA)
            self._size = self._measured()
        except (OSError, sqlite3.Error) as error:
            raise StorageError(
                f"the response cache cannot be used: {error}",
                place=str(path),
                remedy="name another file in GRADATIM_RESPONSE_CACHE, delete this one, or leave the setting out",
            ) from error

    def get(self, key: bytes) -> tuple[float, bytes] | None:
        """When an answer was given, and the answer."""
        try:
            with self._lock:
                row = self._base.execute("SELECT created, body FROM answers WHERE key = ?", (key,)).fetchone()
                now = time.time()
                if row is None or now - row[0] >= self._seconds:
                    return None
                self._base.execute("UPDATE answers SET used = ? WHERE key = ?", (now, key))
            return float(row[0]), zlib.decompress(row[1])
        except (sqlite3.Error, zlib.error) as error:
            self._complain(error)
            return None

    def put(self, key: bytes, body: bytes) -> None:
        """Keep an answer."""
        packed, now = zlib.compress(body, 6), time.time()
        try:
            with self._lock:
                self._base.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", (key, packed, now, now))
                self._size += len(packed)
                if self._size > self._limit:
                    self._trim(now)
        except sqlite3.Error as error:
            self._complain(error)

    def _trim(self, now: float) -> None:
        """Drop what is too old, then what was used longest ago, down to nine tenths of the limit."""
        self._base.execute("DELETE FROM answers WHERE created < ?", (now - self._seconds,))
        self._size = self._measured()
        while self._size > 0.9 * self._limit:
            gone = self._base.execute(
                "DELETE FROM answers WHERE key IN (SELECT key FROM answers ORDER BY used LIMIT 64) "
                "RETURNING length(body)"
            ).fetchall()
            if not gone:
                break
            self._size -= sum(size for (size,) in gone)

    def _measured(self) -> int:
        (size,) = self._base.execute("SELECT coalesce(sum(length(body)), 0) FROM answers").fetchone()
        return int(size)

    def purge(self) -> None:
        """Delete all answers."""
        with self._lock:
            self._base.execute("PRAGMA secure_delete = ON")
            self._base.execute("DELETE FROM answers")
            self._base.execute("VACUUM")
            self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._size = 0

    def forget(self, pieces: Collection[str]) -> int:
        """Delete the answers that hold one of these texts; returns how many."""
        try:
            with self._lock:
                rows = self._base.execute("SELECT key, body FROM answers")
                gone = [(key,) for key, body in rows if holds(_unpacked(body), pieces)]
                self._base.execute("PRAGMA secure_delete = ON")
                self._base.executemany("DELETE FROM answers WHERE key = ?", gone)
                self._base.execute("VACUUM")  # earlier answers may lie in pages that were given up
                self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                self._size = self._measured()
            return len(gone)
        except sqlite3.Error as error:
            raise StorageError(
                f"the response cache cannot be cleaned: {error}",
                place=str(self._path),
                remedy="stop other runs of gradatim and try once more, or delete the file",
            ) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    def _complain(self, error: Exception) -> None:
        if not self._failed:
            self._failed = True
            _LOG.warning("the response cache %s fails (%s); requests are made without it", self._path, error)


def _unpacked(body: bytes) -> bytes:
    """A stored answer as JSON; an unreadable one as nothing, since it is never given again."""
    try:
        return zlib.decompress(body)
    except zlib.error:
        return b""


def holds(body: bytes, pieces: Collection[str]) -> bool:
    """Whether a text of an answer, which may itself be JSON, holds one of the pieces; unreadable ones hold all."""
    if not body:
        return True
    text = json.dumps(json.loads(body), ensure_ascii=False)
    plain = text.replace("\\", "")
    return any(piece in text or piece in plain or piece.replace("\\", "") in plain for piece in pieces)
