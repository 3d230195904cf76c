"""Running a suite: the student's program in one fork, its tests in another, both watched from the server.

Nothing of the tests enters the server, of which every student's process is a copy: the tests' process reads them
from the host's pipe itself, and writes what it found to the host's other pipe itself. The server is told only how
many tests there are, and when each is done.

The answer has one frame for each test, as for probes. When a test had to be stopped, or a process died, both are
ended and a new pair goes on with the next test.
"""

from __future__ import annotations

import base64
import json
import os
import select
import signal
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import frames, suite_proxy, suite_student, suite_tests
from .clock import Clock, cpu_seconds, drain
from .program import DEADLINE_SIGNAL
from .watch import COMPILE_SECONDS, GRACE, send_signal

if TYPE_CHECKING:
    from .serve import Server

LOAD_SECONDS = 2 * COMPILE_SECONDS
"""Seconds for both processes to start: compiling the program, importing it and the test module."""
_LARGEST = 1 << 20


def run_suite(server: Server, job: dict[str, Any], packs: dict[str, Any]) -> None:
    """Run the tests of a request; where it needs modules that the server does not have yet, answer only that.

    Args:
        server: Whose children do it.
        job: `source`, `setup`, `filename`, `timeouts`, `runner`, `give_up`; `pack` (a name, or null) and, where
            the host sends it along, `modules` (name → package or not, code in base64) and `absent`.
        packs: Modules that the host has sent before, by the name it gave them; added to.
    """
    name = job["pack"]
    if "modules" in job:
        modules = {module: (package, base64.b64decode(code)) for module, (package, code) in job["modules"].items()}
        packs[name] = {"modules": modules, "absent": job["absent"]}
    if name is not None and name not in packs:
        server.answer({"index": 0, "status": "needs-pack"}, b"", b"")
        return
    start, stopped = 0, 0
    while start < len(job["timeouts"]) and (job["give_up"] is None or stopped < job["give_up"]):
        watch = SuiteWatch(server, job, start)
        start = _pair(server, {**job, "start": start}, None if name is None else packs[name], watch)
        stopped += watch.stopped


def _pair(server: Server, job: dict[str, Any], pack: Any, watch: SuiteWatch) -> int:
    """One pair of processes; returns the first test that it leaves."""
    to_student, from_tests = os.pipe()
    to_tests, from_student = os.pipe()
    ends = (to_student, from_tests, to_tests, from_student)
    cpu = int(sum(job["timeouts"][job["start"] :]) + LOAD_SECONDS) + 2

    def watch_tests(pid: int, results: int, output: int, turns: int) -> int:
        def watch_student(student: int, said: int, printed: int, _: int) -> int:
            for end in ends:
                os.close(end)
            return watch.run((student, said, printed), (pid, results, turns))

        server.send(b"T", b"{}")
        if not _has_read(results):
            server.kill(pid)
            raise RuntimeError("the tests did not arrive")  # ends the server, which is out of step with the host
        return server.fork(
            lambda found, turn: suite_student.run(job, found, (to_student, from_student)),
            watch_student,
            cpu=cpu,
            keep=(to_student, from_student),
        )

    host = (server.requests, server.answers)
    return server.fork(
        lambda found, turn: suite_tests.run(job, found, turn, (to_tests, from_tests), host, pack),
        watch_tests,
        cpu=cpu,
        keep=(to_tests, from_tests, *host),
    )


def _has_read(results: int) -> bool:
    """Wait until the tests' process has read the tests; from then on the host's pipe is the server's again."""
    poll = select.poll()
    poll.register(results, select.POLLIN)
    header = os.read(results, frames.HEADER.size) if poll.poll(1000 * LOAD_SECONDS) else b""
    return header == frames.HEADER.pack(b"G", 0)


