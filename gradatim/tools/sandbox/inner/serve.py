"""The fork server: takes jobs on one pipe, runs each in a fresh fork, watches it from outside, answers on another pipe.

One job at a time. Requests and answers are frames (see `frames`). A request is JSON; the answer is one frame for
each probe — a JSON header of its own length, then what the probe printed, then what the tested process said about
it, unread — and a last frame `E`. Nothing that a tested process writes is interpreted here beyond its probe number.
"""

from __future__ import annotations

import gc
import importlib
import json
import mmap
import os
import resource
import select
import signal
import struct
import sys
import time
from typing import Any, NoReturn

from . import confine, frames, seccomp
from .program import DEADLINE_SIGNAL, LOADED, Program, remember_builtins

PRELOADED = (
    "abc", "array", "bisect", "collections.abc", "copy", "dataclasses", "datetime", "decimal", "enum", "fractions",
    "functools", "heapq", "inspect", "itertools", "json", "math", "numbers", "operator", "random", "re", "statistics",
    "string", "textwrap", "time", "traceback", "types", "typing", "unicodedata", "encodings.idna",
)  # fmt: skip
"""Modules that beginners' programs use; loaded once here instead of once a run."""

INTERPRETER_MB = 64
"""Address space that the interpreter takes before the program has any."""
COMPILE_SECONDS = 5.0
GRACE = 0.1
"""Seconds a program whose time is up may take to say where it stands."""
WINDOW = 0.125
"""Seconds between two looks at a program that is late without having used its CPU time."""
IDLE_WINDOWS = 2
PROGRESS = 0.001
"""CPU seconds in a window below which a program is asleep rather than kept waiting by other work."""
PATIENCE = 3.0
"""Times its limit that a program may be kept waiting by other work."""
LARGEST_REQUEST = 64 << 20
LARGEST_RESULT = 8 << 20


def cpu_seconds(pid: int) -> float:
    """CPU time of a process of ours (`MAKE_PROCESS_CPUCLOCK` in `linux/posix-timers.h`)."""
    return time.clock_gettime((~pid << 3) | 2)


