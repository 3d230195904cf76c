"""One fork server as the host sees it."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Sequence
from typing import Any

from gradatim.settings import Settings
from gradatim.tools.sandbox.channel import Channel, ServerDied
from gradatim.tools.sandbox.inner import frames
from gradatim.tools.sandbox.launch import Launch

__all__ = ["ServerDied", "ServerProcess"]

_START_SECONDS = 20.0
_LARGEST_ANSWER = 80 << 20


class ServerProcess:
    """A running fork server; one request at a time. Made by `start`."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.facts: dict[str, Any] = {}
        """What is in force: `landlock` (version), `seccomp`, `uid`, `version`; of a container `engine`, `runtime`."""

    @classmethod
    async def start(cls, launch: Launch, settings: Settings) -> ServerProcess:
        """Start a server and wait until it is confined.

        Raises:
            ServerDied: It does not come up; says why.
        """
        server = cls(await launch.open(settings))
        config = {
            "tier": launch.tier,
            "memory_mb": settings.memory_limit_mb,
            "output_limit": settings.output_limit,
            "readable": launch.readable,
            "hidden_paths": launch.hidden_paths,
        }
        try:
            async with asyncio.timeout(_START_SECONDS):
                server._write(config)
                kind, content = await server._read()
        except (ServerDied, TimeoutError) as error:
            raise ServerDied(await server._channel.complaint() or str(error) or "no answer") from error
        except BaseException:
            server.kill()
            raise
        server.facts = json.loads(content)
        if kind != b"H":
            await server.stop()
            raise ServerDied(str(server.facts.get("reason")))
        server.facts |= server._channel.facts
        return server

    @property
    def pid(self) -> int | None:
        """The process of this machine that the server is or descends from; `None` when it runs elsewhere."""
        return self._channel.pid

    async def request(
        self, job: dict[str, Any], seconds: float, private: dict[str, Any] | None = None
    ) -> Sequence[bytes]:
        """Send a job and collect the answer's frames.

        Args:
            job: JSON-able request.
            seconds: When to give up.
            private: What a process beside the tested one asks for; it goes past the server, which never holds it.

        Raises:
            ServerDied: The server ended or does not answer; it has to be replaced.
        """
        answers: list[bytes] = []
        try:
            async with asyncio.timeout(seconds):
                self._write(job)
                while True:
                    kind, content = await self._read()
                    if kind == b"E":
                        return answers
                    if kind == b"T":
                        self._write(private)
                    else:
                        answers.append(content)
        except TimeoutError as error:
            raise ServerDied("no answer in time") from error

    async def stop(self) -> None:
        """End the server; all it started goes with it."""
        await self._channel.stop()

    def kill(self) -> None:
        """End the server at once, without waiting."""
        self._channel.kill()

    def _write(self, content: object) -> None:
        data = json.dumps(content).encode()
        self._channel.write(frames.HEADER.pack(b"J", len(data)) + data)

    async def _read(self) -> tuple[bytes, bytes]:
        try:
            kind, length = frames.HEADER.unpack(await self._channel.read(frames.HEADER.size))
        except struct.error as error:
            raise ServerDied("it does not speak in frames") from error
        if length > _LARGEST_ANSWER:
            raise ServerDied(f"an answer of {length} bytes")
        return kind, await self._channel.read(length)
