"""One owner of the data folder for workers on many machines.

SQLite files cannot be shared between machines, and they need not be: learner memory, decisions, checkpoints and store
stay where the batch was started, in one process, and the workers reach them by calls. So a worker knows a learner
as well as on one machine, an event is recorded once whoever sends it again, a reviewer finds what is held where they
always look, and a run whose worker died goes on elsewhere from its last step.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Literal, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.store.base import BaseStore, Op
from langgraph.store.base import Result as StoreResult

import gradatim.errors as errors
from gradatim.errors import GradatimError, StorageError
from gradatim.graphs.batch.items import Failure
from gradatim.graphs.persistence import open_persistence
from gradatim.memory import LearnerMemory, open_memory
from gradatim.memory.storage.decisions import DecisionStore
from gradatim.memory.storage.opening import open_decisions
from gradatim.settings import Settings

Part = Literal["memory", "decisions", "checkpoints", "store"]
CALLS: dict[Part, frozenset[str]] = {
    "memory": frozenset(
        {"append", "ingest", "record", "state", "events", "of_kind", "learners", "forget", "traces", "remember"}
        | {"recall", "remember_features", "similar_learners"}
    ),
    "decisions": frozenset({"add", "find", "decisions", "note_use", "used", "forget"}),
    "checkpoints": frozenset({"aget_tuple", "alist", "aput", "aput_writes", "adelete_thread"}),
    "store": frozenset({"abatch"}),
}
"""What may be called of each part."""
_ADDRESS = ("thread_id", "checkpoint_ns", "checkpoint_id")
_ERROR_CHANNEL = "__error__"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a call: a value, or the failure to raise on the other side."""

    value: Any = None
    failure: Failure | None = None


Call = Callable[[Part, str, tuple[Any, ...], dict[str, Any]], Coroutine[Any, Any, Reply]]
"""How a worker reaches the keeper."""


class Keeper:
    """Opens the data folder at the first call and answers calls until it is closed.

    Args:
        settings: Name the data folder.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._parts: dict[str, Any] = {}

    async def call(self, part: Part, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Reply:
        """Call a method of a part."""
        if method not in CALLS[part]:
            raise ValueError(f"{part} has no call {method!r}")
        try:
            async with self._opening:
                if not self._parts:
                    await self._open()
            result = getattr(self._parts[part], method)(*args, **kwargs)
            if method == "alist":
                return Reply([item async for item in result])
            return Reply(await result)
        except GradatimError as error:
            return Reply(failure=Failure.of(error))
        except sqlite3.Error as error:
            place = str(self._settings.data_dir)
            return Reply(failure=Failure.of(StorageError(f"cannot be used: {error}", place=place)))

    async def close(self) -> None:
        """Close the files."""
        self._parts.clear()
        await self._stack.aclose()

    async def _open(self) -> None:
        try:
            memory = await self._stack.enter_async_context(open_memory(self._settings))
            decisions = open_decisions(self._settings)
            self._stack.push_async_callback(decisions.aclose)
            checkpoints, store = await self._stack.enter_async_context(open_persistence(self._settings))
        except BaseException:
            await self._stack.aclose()
            raise
        self._parts.update(memory=memory, decisions=decisions, checkpoints=checkpoints, store=store)


class _Remote:
    """A part of the keeper's, called from elsewhere."""

    def __init__(self, call: Call, part: Part) -> None:
        self._call = call
        self._part: Part = part

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        if name not in CALLS[self._part]:
            raise AttributeError(name)

        async def calling(*args: Any, **kwargs: Any) -> Any:
            # what is iterated once must be whole before it travels
            whole = tuple(list(cast("Iterable[Any]", arg)) if hasattr(arg, "__next__") else arg for arg in args)
            return _unpacked(await self._call(self._part, name, whole, kwargs))

        return calling

    async def aclose(self) -> None:
        """Nothing to close: the files are the keeper's."""


def remote_memory(call: Call) -> LearnerMemory:
    """The keeper's learner memory."""
    return cast("LearnerMemory", _Remote(call, "memory"))


def remote_decisions(call: Call) -> DecisionStore:
    """The keeper's decisions."""
    return cast("DecisionStore", _Remote(call, "decisions"))


class RemoteCheckpoints(BaseCheckpointSaver[str]):
    """The keeper's checkpoints."""

    def __init__(self, call: Call) -> None:
        super().__init__()
        self._remote: Any = _Remote(call, "checkpoints")

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return await self._remote.aget_tuple(_address(config))

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        asked = None if config is None else _address(config)
        earlier = None if before is None else _address(before)
        for item in await self._remote.alist(asked, filter=filter, before=earlier, limit=limit):
            yield item

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        # the rest of a configuration (callbacks, the graph's own objects) stays in this process
        kept = get_checkpoint_metadata(config, metadata)
        return await self._remote.aput(_address(config), checkpoint, kept, new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        # an exception may not survive the journey; its text is all that is ever read
        plain = [(channel, repr(value) if channel == _ERROR_CHANNEL else value) for channel, value in writes]
        await self._remote.aput_writes(_address(config), plain, task_id, task_path)

    async def adelete_thread(self, thread_id: str) -> None:
        await self._remote.adelete_thread(thread_id)

    def get_next_version(self, current: str | None, channel: None) -> str:
        versions: Any = AsyncSqliteSaver.get_next_version  # as the saver behind the keeper counts
        return versions(self, current, channel)


class RemoteStore(BaseStore):
    """The keeper's store."""

    def __init__(self, call: Call) -> None:
        self._remote: Any = _Remote(call, "store")

    def batch(self, ops: Iterable[Op]) -> list[StoreResult]:
        raise NotImplementedError("the store lies in another process: use the asynchronous methods")

    async def abatch(self, ops: Iterable[Op]) -> list[StoreResult]:
        return await self._remote.abatch(list(ops))


def raised(failure: Failure) -> GradatimError:
    """The error that a failure stands for, of its own class where that is one of the general ones."""
    kind = getattr(errors, failure.kind, StorageError if failure.service else GradatimError)
    return kind(failure.message, place=failure.place, remedy=failure.remedy)


def _unpacked(reply: Reply) -> Any:
    if reply.failure is not None:
        raise raised(reply.failure)
    return reply.value


def _address(config: RunnableConfig) -> RunnableConfig:
    configurable = config.get("configurable", {})
    return {"configurable": {name: configurable[name] for name in _ADDRESS if name in configurable}}
