"""A fork server in a container: how it is started, talked to, and ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import platform
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradatim.domain import Tier
from gradatim.settings import Settings
from gradatim.tools.sandbox.channel import Channel, ServerDied, last_words
from gradatim.tools.sandbox.docker.engine import Client, connected, is_gone
from gradatim.tools.sandbox.docker.image import LABEL, ensure_image
from gradatim.tools.sandbox.docker.leftovers import OWNER, owner, remove_leftovers
from gradatim.tools.sandbox.docker.profile import profile
from gradatim.tools.sandbox.docker.stream import independent
from gradatim.tools.sandbox.inner.confine import NOBODY
from gradatim.tools.sandbox.inner.serve import INTERPRETER_MB
from gradatim.tools.sandbox.launch import ENVIRONMENT, INSIDE, readable_paths, server_command

SERVER_MB = 128
"""Memory of a container beyond what its one program may have: the server itself, and what it holds of an answer."""
PROCESSES = 128
"""Processes and threads in a container."""
_STDOUT, _STDERR = 1, 2
_HEADER = 8
_LARGEST_COMPLAINT = 4096

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DockerLaunch:
    """Starts a fork server in a container; attributes as in `Launch`."""

    tier: Tier = "docker"
    name: str = "docker"

    @property
    def readable(self) -> tuple[str, ...]:
        """Folders and files of the image that the server goes on to read."""
        return (*readable_paths(), f"{INSIDE}/inner")

    @property
    def hidden_paths(self) -> tuple[str, ...]:
        """Entries of `sys.path` that are no use to a tested program."""
        return (INSIDE,)

    async def open(self, settings: Settings) -> Channel:
        """Start a server that waits for its configuration.

        Raises:
            ServerDied: The engine cannot be reached or refuses; says why and what to do.
        """
        starting = asyncio.ensure_future(asyncio.to_thread(_start, settings))
        try:
            started = await asyncio.shield(starting)
        except asyncio.CancelledError:
            starting.add_done_callback(_give_up)
            raise
        reader, writer = await asyncio.open_connection(sock=started.socket, limit=1 << 20)
        return ContainerChannel(started, settings, reader, writer)


@dataclass(frozen=True, slots=True)
class _Started:
    """A running container."""

    id: str
    socket: socket.socket
    pid: int | None
    facts: dict[str, Any]


def _start(settings: Settings) -> _Started:
    """Create and start a container, attached to its streams.

    Raises:
        ServerDied: The engine cannot be reached or refuses; says why and what to do.
    """
    if platform.system() != "Linux":
        raise ServerDied("the image is made of this machine's interpreter, which has to be one for Linux")
    with connected(settings) as client:
        remove_leftovers(client)
        created: str = client.create_container(
            ensure_image(client),
            command=list(server_command(INSIDE)),
            user=f"{NOBODY}:{NOBODY}",
            environment=ENVIRONMENT,
            working_dir="/",
            hostname="sandbox",
            stdin_open=True,
            network_disabled=True,
            labels={LABEL: "server", OWNER: owner()},
            host_config=_host_config(client, settings),
        )["Id"]
        try:
            attached = client.attach_socket(created, {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
            stream = independent(attached)
            try:
                client.start(created)
                state = client.inspect_container(created)
            except BaseException:
                stream.close()
                raise
        except BaseException:
            _remove(client, created)
            raise
        version = client.version()
    pid = int(state["State"]["Pid"]) or None
    facts = {"engine": version["Version"], "runtime": state["HostConfig"]["Runtime"]}
    return _Started(created, stream, pid, facts)


def _host_config(client: Client, settings: Settings) -> dict[str, Any]:
    """All walls of a container."""
    memory = (settings.memory_limit_mb + INTERPRETER_MB + SERVER_MB) << 20
    config: dict[str, Any] = client.create_host_config(
        read_only=True,
        network_mode="none",
        ipc_mode="none",
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true", f"seccomp={profile()}"],
        pids_limit=PROCESSES,
        mem_limit=memory,
        memswap_limit=memory,
        nano_cpus=10**9,
        init=True,
        auto_remove=True,
        log_config={"Type": "none", "Config": {}},
        ulimits=[{"Name": "core", "Soft": 0, "Hard": 0}, {"Name": "nofile", "Soft": 256, "Hard": 256}],
        runtime=settings.docker_runtime,
    )
    return config


def _remove(client: Client, container: str) -> None:
    try:
        client.remove_container(container, force=True)
    except Exception as error:
        if not is_gone(error):
            raise


def _remove_anew(container: str, settings: Settings) -> None:
    with connected(settings) as client:
        _remove(client, container)


def _give_up(starting: asyncio.Future[_Started]) -> None:
    """Nobody waits any more for a container that has come up: its server ends when its input does."""
    if not starting.cancelled() and starting.exception() is None:
        starting.result().socket.close()


class ContainerChannel:
    """A fork server behind the attached streams of a container.

    Args:
        started: The container.
        settings: Say where the engine is.
        reader: The engine's stream, in which standard output and standard error come interleaved.
        writer: The container's standard input.
    """

    def __init__(
        self, started: _Started, settings: Settings, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._started = started
        self._settings = settings
        self._reader = reader
        self._writer = writer
        self._output = bytearray()
        self._errors = bytearray()

    @property
    def pid(self) -> int | None:
        """The container's first process, where the engine runs on this machine."""
        pid = self._started.pid
        return pid if pid is not None and os.path.exists(f"/proc/{pid}") else None

    @property
    def facts(self) -> Mapping[str, Any]:
        """The engine's version and the container's runtime."""
        return self._started.facts

    def write(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            ServerDied: The connection is closed.
        """
        if self._writer.is_closing():
            raise ServerDied("its connection is closed")
        self._writer.write(data)

    async def read(self, count: int) -> bytes:
        """Receive exactly so many bytes.

        Raises:
            ServerDied: The server ended before it had sent them.
        """
        try:
            while len(self._output) < count:
                await self._receive()
        except (asyncio.IncompleteReadError, OSError) as error:
            raise ServerDied("it ended") from error
        data = bytes(self._output[:count])
        del self._output[:count]
        return data

    async def _receive(self) -> None:
        """Take in one piece: eight bytes that tell stream and length, and the piece itself."""
        header = await self._reader.readexactly(_HEADER)
        piece = await self._reader.readexactly(int.from_bytes(header[4:], "big"))
        if header[0] == _STDOUT:
            self._output += piece
        elif header[0] == _STDERR:
            self._errors += piece
            del self._errors[:-_LARGEST_COMPLAINT]

    async def complaint(self) -> str:
        """End the server and tell what it wrote to its standard error; empty when it said nothing."""
        with contextlib.suppress(asyncio.IncompleteReadError, OSError, TimeoutError):
            async with asyncio.timeout(2.0):
                while True:
                    await self._receive()
        await self.stop()
        return last_words(bytes(self._errors))

    async def stop(self) -> None:
        """End the container, and wait until it is gone."""
        self.kill()
        try:
            await asyncio.to_thread(_remove_anew, self._started.id, self._settings)
        except ServerDied as error:
            # Its input is closed, so it ends by itself; what is left after all is removed at the next start.
            log.warning("container %s could not be removed: %s", self._started.id[:12], error)

    def kill(self) -> None:
        """End the server at once, without waiting: it ends itself, and the container with it, when its input ends."""
        self._writer.transport.abort()
