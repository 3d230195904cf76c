"""Many candidates of one program in one process: each is loaded and probed in turn, and its values sent out as text.

What a batch answers is a hint where to look further, never a verdict: candidates share a process, so one that goes
out of its way could speak for those after it. Whatever is shown to anybody is run again on its own.

The page shared with the server tells which candidate runs (`WHERE`), so that the next fork can go on behind one that
had to be ended.
"""

from __future__ import annotations

import builtins
import io
import json
import os
import select
import signal
import struct
import sys
import threading
import time
import types
import warnings
from typing import TYPE_CHECKING, Any, NoReturn

from . import frames
from .clock import IDLE_WINDOWS, PROGRESS, WINDOW, cpu_seconds
from .encode import Encoder, TooLarge, base_names, type_name
from .program import restore_interpreter
from .watch import LARGEST_RESULT

if TYPE_CHECKING:
    from .serve import Server

WHERE = struct.Struct("=xxxxI")
"""Place of the present candidate's number in the shared page."""
LATE_TESTS = 2
"""Tests of one candidate that may run out of time before it is abandoned."""
ALARMS = 3
"""Times that a test may swallow the end of its time before its process is given up."""
GRACE_SECONDS = 0.3
"""CPU seconds that a candidate may take beyond the time of its tests (to compile) before it is ended from outside."""
FLUSH_CANDIDATES = 32
FLUSH_SECONDS = 0.02
MAX_MESSAGE = 200
LATE, NOT_COMPILED, STOPPED, UNFINISHED = "late", "not-compiled", "stopped", "unfinished"
"""What stands in place of values: a test ran out of time; a candidate that cannot be compiled, that ended its process
or had to be ended; one that the batch's time did not reach."""


class TimeUp(BaseException):
    """The CPU time of one test is over."""


class _SmallEncoder(Encoder):
    """Encodes values up to a size that the host chose."""

    def __init__(self, nodes: int) -> None:
        super().__init__()
        self._nodes = self._hashed = nodes
        self._characters = 20 * nodes


