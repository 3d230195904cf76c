"""What the command line writes: results on stdout, everything said beside them on stderr.

Text of students, models and files reaches a terminal only through `printable`, so that a program under
assessment cannot move the cursor or rename the window of the person who reads about it.
"""

from __future__ import annotations

import json
import logging
import os
import select
import sys
import traceback
import unicodedata
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Literal

import click

from gradatim.errors import GradatimError

if TYPE_CHECKING:
    from rich.progress import Progress

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
"""Format characters that ordinary writing needs (Persian, Indic scripts, emoji)."""


def prepare_streams() -> None:
    """Let stdout and stderr take any text, whatever the locale says they can encode."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def out(text: str = "", *, end: str = "\n", colour: str | None = None) -> None:
    """Write a result to stdout."""
    click.echo(click.style(text, fg=colour) if colour else text, nl=end == "\n")


def say(text: str = "", *, colour: str | None = None) -> None:
    """Write a message to stderr."""
    click.echo(click.style(text, fg=colour) if colour else text, err=True)


def emit(value: object, *, indent: int | None = None) -> None:
    """Write JSON to stdout: one line, or several with `indent`."""
    click.echo(json_line(value, ascii_only=not _speaks_unicode(sys.stdout), indent=indent))


def json_line(value: object, *, ascii_only: bool = False, indent: int | None = None) -> str:
    """A value as JSON; never NaN or infinity, which JSON does not have."""
    return json.dumps(value, ensure_ascii=ascii_only, allow_nan=False, indent=indent)


def _speaks_unicode(stream: IO[str] | None) -> bool:
    encoding = (getattr(stream, "encoding", None) or "").lower().replace("_", "-")
    return encoding.startswith(("utf-", "utf8"))


def printable(text: str, *, lines: bool = False) -> str:
    """Text with every character that a terminal would act on written as an escape.

    Args:
        text: Anything.
        lines: Keep line breaks and tabs.
    """
    kept = "\n\t" if lines else ""
    return "".join(
        character
        if character in kept or character in _JOINERS or unicodedata.category(character) not in _INVISIBLE
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def shorten(text: str, limit: int = 160) -> str:
    """One printable line of at most `limit` characters."""
    line = printable(text)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def plural(count: int, noun: str, several: str | None = None) -> str:
    """`1 program`, `2 programs`."""
    return f"{count:,} {noun if count == 1 else several or noun + 's'}"


def table(rows: Iterable[Sequence[str]], *, header: Sequence[str] = (), indent: int = 0) -> str:
    """Columns, aligned by what a terminal shows; without frames, so that it can be cut and grepped."""
    from rich.cells import cell_len

    lines = [tuple(map(printable, row)) for row in ([header] if header else []) + list(rows)]
    if not lines:
        return ""
    widths = [max(cell_len(row[column]) for row in lines) for column in range(len(lines[0]))]
    text: list[str] = []
    for row in lines:
        cells = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        text.append(" " * indent + "  ".join(cells).rstrip())
    return "\n".join(text)


def error_data(error: GradatimError, kind: str | None = None) -> dict[str, Any]:
    """An error as the JSON that `--json` prints under the key `error`."""
    return {
        "type": kind or type(error).__name__,
        "message": error.message,
        "place": error.place,
        "remedy": error.remedy,
        "exit_code": error.exit_code,
    }


def say_error(error: GradatimError) -> None:
    """Tell a person what was wrong, where and what to do, on stderr."""
    where = f"{error.place}: " if error.place else ""
    say(f"{label('error')} {printable(where + error.message, lines=True)}")
    if error.remedy:
        say(f"{label('remedy')} {printable(error.remedy, lines=True)}")


class _Listener(logging.Handler):
    """Passes what is logged on to the person: gradatim's own warnings, and errors of libraries."""

    def __init__(self, debug: bool) -> None:
        super().__init__(logging.WARNING)
        self.debug = debug

    def emit(self, record: logging.LogRecord) -> None:
        ours = record.name.partition(".")[0] == "gradatim"
        if ours or self.debug or record.levelno >= logging.ERROR:
            say(f"{label('warning')} {printable(record.getMessage(), lines=True)}")
            if record.exc_info and self.debug:
                say("".join(traceback.format_exception(*record.exc_info)))


def listen_to_log(debug: bool) -> None:
    """Show what is logged where nobody else has arranged for it.

    Args:
        debug: Also what libraries warn about, and tracebacks.
    """
    logging.lastResort = _Listener(debug)


def label(kind: Literal["error", "remedy", "warning"]) -> str:
    """The word before a message, coloured where the terminal shows colours."""
    colours = {"error": "red", "remedy": "green", "warning": "yellow"}
    return click.style(f"{kind}:", fg=colours[kind], bold=True)


@contextmanager
def progress(wanted: bool = True) -> Generator[Progress | None]:
    """A progress display on stderr, or `None` where stderr is no terminal.

    Args:
        wanted: `False` never shows one.
    """
    if not wanted or not _watched():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    # Results that go to the same terminal are shown above the bar; those that go elsewhere keep their stream.
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty()) as shown:
        yield shown


@contextmanager
def transfer() -> Generator[Callable[[str, int, int], None]]:
    """A display of bytes on stderr; on what is no terminal, one line whenever something new begins.

    Yields:
        A function that is told what is going on, the bytes so far, and the bytes in all.
    """
    if not _watched():
        begun: set[str] = set()

        def note(what: str, done: int, total: int) -> None:
            if what not in begun:
                begun.add(what)
                say(f"{what} ({total / 1e6:,.0f} MB)")

        yield note
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.progress import TransferSpeedColumn as SpeedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        SpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), redirect_stdout=sys.stdout.isatty()) as shown:
        bars: dict[str, Any] = {}

        def draw(what: str, done: int, total: int) -> None:
            if what not in bars:
                bars[what] = shown.add_task(what, total=total)
            shown.update(bars[what], completed=done, total=total)

        yield draw


def _watched() -> bool:
    """Whether somebody sees stderr on a terminal."""
    return bool(sys.stderr and sys.stderr.isatty())


def reader_gone() -> bool:
    """Whether whoever read stdout or stderr has closed it."""
    poller = select.poll()
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None:
                poller.register(stream.fileno(), 0)
        except (OSError, ValueError):
            return True
    return any(happened & (select.POLLERR | select.POLLHUP) for _, happened in poller.poll(0))


def drop_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter does not complain at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and not stream.closed:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
