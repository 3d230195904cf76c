"""Checkpoints in SQLite that many runs write at the same time.

LangGraph's own saver gives each checkpoint three or four trips to the thread of the connection and a transaction of
its own, one after the other for all runs. Here whatever waits to be written goes to disk in one trip and one
transaction, as databases do it (group commit). A run still goes on only when its own checkpoint is committed.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from gradatim.memory.storage.worker import Worker

BUSY_SECONDS = 10.0
"""How long a writer waits for the writer of another process."""
_CHECKPOINT = (
    "INSERT OR REPLACE INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, "
    "checkpoint, metadata) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_WRITES = (
    "INTO writes (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, value) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """Statements of one call, and who waits for them."""

    statements: tuple[tuple[str, Sequence[Row]], ...]
    written: asyncio.Future[None]


class GroupedSqliteSaver(AsyncSqliteSaver):
    """LangGraph's SQLite saver, with writes of several runs in one transaction.

    Writes have a connection and a thread of their own; reading is left to the saver that this one builds on, except
    that a run that is not there is found out in one trip.

    Args:
        connection: For reading, as `AsyncSqliteSaver` takes it.
        path: The same file.
    """

    def __init__(self, connection: aiosqlite.Connection, path: Path, *, serde: SerializerProtocol) -> None:
        super().__init__(connection, serde=serde)
        self._path = path
        self._worker = Worker("gradatim-checkpoints")
        self._opened: sqlite3.Connection | None = None
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The latest checkpoint of a run, or the one that is named."""
        await self.setup()
        if not await self._worker.run(self._known, str(_place(config)["thread_id"])):
            return None
        return await super().aget_tuple(config)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Write a checkpoint; it is committed when this returns."""
        configurable = _place(config)
        thread, namespace = str(configurable["thread_id"]), configurable["checkpoint_ns"]
        kind, data = self.serde.dumps_typed(checkpoint)
        described = json.dumps(get_checkpoint_metadata(config, metadata), ensure_ascii=False).encode("utf-8", "ignore")
        row = (thread, namespace, checkpoint["id"], configurable.get("checkpoint_id"), kind, data, described)
        await self._write((_CHECKPOINT, [row]))
        place = {"thread_id": thread, "checkpoint_ns": namespace, "checkpoint_id": checkpoint["id"]}
        return {"configurable": place}

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Write what a node gave; it is committed when this returns."""
        configurable = _place(config)
        place = tuple(str(configurable[key]) for key in ("thread_id", "checkpoint_ns", "checkpoint_id"))
        rows = [
            (*place, task_id, task_path, WRITES_IDX_MAP.get(channel, index), channel, *self.serde.dumps_typed(value))
            for index, (channel, value) in enumerate(writes)
        ]
        replace = all(channel in WRITES_IDX_MAP for channel, _ in writes)
        await self._write((f"INSERT OR {'REPLACE' if replace else 'IGNORE'} {_WRITES}", rows))

    async def adelete_thread(self, thread_id: str) -> None:
        """Delete a run's checkpoints."""
        row = [(str(thread_id),)]
        await self._write(
            ("DELETE FROM checkpoints WHERE thread_id = ?", row), ("DELETE FROM writes WHERE thread_id = ?", row)
        )

    async def aclose(self) -> None:
        """Finish what is being written, and close the connection for writing."""
        if self._writer is not None:
            await asyncio.wait([self._writer])
        await self._worker.close(self._close)

    async def _write(self, *statements: tuple[str, Sequence[Row]]) -> None:
        await self.setup()
        waiting = _Waiting(statements, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())
        await waiting.written

    async def _write_all(self) -> None:
        """Write until nobody waits any more."""
        group: list[_Waiting] = []
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                try:
                    problems = await self._worker.run(self._commit, [item.statements for item in group])
                except Exception as error:  # noqa: BLE001 whatever it is, those who wait have to hear of it
                    problems = [error] * len(group)
                for item, problem in zip(group, problems, strict=True):
                    if item.written.done():  # who waited was cancelled
                        continue
                    if problem is None:
                        item.written.set_result(None)
                    else:
                        item.written.set_exception(problem)
        finally:
            self._writer = None
            for item in (*group, *self._waiting):  # some are left only where this task itself was cancelled
                item.written.cancel()

    # What follows runs in the worker's thread.

    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
            self._opened.execute("PRAGMA synchronous=NORMAL")
        return self._opened

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _known(self, thread: str) -> bool:
        found = self._connection().execute("SELECT 1 FROM checkpoints WHERE thread_id = ? LIMIT 1", (thread,))
        return found.fetchone() is not None

    def _commit(self, group: Sequence[tuple[tuple[str, Sequence[Row]], ...]]) -> Sequence[Exception | None]:
        """All in one transaction; where that fails each alone, so that one does not spoil another's."""
        try:
            self._transact([statement for statements in group for statement in statements])
        except sqlite3.Error as error:
            if len(group) == 1:
                return [error]
            return [self._commit([statements])[0] for statements in group]
        return [None] * len(group)

    def _transact(self, statements: Sequence[tuple[str, Sequence[Row]]]) -> None:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            for sql, rows in statements:
                connection.executemany(sql, rows)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _place(config: RunnableConfig) -> dict[str, Any]:
    """Which run and which checkpoint a configuration means."""
    return config.get("configurable", {})