class Server:
    """Runs jobs for as long as the host keeps the request pipe open.

    Args:
        requests: Descriptor to read from.
        answers: Descriptor to write to.
        config: `tier`, `memory_mb`, `output_limit`, `readable`.
    """

    def __init__(self, requests: int, answers: int, config: dict[str, Any]) -> None:
        self._requests = requests
        self._answers = answers
        self._memory = (int(config["memory_mb"]) + INTERPRETER_MB) << 20
        self._output_limit = int(config["output_limit"])
        self._tier: str = config["tier"]
        self._machine: str | None = None
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self._readable: list[str] = config["readable"]

    def confine(self) -> dict[str, Any]:
        """Give up rights as the tier says; returns what is in force."""
        if self._tier == "unsafe":
            confine.die_with_parent()
            return {"landlock": 0, "seccomp": False, "uid": os.getuid()}
        in_force = confine.confine(self._readable, need_landlock=self._tier == "landlock")
        self._machine = in_force.machine
        return {"landlock": in_force.landlock, "seccomp": True, "uid": in_force.uid}

    def serve(self) -> None:
        """Answer requests until the host closes the pipe."""
        while (job := _read_request(self._requests)) is not None:
            self._run(job)
            frames.write(self._answers, b"E", b"{}")

    def _run(self, job: dict[str, Any]) -> None:
        probes: list[dict[str, Any]] = job["probes"]
        stdins: dict[int, int] = {}
        try:
            for index, probe in enumerate(probes):
                if probe["stdin"]:
                    stdins[index] = _memory_file(probe["stdin"])
            start = 0
            while start < len(probes):
                start = self._fork(job, start, stdins)
        finally:
            for descriptor in stdins.values():
                os.close(descriptor)

    def _fork(self, job: dict[str, Any], start: int, stdins: dict[int, int]) -> int:
        """Run probes in one fork from `start` on; returns the first one that is left."""
        results, child_results = os.pipe()
        output, child_output = os.pipe()
        child_turns, turns = os.pipe()
        self._page[0] = 0
        pid = os.fork()
        if pid == 0:
            self._become_program(job, start, stdins, (child_results, child_turns), child_output)
        for descriptor in (child_results, child_output, child_turns):
            os.close(descriptor)
        try:
            return Watch(self, pid, (results, output, turns), job, start).run()
        finally:
            for descriptor in (results, output, turns):
                os.close(descriptor)

    def _become_program(
        self, job: dict[str, Any], start: int, stdins: dict[int, int], pipes: tuple[int, int], output: int
    ) -> NoReturn:
        try:
            os.dup2(output, 1)
            keep = {0, 1, 2, *pipes, *stdins.values()}
            last = max(keep | {self._requests, self._answers, output}) + 64
            for descriptor in range(3, last):
                if descriptor not in keep:
                    _close(descriptor)
            confine.die_with_parent()
            cpu = int(sum(probe["timeout"] for probe in job["probes"][start:]) + COMPILE_SECONDS) + 2
            if self._machine is not None:
                confine.limit(self._memory, cpu)
                seccomp.program_filter(self._machine, os.getpid()).install()
            else:
                os.setsid()
                confine.limit(self._memory, cpu)
            gc.enable()
            Program(job, pipes, self._page).run(start, stdins)
        finally:
            os._exit(70)

    @property
    def output_limit(self) -> int:
        """Bytes that one probe may print."""
        return self._output_limit

    @property
    def phase(self) -> int:
        """How far the program that runs now has come, by its own account."""
        return self._page[0]

    def kill(self, pid: int) -> tuple[int, float]:
        """End a tested process and what it started; its exit status and the most memory it had, MiB."""
        if self._machine is None:
            _kill(-pid)
        _kill(pid)
        _, status, usage = os.wait4(pid, 0)
        if self._machine is None:
            _kill(-pid)
            _reap()
        return status, usage.ru_maxrss / 1024

    @property
    def memory_mb(self) -> float:
        """Address space a program may have, MiB."""
        return self._memory / (1 << 20)

    def host_is_gone(self) -> bool:
        """Whether nobody waits for the answer any more."""
        poll = select.poll()
        poll.register(self._requests, 0)
        return bool(poll.poll(0))

    def answer(self, header: dict[str, Any], output: bytes, body: bytes) -> None:
        """Send what one probe gave."""
        head = json.dumps({**header, "output": len(output)}).encode()
        frames.write(self._answers, b"P", struct.pack("=I", len(head)) + head + output + body)


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
        self._begin()

    def _begin(self) -> None:
        """Start the clock of the present probe (or of compiling)."""
        self._limit = self._probes[self._index]["timeout"] if self._compiled else COMPILE_SECONDS
        self._wall = time.monotonic()
        self._cpu = cpu_seconds(self._pid)
        self._deadline = self._wall + self._limit
        self._last_cpu: float | None = None
        self._idle = 0
        self._printed.clear()

    def run(self) -> int:
        """Until the process ends or has to be ended; returns the first probe that it leaves for another fork."""
        for descriptor in (self._results, self._output):
            os.set_blocking(descriptor, False)
        poll = select.poll()
        poll.register(self._results, select.POLLIN)
        poll.register(self._output, select.POLLIN)
        while True:
            left = self._deadline - time.monotonic()
            ready = dict(poll.poll(max(0.0, left) * 1000)) if left > 0 else {}
            if not ready and time.monotonic() >= self._deadline:
                if self._is_late():
                    return self._time_is_up()
                continue
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
        limit = self._server.output_limit
        while len(self._printed) <= limit:
            try:
                data = os.read(self._output, 65536)
            except BlockingIOError:
                return True
            if not data:
                return False
            self._printed += data
        return True

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
        os.write(self._turns, b"\n")

    def _load_error(self, content: bytes) -> int:
        """The program cannot be compiled: say so once; there is nothing to run."""
        self._server.kill(self._pid)
        self._answer("not-compiled", content)
        return len(self._probes)

    def _answer(self, status: str, body: bytes, **more: Any) -> None:
        header = {"index": self._index, "status": status, "seconds": time.monotonic() - self._wall, **more}
        self._server.answer(header, bytes(self._printed[: self._server.output_limit]), body)

    def _is_late(self) -> bool:
        """Whether time is really up, or other work on the machine kept the program from running.

        Time is up for a program that used its CPU time, that sleeps or waits, or that had three times its limit.
        """
        if self._server.host_is_gone():
            os._exit(0)
        try:
            now = cpu_seconds(self._pid)
        except OSError:
            return False  # it has just ended; its pipe says so next
        used = now - self._cpu
        previous, self._last_cpu = self._last_cpu, now
        if used >= 0.9 * self._limit or time.monotonic() - self._wall > PATIENCE * self._limit + 1:
            return True
        if previous is not None and now - previous < PROGRESS:
            self._idle += 1
            if self._idle >= IDLE_WINDOWS:
                return True
        self._deadline = time.monotonic() + WINDOW
        return False

    def _time_is_up(self) -> int:
        """Ask the process where it stands, then end it."""
        phase = self._server.phase
        _kill(self._pid, DEADLINE_SIGNAL)
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
        try:
            cpu = cpu_seconds(self._pid) - self._cpu
        except OSError:
            cpu = 0.0
        exited, peak = self._server.kill(self._pid) if status != "crashed" else self._wait()
        self._read_output()
        if status == "crashed" and os.WIFSIGNALED(exited) and os.WTERMSIG(exited) == signal.SIGKILL and (
            peak > 0.8 * self._server.memory_mb
        ):
            status = "memory"
        if status == "crashed" and os.WIFSIGNALED(exited) and os.WTERMSIG(exited) == signal.SIGXCPU:
            status = "timeout"
        if not self._compiled:
            self._answer("not-compiled", json.dumps({"type": status, "message": "", "line": None}).encode())
            return len(self._probes)
        signal_number = os.WTERMSIG(exited) if os.WIFSIGNALED(exited) else None
        code = os.WEXITSTATUS(exited) if os.WIFEXITED(exited) else None
        self._answer(status, body, cpu=cpu, phase=phase, signal=signal_number, code=code, **more)
        if status == "timeout" and phase < LOADED and not any(probe["stdin"] for probe in self._probes):
            # Loading does not depend on the probe, so it would take the others' whole time too.
            for self._index in range(self._index + 1, len(self._probes)):
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


