"""What assessments leave behind about a learner beside the memory: kept assessments, reviews, unfinished runs.

The learner memory forgets its own part. A learner who asks to be forgotten means this part as well, and one who
asks what is stored has a right to it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from gradatim.errors import StorageError
from gradatim.settings import Settings

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.store.base import BaseStore

_PAGE = 100


class Records:
    """The records of assessments in a data folder.

    Args:
        store: Assessments, review requests and decisions, each under the id of its run.
        checkpoints: Runs that wait for a person or were cut off.
    """

    def __init__(self, store: BaseStore, checkpoints: BaseCheckpointSaver[str]) -> None:
        self._store = store
        self._checkpoints = checkpoints

    async def of(self, learner_id: str) -> list[dict[str, Any]]:
        """Everything that is kept about a learner, as plain JSON: `kind`, `id`, `content`."""
        runs = await self._runs(learner_id)
        return [
            {"kind": "/".join(namespace), "id": key, "content": value}
            async for namespace, key, value in self._items()
            if key in runs
        ]

    async def erase(self, learner_id: str) -> int:
        """Delete everything that is kept about a learner; returns how many records and runs went."""
        runs = await self._runs(learner_id)
        doomed = [(namespace, key) async for namespace, key, _ in self._items() if key in runs]
        for namespace, key in doomed:
            await self._store.adelete(namespace, key)
        unfinished = await self._unfinished(learner_id)
        for thread in unfinished:
            await self._checkpoints.adelete_thread(thread)
        return len({key for _, key in doomed} | unfinished)

    async def _runs(self, learner_id: str) -> set[str]:
        """Ids of the runs whose record names the learner; a decision, for one, does not name anybody."""
        return {key async for _, key, value in self._items() if _learner_of(value) == learner_id}

    async def _items(self) -> AsyncIterator[tuple[tuple[str, ...], str, dict[str, Any]]]:
        offset = 0
        while page := await self._store.asearch((), limit=_PAGE, offset=offset):
            for item in page:
                yield item.namespace, item.key, item.value
            offset += len(page)

    async def _unfinished(self, learner_id: str) -> set[str]:
        """Threads whose state holds a submission of the learner."""
        found: set[str] = set()
        async for saved in self._checkpoints.alist(None):
            state = saved.checkpoint["channel_values"]
            # The first checkpoint holds the input alone, under the name of the graph's entrance.
            if learner_id in (_learner_of(state), _learner_of(state.get("__start__"))):
                found.add(str(saved.config.get("configurable", {})["thread_id"]))
        return found


def _learner_of(value: object) -> str | None:
    """The learner that a record or a state is about."""
    if not isinstance(value, Mapping):
        return None
    record = cast("Mapping[str, Any]", value)
    submission = record.get("submission")
    if isinstance(submission, Mapping):
        return cast("Mapping[str, Any]", submission).get("learner_id")
    return record.get("learner_id")


def _files(settings: Settings) -> list[Path]:
    """The databases of assessments that exist."""
    folder = settings.checkpoint_path.parent
    return [path for path in (settings.checkpoint_path, folder / "store.sqlite3") if path.exists()]


@asynccontextmanager
async def open_records(settings: Settings) -> AsyncGenerator[Records | None]:
    """The records in the data folder; `None`, without importing anything, where nothing was ever assessed.

    Raises:
        StorageError: A file cannot be opened or is not a database.
    """
    if not _files(settings):
        yield None
        return
    from gradatim.graphs.persistence import open_persistence

    async with open_persistence(settings) as (checkpoints, store):
        yield Records(store, checkpoints)


async def erase_records(settings: Settings, learner_id: str) -> int:
    """Delete what is kept about a learner and leave no trace of it in the files.

    Returns:
        How many records and runs went.

    Raises:
        StorageError: A file cannot be opened or cleaned; the call can be repeated.
    """
    async with open_records(settings) as records:
        erased = await records.erase(learner_id) if records else 0
    if erased:
        for path in _files(settings):
            await asyncio.to_thread(_compact, path)
    return erased


def _compact(path: Path) -> None:
    """Write a database anew, so that what was deleted is not left in free pages or in the log."""
    try:
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StorageError(
            f"what was deleted could not be cleared from the file: {error}",
            place=str(path),
            remedy="stop other runs of gradatim on this data folder and forget the learner once more",
        ) from error
