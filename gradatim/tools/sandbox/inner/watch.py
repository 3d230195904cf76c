"""Watching one tested process from outside: its turns, its time, its output, its end."""

from __future__ import annotations

import json
import os
import select
import signal
import time
from typing import TYPE_CHECKING, Any

from . import frames
from .clock import Clock, cpu_seconds, drain
from .program import DEADLINE_SIGNAL, LOADED

if TYPE_CHECKING:
    from .serve import Server

COMPILE_SECONDS = 5.0
GRACE = 0.1
"""Seconds a program whose time is up may take to say where it stands."""
LARGEST_RESULT = 8 << 20


def send_signal(pid: int, number: int = signal.SIGKILL) -> None:
    """Send a signal to a process (or, negative, a group) that may have ended already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


class Watch:
    """Watches one tested process: gives it its turns, collects frames and output, keeps the time, and ends it.

    Args:
        server: Whose child it is.
        pid: The tested process.
        pipes: Its results, its output, and where a byte tells it to go on with the next probe.
        job: The request.
        start: The first probe of this process.
    """

    def __init__(self, server: Server, pid: int, pipes: tuple[int, int, int], job: dict[str, Any], start: int) -> None:
        self._server = server
        self._pid = pid
        self._results, self._output, self._turns = pipes
        self._probes: list[dict[str, Any]] = job["probes"]
        self._index = start
        self._compiled = False
        self._frames = frames.FrameBuffer(LARGEST_RESULT)
        self._printed = bytearray()
        self._clock = Clock(lambda: cpu_seconds(pid))
        self._begin()

    def _begin(self) -> None:
        """Start the clock of the present probe (or of compiling)."""
        self._clock.start(self._probes[self._index]["timeout"] if self._compiled else COMPILE_SECONDS)
        self._printed.clear()

    def run(self) -> int:
        """Until the process ends or has to be ended; returns the first probe that it leaves for another fork."""
        for descriptor in (self._results, self._output):
            os.set_blocking(descriptor, False)
        poll = select.poll()
        poll.register(self._results, select.POLLIN)
        poll.register(self._output, select.POLLIN)
        poll.register(self._server.requests, 0)
        while True:
            left = self._clock.deadline - time.monotonic()
            ready = dict(poll.poll(max(0.0, left) * 1000)) if left > 0 else {}
            if not ready and time.monotonic() >= self._clock.deadline:
                if self._clock.is_late():
                    return self._time_is_up()
                continue
            if self._server.requests in ready:
                self._server.kill(self._pid)
                os._exit(0)
            if self._output in ready and not self._read_output():
                poll.unregister(self._output)
            if len(self._printed) > self._server.output_limit:
                return self._end("output-limit")
            if self._results in ready:
                open_still = self._read_results()
                following = self._take_frames()
                if following is not None:
                    return following
                if not open_still:
                    return self._end("crashed")

    def _read_output(self) -> bool:
        """Read what was printed; False once the pipe is closed."""
        return drain(self._output, self._printed, self._server.output_limit)

    def _read_results(self) -> bool:
        """Read what the process says; False once the pipe is closed."""
        try:
            data = os.read(self._results, 1 << 20)
        except BlockingIOError:
            return True
        self._frames.feed(data)
        return bool(data)

    def _take_frames(self) -> int | None:
        """Deal with whole frames; returns the next probe when this process is done."""
        try:
            while (frame := self._frames.take()) is not None:
                following = self._frame(*frame)
                if following is not None:
                    return following
        except (frames.FrameTooLarge, ValueError):
            return self._end("crashed", interfered=True)
        return None

    def _frame(self, kind: bytes, content: bytes) -> int | None:
        if kind == b"C" and not self._compiled:
            self._compiled = True
            return self._next()
        if kind == b"L" and not self._compiled:
            return self._load_error(content)
        index = _index(content)
        if not self._compiled or kind not in (b"R", b"T") or index != self._index:
            raise ValueError(kind)
        self._read_output()
        if len(self._printed) > self._server.output_limit:
            return self._end("output-limit")
        self._answer("ran", content)
        self._index += 1
        if kind == b"T" or self._index == len(self._probes):
            self._server.kill(self._pid)
            return self._index
        return self._next()

    def _next(self) -> None:
        """Let the process go on with the present probe; it waits for that, so its output is this probe's alone."""
        self._begin()
        try:
            os.write(self._turns, b"\n")
        except BrokenPipeError:
            return  # it closed its end or died; its results say so next

    def _load_error(self, content: bytes) -> int:
        """The program cannot be compiled: say so once; there is nothing to run."""
        self._server.kill(self._pid)
        self._answer("not-compiled", content)
        return len(self._probes)

    def _answer(self, status: str, body: bytes, **more: Any) -> None:
        seconds = 0.0 if more.get("repeated") else self._clock.seconds
        header = {"index": self._index, "status": status, "seconds": seconds, **more}
        self._server.answer(header, bytes(self._printed[: self._server.output_limit]), body)

    def _time_is_up(self) -> int:
        """Ask the process where it stands, then end it."""
        phase = self._server.phase
        send_signal(self._pid, DEADLINE_SIGNAL)
        until = time.monotonic() + GRACE
        body = b""
        poll = select.poll()
        poll.register(self._results, select.POLLIN)
        while not body and (left := until - time.monotonic()) > 0 and poll.poll(left * 1000):
            if not self._read_results():
                break
            try:
                frame = self._frames.take()
            except frames.FrameTooLarge:
                break
            if frame is not None and frame[0] == b"W":
                body = frame[1]
        return self._end("timeout", body, phase=phase)

    def _end(self, status: str, body: bytes = b"", **more: Any) -> int:
        """End the process early; the present probe has this status, the next one goes to another fork."""
        phase = more.pop("phase", self._server.phase)
        cpu = self._clock.cpu
        exited, peak = self._server.kill(self._pid) if status != "crashed" else self._wait()
        self._read_output()
        if (
            status == "crashed"
            and os.WIFSIGNALED(exited)
            and os.WTERMSIG(exited) == signal.SIGKILL
            and (peak > 0.8 * self._server.memory_mb)
        ):
            status = "memory"
        if status == "crashed" and os.WIFSIGNALED(exited) and os.WTERMSIG(exited) == signal.SIGXCPU:
            status = "timeout"
        if not self._compiled:
            self._answer("not-compiled", json.dumps({"type": status, "message": "", "line": None}).encode())
            return len(self._probes)
        self._server.stopped += 1
        signal_number = os.WTERMSIG(exited) if os.WIFSIGNALED(exited) else None
        code = os.WEXITSTATUS(exited) if os.WIFEXITED(exited) else None
        self._answer(status, body, cpu=cpu, phase=phase, signal=signal_number, code=code, **more)
        if status == "timeout" and phase < LOADED and not any(probe["stdin"] for probe in self._probes):
            # Loading does not depend on the probe, so it would take the others' whole time too.
            while self._index + 1 < len(self._probes):
                self._index += 1
                self._printed.clear()
                self._answer(status, body, cpu=0.0, phase=phase, repeated=True)
        return self._index + 1

    def _wait(self) -> tuple[int, float]:
        """The process closed its pipe: it has ended, or is about to, or only pretends to."""
        until = time.monotonic() + GRACE
        while time.monotonic() < until:
            if os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                break
            time.sleep(0.0005)
        return self._server.kill(self._pid)


def _index(content: bytes) -> int:
    """Probe number at the start of a result frame (`{"index": 7, …`)."""
    prefix = b'{"index": '
    if not content.startswith(prefix):
        raise ValueError("no index")
    digits = content[len(prefix) : len(prefix) + 8]
    return int(digits.split(b",", 1)[0].split(b"}", 1)[0])
