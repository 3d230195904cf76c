from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gradatim.errors import ModelError
from gradatim.serving.launch.process import ServerProcess
from gradatim.serving.launch.supervisor import Event, Policy, Supervisor
from tests.serving.launch import standin

QUICK = Policy(start=20, grace=5, margin=2, first_pause=0.05, longest_pause=0.2, quick=60, attempts=3, health=0.1)


class Run:
    """A supervisor at work in a thread of its own."""

    def __init__(self, folder: Path, *options: str, policy: Policy = QUICK) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.events: list[Event] = []
        self.lines: list[str] = []
        self.outcome: bool | ModelError | None = None
        command = [sys.executable, str(Path(standin.__file__)), "--port", str(self.port), "--folder", str(folder)]
        self.supervisor = Supervisor(
            [*command, *options],
            os.environ,
            origin=f"http://127.0.0.1:{self.port}",
            policy=policy,
            watch=self.events.append,
            on_line=self.lines.append,
        )
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.outcome = self.supervisor.run()
        except ModelError as error:
            self.outcome = error

    def wait_for(self, state: str, count: int = 1) -> None:
        wait_until(lambda: len([event for event in self.events if event.state == state]) >= count, state)

    def processes(self, start: int) -> list[int]:
        """The server of one start, and its child."""
        path = self.folder / f"start-{start}"
        wait_until(lambda: path.is_file() and len(path.read_text().split()) == 2, f"start {start}")
        return [int(each) for each in path.read_text().split()]

    def end(self) -> Any:
        self.supervisor.end()
        self.thread.join(30)
        assert not self.thread.is_alive()
        return self.outcome


def wait_until(true: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def begin(*options: str, policy: Policy = QUICK) -> Run:
        runs.append(Run(tmp_path, *options, policy=policy))
        return runs[-1]

    yield begin
    for run in runs:
        run.supervisor.end()
        run.supervisor.end()
        run.thread.join(30)


def test_a_server_is_waited_for_and_ended_when_asked(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_for("ready")
    processes = run.processes(1)
    assert all(map(alive, processes))
    assert run.end() is True
    assert not any(map(alive, processes))
    assert run.events[-1].state == "ended"
    assert run.lines[0] == "start 1"


def test_a_request_under_way_is_answered_before_the_end(start: Callable[..., Run]) -> None:
    run = start("--work-seconds", "1.5")
    run.wait_for("ready")
    answers: list[bytes] = []

    def ask() -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{run.port}/work", timeout=10) as response:
            answers.append(response.read())

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.3)
    assert run.end() is True
    asking.join(10)
    assert answers == [b"done"]


def test_the_second_request_to_end_is_obeyed_at_once(start: Callable[..., Run]) -> None:
    run = start("--deaf", policy=Policy(grace=60))
    run.wait_for("ready")
    processes = run.processes(1)
    began = time.monotonic()
    run.supervisor.end()
    run.wait_for("draining")
    assert run.end() is False
    assert time.monotonic() - began < 10
    assert not any(map(alive, processes))


def test_the_grace_period_ends(start: Callable[..., Run]) -> None:
    run = start("--deaf", policy=Policy(grace=0.3, margin=0.2))
    run.wait_for("ready")
    assert run.end() is False
    assert not any(map(alive, run.processes(1)))


def test_a_server_that_is_killed_is_started_again(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_for("ready")
    first = run.processes(1)
    os.kill(first[0], signal.SIGKILL)
    run.wait_for("ready", 2)
    assert not any(map(alive, first))  # the engine that outlived its server too
    assert "signal 9" in next(event.note for event in run.events if event.state == "failed")
    assert run.end() is True
    assert run.supervisor.starts == 2


def test_failing_quickly_is_forgiven_a_few_times_with_growing_pauses(start: Callable[..., Run]) -> None:
    run = start("--fail-until", "2")
    run.wait_for("ready")
    pauses = [event.seconds for event in run.events if event.state == "waiting"]
    assert pauses == [0.05, 0.1]
    assert run.end() is True


def test_a_server_that_never_comes_up_is_given_up_with_its_last_lines(start: Callable[..., Run]) -> None:
    run = start("--refuse")
    run.thread.join(30)
    assert isinstance(run.outcome, ModelError)
    assert "status 3" in run.outcome.message
    assert "started 3 times" in run.outcome.message
    assert "the engine could not be loaded" in run.outcome.message
    for number in (1, 2, 3):
        assert not any(map(alive, run.processes(number)))


def test_arguments_that_are_not_taken_are_not_tried_again(start: Callable[..., Run]) -> None:
    run = start("--no-such-option")
    run.thread.join(30)
    assert isinstance(run.outcome, ModelError)
    assert "it was started once" in run.outcome.message
    assert "--no-such-option" in run.outcome.message


def test_a_server_that_has_fallen_silent_is_started_again(start: Callable[..., Run]) -> None:
    run = start(policy=Policy(first_pause=0.05, health=0.1, silent=0.5, margin=1, grace=1))
    run.wait_for("ready")
    os.kill(run.processes(1)[0], signal.SIGSTOP)
    run.wait_for("ready", 2)
    assert "it is well" in next(event.note for event in run.events if event.state == "failed")
    assert not any(map(alive, run.processes(1)))


def test_a_pause_before_a_new_start_can_be_ended(start: Callable[..., Run]) -> None:
    run = start("--refuse", policy=Policy(first_pause=60, attempts=3))
    run.wait_for("waiting")
    began = time.monotonic()
    assert run.end() is True
    assert time.monotonic() - began < 5


def test_output_that_nobody_takes_any_more_does_not_stop_the_server(tmp_path: Path) -> None:
    program = "import sys\nfor number in range(50_000): print('x' * 80)\nsys.exit(7)"
    taken: list[str] = []

    def full(line: str) -> None:
        taken.append(line)
        raise OSError(28, "No space left on device")

    process = ServerProcess([sys.executable, "-c", program], os.environ, full)
    wait_until(lambda: process.poll() is not None, "the end")
    assert process.close() == 7
    assert len(taken) == 1
    assert len(process.tail) == 400


def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    supervisor = Supervisor(
        [str(tmp_path / "nothing")], os.environ, origin="http://127.0.0.1:9", policy=Policy(attempts=1)
    )
    with pytest.raises(ModelError, match="does not stay up"):
        supervisor.run()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV], ids=["killed", "crashed"])
def test_nothing_outlives_a_supervisor_that_dies(tmp_path: Path, how: signal.Signals) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = (
        "import os, sys; from gradatim.serving.launch.supervisor import Supervisor; "
        "Supervisor(sys.argv[2:], os.environ, origin=sys.argv[1]).run()"
    )
    server = [sys.executable, str(Path(standin.__file__)), "--port", str(port), "--folder", str(tmp_path)]
    command = [sys.executable, "-c", program, f"http://127.0.0.1:{port}", *server]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as supervisor:
        path = tmp_path / "start-1"
        wait_until(lambda: path.is_file() and len(path.read_text().split()) == 2, "start")
        processes = [int(each) for each in path.read_text().split()]
        assert all(map(alive, processes))
        supervisor.send_signal(how)
        supervisor.wait(10)
    wait_until(lambda: not any(map(alive, processes)), "nothing stays behind")
