"""The driver: a bounded pool, deadlines, second attempts, and its errors in our terms."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, LiteralString, TypeVar

from gradatim.kg.neo4j.deadline import deadline
from gradatim.kg.neo4j.errors import GraphAway, GraphRefused, GraphServerError, GraphSpoilt
from gradatim.kg.neo4j.server import Server
from gradatim.kg.neo4j.slots import Slots

if TYPE_CHECKING:
    from neo4j import AsyncManagedTransaction

T = TypeVar("T")
Rows = list[list[Any]]
"""Values of the columns, row by row."""

WRITE_SECONDS = 120.0
"""How long a writing transaction may take with all its attempts."""
CONNECT_SECONDS = 5.0
_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.5
_LOGS = ("neo4j.io", "neo4j.pool", "neo4j.notifications")
"""What the driver tells there is tried again, or becomes an error of ours or a snapshot, which are told."""
_READ_ATTEMPTS = 3
_WRITE_ATTEMPTS = 8


class Transaction:
    """A transaction under way."""

    def __init__(self, transaction: AsyncManagedTransaction) -> None:
        self._transaction = transaction

    async def run(self, query: LiteralString, parameters: Mapping[str, Any] | None = None) -> Rows:
        """All rows of a query. Its text is one of ours; what came from outside are parameters."""
        result = await self._transaction.run(query, dict(parameters or {}))
        return [list(record.values()) async for record in result]


Work = Callable[[Transaction], Awaitable[T]]


class Connection:
    """Connections to a graph server, made when first needed, in the event loop that needs them.

    Args:
        server: Where it is.

    Raises:
        GraphRefused: The driver is not installed.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self._slots = Slots(server.pool)
        self._driver: Any = None  # its options are not typed
        self._closed = False
        _require_driver()

    async def read(self, query: LiteralString, parameters: Mapping[str, Any], *, seconds: float | None = None) -> Rows:
        """All rows of a reading query.

        Args:
            query: Cypher.
            parameters: Of the query.
            seconds: Longest time, from when a connection is free; the server's deadline when not given.

        Raises:
            GraphServerError: It did not work.
        """

        async def work(transaction: Transaction) -> Rows:
            return await transaction.run(query, parameters)

        return await self._do(work, self.server.deadline if seconds is None else seconds, writing=False)

    async def write(self, work: Work[T], *, seconds: float = WRITE_SECONDS) -> T:
        """What a piece of work gives that writes, all of it or nothing.

        It may be done several times: after a broken connection, a deadlock, or when somebody else wrote the
        same at the same time.

        Raises:
            GraphServerError: It did not work.
        """
        return await self._do(work, seconds, writing=True)

    def send_away(self, error: Callable[[], Exception]) -> None:
        """End the waiting of all who wait for a connection."""
        self._slots.send_away(error)

    async def agent(self) -> str:
        """What the server calls itself.

        Raises:
            GraphServerError: It does not answer.
        """

        try:
            async with self._slots, deadline(CONNECT_SECONDS):
                return (await self._open().get_server_info()).agent
        except Exception as error:
            raise self._translated(error, CONNECT_SECONDS) from error

    async def aclose(self) -> None:
        """Close all connections."""
        self._closed = True
        driver, self._driver = self._driver, None
        if driver is not None:
            await driver.close()

    async def _do(self, work: Work[T], seconds: float, *, writing: bool) -> T:
        async with self._slots:
            try:
                async with deadline(seconds):
                    return await self._attempts(work, writing)
            except GraphServerError:
                raise
            except Exception as error:  # a server that talks rubbish can break the driver anywhere
                raise self._translated(error, seconds) from error

    async def _attempts(self, work: Work[T], writing: bool) -> T:
        attempts = _WRITE_ATTEMPTS if writing else _READ_ATTEMPTS
        for attempt in range(1, attempts + 1):
            try:
                return await self._once(work, writing)
            except Exception as error:
                if attempt == attempts or not _passing(error, writing):
                    raise
            await asyncio.sleep(min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE) * random.uniform(0.5, 1.0))
        raise AssertionError("the last attempt returns or raises")

    async def _once(self, work: Work[T], writing: bool) -> T:
        async def body(transaction: AsyncManagedTransaction) -> T:
            return await work(Transaction(transaction))

        async with self._open().session(database=self.server.database) as session:
            return await (session.execute_write(body) if writing else session.execute_read(body))

    def _open(self) -> Any:
        if self._closed:
            raise GraphAway("the store is closed", place=self.server.place)
        if self._driver is None:
            import neo4j

            for name in _LOGS:
                if logging.getLogger(name).level == logging.NOTSET:
                    logging.getLogger(name).setLevel(logging.CRITICAL)
            server = self.server
            auth = None if server.password is None else (server.user, server.password.get_secret_value())
            database: Any = neo4j.AsyncGraphDatabase
            self._driver = database.driver(
                server.url,
                auth=auth,
                user_agent="gradatim",
                max_connection_pool_size=server.pool,
                connection_timeout=CONNECT_SECONDS,
                # the driver would try again for half a minute; how often and how long is decided above
                max_transaction_retry_time=0,
                liveness_check_timeout=30,
                telemetry_disabled=True,
            )
        return self._driver

    def _translated(self, error: Exception, seconds: float) -> GraphServerError:
        from neo4j.exceptions import AuthError, ConfigurationError, DriverError, Neo4jError

        place = self.server.place
        if isinstance(error, GraphServerError):
            return error
        if isinstance(error, TimeoutError):
            return GraphAway(
                f"no answer within {seconds:g} s", place=place, remedy="see that the server is not overloaded"
            )
        code = (error.code or "") if isinstance(error, Neo4jError) else ""
        if isinstance(error, AuthError) or code.startswith("Neo.ClientError.Security."):
            return GraphRefused(
                f"the server refuses user {self.server.user!r}: {_said(error)}",
                place=place,
                remedy="set GRADATIM_NEO4J_USER and GRADATIM_NEO4J_PASSWORD",
            )
        if code == "Neo.ClientError.Database.DatabaseNotFound":
            return GraphRefused(
                f"the server has no database {self.server.database!r}",
                place=place,
                remedy="set GRADATIM_NEO4J_DATABASE",
            )
        if isinstance(error, (ConfigurationError, ValueError)) and self._driver is None:
            return GraphRefused(f"not an address: {_said(error)}", place=place, remedy="set GRADATIM_GRAPH")
        if isinstance(error, (DriverError, OSError)) or (
            isinstance(error, Neo4jError) and not code.startswith("Neo.ClientError.")
        ):
            return GraphAway(
                f"the server does not answer: {_said(error)}",
                place=place,
                remedy="start it, or see whether it can be reached",
            )
        return GraphSpoilt(
            f"the server answers with nonsense: {_said(error)}",
            place=place,
            remedy="see whether this is the address of a Neo4j server",
        )


def _require_driver() -> None:
    try:
        import neo4j  # noqa: F401  # pyright: ignore[reportUnusedImport]  only whether it is there
    except ImportError as error:
        raise GraphRefused(
            f"the Neo4j driver is not installed ({error})",
            place="setting graph",
            remedy="pip install 'gradatim[neo4j]', or set GRADATIM_GRAPH=embedded",
        ) from error


def _passing(error: Exception, writing: bool) -> bool:
    """Whether the same work may succeed in a moment."""
    from neo4j.exceptions import DriverError, Neo4jError

    if writing and isinstance(error, Neo4jError) and (error.code or "").startswith("Neo.ClientError.Schema."):
        return True  # somebody else made the same node, or the same constraint, in the same moment
    return isinstance(error, (DriverError, Neo4jError)) and error.is_retryable()


def _said(error: Exception) -> str:
    from neo4j.exceptions import Neo4jError

    text = (error.message if isinstance(error, Neo4jError) else str(error)) or ""
    first, *_ = text.strip().splitlines() or [""]
    if "defunct connection" in first:  # the driver tells the address thrice, and no more
        return "the connection broke"
    return first[:200].rstrip(": ") or type(error).__name__
