"""What assessments leave behind about a learner beside the memory: kept assessments, reviews, unfinished runs.

The learner memory forgets its own part. A learner who asks to be forgotten means this part as well, and one who
asks what is stored has a right to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from gradatim.app.recordfiles import RecordFiles
from gradatim.settings import Settings

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.store.base import BaseStore

_PAGE = 500


class Records:
    """The records of assessments.

    Args:
        store: Assessments, review requests and decisions, each under the id of its run.
        checkpoints: Runs that wait for a person or were cut off.
        files: The SQLite files in which both lie, where they do: they are asked directly, so that one learner among
            thousands is found at once.
    """

    def __init__(
        self, store: BaseStore, checkpoints: BaseCheckpointSaver[str], files: RecordFiles | None = None
    ) -> None:
        self._store = store
        self._checkpoints = checkpoints
        self._files = files

    async def of(self, learner_id: str) -> list[dict[str, Any]]:
        """Everything that is kept about a learner, as plain JSON: `kind`, `id`, `content`."""
        runs = await self.runs(learner_id)
        return [
            {"kind": "/".join(namespace), "id": key, "content": value}
            async for namespace, key, value in self._items(runs)
        ]

    async def runs(self, learner_id: str) -> set[str]:
        """Ids of the runs whose record names the learner; a decision, for one, does not name anybody."""
        if self._files is not None:
            keys = await asyncio.to_thread(self._files.keys_with, learner_id)
            found = [(key, value) async for _, key, value in self._items(keys)]
        else:
            found = [(key, value) async for _, key, value in self._all()]
        return {key for key, value in found if learner_of(value) == learner_id}

    async def unfinished(self, learner_id: str) -> dict[str, dict[str, Any]]:
        """Threads whose state holds a submission of the learner, alone or among others, with that state."""
        found: dict[str, dict[str, Any]] = {}
        threads: list[str | None] = [None]
        if self._files is not None:
            threads = list(await asyncio.to_thread(self._files.threads_with, learner_id))
        for thread in threads:
            config: Any = None if thread is None else {"configurable": {"thread_id": thread}}
            async for saved in self._checkpoints.alist(config):
                state: dict[str, Any] = saved.checkpoint["channel_values"]
                # The first checkpoint holds the input alone, under the name of the graph's entrance.
                if learner_id in learners_in(state) | learners_in(state.get("__start__")):
                    found.setdefault(str(saved.config.get("configurable", {})["thread_id"]), state)
        return found

    async def erase(self, learner_id: str) -> int:
        """Delete everything that is kept about a learner; returns how many records and runs went."""
        runs = await self.runs(learner_id)
        unfinished = await self.unfinished(learner_id)
        every = runs | unfinished.keys()  # an unfinished run has texts in the store before it has a record
        found = [
            (learner_of(value) == learner_id, namespace, key) async for namespace, key, value in self._items(every)
        ]
        # What names the learner goes last: whoever is killed on the way finds the rest by it the next time.
        doomed = [(namespace, key) for _, namespace, key in sorted(found)]
        for namespace, key in doomed:
            await self._store.adelete(namespace, key)
        for thread in unfinished:
            await self._checkpoints.adelete_thread(thread)
        return len({key for _, key in doomed} | unfinished.keys())

    async def _items(self, keys: set[str]) -> AsyncIterator[tuple[tuple[str, ...], str, dict[str, Any]]]:
        """All records under these keys."""
        if self._files is None:
            async for namespace, key, value in self._all():
                if key in keys:
                    yield namespace, key, value
            return
        for namespace, key in await asyncio.to_thread(self._files.places, keys) if keys else ():
            item = await self._store.aget(namespace, key)
            if item is not None:
                yield namespace, key, item.value

    async def _all(self) -> AsyncIterator[tuple[tuple[str, ...], str, dict[str, Any]]]:
        offset = 0
        while page := await self._store.asearch((), limit=_PAGE, offset=offset):
            for item in page:
                yield item.namespace, item.key, item.value
            offset += len(page)


def learner_of(value: object) -> str | None:
    """The learner that a record or a state is about."""
    if not isinstance(value, Mapping):
        return None
    record = cast("Mapping[str, Any]", value)
    submission = record.get("submission")
    if isinstance(submission, Mapping):
        return cast("Mapping[str, Any]", submission).get("learner_id")
    return record.get("learner_id")


def learners_in(state: object) -> set[str]:
    """The learners whom the state of a run is about: the one of its submission, and all in lists of submissions."""
    if not isinstance(state, Mapping):
        return set()
    values = cast("Mapping[str, Any]", state).values()
    lists = [cast("list[Any]", value) for value in values if isinstance(value, list)]
    named = [learner_of(cast(object, state)), *(learner_of(item) for items in lists for item in items)]
    return {name for name in named if name is not None}


def record_files(settings: Settings) -> list[Path]:
    """The databases of assessments that exist."""
    folder = settings.checkpoint_path.parent
    return [path for path in (settings.checkpoint_path, folder / "store.sqlite3") if path.exists()]


@asynccontextmanager
async def open_records(settings: Settings) -> AsyncGenerator[Records | None]:
    """The records; `None`, without importing anything, where nothing was ever assessed.

    Raises:
        StorageError: A file cannot be opened or is not a database.
    """
    if settings.database is None and not record_files(settings):
        yield None
        return
    from gradatim.graphs.persistence import open_persistence

    async with open_persistence(settings) as (checkpoints, store):
        # nobody can look into records on a server, or into encrypted ones, from the outside
        direct = settings.database is None and settings.memory_key is None
        yield Records(store, checkpoints, RecordFiles(settings) if direct else None)


async def erase_records(settings: Settings, learner_id: str) -> int:
    """Delete what is kept about a learner and leave no trace of it in the files.

    Returns:
        How many records and runs went.

    Raises:
        StorageError: A file cannot be opened or cleaned; the call can be repeated.
    """
    async with open_records(settings) as records:
        erased = await records.erase(learner_id) if records else 0
    if records is not None and settings.database is None:
        await asyncio.to_thread(RecordFiles(settings).compact)
    elif settings.database is not None:
        from gradatim.graphs.postgres import clear_records

        await asyncio.to_thread(clear_records, settings.database)
    return erased
