"""Graph servers of the tests: ArcadeDB in a process of its own, or the Neo4j that the environment names, and a proxy.

`GRADATIM_TEST_NEO4J="bolt://host:7687 user password [database]"` names a Neo4j whose database may be written to; the
tests then run on both.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, replace

from pydantic import SecretStr

from gradatim.app.bench.retrieval.arcade import NoServer, arcade_server
from gradatim.kg.neo4j import Server

VARIABLE = "GRADATIM_TEST_NEO4J"
KINDS = ("arcadedb", "neo4j") if os.environ.get(VARIABLE) else ("arcadedb",)

# on two cores that also run a JVM and other tests a question may take its time
DEADLINE = 10.0


@contextlib.contextmanager
def graph_server(kind: str) -> Generator[Server]:
    """A running server.

    Raises:
        NoServer: There is none here; says why.
    """
    if kind == "arcadedb":
        with arcade_server() as arcade:
            yield arcade.server(deadline=DEADLINE)
        return
    words = os.environ.get(VARIABLE, "").split()
    if len(words) not in (3, 4):
        raise NoServer(f"{VARIABLE} is not 'bolt://host:7687 user password [database]'")
    url, user, password, *database = words
    yield Server(url, user, SecretStr(password), *database, deadline=DEADLINE)


@dataclass(slots=True)
class Proxy:
    """A TCP proxy in front of a server, which can be slow, deaf or broken."""

    server: Server
    """How to reach the server through it."""
    port: int
    delay: float = 0.0
    """Seconds that every piece of an answer is held back."""
    garbage: bytes | None = None
    """Sent in place of all answers."""
    accepted: int = 0
    """Connections so far."""
    open: int = 0
    most: int = 0
    """Connections open at the same time at most."""


@contextlib.asynccontextmanager
async def proxy(server: Server, port: int = 0) -> AsyncGenerator[Proxy]:
    """A proxy in front of a server, on a free port when none is given."""
    host, _, far_port = server.url.partition("://")[2].partition(":")
    writers: set[asyncio.StreamWriter] = set()
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        found.accepted += 1
        found.open += 1
        found.most = max(found.most, found.open)
        far_reader, far_writer = await asyncio.open_connection(host, int(far_port))
        writers.update((writer, far_writer))
        try:
            with contextlib.suppress(OSError):
                await asyncio.gather(pump(reader, far_writer, False), pump(far_reader, writer, True))
        except asyncio.CancelledError:
            pass  # the test is over
        finally:
            found.open -= 1
            writer.close()
            far_writer.close()
            tasks.discard(task)

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: bool) -> None:
        while data := await reader.read(65_536):
            if answers and found.delay:
                await asyncio.sleep(found.delay)
            writer.write(found.garbage if answers and found.garbage is not None else data)
            await writer.drain()
        writer.close()

    listener = await asyncio.start_server(accept, "127.0.0.1", port)
    own = listener.sockets[0].getsockname()[1]
    found = Proxy(replace(server, url=f"bolt://127.0.0.1:{own}"), own)
    try:
        yield found
    finally:
        listener.close()
        for task in set(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in writers:
            writer.close()
