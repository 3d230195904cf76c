"""A Chroma folder for several processes, one at a time, that keeps nothing of what was deleted."""

from __future__ import annotations

import fcntl
import mmap
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from gradatim.errors import GradatimError, StorageError
from gradatim.serving.vectors.index_files import blank_unused

if TYPE_CHECKING:
    from chromadb.api.client import Client

LOCK_SECONDS = 30.0
"""How long to wait for another process."""
_DATABASE = "chroma.sqlite3"
_SHOWN = 300
"""Characters of an error of Chroma that are shown: it may hold whole vectors."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CACHE_KIB = 65536
"""Memory that SQLite may use to write a database anew."""


class ChromaFolder:
    """Opens Chroma late, closes it cleanly, and reopens it when another process has written.

    Chroma's own client holds its index in memory and does not see what another process adds to the folder. A
    lock file lets one process work at a time and counts the writes, so that a client that has fallen behind
    is noticed.

    Args:
        path: The folder; made at the first use.
    """

    shared = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self._client: Client | None = None
        self._writes = 0
        """Count of writes that the open client has seen."""
        self._changed = False
        self._blanked: dict[str, int] = {}
        """Index → time of its last change when its unused room was overwritten."""

    def exists(self) -> bool:
        """Whether there is a folder."""
        return self.path.exists()

    @contextmanager
    def opened(self, *, write: bool) -> Generator[Client]:
        """Work with the folder, alone.

        Args:
            write: Something will be written.

        Raises:
            StorageError: The folder is damaged, cannot be read or written, or stays in use elsewhere.
        """
        with self._errors(), self._alone() as lock:
            writes = int(os.pread(lock, 32, 0) or b"0")
            if writes != self._writes:
                self.close()
            if self._client is None:
                self._client = _open_client(self.path)
            self._writes = writes
            self._changed = write
            try:
                yield self._client
            except BaseException:
                self.close()  # whatever its memory holds now, the next call starts from the disk
                raise
            finally:
                self._blank_indexes()
                if self._changed:
                    self._count_write(lock, writes)

    def changed(self) -> None:
        """Tell, while it is opened for reading, that something was written after all."""
        self._changed = True

    @contextmanager
    def alone(self, client: Client, name: str) -> Generator[None]:
        """Nothing to do: whoever has opened the folder is alone in it."""
        yield

    def vacuum(self) -> None:
        """Clean the disk of what was deleted: free pages of the database, files of deleted collections.

        SQLite leaves deleted rows, and copies of rows that it once moved, in its free room. The database is written
        anew without it and put in the place of the old one: half the work of a `VACUUM` in place, and whole or not at
        all when the process ends in between.
        """
        with self._errors(), self._alone() as lock:
            self.close()
            database = self.path / _DATABASE
            if not database.exists():
                return
            self._count_write(lock, int(os.pread(lock, 32, 0) or b"0"))
            segments = _written_anew(database)
            for index in self._indexes():
                if index not in segments:
                    shutil.rmtree(self.path / index)
                    self._blanked.pop(index, None)
            self._blank_indexes()

    def traces(self, needles: Sequence[bytes], prefix: str = "") -> list[str]:
        """Files in which any of these byte strings occur, with how often; `prefix` does not matter here."""
        if not self.path.exists():
            return []
        wanted = [needle for needle in needles if needle]
        with self._errors(), self._alone():
            counts = {path: _occurrences(path, wanted) for path in sorted(self.path.rglob("*")) if path.is_file()}
        return [f"{path.relative_to(self.path.parent)}: {count}" for path, count in counts.items() if count]

    def close(self) -> None:
        """Close the client if it is open."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _count_write(self, lock: int, before: int) -> None:
        """Let other processes notice that their clients have fallen behind."""
        self._writes = before + 1
        os.pwrite(lock, str(self._writes).encode(), 0)

    def _indexes(self) -> list[str]:
        """Names of the folders in which Chroma keeps indexes."""
        with os.scandir(self.path) as entries:
            return [entry.name for entry in entries if _UUID.fullmatch(entry.name) and entry.is_dir()]

    def _blank_indexes(self) -> None:
        for index in self._indexes():
            try:
                changed = os.stat(f"{self.path}/{index}/header.bin").st_mtime_ns
            except FileNotFoundError:
                changed = 0
            if self._blanked.get(index) != changed:
                blank_unused(self.path / index)
                self._blanked[index] = changed

    @contextmanager
    def _alone(self) -> Generator[int]:
        """Hold the lock file, waiting for other processes; yields its descriptor."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self.path / "gradatim.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            deadline = time.monotonic() + LOCK_SECONDS
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise StorageError(
                            f"another process has been using the folder for {LOCK_SECONDS:.0f} s",
                            place=str(self.path),
                            remedy="wait for that process or end it",
                        ) from None
                    time.sleep(0.005)
            yield lock
        finally:
            os.close(lock)

    @contextmanager
    def _errors(self) -> Generator[None]:
        """Whatever goes wrong in the folder is a `StorageError` that names it."""
        try:
            yield
        except GradatimError:
            raise
        except OSError as error:
            raise StorageError(
                f"the folder of vectors cannot be used: {error.strerror or error}",
                place=str(self.path),
                remedy="make it a folder that can be read and written",
            ) from error
        except Exception as error:  # Chroma raises its own errors, ValueError and AttributeError alike
            raise StorageError(
                f"the folder of vectors cannot be used: {str(error)[:_SHOWN]}",
                place=str(self.path),
                remedy="move the folder away to begin an empty one",
            ) from error


def _open_client(path: Path) -> Client:
    from chromadb import PersistentClient
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    try:
        return cast("Client", PersistentClient(path, settings=settings))
    except Exception:
        # A client that failed to start stays registered under its path; failing once more removes it.
        with suppress(Exception):
            cast("Client", PersistentClient(path, settings=settings)).close()
        raise


def _written_anew(database: Path) -> set[str]:
    """Write a database anew without its free room; returns the ids of the segments in it."""
    with closing(sqlite3.connect(database, timeout=LOCK_SECONDS, isolation_level=None)) as connection:
        segments = {row[0] for row in connection.execute("SELECT id FROM segments")}
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "delete":
            connection.execute("VACUUM")  # a log beside the database belongs to this very file
            return segments
        anew = database.with_name(database.name + "-anew")
        anew.unlink(missing_ok=True)  # of a process that was killed here
        try:
            connection.execute("VACUUM INTO ?", (str(anew),))
            anew.chmod(database.stat().st_mode & 0o777)
            _synchronised(anew)
        except BaseException:
            anew.unlink(missing_ok=True)
            raise
    os.replace(anew, database)
    _synchronised(database.parent)
    return segments


def _synchronised(path: Path) -> None:
    """Have a file, or the names in a folder, on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _occurrences(path: Path, needles: Sequence[bytes]) -> int:
    if not path.stat().st_size:
        return 0
    count = 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for needle in needles:
            place = content.find(needle)
            while place >= 0:
                count += 1
                place = content.find(needle, place + len(needle))
    return count
