"""Checkpoints and store: two SQLite files, or tables in PostgreSQL; plain data only, encrypted where there is a key."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import cast

import aiosqlite
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.store.base import BaseStore
from langgraph.store.sqlite.aio import AsyncSqliteStore

from gradatim.errors import StorageError
from gradatim.graphs.checkpoints import GroupedSqliteSaver
from gradatim.graphs.sealed import SealedStore, serializer
from gradatim.memory.storage.encryption import Cipher, open_cipher
from gradatim.memory.storage.marks import check_key
from gradatim.memory.storage.opening import anything_stored, open_database
from gradatim.settings import Settings


@asynccontextmanager
async def open_persistence(settings: Settings) -> AsyncGenerator[tuple[BaseCheckpointSaver[str], BaseStore]]:
    """Checkpointer and store, ready to use.

    Raises:
        SettingsError: The key cannot be used.
        StorageError: A file cannot be opened or is not an SQLite database, and is left as it is; the server does not
            answer; or the key is not that of the learner memory, whose key is that of both.
    """
    cipher = await asyncio.to_thread(open_cipher, settings)
    if cipher is not None or anything_stored(settings):
        await asyncio.to_thread(_check, settings, cipher)
    if settings.database is None:
        async with _open_files(settings, cipher) as (saver, store):
            yield saver, store
        return
    from gradatim.graphs.postgres import open_postgres

    await asyncio.to_thread(settings.data_dir.mkdir, mode=0o700, parents=True, exist_ok=True)  # for locks
    async with open_postgres(settings.database, serializer(cipher)) as (saver, store):
        yield saver, SealedStore(store, cipher)


def _check(settings: Settings, cipher: Cipher | None) -> None:
    database = open_database(settings)
    try:
        database.connect()
        check_key(database, cipher)
    finally:
        database.close()


@asynccontextmanager
async def _open_files(
    settings: Settings, cipher: Cipher | None
) -> AsyncGenerator[tuple[BaseCheckpointSaver[str], BaseStore]]:
    checkpoints = settings.checkpoint_path
    store_path = checkpoints.with_name("store.sqlite3")
    async with AsyncExitStack() as stack:
        connection = await _connect(stack, checkpoints)
        saver = GroupedSqliteSaver(connection, checkpoints, serde=serializer(cipher))
        stack.push_async_callback(saver.aclose)
        store = AsyncSqliteStore(await _connect(stack, store_path, autocommit=True))
        stack.push_async_callback(_end, store)
        async with exclusive(checkpoints.with_name("setup.lock")):  # LangGraph's own making of tables is not
            for part, path in ((saver, checkpoints), (store, store_path)):
                try:
                    await part.setup()
                except sqlite3.DatabaseError as error:
                    raise StorageError(
                        f"is not a usable SQLite database: {error}",
                        place=str(path),
                        remedy="move the file away or choose another data_dir",
                    ) from error
        yield saver, store if cipher is None else SealedStore(store, cipher)


@asynccontextmanager
async def exclusive(path: Path) -> AsyncGenerator[None]:
    """Hold a lock file, against other processes and against other tasks of this one.

    Raises:
        StorageError: The file cannot be made.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(
            f"cannot be made: {error.strerror}", place=str(path), remedy="check permissions and space of data_dir"
        ) from error
    try:
        await asyncio.to_thread(fcntl.flock, descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)  # gives the lock back


async def _end(store: AsyncSqliteStore) -> None:
    """End the store's own task, which would otherwise be found unfinished when the event loop closes."""
    # it has no method for that
    task = cast("asyncio.Task[None] | None", store._task)  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
    if task is not None:
        task.cancel()
        await asyncio.wait([task])


async def _connect(stack: AsyncExitStack, path: Path, *, autocommit: bool = False) -> aiosqlite.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # it holds what learners write
        opening = aiosqlite.connect(path, isolation_level=None) if autocommit else aiosqlite.connect(path)
        connection = await stack.enter_async_context(opening)
        await connection.execute("PRAGMA busy_timeout=10000")
        # WAL with synchronous=NORMAL survives kill -9 of the process; a power cut may cost the last step of a run
        async with exclusive(path.with_name("setup.lock")):  # two that switch a new file at once would both be refused
            await connection.execute("PRAGMA journal_mode=WAL")
        await connection.execute("PRAGMA synchronous=NORMAL")
    except (OSError, sqlite3.Error) as error:
        foreign = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
        remedy = "move the file away" if foreign else "check permissions and space"
        raise StorageError(
            f"cannot be opened: {error}", place=str(path), remedy=f"{remedy}, or choose another data_dir"
        ) from error
    return connection
