"""A process may end at any moment, in any way: cleanly, soon, and with the model's process and its files gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

import pytest

PROGRAM = """
import asyncio, os, signal, sys, threading, time, warnings
from collections.abc import Generator
from pathlib import Path
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.embedded import EmbeddedTransport, close_engines

def talk(path, text, started):
    model = OpenAIChat(model="tiny", transport=EmbeddedTransport(path, threads=1), temperature=0.0)
    try:
        for chunk in model.stream(text, max_tokens=6000):
            started.set()
    except Exception as error:
        pass

def begin(text="Hello", path=Path({path!r})):
    started = threading.Event()
    threading.Thread(target=talk, args=(path, text, started), daemon=True).start()
    return started

def forked():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that a process with threads forks is what is tested
        child = os.fork()
    if child == 0:
        begin("In the child").wait(30)
        sys.exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

{moment}
print("leaving", flush=True)
{way}
"""

MOMENTS = {
    "before it starts": "begin()",
    "loading": "begin(); time.sleep(0.08)",
    "reading the prompt": "begin('x' * 8000); time.sleep(0.35)",
    "writing": "begin().wait(30)",
    "others waiting": "all = [begin(str(n)) for n in range(6)]\nwhile not any(e.is_set() for e in all): time.sleep(0)",
    "two models": "[item.wait(30) for item in (begin(), begin(path=Path({other!r})))]",
    "after a fork": "begin().wait(30); assert forked() == 0",
    "closed before": "begin().wait(30); close_engines()",
}
WAYS = {
    "the end of the program": ("", 0),
    "sys.exit": ("sys.exit(4)", 4),
    "an exception": ("raise SystemError('unhandled')", 1),
    "SIGINT": ("signal.raise_signal(signal.SIGINT)", -signal.SIGINT),
    "SIGTERM": ("os.kill(os.getpid(), signal.SIGTERM); time.sleep(30)", -signal.SIGTERM),
    "SIGKILL": ("os.kill(os.getpid(), signal.SIGKILL); time.sleep(30)", -signal.SIGKILL),
    "os._exit": ("os._exit(5)", 5),
}

THREAD_ENDED_BY_PYTHON = "FATAL: exception not rethrown"
"""Up to version 3.13 an ending interpreter ends daemon threads wherever they are, which code in Rust does not bear.

It meets a program's own thread, here `talk`, about once in 200 times when it is inside pydantic just then.
"""
TRIES = 5


@pytest.fixture
def folder() -> Generator[Path]:
    """Where the models' processes keep their sockets; short, as sockets want it."""
    with tempfile.TemporaryDirectory(prefix="gradatim-ending-") as made:
        yield Path(made)


def end(folder: Path, tiny_file: Path, moment: str, way: str) -> None:
    other = folder / "other.gguf"
    other.write_bytes(tiny_file.read_bytes())
    action, code = WAYS[way]
    moment = MOMENTS[moment].format(other=str(other))
    program = PROGRAM.format(path=str(tiny_file), moment=moment, way=action)
    places = folder / "t"
    places.mkdir()
    run = ended(program, places)
    for _ in range(TRIES):
        if THREAD_ENDED_BY_PYTHON in run.stderr:
            await_gone(places)
            run = ended(program, places)
    said = run.stderr.splitlines()
    assert run.stdout == "leaving\n", run.stderr
    assert run.returncode == code, run.stderr
    expected = {"an exception": "SystemError: unhandled", "SIGINT": "KeyboardInterrupt"}.get(way)
    assert said[-1:] == [] if expected is None else said[-1].startswith(expected), run.stderr
    await_gone(places)


def ended(program: str, places: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "TMPDIR": str(places)},
    )


def await_gone(places: Path) -> None:
    """No process of a model is left, nor its files; one whose parent was killed notices within seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        left = [line for line in processes() if str(places) in line]
        if not left and not [path for path in places.rglob("*") if not path.is_dir()]:
            return
        time.sleep(0.05)
    raise AssertionError(f"left over: {left} {list(places.rglob('*'))}")


def processes() -> list[str]:
    found: list[str] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:  # it has just ended
                continue
    return found


@pytest.mark.parametrize("moment", MOMENTS)
def test_at_any_moment(folder: Path, tiny_file: Path, moment: str) -> None:
    end(folder, tiny_file, moment, "the end of the program")


@pytest.mark.parametrize("way", [way for way in WAYS if way != "the end of the program"])
def test_in_any_way(folder: Path, tiny_file: Path, way: str) -> None:
    end(folder, tiny_file, "writing", way)


@pytest.mark.parametrize("way", ["SIGINT", "SIGTERM", "SIGKILL", "os._exit"])
def test_while_the_model_loads(folder: Path, tiny_file: Path, way: str) -> None:
    end(folder, tiny_file, "loading", way)


def test_a_person_who_presses_ctrl_c_stops_the_request_and_not_the_model(folder: Path, tiny_file: Path) -> None:
    """The signal goes to the whole foreground group of a terminal; here it is a group of our own."""
    moment = (
        "from gradatim.serving import EmbeddedTransport as E\n"
        f"tiny = OpenAIChat(model='tiny', transport=E(Path({str(tiny_file)!r}), threads=1))\n"
        "tiny.invoke('warm', max_tokens=1)\n"
        "threading.Timer(0.3, os.killpg, (os.getpgrp(), signal.SIGINT)).start()\n"
        "try:\n    tiny.invoke('long', max_tokens=6000)\n    print('not stopped')\n"
        "except KeyboardInterrupt:\n    assert tiny.invoke('again', max_tokens=1).usage_metadata"
    )
    program = PROGRAM.format(path=str(tiny_file), moment=moment, way="")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        start_new_session=True,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "leaving\n", "")
