"""What a person, or a program, is told while `gradatim serve` keeps a server running."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from gradatim.app.console import emit, printable, say, shorten
from gradatim.errors import StorageError
from gradatim.serving.launch.plan import Plan
from gradatim.serving.launch.supervisor import Event, Policy, Supervisor

CUT_SHORT = 1
"""Exit code when requests under way were not finished."""


def keep_running(launch: Plan, *, as_json: bool, log: Path | None) -> int:
    """Start the server, keep it running until a signal asks it to end, and say what happens; returns an exit code.

    Args:
        launch: What is started.
        as_json: Tell a program instead of a person: one JSON object on stdout for every change of state.
        log: File to append the server's output to; stderr when not given.

    Raises:
        ModelError: The server does not stay up.
        StorageError: The log cannot be written.
    """

    grace = launch.profile.number("shutdown-timeout", 60)
    with ExitStack() as stack:
        watch = stack.enter_context(_watching(launch, as_json, spinner=log is not None))
        supervisor = Supervisor(
            launch.words,
            launch.environment(os.environ),
            origin=launch.server.origin,
            policy=Policy(grace=grace),
            watch=watch,
            on_line=_writer(log, stack),
        )
        stack.enter_context(_signals(supervisor.end))
        return 0 if supervisor.run() else CUT_SHORT


def _pass_on(line: str) -> None:
    say(printable(line))


def _writer(log: Path | None, stack: ExitStack) -> Callable[[str], None]:
    if log is None:
        return _pass_on
    try:
        file = stack.enter_context(log.open("a", encoding="utf-8"))
    except OSError as error:
        raise StorageError(f"the log cannot be written: {error.strerror}", place=str(log)) from error

    def write(line: str) -> None:
        file.write(line + "\n")
        file.flush()

    return write


@contextmanager
def _signals(end: Callable[[], None]) -> Generator[None]:
    """SIGTERM, SIGINT and SIGHUP ask the server to end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    chosen = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def ask(_number: int, _frame: FrameType | None) -> None:
        end()

    before = {each: signal.signal(each, ask) for each in chosen}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def _watching(launch: Plan, as_json: bool, spinner: bool) -> Generator[Callable[[Event], None]]:
    """Tells a person, or a program, what the supervisor says."""
    said: str | None = None
    with _status(spinner and not as_json) as show:

        def watch(event: Event) -> None:
            nonlocal said
            show(f"{event.state} ({event.seconds:.0f} s) {shorten(event.note, 80)}".rstrip())
            if event.state == said and event.state in ("starting", "draining"):
                return
            said = event.state
            if as_json:
                emit(
                    {
                        "state": event.state,
                        "seconds": round(event.seconds, 1),
                        "note": event.note,
                        "address": launch.server.address,
                        "model": launch.server.name,
                    }
                )
                sys.stdout.flush()
            else:
                say(_sentence(event, launch))

        yield watch


def _sentence(event: Event, launch: Plan) -> str:
    if event.state == "ready":
        address = f"{launch.server.address}#{launch.server.name}"
        return f"ready after {event.seconds:.0f} s: GRADATIM_MODEL='{printable(address)}'"
    sentences = {
        "starting": "starting",
        "failed": f"it failed: {event.note}",
        "waiting": event.note,
        "draining": "letting requests under way finish; the same signal again ends them",
        "ended": "ended",
    }
    return sentences[event.state]


@contextmanager
def _status(wanted: bool) -> Generator[Callable[[str], None]]:
    if not wanted or not (sys.stderr and sys.stderr.isatty()):
        yield _say_nothing
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status("starting") as status:

        def show(text: str) -> None:
            status.update(Text(text))

        yield show


def _say_nothing(_text: str) -> None:
    pass