class SuiteWatch:
    """Watches a pair of processes: gives turns, keeps the time, collects findings, and ends both.

    Args:
        server: Whose children they are.
        job: The request.
        start: The first test of this pair.
    """

    def __init__(self, server: Server, job: dict[str, Any], start: int) -> None:
        self._server = server
        self._timeouts: list[float] = job["timeouts"]
        self._index = start
        self._loaded = False
        self._printed = bytearray()
        self.stopped = 0
        """How many tests had to be stopped, or crashed."""

    def run(self, student: tuple[int, int, int], tests: tuple[int, int, int]) -> int:
        """Until both have ended; returns the first test that is left for another pair.

        Args:
            student: Its process, the pipe of its results, and that of its output.
            tests: Their process, the pipe of their results, and where to give them their turns.
        """
        self._student, self._student_results, self._output = student
        self._tests, self._tests_results, self._turns = tests
        self._said = frames.FrameBuffer(_LARGEST)
        self._found = frames.FrameBuffer(_LARGEST)
        for descriptor in (self._student_results, self._output, self._tests_results):
            os.set_blocking(descriptor, False)
        self._clock = Clock(self._used)
        self._begin()
        poll = select.poll()
        for descriptor in (self._student_results, self._output, self._tests_results):
            poll.register(descriptor, select.POLLIN)
        poll.register(self._server.requests, 0)
        while True:
            left = self._clock.deadline - time.monotonic()
            ready = dict(poll.poll(max(0.0, left) * 1000)) if left > 0 else {}
            if not ready and time.monotonic() >= self._clock.deadline:
                if self._clock.is_late():
                    return self._time_is_up()
                continue
            if self._server.requests in ready:
                self._kill()
                os._exit(0)
            if self._output in ready and not self._read_output():
                poll.unregister(self._output)
            if len(self._printed) > self._server.output_limit:
                return self._end("output-limit")
            following = self._take(ready)
            if following is not None:
                return following

    def _take(self, ready: Mapping[int, int]) -> int | None:
        """Deal with what the processes say; returns the next test when this pair is done."""
        try:
            tests_end = self._tests_results in ready and not self._feed(self._tests_results, self._found)
            # A program that does not compile ends at once, and the tests' process with it: read why it did.
            student_end = (tests_end or self._student_results in ready) and not self._feed(
                self._student_results, self._said
            )
            while (frame := self._said.take()) is not None:
                if frame[0] == b"L" and not self._loaded:
                    self._kill()
                    self._answer("not-compiled", frame[1])
                    return len(self._timeouts)
            while (frame := self._found.take()) is not None:
                following = self._finding(*frame)
                if following is not None:
                    return following
            if tests_end or student_end:
                return self._end("crashed")
        except (frames.FrameTooLarge, ValueError):
            return self._end("crashed")
        return None

    @staticmethod
    def _feed(descriptor: int, buffer: frames.FrameBuffer) -> bool:
        """Read what a process says; False once the pipe is closed."""
        try:
            data = os.read(descriptor, 1 << 16)
        except BlockingIOError:
            return True
        buffer.feed(data)
        return bool(data)

    def _finding(self, kind: bytes, content: bytes) -> int | None:
        """Something that the tests' process says: it has loaded, could not, or is done with a test."""
        if kind == b"N" and not self._loaded:
            self._kill()
            self._read_output()
            self._answer("not-loaded", b"")
            while self._index + 1 < len(self._timeouts):
                self._index += 1
                self._answer("not-loaded", b"")
            return len(self._timeouts)
        if kind == b"C" and not self._loaded:
            self._loaded = True
            return self._next()
        if kind != b"R" or json.loads(content)["index"] != self._index:
            raise ValueError(kind)
        self._read_output()
        if len(self._printed) > self._server.output_limit:
            return self._end("output-limit")
        self._answer("ran", b"")
        self._index += 1
        if self._index == len(self._timeouts):
            self._kill()
            return self._index
        return self._next()

    def _next(self) -> None:
        self._begin()
        try:
            os.write(self._turns, b"\n")
        except BrokenPipeError:
            return  # the process died; its results say so next

    def _begin(self) -> None:
        """Start the clock of the present test (or of loading)."""
        self._clock.start(self._timeouts[self._index] if self._loaded else LOAD_SECONDS)
        if self._loaded:
            self._printed.clear()

    def _used(self) -> float:
        """CPU seconds of both processes."""
        total = 0.0
        for pid in (self._student, self._tests):
            try:
                total += cpu_seconds(pid)
            except OSError:
                continue  # it has just ended; its pipe says so next
        return total

    def _time_is_up(self) -> int:
        """Ask the student's process where it stands, then end both."""
        send_signal(self._student, DEADLINE_SIGNAL)
        until = time.monotonic() + GRACE
        body = b""
        poll = select.poll()
        poll.register(self._student_results, select.POLLIN)
        while not body and (left := until - time.monotonic()) > 0 and poll.poll(left * 1000):
            try:
                is_open = self._feed(self._student_results, self._said)
                frame = self._said.take()
            except frames.FrameTooLarge:
                break
            if frame is not None and frame[0] == b"W":
                body = frame[1]
            elif not is_open:
                break
        return self._end("timeout", body)

    def _end(self, status: str, body: bytes = b"") -> int:
        """End both early; the present test has this status, the next one goes to another pair."""
        if status == "crashed":  # the end of one brings about that of the other: let both come
            until = time.monotonic() + GRACE
            while time.monotonic() < until and not (self._ended(self._student) and self._ended(self._tests)):
                time.sleep(0.0005)
        exited, peak, tests = self._kill()
        by_tests = status == "crashed" and os.WIFEXITED(tests) and os.WEXITSTATUS(tests) != suite_proxy.LINK_ENDED
        self._read_output()
        if status == "crashed" and os.WIFSIGNALED(exited):
            number = os.WTERMSIG(exited)
            if number == signal.SIGKILL and peak > 0.8 * self._server.memory_mb:
                status = "memory"
            elif number == signal.SIGXCPU:
                status = "timeout"
        self.stopped += 1
        more = {
            "signal": os.WTERMSIG(exited) if os.WIFSIGNALED(exited) else None,
            "code": os.WEXITSTATUS(exited) if os.WIFEXITED(exited) else None,
            "who": "tests" if by_tests else "student",
        }
        self._answer(status, body, **more)
        if not self._loaded:  # loading is the same for every test
            while self._index + 1 < len(self._timeouts):
                self._index += 1
                self._answer(status, body, **more)
        return self._index + 1

    @staticmethod
    def _ended(pid: int) -> bool:
        try:
            return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:
            return True

    def _kill(self) -> tuple[int, float, int]:
        """End both; how the student's process ended, the most memory it had (MiB), how the tests' process ended."""
        ended: list[tuple[int, float]] = []
        for pid in (self._tests, self._student):
            try:
                ended.append(self._server.kill(pid))
            except ChildProcessError:
                ended.append((signal.SIGKILL, 0.0))  # collected as an orphan already
        (tests, _), (student, peak) = ended
        return student, peak, tests

    def _read_output(self) -> bool:
        """Read what was printed; False once the pipe is closed."""
        return drain(self._output, self._printed, self._server.output_limit)

    def _answer(self, status: str, body: bytes, **more: Any) -> None:
        header = {
            "index": self._index, "status": status, "seconds": self._clock.seconds, "loaded": self._loaded,
            **more,
        }  # fmt: skip
        self._server.answer(header, bytes(self._printed[: self._server.output_limit]), body)