class _Output(io.BytesIO):
    """What a test prints, up to a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._left = limit

    def write(self, data: Any, /) -> int:
        self._left -= len(data)
        if self._left < 0:
            raise TooLarge("printed too much")
        return super().write(data)


class Batch:
    """The candidates within their process.

    Args:
        job: The request as it came: `sources`, `setup`, `main`, `filename`, `probes` (their `timeout` is CPU seconds of
            each test), `nodes` (largest value), `seconds` (of the whole batch).
        pipe: Descriptor that frames are written to.
        page: Memory shared with the server.
        guilty: Candidates that brought another process to its end; they are not run again.
    """

    def __init__(self, job: dict[str, Any], pipe: int, page: Any, guilty: frozenset[int]) -> None:
        self._job = job
        self._guilty = guilty
        self._pipe = pipe
        self._page = page
        self._name = "__main__" if job["main"] else "submission"
        self._setup: types.CodeType | None = None
        self._steps: list[list[tuple[dict[str, Any], types.CodeType]]] = []
        self._nodes: int = job["nodes"]
        self._buffer = bytearray()
        self._waiting = 0
        self._flushed = time.monotonic()
        self._index = 0
        self._armed = False
        self._alarms = 0
        self._unused: tuple[io.TextIOWrapper, _Output] | None = None
        self._input: io.TextIOWrapper | None = None

    def run(self, start: int, until: float) -> NoReturn:
        """Run the candidates from `start` on, and end the process.

        Args:
            start: Number of the first one.
            until: Monotonic time at which no further one is begun.
        """
        try:
            warnings.simplefilter("ignore")
            self._setup = self._compiled_setup()
            self._steps = [[_compiled(step) for step in probe["steps"]] for probe in self._job["probes"]]
            sources: list[str] = self._job["sources"]
            for index in range(start, len(sources)):
                if time.monotonic() >= until:
                    break
                self._index = index
                WHERE.pack_into(self._page, 0, index)
                self._report(STOPPED if index in self._guilty else self._candidate(sources[index]))
                if threading.active_count() > 1:
                    break
            self._flush()
        finally:
            os._exit(0)

    def _compiled_setup(self) -> types.CodeType | None:
        """The set-up code; `None` where it is no Python, and then no candidate can be run."""
        try:
            return compile(self._job["setup"], "<setup>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    def _report(self, answers: list[str] | str) -> None:
        content = json.dumps([self._index, answers]).encode()
        self._buffer += frames.HEADER.pack(b"A", len(content)) + content
        self._waiting += 1
        if self._waiting >= FLUSH_CANDIDATES or time.monotonic() - self._flushed > FLUSH_SECONDS:
            self._flush()

    def _flush(self) -> None:
        rest = memoryview(bytes(self._buffer))
        self._buffer.clear()
        while rest:
            rest = rest[os.write(self._pipe, rest) :]
        self._waiting = 0
        self._flushed = time.monotonic()

    def _candidate(self, source: str) -> list[str] | str:
        if self._setup is None:
            return NOT_COMPILED
        signal.signal(signal.SIGPROF, self._alarm)
        try:
            code = compile(source, self._job["filename"], "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            return NOT_COMPILED
        answers: list[str] = []
        late = 0
        for probe, steps in zip(self._job["probes"], self._steps, strict=True):
            answer = self._guarded((self._setup, code), probe, steps)
            answers.append(answer)
            late += answer == LATE
            if late >= LATE_TESTS:
                break
        restore_interpreter()
        return answers

    def _guarded(self, code: tuple[types.CodeType, ...], probe: dict[str, Any], steps: Any) -> str:
        """One test; its timer may strike until the very end, so that end has a guard of its own."""
        try:
            return self._test(code, probe, steps)
        except TimeUp:
            self._armed = False
            self._unused = None
            return LATE
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _test(self, code: tuple[types.CodeType, ...], probe: dict[str, Any], steps: Any) -> str:
        module = types.ModuleType(self._name)
        sys.modules[self._name] = module
        out, printed = self._streams(probe["stdin"])
        values: list[Any] = []
        result: dict[str, Any] = {"values": values, "phase": 1}
        namespace = vars(module)
        try:
            self._alarms = 0
            self._armed = True
            signal.setitimer(signal.ITIMER_PROF, probe["timeout"], probe["timeout"])
            for part in code:
                exec(part, namespace)
            result["phase"] = 2
            self._do(steps, namespace, values)
            self._armed = False
        except TimeUp:
            self._armed = False
            self._unused = None
            return LATE
        except BaseException as error:  # noqa: BLE001 - whatever the program raises is the result
            self._armed = False
            if not (self._job["main"] and type(error) is SystemExit):
                result["raised"] = _raised(error, self._job["filename"])
            if isinstance(error, MemoryError):
                restore_interpreter()
                self._report(STOPPED)
                self._flush()
                os._exit(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        try:
            out.flush()
            text = printed.getvalue()
            if text:
                self._unused = None
        except (TooLarge, ValueError):  # printed too much, or closed it
            text, self._unused = b"", None
            result.setdefault("raised", {"type": "OSError", "names": [], "builtin": [], "message": "", "line": None})
        result["out"] = text.decode("utf-8", "backslashreplace")
        namespace.clear()
        return json.dumps(result)

    def _streams(self, stdin: str) -> tuple[io.TextIOWrapper, _Output]:
        """Standard input and output for one test; those of the test before where it used neither."""
        if self._unused is None or stdin or self._input is None or self._input.closed or self._unused[0].closed:
            printed = _Output(self._job["output_limit"])
            self._unused = io.TextIOWrapper(printed, encoding="utf-8", errors="surrogatepass", newline="\n"), printed
            self._input = io.TextIOWrapper(
                io.BytesIO(stdin.encode("utf-8", "surrogatepass")), encoding="utf-8", errors="surrogateescape"
            )
        unused = self._unused
        if stdin:
            self._unused = None
        sys.stdin = sys.__stdin__ = self._input  # pyright: ignore[reportConstantRedefinition]
        sys.stdout = sys.__stdout__ = unused[0]  # pyright: ignore[reportConstantRedefinition]
        return unused

    def _do(self, steps: list[tuple[dict[str, Any], types.CodeType]], namespace: Any, values: list[Any]) -> None:
        kept: list[Any] = []
        for step, code in steps:
            try:
                if step["kind"] == "exec":
                    exec(code, namespace)
                    kept.append(None)
                    values.append(None)
                    continue
                value = eval(code, {"kept": kept} if step["kind"] == "compare" else namespace)
                kept.append(value)
                encoded: dict[str, Any] = {"value": _SmallEncoder(self._nodes).encode(value)}
                if step["truth"]:
                    encoded["truth"] = bool(value)
                values.append(encoded)
            except Exception as error:
                if not step["catch"] or isinstance(error, MemoryError):
                    raise
                kept.append(error)
                values.append({"raised": _raised(error, self._job["filename"])})

    def _alarm(self, number: int, frame: types.FrameType | None) -> None:
        """The test's CPU time is over; one that swallows this again and again takes its process with it."""
        if not self._armed:
            return
        self._alarms += 1
        if self._alarms > ALARMS:
            restore_interpreter()
            self._report(STOPPED)
            self._flush()
            os._exit(0)
        raise TimeUp


