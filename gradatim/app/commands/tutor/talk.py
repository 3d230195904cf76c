"""The conversation in the terminal: lines in, checked sentences out as they are released."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

from gradatim.app.commands.tutor.grounds import grounds_text
from gradatim.app.console import emit, out, printable, say, say_error
from gradatim.errors import GradatimError, ServiceError
from gradatim.graphs.tutoring import Piece, Turn, Tutor
from gradatim.languages import say as phrase
from gradatim.settings import Settings

_EVERY = 0.5
"""Seconds between two looks at a watched file."""
_LONGEST = 200_000
"""Characters of one line that are taken in."""
_HINTS = {"en": "Can I have a hint?", "zh": "给个提示"}


class Talk:
    """One conversation.

    Args:
        turn: What was said last.
        watched: A program file that is handed in whenever it is saved.
    """

    def __init__(self, tutor: Tutor, settings: Settings, turn: Turn, watched: Path | None, *, as_json: bool) -> None:
        self.tutor = tutor
        self.settings = settings
        self.turn = turn
        self.watched = watched
        self.as_json = as_json
        self.person = bool(sys.stdin and sys.stdin.isatty())
        self.lines: asyncio.Queue[str | Path | None] = asyncio.Queue()

    async def run(self, *, resumed: bool, program: str | None) -> int:
        """Talk until the learner ends it; returns the exit code."""
        self._show(self.turn)
        key = "resumed" if resumed else "session"
        say(phrase(f"tutoring.cli.{key}", session=self.turn.session, number=self.turn.number))
        if self.person:
            say(phrase("tutoring.cli.help"))
        if program is not None:
            await self._hear("", program)
        watching = asyncio.create_task(self._watch()) if self.watched is not None else None
        code = 0
        try:
            async for line in self._lines():
                if isinstance(line, Path):
                    code = await self._file(line)
                elif line.strip() in (":quit", ":q", ":exit"):
                    break
                else:
                    code = await self._line(line.strip("\r\n"))
                if self.turn.ended and not self.person and self.lines.empty():
                    continue
        finally:
            if watching is not None:
                watching.cancel()
        return code

    async def _line(self, line: str) -> int:
        """One line: a message or a command."""
        if not line.startswith(":"):
            return await self._hear(line) if line.strip() else 0
        command, _, rest = line.partition(" ")
        if command == ":run":
            return await self._file(Path(rest.strip().strip("\"'")))
        if command == ":paste":
            return await self._hear("", await self._pasted())
        if command == ":hint":
            return await self._hear(_HINTS.get(self.turn.language, _HINTS["en"]))
        if command == ":why":
            out(printable(await grounds_text(self.tutor, self.turn), lines=True))
            return 0
        if command == ":help":
            say(phrase("tutoring.cli.help"))
            return 0
        help_text = phrase("tutoring.cli.help")
        say(printable(phrase("tutoring.cli.unknown-command", command=command, help=help_text)))
        return 0

    async def _file(self, path: Path) -> int:
        from gradatim.app.commands.tutor.command import read_program

        try:
            program = read_program(path, self.settings)
        except GradatimError as error:
            say_error(error)
            return error.exit_code
        return await self._hear("", program)

    async def _hear(self, message: str, program: str | None = None) -> int:
        """Hand a message to the tutor and show the answer as it comes; an error is told, and the talk goes on."""
        shown = False
        try:
            async for event in self.tutor.stream(self.turn.session, message, program):
                if isinstance(event, Piece):
                    if not self.as_json:
                        out(printable(event.text, lines=True), end="")
                        shown = True
                else:
                    self.turn = event
        except ServiceError as error:
            if shown:
                out()
            say_error(error)
            say(phrase("tutoring.broken"))
            return error.exit_code
        except GradatimError as error:
            say_error(error)
            return error.exit_code
        if shown:
            out("\n")
        else:
            self._show(self.turn)
        return 0

    def _show(self, turn: Turn) -> None:
        if self.as_json:
            emit(turn.plain())
        else:
            out(printable(turn.text, lines=True))
            out()

    async def _pasted(self) -> str:
        """Lines up to one with a single dot, or to the end."""
        found: list[str] = []
        async for line in self._lines():
            if isinstance(line, Path):
                continue
            if line.strip() == ".":
                break
            found.append(line.rstrip("\r\n"))
        return "\n".join(found) + "\n"

    async def _lines(self) -> AsyncGenerator[str | Path]:
        """Lines of standard input and files that were saved, as they come; ends with the input."""
        if not hasattr(self, "_reader"):
            loop = asyncio.get_running_loop()
            self._reader = threading.Thread(target=self._read, args=(loop,), daemon=True)
            self._reader.start()
        while True:
            if self.person and self.lines.empty():
                sys.stderr.write(phrase("tutoring.cli.you"))
                sys.stderr.flush()
            item = await self.lines.get()
            if item is None:
                self.lines.put_nowait(None)  # for whoever reads next
                return
            yield item

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read standard input in a thread of its own, so that the session is not blocked by a person who thinks."""
        try:
            for line in _typed():
                loop.call_soon_threadsafe(self.lines.put_nowait, line)
            loop.call_soon_threadsafe(self.lines.put_nowait, None)
        except RuntimeError:  # the loop is closed: the talk is over
            return

    async def _watch(self) -> None:
        """Hand in the watched file whenever it was saved."""
        assert self.watched is not None
        say(phrase("tutoring.cli.watching", file=printable(str(self.watched))))
        known = _stamp(self.watched)
        while True:
            await asyncio.sleep(_EVERY)
            now = _stamp(self.watched)
            if now is not None and now != known:
                self.lines.put_nowait(self.watched)
            known = now or known


def _typed() -> Iterator[str]:
    """Lines of standard input.

    They are read from the descriptor itself: a thread that waits inside Python's own buffer holds its lock, and the
    interpreter cannot end while it does.
    """
    try:
        descriptor = sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):  # no input at all, or a test's stream
        stream = getattr(sys.stdin, "buffer", None)
        while stream is not None and (raw := stream.readline(_LONGEST)):
            yield raw.decode("utf-8", "replace")
        return
    rest = b""
    while piece := os.read(descriptor, 65_536):
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > _LONGEST:
            lines, rest = [*lines, rest[:_LONGEST]], rest[_LONGEST:]
        for line in lines:
            yield line[:_LONGEST].decode("utf-8", "replace") + "\n"
    if rest:
        yield rest.decode("utf-8", "replace")


def _stamp(path: Path) -> tuple[int, int] | None:
    """When a file was saved, and its size; `None` while it is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
