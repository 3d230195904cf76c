"""Encrypting checkpoints and store items that were written without a key, in place.

Each value shows by itself whether it is encrypted, so that an interrupted call can be repeated.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast

from gradatim.errors import StorageError
from gradatim.graphs.sealed import CIPHER_NAME, CONTEXT, SEALED, opened_item, sealed_item
from gradatim.memory.storage.encryption import Cipher
from gradatim.settings import Settings

BATCH = 200
"""Rows in one transaction: states can be large."""
Row = tuple[Any, ...]
Execute = Callable[[str, Sequence[Any]], list[Row]]
"""Runs a statement with `?` for values, and gives the rows where there are some."""


class _Table(NamedTuple):
    name: str
    key: tuple[str, ...]
    kind: str | None
    """Column with the type of the value; `None` for the store, whose value is a JSON object."""
    value: str


_STORE = _Table("store", ("prefix", "key"), None, "value")
_CHECKPOINTS = (
    _Table("checkpoints", ("thread_id", "checkpoint_ns", "checkpoint_id"), "type", "checkpoint"),
    _Table("writes", ("thread_id", "checkpoint_ns", "checkpoint_id", "task_id", "idx"), "type", "value"),
)
_CHECKPOINTS_POSTGRES = (
    _Table("checkpoint_blobs", ("thread_id", "checkpoint_ns", "channel", "version"), "type", "blob"),
    _Table("checkpoint_writes", ("thread_id", "checkpoint_ns", "checkpoint_id", "task_id", "idx"), "type", "blob"),
)


def encrypt_records(settings: Settings, cipher: Cipher) -> int:
    """Encrypt all checkpoints and store items; returns how many were not encrypted before.

    Raises:
        StorageError: The database cannot be used; the call can be repeated.
    """
    if settings.database is not None:
        return _in_postgres(settings.database, cipher)
    store = settings.checkpoint_path.with_name("store.sqlite3")
    changed = 0
    for path, tables in ((settings.checkpoint_path, _CHECKPOINTS), (store, (_STORE,))):
        if path.exists():
            changed += _in_file(path, tables, cipher)
    return changed


def _in_file(path: Path, tables: Sequence[_Table], cipher: Cipher) -> int:
    try:
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:

            def execute(sql: str, values: Sequence[Any]) -> list[Row]:
                return connection.execute(sql, values).fetchall()

            @contextmanager
            def transaction() -> Generator[None]:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")

            present = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            changed = sum(_encrypt(table, execute, transaction, cipher) for table in tables if table.name in present)
            if changed:
                connection.execute("VACUUM")  # nothing of what was there before is left in free pages
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return changed
    except sqlite3.Error as error:
        raise StorageError(
            f"cannot be encrypted: {error}", place=str(path), remedy="stop other runs of gradatim and try again"
        ) from error


def _in_postgres(url: str, cipher: Cipher) -> int:
    from gradatim.memory.storage.postgres.clearing import clear
    from gradatim.memory.storage.postgres.connections import Connections
    from gradatim.memory.storage.postgres.database import postgres_errors

    connections = Connections(url)
    try:
        with postgres_errors(connections.place), connections.one() as connection:

            def execute(sql: str, values: Sequence[Any]) -> list[Row]:
                cursor = connection.execute(sql.replace("?", "%s"), values)  # pyright: ignore[reportArgumentType, reportCallIssue]
                return cursor.fetchall() if cursor.description else []

            present = {name for (name,) in execute("SELECT tablename FROM pg_tables WHERE schemaname = 'gradatim'", ())}
            tables = [table for table in (*_CHECKPOINTS_POSTGRES, _STORE) if table.name in present]
            changed = sum(_encrypt(table, execute, connection.transaction, cipher) for table in tables)
            if changed:
                clear(connection, [table.name for table in tables])
            return changed
    finally:
        connections.close()


def _encrypt(table: _Table, execute: Execute, transaction: Callable[[], Any], cipher: Cipher) -> int:
    keys = ", ".join(table.key)
    columns = ", ".join((*table.key, table.kind or table.value, table.value))
    marks = ", ".join("?" * len(table.key))
    where = " AND ".join(f"{name} = ?" for name in table.key)
    kind = "" if table.kind is None else f", {table.kind} = ?"
    after: Row = ()
    changed = 0
    while True:
        with transaction():
            asked = f"WHERE ({keys}) > ({marks}) " if after else ""
            rows = execute(f"SELECT {columns} FROM {table.name} {asked}ORDER BY {keys} LIMIT {BATCH}", after)
            for row in rows:
                key, written = row[: len(table.key)], _sealed(table, row, cipher)
                if written is not None:
                    execute(f"UPDATE {table.name} SET {table.value} = ?{kind} WHERE {where}", (*written, *key))
                    changed += 1
        if not rows:
            return changed
        after = rows[-1][: len(table.key)]


def _sealed(table: _Table, row: Row, cipher: Cipher) -> Row | None:
    """Value, and type where there is one, as they are encrypted; `None` where they are, or there is no value."""
    kind, value = row[-2:]
    if value is None:
        return None
    if table.kind is not None:
        if kind is None or str(kind).endswith(f"+{CIPHER_NAME}"):
            return None
        return cipher.seal(bytes(value), CONTEXT), f"{kind}+{CIPHER_NAME}"
    plain: dict[str, Any] = cast("dict[str, Any]", value) if isinstance(value, dict) else json.loads(value)
    if SEALED in plain:
        return None
    namespace, key = tuple(row[0].split(".")), row[1]
    return (json.dumps(sealed_item(namespace, key, opened_item(namespace, key, plain, None), cipher)),)
