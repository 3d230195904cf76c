"""Connections to a PostgreSQL database: one a thread that needs one, replaced when they break."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gradatim.errors import StorageError
from gradatim.memory.storage.postgres.tables import SCHEMA

if TYPE_CHECKING:
    from psycopg import Connection

CONNECT_SECONDS = 5
"""How long a server may take to answer."""


class Connections:
    """Idle connections of an address; a broken one is thrown away, and the next call makes another.

    Args:
        url: `postgresql://user:password@host/name`, or whatever else libpq understands.

    Raises:
        StorageError: The package psycopg is not installed, or the address cannot be read.
    """

    def __init__(self, url: str) -> None:
        self._arguments = arguments(url)
        self.place = place(self._arguments)
        self._idle: list[Connection] = []
        self._lock = threading.Lock()

    @contextmanager
    def one(self) -> Generator[Connection]:
        """A connection for one transaction, which the caller begins and ends.

        Raises:
            psycopg.Error: None can be had.
        """
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = self._connect()
        try:
            yield connection
        finally:
            if connection.closed or connection.info.transaction_status:  # 0: in no transaction
                connection.close()
            else:
                with self._lock:
                    self._idle.append(connection)

    def close(self) -> None:
        """Close those that are idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _connect(self) -> Connection:
        import psycopg

        connection = psycopg.connect(**self._arguments, autocommit=True)
        try:
            # whatever the server's default, what was acknowledged is on its disk
            row = connection.execute("SHOW synchronous_commit").fetchone()
            if row == ("off",):
                connection.execute("SET synchronous_commit = on")
        except BaseException:
            connection.close()
            raise
        return connection


def arguments(url: str) -> dict[str, Any]:
    """What to connect with: the parts of an address, and our schema in front of the others.

    Raises:
        StorageError: The package psycopg is not installed, or the address cannot be read.
    """
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise StorageError(
            "PostgreSQL needs the package psycopg",
            place="setting database",
            remedy="pip install 'gradatim[postgres]'",
        ) from error
    try:
        given: dict[str, Any] = dict(conninfo_to_dict(url))
    except ProgrammingError as error:
        raise StorageError(
            "the address of the database cannot be read",  # the message would quote a password
            place="setting database",
            remedy="write it as postgresql://user@host/name",
        ) from error
    options = f"{given.get('options') or ''} -c search_path={SCHEMA}".strip()
    return {"connect_timeout": CONNECT_SECONDS, "application_name": "gradatim"} | given | {"options": options}


def place(given: dict[str, Any]) -> str:
    """The address without user and password."""
    host = given.get("host") or "localhost"
    port = f":{given['port']}" if given.get("port") else ""
    return f"postgresql://{host}{port}/{given.get('dbname') or given.get('user') or ''}"
