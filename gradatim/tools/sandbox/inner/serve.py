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
import struct
import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from . import confine, frames, seccomp
from .batch import run_batch
from .program import Program, remember_builtins
from .watch import COMPILE_SECONDS, Watch, send_signal

PRELOADED = (
    "abc", "array", "bisect", "collections.abc", "copy", "dataclasses", "datetime", "decimal", "enum", "fractions",
    "functools", "heapq", "inspect", "itertools", "json", "math", "numbers", "operator", "random", "re", "statistics",
    "string", "textwrap", "time", "traceback", "types", "typing", "unicodedata", "encodings.idna",
)  # fmt: skip
"""Modules that beginners' programs use; loaded once here instead of once a run."""

INTERPRETER_MB = 64
"""Address space that the interpreter takes before the program has any."""
LARGEST_REQUEST = 64 << 20


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
        self._packs: dict[str, Any] = {}
        self.stopped = 0
        """How many probes of the present job had to be stopped, or crashed."""

    def confine(self) -> dict[str, Any]:
        """Give up rights as the tier says; returns what is in force."""
        if self._tier == "unsafe":
            confine.die_with_parent()
            return {"landlock": 0, "seccomp": False, "uid": os.getuid()}
        try:
            in_force = confine.confine(self._readable, need_landlock=self._tier == "landlock")
        except OSError:
            if self._tier != "docker":
                raise
            # The container's walls stand; what it cannot have beyond them, the host is told.
            confine.die_with_parent()
            return {"landlock": 0, "seccomp": False, "uid": os.getuid()}
        self._machine = in_force.machine
        return {"landlock": in_force.landlock, "seccomp": True, "uid": in_force.uid}

    def serve(self) -> None:
        """Answer requests until the host closes the pipe."""
        while (job := _read_request(self._requests)) is not None:
            self._run(job)
            frames.write(self._answers, b"E", b"{}")

    def _run(self, job: dict[str, Any]) -> None:
        if "sources" in job:
            run_batch(self, job)
            return
        if "suite" in job:
            from .suite import run_suite  # unittest takes a while to load, and most servers never run a suite

            run_suite(self, job["suite"], self._packs)
            return
        probes: list[dict[str, Any]] = job["probes"]
        stdins: dict[int, int] = {}
        try:
            for index, probe in enumerate(probes):
                if probe["stdin"]:
                    stdins[index] = _memory_file(probe["stdin"])
            start = 0
            self.stopped = 0
            while start < len(probes) and (job["give_up"] is None or self.stopped < job["give_up"]):
                start = self._fork(job, start, stdins)
        finally:
            for descriptor in stdins.values():
                os.close(descriptor)

    def _fork(self, job: dict[str, Any], start: int, stdins: dict[int, int]) -> int:
        """Run probes in one fork from `start` on; returns the first one that is left."""
        cpu = int(sum(probe["timeout"] for probe in job["probes"][start:]) + COMPILE_SECONDS) + 2
        return self.fork(
            lambda results, turns: Program(job, (results, turns), self._page).run(start, stdins),
            lambda pid, results, output, turns: Watch(self, pid, (results, output, turns), job, start).run(),
            cpu=cpu,
            keep=stdins.values(),
        )

    def fork(
        self,
        program: Callable[[int, int], NoReturn],
        watch: Callable[[int, int, int, int], int],
        *,
        cpu: int,
        keep: Iterable[int] = (),
    ) -> int:
        """Run something in a confined fork and watch it.

        Args:
            program: What the fork does, given where to write its results and where to read its turns.
            watch: What the server does meanwhile, given the fork, its results, its output, and where to write turns.
            cpu: CPU seconds after which the kernel ends the fork.
            keep: Further descriptors that the fork needs.

        Returns:
            What `watch` returns.
        """
        results, child_results = os.pipe()
        output, child_output = os.pipe()
        child_turns, turns = os.pipe()
        self._page[0] = 0
        pid = os.fork()
        if pid == 0:
            self._become_program(program, (child_results, child_turns), child_output, cpu, keep)
        for descriptor in (child_results, child_output, child_turns):
            os.close(descriptor)
        try:
            return watch(pid, results, output, turns)
        finally:
            for descriptor in (results, output, turns):
                os.close(descriptor)

    def _become_program(
        self,
        program: Callable[[int, int], NoReturn],
        pipes: tuple[int, int],
        output: int,
        cpu: int,
        kept: Iterable[int],
    ) -> NoReturn:
        try:
            os.dup2(output, 1)
            keep = {0, 1, 2, *pipes, *kept}
            last = max(keep | {self._requests, self._answers, output}) + 64
            for descriptor in range(3, last):
                if descriptor not in keep:
                    _close(descriptor)
            confine.die_with_parent()
            if self._machine is not None:
                confine.limit(self._memory, cpu)
                seccomp.program_filter(self._machine, os.getpid()).install()
            else:
                os.setsid()
                confine.limit(self._memory, cpu)
            gc.enable()
            program(*pipes)
        finally:
            os._exit(70)

    @property
    def page(self) -> mmap.mmap:
        """Memory shared with the process that runs now."""
        return self._page

    def pass_on(self, content: bytes) -> None:
        """Send what a process said about one candidate, unread."""
        frames.write(self._answers, b"A", content)

    @property
    def answers(self) -> int:
        """Descriptor of the answer pipe."""
        return self._answers

    def send(self, kind: bytes, content: bytes) -> None:
        """Send the host a frame."""
        frames.write(self._answers, kind, content)

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
            send_signal(-pid)
        send_signal(pid)
        _, status, usage = os.wait4(pid, 0)
        if self._machine is None:
            send_signal(-pid)
            _reap()
        return status, usage.ru_maxrss / 1024

    @property
    def memory_mb(self) -> float:
        """Address space a program may have, MiB."""
        return self._memory / (1 << 20)

    @property
    def requests(self) -> int:
        """Descriptor of the request pipe: it hangs up when nobody waits for the answer any more."""
        return self._requests

    def answer(self, header: dict[str, Any], output: bytes, body: bytes) -> None:
        """Send what one probe gave."""
        head = json.dumps({**header, "output": len(output)}).encode()
        frames.write(self._answers, b"P", struct.pack("=I", len(head)) + head + output + body)


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
