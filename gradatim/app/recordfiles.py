"""The SQLite files of checkpoints and store, asked for one learner among thousands, and cleaned of what was deleted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Generator
from contextlib import closing, contextmanager
from pathlib import Path

from gradatim.errors import StorageError
from gradatim.settings import Settings

PACKED = "__packed__"
"""Field of a record whose text cannot stand in JSON as it is (`gradatim.graphs.sealed`): what it holds is not seen."""


class RecordFiles:
    """Looks records up by the bytes in them, which is faster than reading every record.

    What is found has to be looked at: the id may stand there for another reason.
    """

    def __init__(self, settings: Settings) -> None:
        self._checkpoints = settings.checkpoint_path
        self._store = settings.checkpoint_path.with_name("store.sqlite3")

    def keys_with(self, learner_id: str) -> set[str]:
        """Keys of the store's records that may name the learner."""
        with _opened(self._store) as base:
            if base is None:
                return set()
            rows = base.execute(
                "SELECT DISTINCT key FROM store WHERE instr(CAST(value AS BLOB), ?1) OR instr(CAST(value AS BLOB), ?2)",
                (json.dumps(learner_id, ensure_ascii=False).encode("utf-8"), f'"{PACKED}"'.encode("ascii")),
            )
            return {key for (key,) in rows}

    def places(self, keys: Collection[str]) -> list[tuple[tuple[str, ...], str]]:
        """Namespace and key of all records under these keys."""
        with _opened(self._store) as base:
            if base is None:
                return []
            rows = base.execute(
                "SELECT prefix, key FROM store WHERE key IN (SELECT value FROM json_each(?)) ORDER BY prefix, key",
                (json.dumps(list(keys)),),
            )
            return [(tuple(prefix.split(".")), key) for prefix, key in rows]

    def threads_with(self, learner_id: str) -> list[str]:
        """Runs with a checkpoint that may hold the learner's submission."""
        with _opened(self._checkpoints) as base:
            if base is None:
                return []
            rows = base.execute(
                "SELECT DISTINCT thread_id FROM checkpoints WHERE instr(checkpoint, ?) ORDER BY thread_id",
                (learner_id.encode("utf-8"),),
            )
            return [thread for (thread,) in rows]

    def compact(self) -> None:
        """Write the files anew, so that what was deleted is not left in free pages or in the log.

        Raises:
            StorageError: A file is in use or cannot be cleaned; the call can be repeated.
        """
        for path in (self._checkpoints, self._store):
            with _opened(path, "stop other runs of gradatim on this data folder and forget once more") as base:
                if base is not None:
                    base.execute("VACUUM")
                    base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


@contextmanager
def _opened(
    path: Path, remedy: str = "move the file away or choose another data_dir"
) -> Generator[sqlite3.Connection | None]:
    if not path.exists():
        yield None
        return
    try:
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise StorageError(f"cannot be used: {error}", place=str(path), remedy=remedy) from error