def _compiled(step: dict[str, Any]) -> tuple[dict[str, Any], types.CodeType]:
    """A step with its code, compiled once for all candidates; one that cannot be compiled raises when it is run."""
    source: str = step["source"]
    mode = "exec" if step["kind"] == "exec" else "eval"
    if step["kind"] == "compare":
        source = f"kept[{step['left']}] {source} kept[{step['right']}]"
    try:
        return step, compile(source.strip() if mode == "eval" else source, "<test>", mode, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return step, compile("raise SyntaxError('the test')", "<test>", "exec", dont_inherit=True)


def _raised(error: BaseException, filename: str) -> dict[str, Any]:
    kind = type(error)
    lines: list[int] = []
    step = error.__traceback__
    while step is not None and len(lines) < 30:
        if step.tb_frame.f_code.co_filename == filename:
            lines.append(step.tb_lineno)
        step = step.tb_next
    builtin = builtins.__dict__
    try:
        message = str.__str__(str(error))[:MAX_MESSAGE]
    except Exception:  # noqa: BLE001 - the tested program's own code runs here
        message = ""
    return {
        "type": type_name(kind),
        "builtin": [n for n, b in zip(base_names(kind), kind.__mro__, strict=False) if b is builtin.get(n)],
        "names": [*base_names(kind), f"{kind.__module__}.{kind.__qualname__}"],
        "message": message,
        "line": lines[-1] if lines else None,
        "lines": lines[:20],
        "function": None,
    }


class BatchWatch:
    """Watches a process that runs a batch: passes its answers on, drains its output, and ends it when it hangs.

    Args:
        server: Whose child it is.
        pid: The process.
        pipes: Its answers and its output.
        job: The request.
        start: The first candidate of this process.
        until: Monotonic time at which the batch has to be over.
    """

    def __init__(
        self, server: Server, pid: int, pipes: tuple[int, int], job: dict[str, Any], start: int, until: float
    ) -> None:
        self._server = server
        self._pid = pid
        self._answers, self._output = pipes
        self._next = start
        self._last = len(job["sources"])
        self._until = until
        self._allowed = GRACE_SECONDS + (ALARMS + 1) * LATE_TESTS * max(probe["timeout"] for probe in job["probes"])
        self._frames = frames.FrameBuffer(LARGEST_RESULT)
        self._at = start
        self._began = self._looked = cpu_seconds(pid)
        self._idle = 0
        self.guilty: int | None = None
        """The candidate in which the process ended or had to be ended."""

    def run(self) -> int:
        """Until the process ends or has to be ended; returns the first candidate that is left for another fork."""
        for descriptor in (self._answers, self._output):
            os.set_blocking(descriptor, False)
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        poll.register(self._output, select.POLLIN)
        poll.register(self._server.requests, 0)
        look = time.monotonic() + WINDOW
        while True:
            ready = dict(poll.poll(max(0.0, look - time.monotonic()) * 1000))
            if self._server.requests in ready:
                self._server.kill(self._pid)
                os._exit(0)
            if self._output in ready and not _drain(self._output):
                poll.unregister(self._output)
            if self._answers in ready and not self._take():
                return self._end()
            if self._next >= self._last:
                return self._end()
            if time.monotonic() >= look:
                look = time.monotonic() + WINDOW
                if self._hangs():
                    return self._end()

    def _take(self) -> bool:
        """Pass on what the process says; False once it has ended or speaks nonsense."""
        try:
            data = os.read(self._answers, 1 << 20)
        except BlockingIOError:
            return True
        self._frames.feed(data)
        try:
            while (frame := self._frames.take()) is not None:
                index = int(frame[1][1:12].split(b",", 1)[0])
                if index != self._next:
                    return False
                self._server.pass_on(frame[1])
                self._next += 1
        except (frames.FrameTooLarge, ValueError):
            return False
        return bool(data)

    def _present(self) -> int:
        """The candidate that the process is at, by its own account."""
        return min(WHERE.unpack_from(self._server.page, 0)[0], self._last - 1)

    def _hangs(self) -> bool:
        """Whether one candidate takes too long: it computes without hearing its timer, or it sleeps."""
        at = self._present()
        try:
            now = cpu_seconds(self._pid)
        except OSError:
            return False
        if at != self._at:
            self._at, self._began, self._idle = at, now, 0
        else:
            self._idle = self._idle + 1 if now - self._looked < PROGRESS else 0
        self._looked = now
        return now - self._began > self._allowed or self._idle > IDLE_WINDOWS or time.monotonic() > self._until + 1.0

    def _end(self) -> int:
        """End the process. What it had not yet told is run again, but for the candidate that it ended in."""
        self._server.kill(self._pid)
        present = self._present()
        if present >= self._next:
            self.guilty = present
        return self._next


def _drain(descriptor: int) -> bool:
    try:
        return bool(os.read(descriptor, 1 << 20))
    except BlockingIOError:
        return True


def run_batch(server: Server, job: dict[str, Any]) -> None:
    """Run a batch in as many forks as it takes, until all candidates are done or the batch's time is over."""
    until = time.monotonic() + job["seconds"]
    guilty: set[int] = set()
    start = 0
    while start < len(job["sources"]) and time.monotonic() < until:
        start = _run_fork(server, job, start, until, guilty)


def _run_fork(server: Server, job: dict[str, Any], start: int, until: float, guilty: set[int]) -> int:
    """Run candidates in one fork from `start` on; returns the first one that is left, and adds to the guilty ones."""
    WHERE.pack_into(server.page, 0, start)
    known = frozenset(guilty)

    def watch(pid: int, answers: int, output: int, turns: int) -> int:
        watching = BatchWatch(server, pid, (answers, output), job, start, until)
        following = watching.run()
        if watching.guilty is not None:
            guilty.add(watching.guilty)
        return following

    return server.fork(
        lambda answers, turns: Batch(job, answers, server.page, known).run(start, until),
        watch,
        cpu=int(job["seconds"]) + 2,
    )
