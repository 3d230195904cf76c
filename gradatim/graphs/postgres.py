"""Checkpoints and store in PostgreSQL, beside the learner memory in the same schema.

LangGraph's own saver and store, with three things changed: runs do not wait for one another's queries, errors are those
of gradatim, and text in a state never lies in a `jsonb` column, which refuses some texts and cannot be encrypted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, LiteralString, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.store.postgres.aio import AsyncPostgresStore
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from gradatim.errors import StorageError
from gradatim.memory.storage.postgres.clearing import clear
from gradatim.memory.storage.postgres.connections import CONNECT_SECONDS, Connections, arguments, place
from gradatim.memory.storage.postgres.database import postgres_errors

CONNECTIONS = 8
SETUP_LOCK = 0x67726165
"""Advisory lock of whoever makes LangGraph's tables."""
SETUP_SECONDS = 60.0
RECORD_TABLES = ("store", "checkpoints", "checkpoint_blobs", "checkpoint_writes")
"""LangGraph's tables with what learners write."""

Pool = AsyncConnectionPool[AsyncConnection[DictRow]]


@asynccontextmanager
async def open_postgres(
    url: str, serde: SerializerProtocol
) -> AsyncGenerator[tuple[AsyncPostgresSaver, AsyncPostgresStore]]:
    """Checkpointer and store in a database whose schema the learner memory has made.

    Raises:
        StorageError: The database cannot be used.
    """
    given = arguments(url)
    where = place(given)
    pool: Pool = AsyncConnectionPool(
        connection_class=AsyncConnection[DictRow],
        kwargs={**given, "autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
        min_size=1,
        max_size=CONNECTIONS,
        timeout=CONNECT_SECONDS + 3.0,
        # a server that is away is asked again by the next call, not after ever longer pauses
        reconnect_timeout=CONNECT_SECONDS,
        check=_alive,
        open=False,
        name="gradatim-records",
    )
    with postgres_errors(where):
        try:
            await pool.open(wait=True, timeout=CONNECT_SECONDS + 3.0)
        except BaseException:
            await pool.close()
            raise
    try:
        saver, store = PostgresSaver(pool, where, serde), PostgresStore(pool, where)
        async with _alone(pool, where):
            await saver.setup()
            await store.setup()
            await _forgetful(pool)
        yield saver, store
    finally:
        await pool.close()


def clear_records(url: str) -> None:
    """Get rid of the bytes of deleted checkpoints and store items, as far as that is possible from here.

    Raises:
        StorageError: The database cannot be used; the call can be repeated.
    """
    connections = Connections(url)
    try:
        with postgres_errors(connections.place), connections.one() as connection:
            clear(connection, RECORD_TABLES)
    finally:
        connections.close()


async def _forgetful(pool: Pool) -> None:
    """Let the server's statistics hold no samples of what learners wrote: they would stay when that is forgotten."""
    async with pool.connection() as connection:
        found = await connection.execute(
            "SELECT attrelid::regclass::text AS name, attname FROM pg_attribute "
            "WHERE attrelid = ANY(%s::regclass[]) AND attname = ANY(%s) AND coalesce(attstattarget, -1) <> 0",
            (list(RECORD_TABLES), ["value", "blob", "checkpoint", "metadata"]),
        )
        for row in await found.fetchall():
            change = f"ALTER TABLE {row['name']} ALTER COLUMN {row['attname']} SET STATISTICS 0"
            await connection.execute(cast(LiteralString, change))


async def _alive(connection: AsyncConnection[DictRow]) -> None:
    """Find out whether a connection still works before it is handed out; raises where it does not."""
    await connection.execute("")


@asynccontextmanager
async def _alone(pool: Pool, where: str) -> AsyncGenerator[None]:
    """Keep other processes from making the tables at the same time.

    Asks again and again instead of waiting in the database: LangGraph builds an index `CONCURRENTLY`, which waits for
    everybody who waits in a transaction.
    """
    deadline = time.monotonic() + SETUP_SECONDS
    with postgres_errors(where):
        async with pool.connection() as connection:
            while True:
                answer = await connection.execute("SELECT pg_try_advisory_lock(%s) AS got", (SETUP_LOCK,))
                row = await answer.fetchone()
                if row and row["got"]:
                    break
                if time.monotonic() > deadline:
                    raise StorageError(
                        "another process has been making its tables for a long time",
                        place=where,
                        remedy="end that process and try again",
                    )
                await asyncio.sleep(0.05)
            try:
                yield
            finally:
                await connection.execute("SELECT pg_advisory_unlock(%s)", (SETUP_LOCK,))


@asynccontextmanager
async def _cursor(pool: Any, where: str, pipeline: bool) -> AsyncGenerator[AsyncCursor[DictRow]]:
    """A cursor on a connection of its own; the statements of a pipeline count together or not at all."""
    with postgres_errors(where):
        async with pool.connection() as connection:
            if pipeline:
                async with (
                    connection.transaction(),
                    connection.pipeline(),
                    connection.cursor(binary=True, row_factory=dict_row) as cursor,
                ):
                    yield cursor
            else:
                async with connection.cursor(binary=True, row_factory=dict_row) as cursor:
                    yield cursor


@dataclass(frozen=True, slots=True)
class _Text:
    """A text of a state, on its way past the `jsonb` column."""

    text: str


class _TextSerializer(SerializerProtocol):
    def __init__(self, serde: SerializerProtocol) -> None:
        self._serde = serde

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        return self._serde.dumps_typed(obj.text if isinstance(obj, _Text) else obj)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        return self._serde.loads_typed(data)


class PostgresSaver(AsyncPostgresSaver):
    """LangGraph's PostgreSQL saver, changed as the module says.

    Args:
        pool: Of connections.
        where: The database, for messages.
        serde: How values are written.
    """

    def __init__(self, pool: Pool, where: str, serde: SerializerProtocol) -> None:
        super().__init__(pool, serde=_TextSerializer(serde))
        self._where = where

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Write a checkpoint; it is committed when this returns."""
        values = {
            name: _Text(value) if isinstance(value, str) else value
            for name, value in checkpoint["channel_values"].items()
        }
        return await super().aput(config, {**checkpoint, "channel_values": values}, metadata, new_versions)

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncGenerator[AsyncCursor[DictRow]]:
        async with _cursor(self.conn, self._where, pipeline) as cursor:
            yield cursor


class PostgresStore(AsyncPostgresStore):
    """LangGraph's PostgreSQL store, with errors of gradatim.

    Args:
        pool: Of connections.
        where: The database, for messages.
    """

    def __init__(self, pool: Pool, where: str) -> None:
        super().__init__(pool)
        self._where = where

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncGenerator[AsyncCursor[DictRow]]:
        async with _cursor(self.conn, self._where, pipeline) as cursor:
            yield cursor
