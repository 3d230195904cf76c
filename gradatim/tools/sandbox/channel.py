"""The two pipes between the host and one fork server, whatever carries them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

_COMPLAINT = 300
"""Characters of a dead server's last words that are kept: the end tells why."""


class ServerDied(Exception):
    """The fork server ended, or does not answer as it should.

    Args:
        message: What happened.
        remedy: What to do about it, where that is known better here than at the place that reports it.
    """

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy


class Channel(Protocol):
    """Carries bytes to a fork server and back, and can end it."""

    @property
    def pid(self) -> int | None:
        """The process of this machine that the server is or descends from; `None` when it runs elsewhere."""
        ...

    @property
    def facts(self) -> Mapping[str, Any]:
        """What is worth knowing about where the server runs, beyond what it says itself."""
        ...

    def write(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            ServerDied: The pipe is closed.
        """
        ...

    async def read(self, count: int) -> bytes:
        """Receive exactly so many bytes.

        Raises:
            ServerDied: The server ended before it had sent them.
        """
        ...

    async def complaint(self) -> str:
        """End the server and tell what it wrote to its standard error; empty when it said nothing."""
        ...

    async def stop(self) -> None:
        """End the server; all it started goes with it."""
        ...

    def kill(self) -> None:
        """End the server at once, without waiting."""
        ...


def last_words(text: bytes) -> str:
    """The end of what a server wrote to its standard error."""
    return text.decode("utf-8", "replace").strip()[-_COMPLAINT:]


class PipeChannel:
    """A fork server that is a child process of this one.

    Args:
        process: Started with three pipes.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def open(cls, command: Sequence[str], environment: Mapping[str, str]) -> PipeChannel:
        """Start a command.

        Raises:
            ServerDied: It cannot be started; says why.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment,
                cwd="/",
                limit=1 << 20,
            )
        except OSError as error:
            raise ServerDied(str(error)) from error
        return cls(process)

    @property
    def pid(self) -> int | None:
        """The child."""
        return self._process.pid

    @property
    def facts(self) -> Mapping[str, Any]:
        """Nothing that the server does not say itself."""
        return {}

    def write(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            ServerDied: The pipe is closed.
        """
        stdin = self._process.stdin
        if stdin is None or stdin.is_closing():
            raise ServerDied("its pipe is closed")
        stdin.write(data)

    async def read(self, count: int) -> bytes:
        """Receive exactly so many bytes.

        Raises:
            ServerDied: The server ended before it had sent them.
        """
        stdout = self._process.stdout
        assert stdout is not None
        try:
            return await stdout.readexactly(count)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise ServerDied("it ended") from error

    async def complaint(self) -> str:
        """End the server and tell what it wrote to its standard error; empty when it said nothing."""
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
        return last_words(text)

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
