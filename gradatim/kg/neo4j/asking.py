"""Questions about the version in force: asked, checked against that version, and asked again when it changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any, LiteralString, TypeVar

from gradatim.kg.neo4j import cypher
from gradatim.kg.neo4j.connection import Connection
from gradatim.kg.neo4j.content import Content, decode, read_content
from gradatim.kg.neo4j.errors import GraphAway, GraphMissing
from gradatim.kg.schema import Relation

T = TypeVar("T")

FIRST_SECONDS = 10.0
"""How long a server may take to answer when nothing else can: one that has just started is slow."""
_TRIES = 5
"""A graph that changes more often than this during one question is not worth waiting for."""


class VersionMoved(Exception):
    """The version in force is another one than that which was asked for: the question has to be asked again."""


class Asker:
    """Keeps the content of the version in force and asks about this version only.

    Args:
        connection: To the server.
        name: Of the graph.
        fresh: Seconds for which a version that was seen in force is taken to be so without asking.
        patience: Seconds for which a question waits while a new version is read.
    """

    def __init__(self, connection: Connection, name: str, *, fresh: float, patience: float) -> None:
        self.connection = connection
        self.name = name
        self.content: Content | None = None
        self._fresh = fresh
        self._patience = patience
        self._seen_at = -1.0
        self._heading: asyncio.Task[str] | None = None
        self._loading: asyncio.Task[Content] | None = None

    async def head(self) -> str:
        """The version in force, asked now; those who ask at the same time share the question.

        Raises:
            GraphMissing: The server has no such graph.
            GraphServerError: It does not answer.
        """
        if self._heading is None:
            self._heading = asyncio.create_task(self._read_head(None))
            self._heading.add_done_callback(self._headed)
        return await asyncio.shield(self._heading)

    async def current(self) -> Content:
        """The content of the version in force.

        Raises:
            GraphServerError: It cannot be had.
        """
        if self.content is not None and monotonic() - self._seen_at < self._fresh:
            return self.content
        if self.content is None:
            return await self._loaded(self._patience)
        version = await self.head()
        return self.content if self.content.version == version else await self._loaded(self._patience)

    async def ready(self) -> Content:
        """The same, asked now, however long reading it takes."""
        version = await self._read_head(FIRST_SECONDS)
        if self.content is not None and self.content.version == version:
            return self.content
        return await self._loaded(None)

    def adopt(self, content: Content) -> None:
        """Use content that was kept elsewhere: of a version that is known to be in force."""
        self.content = content
        self._seen_at = monotonic()

    async def about(self, question: Callable[[Content], Awaitable[T]]) -> T:
        """The answer to a question, all of it from one version: the one in force.

        Args:
            question: Uses `relations` with the content that it is given.

        Raises:
            GraphServerError: There is no answer.
        """
        for _ in range(_TRIES):
            content = self.content or await self.current()
            try:
                return await question(content)
            except VersionMoved:
                self._seen_at = -1.0
                await self.current()
        raise GraphAway(f"graph {self.name!r} changes faster than it can be read", place=self.connection.server.place)

    async def relations(self, content: Content, query: LiteralString, parameters: Mapping[str, Any]) -> list[Relation]:
        """Relations of a version that a query finds.

        Raises:
            VersionMoved: It is no longer in force.
            GraphServerError: There is no answer.
        """
        rows = await self.connection.read(query, {"graph": self.name, "version": content.version, **parameters})
        groups = [(str(kind).lower(), found) for kind, found in rows]
        heads = [version for kind, found in groups if kind == "version" for version in found]
        if not heads:
            raise self._missing()
        if heads != [content.version]:
            raise VersionMoved
        self._seen_at = monotonic()
        return decode(group for group in groups if group[0] != "version")

    async def aclose(self) -> None:
        """End what goes on in the background."""
        tasks: list[asyncio.Task[Any]] = [task for task in (self._heading, self._loading) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _read_head(self, seconds: float | None) -> str:
        rows = await self.connection.read(cypher.HEAD, {"graph": self.name}, seconds=seconds)
        if not rows:
            raise self._missing()
        version = str(rows[0][0])
        if self.content is not None and self.content.version == version:
            self._seen_at = monotonic()
        return version

    def _headed(self, task: asyncio.Task[str]) -> None:
        self._heading = None
        _retrieve(task)

    async def _loaded(self, patience: float | None) -> Content:
        if self._loading is None:
            self._loading = asyncio.create_task(self._load())
            self._loading.add_done_callback(self._done_loading)
        try:
            async with asyncio.timeout(patience):
                return await asyncio.shield(self._loading)
        except TimeoutError as error:
            raise GraphAway(
                f"a new version of graph {self.name!r} is still being read", place=self.connection.server.place
            ) from error

    async def _load(self) -> Content:
        version = await self._read_head(FIRST_SECONDS)
        for _ in range(_TRIES):
            content = await read_content(self.connection, self.name, version)
            now = await self._read_head(FIRST_SECONDS)
            if now == version:  # it was in force to the end, so nothing of it had been removed
                self.adopt(content)
                return content
            version = now
        raise GraphAway(f"graph {self.name!r} changes faster than it can be read", place=self.connection.server.place)

    def _done_loading(self, task: asyncio.Task[Content]) -> None:
        self._loading = None
        _retrieve(task)

    def _missing(self) -> GraphMissing:
        return GraphMissing(
            f"the server has no concept graph {self.name!r}",
            place=self.connection.server.place,
            remedy="run `gradatim kg push`, or set GRADATIM_GRAPH_NAME",
        )


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Look at the exception of a task, so that nobody complains when all who waited for it have gone."""
    if not task.cancelled():
        task.exception()
