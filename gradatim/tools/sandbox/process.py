"""One fork server as the host sees it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
from collections.abc import Sequence
from typing import Any

from gradatim.settings import Settings
from gradatim.tools.sandbox.inner import frames
from gradatim.tools.sandbox.launch import Launch

_START_SECONDS = 20.0
_LARGEST_ANSWER = 80 << 20


class ServerDied(Exception):
    """The fork server ended, or does not answer as it should."""


class ServerProcess:
    """A running fork server; one request at a time. Made by `start`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.facts: dict[str, Any] = {}
        """What the server says is in force: `landlock` (version), `seccomp`, `uid`, `version`."""

    @classmethod
    async def start(cls, launch: Launch, settings: Settings) -> ServerProcess:
        """Start a server and wait until it is confined.

        Raises:
            ServerDied: It does not come up; says why.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *launch.command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=launch.environment,
                cwd="/",
                limit=1 << 20,
            )
        except OSError as error:
            raise ServerDied(str(error)) from error
        server = cls(process)
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
            raise ServerDied(await server._complaint() or str(error) or "no answer") from error
        server.facts = json.loads(content)
        if kind != b"H":
            await server.stop()
            raise ServerDied(str(server.facts.get("reason")))
        return server

    async def request(self, job: dict[str, Any], seconds: float) -> Sequence[bytes]:
        """Send a job and collect the answer's frames.

        Args:
            job: JSON-able request.
            seconds: When to give up.

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
                    answers.append(content)
        except TimeoutError as error:
            raise ServerDied("no answer in time") from error

    async def stop(self) -> None:
        """End the server; all it started goes with it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await self._process.wait()
        self.kill()
        await self._process.wait()

    def kill(self) -> None:
        """End the server at once, without waiting.

        The server lives in bubblewrap's process namespace as another user, so ending bubblewrap alone would not
        reach it; it ends itself as soon as its pipes are closed.
        """
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process._transport.close()  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType, reportAttributeAccessIssue]

    def _write(self, content: object) -> None:
        stdin = self._process.stdin
        if stdin is None or stdin.is_closing():
            raise ServerDied("its pipe is closed")
        data = json.dumps(content).encode()
        stdin.write(frames.HEADER.pack(b"J", len(data)) + data)

    async def _read(self) -> tuple[bytes, bytes]:
        stdout = self._process.stdout
        assert stdout is not None
        try:
            kind, length = frames.HEADER.unpack(await stdout.readexactly(frames.HEADER.size))
            if length > _LARGEST_ANSWER:
                raise ServerDied(f"an answer of {length} bytes")
            return kind, await stdout.readexactly(length)
        except (asyncio.IncompleteReadError, OSError, struct.error) as error:
            raise ServerDied("it ended") from error

    async def _complaint(self) -> str:
        """What the server wrote to its standard error before it ended."""
        stdin, stderr = self._process.stdin, self._process.stderr
        if stdin is not None:
            stdin.close()
        text = b""
        try:
            async with asyncio.timeout(2.0):
                text = b"" if stderr is None else await stderr.read(4096)
        except TimeoutError:
            text = b"it neither answers nor ends"
        self.kill()
        await self._process.wait()
        return text.decode("utf-8", "replace").strip()[-300:]
