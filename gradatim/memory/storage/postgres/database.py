"""A PostgreSQL database of the learner memory: several writers, each learner with one at a time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from gradatim.errors import StorageError
from gradatim.memory.storage.postgres.clearing import clear, traces
from gradatim.memory.storage.postgres.connections import Connections
from gradatim.memory.storage.postgres.schema import prepare
from gradatim.memory.storage.postgres.session import PostgresSession
from gradatim.memory.storage.session import Session

T = TypeVar("T")

CONNECTIONS = 4
"""Transactions at the same time; more of them do not get more out of one disk."""
PATIENCE = 8.0
"""Seconds in which a transaction is tried again before the error is told."""


class PostgresDatabase:
    """`Database` on a server.

    A transaction that another one was in the way of (deadlock, the same event at the same time) is done again, and so
    is one whose connection broke: events are stored once by id, whether or not the first try was committed.

    Args:
        url: Address of the database.
    """

    threads = CONNECTIONS

    def __init__(self, url: str) -> None:
        self._connections = Connections(url)
        self._prepared = False

    @property
    def place(self) -> str:
        """Where it is, without user and password."""
        return self._connections.place

    def connect(self) -> None:
        """Connect, and make the tables where there are none."""
        if not self._prepared:
            with postgres_errors(self.place), self._connections.one() as connection:
                prepare(connection, self.place)
            self._prepared = True

    def run(self, work: Callable[[Session], T], *, write: bool) -> T:
        """Do some work in one transaction."""
        from psycopg import IsolationLevel, OperationalError, errors

        transient = (
            errors.DeadlockDetected,
            errors.SerializationFailure,
            errors.UniqueViolation,
            OperationalError,
        )
        deadline = time.monotonic() + PATIENCE
        pause = 0.01
        while True:
            try:
                with self._connections.one() as connection:
                    # a reader sees one state of all tables; writers lock the learners that they change
                    connection.isolation_level = (
                        IsolationLevel.READ_COMMITTED if write else IsolationLevel.REPEATABLE_READ
                    )
                    with connection.transaction():
                        return work(PostgresSession(connection))
            except transient as error:
                if time.monotonic() + pause > deadline or not _worth_repeating(error):
                    with postgres_errors(self.place):
                        raise
                time.sleep(pause * (0.5 + random.random()))
                pause = min(pause * 2, 1.0)
            except Exception:
                with postgres_errors(self.place):
                    raise

    def in_bulk(self, bulk: bool) -> None:
        """Nothing: the server sees to itself."""

    def clear(self) -> None:
        """Get rid of deleted rows."""
        with postgres_errors(self.place), self._connections.one() as connection:
            clear(connection)

    def rewrite(self) -> None:
        """Write our tables anew."""
        self.clear()

    def traces(self, needles: Sequence[bytes]) -> list[str]:
        """Tables, and files where they can be read, that hold any of these byte strings."""
        with postgres_errors(self.place), self._connections.one() as connection:
            return traces(connection, needles)

    def close(self) -> None:
        """Close all connections."""
        self._connections.close()


@contextmanager
def postgres_errors(place: str) -> Generator[None]:
    """Turn psycopg's errors into `StorageError` with the address and a remedy."""
    from psycopg import Error, OperationalError, errors

    try:
        yield
    except Error as error:
        text = (str(error).strip().splitlines() or ["it does not say why"])[0]
        if isinstance(error, errors.InsufficientPrivilege):
            remedy = "let the owner of the database run: GRANT CREATE ON DATABASE … TO …"
        elif isinstance(error, errors.IntegrityError):
            remedy = "events can be added and forgotten, never changed"
        elif isinstance(error, errors.InvalidPassword | errors.InvalidAuthorizationSpecification):
            remedy = "correct user and password in GRADATIM_DATABASE"
        elif isinstance(error, errors.DiskFull):
            remedy = "free space on the disk of the server"
        elif isinstance(error, OperationalError):
            remedy = "see whether the server runs and GRADATIM_DATABASE names it; the next call connects again"
        else:
            remedy = "see the log of the server"
        raise StorageError(f"the learner memory cannot be used: {text}", place=place, remedy=remedy) from error


def _worth_repeating(error: Exception) -> bool:
    """Whether the same may go well a moment later."""
    from psycopg import errors

    hopeless = (
        errors.InvalidPassword,
        errors.InvalidAuthorizationSpecification,
        errors.InvalidCatalogName,
        errors.DiskFull,
        errors.QueryCanceled,
    )
    return not isinstance(error, hopeless)
