"""A Chroma folder for several processes, one at a time, that keeps nothing of what was deleted."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast
from uuid import UUID

from gradatim.errors import GradatimError, StorageError
from gradatim.serving.vectors.index_files import blank_unused

if TYPE_CHECKING:
    from chromadb.api.client import Client

LOCK_SECONDS = 30.0
"""How long to wait for another process."""


class ChromaFolder:
    """Opens Chroma late, closes it cleanly, and reopens it when another process has written.

    Chroma's own client holds its index in memory and does not see what another process adds to the folder. A
    lock file lets one process work at a time and counts the writes, so that a client that has fallen behind
    is noticed.

    Args:
        path: The folder; made at the first use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._client: Client | None = None
        self._writes = 0
        """Count of writes that the open client has seen."""
        self._changed = False
        self._blanked: dict[Path, int] = {}
        """Index → time of its last change when its unused room was overwritten."""

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
                    self._writes = writes + 1
                    os.pwrite(lock, str(self._writes).encode(), 0)

    def changed(self) -> None:
        """Tell, while it is opened for reading, that something was written after all."""
        self._changed = True

    def vacuum(self) -> None:
        """Clean the disk of what was deleted: free pages of the database, files of deleted collections."""
        with self._errors(), self._alone():
            self.close()
            database = self.path / "chroma.sqlite3"
            if not database.exists():
                return
            with closing(sqlite3.connect(database, timeout=LOCK_SECONDS, isolation_level=None)) as connection:
                segments = {row[0] for row in connection.execute("SELECT id FROM segments")}
                connection.execute("VACUUM")
            for index in self._indexes():
                if index.name not in segments:
                    shutil.rmtree(index)
            self._blank_indexes()

    def close(self) -> None:
        """Close the client if it is open."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _indexes(self) -> list[Path]:
        return [entry for entry in self.path.iterdir() if entry.is_dir() and _is_uuid(entry.name)]

    def _blank_indexes(self) -> None:
        for index in self._indexes():
            header = index / "header.bin"
            changed = header.stat().st_mtime_ns if header.exists() else 0
            if self._blanked.get(index) != changed:
                blank_unused(index)
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
                f"the folder of vectors cannot be used: {error}",
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


def _is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