def _kill(pid: int, number: int = signal.SIGKILL) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _reap() -> None:
    """Collect orphans of a tested process that was allowed to start others."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return


def _close(descriptor: int) -> None:
    try:
        os.close(descriptor)
    except OSError:
        return


def _memory_file(text: str) -> int:
    descriptor = os.memfd_create("stdin")
    rest = memoryview(text.encode("utf-8", "surrogatepass"))
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    return descriptor


def _read_exactly(descriptor: int, count: int) -> bytes | None:
    data = bytearray()
    while len(data) < count:
        piece = os.read(descriptor, min(count - len(data), 1 << 20))
        if not piece:
            return None
        data += piece
    return bytes(data)


def _read_request(descriptor: int) -> dict[str, Any] | None:
    """The next request; `None` when the host has gone."""
    header = _read_exactly(descriptor, frames.HEADER.size)
    if header is None:
        return None
    _, length = frames.HEADER.unpack(header)
    if length > LARGEST_REQUEST:
        raise ValueError(f"a request of {length} bytes")
    content = _read_exactly(descriptor, length)
    return None if content is None else json.loads(content)


def _site_names() -> None:
    """`exit`, `quit` and `help`, which programs written at a prompt use and a bare interpreter lacks."""
    site = importlib.import_module("site")
    site.setquit()
    site.sethelper()


def main() -> None:
    """Take over the process: read the configuration, load, confine, serve."""
    requests, answers = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    config = _read_request(requests)
    if config is None:
        return
    sys.path[:] = [path for path in sys.path if path not in config["hidden_paths"]]
    sys.argv[:] = ["program"]
    _site_names()
    for module in PRELOADED:
        importlib.import_module(module)
    remember_builtins()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    server = Server(requests, answers, config)
    try:
        in_force = server.confine()
    except OSError as error:
        frames.write(answers, b"X", json.dumps({"reason": str(error)}).encode())
        return
    os.dup2(0, 2)
    sys.dont_write_bytecode = True
    gc.collect()
    gc.freeze()
    gc.disable()
    frames.write(answers, b"H", json.dumps({**in_force, "version": sys.version_info[:3]}).encode())
    server.serve()
