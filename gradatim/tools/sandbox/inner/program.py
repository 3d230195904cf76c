"""One process that runs a tested program: every probe in a fresh namespace, results as frames on a private pipe."""

from __future__ import annotations

import builtins
import io
import json
import linecache
import os
import signal
import sys
import threading
import types
from collections.abc import Callable
from typing import Any, NoReturn, cast

from . import frames
from .encode import Encoder, base_names, short_repr, type_name
from .trace import Tracer

MAX_TRACE = 20
MAX_MESSAGE = 2_000
NULL = 2
"""Descriptor of the null device: standard error goes there, and an empty standard input comes from there."""
LOADING, LOADED = 1, 2
"""What the page shared with the server says: the program is being loaded, or its probe's steps run."""
DEADLINE_SIGNAL = signal.SIGXCPU

_BUILTINS: dict[str, Any] = {}
_RECURSION_LIMIT = 1000
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "is": lambda a, b: a is b,
    "is not": lambda a, b: a is not b,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}


def remember_builtins() -> None:
    """Take the builtins as they are now for those that every probe finds."""
    _BUILTINS.update(vars(builtins))


def compile_error(error: BaseException, source: str) -> dict[str, Any]:
    """A SyntaxError (or what else the compiler raises) as data."""
    line = getattr(error, "lineno", None)
    if isinstance(error, UnicodeEncodeError):
        line = source.count("\n", 0, error.start) + 1
        error = SyntaxError(f"the program holds half a character (U+{ord(error.object[error.start]):04X})")
    elif "\0" in source and not line:
        line = source.count("\n", 0, source.index("\0")) + 1
        error = SyntaxError("the program holds a null byte")
    where = " (in the task's set-up code)" if getattr(error, "filename", None) == "<setup>" else ""
    return {
        "type": type_name(type(error)),
        "message": str(getattr(error, "msg", None) or error)[:MAX_MESSAGE] + where,
        "line": line if isinstance(line, int) and line > 0 else None,
    }


class Program:
    """The tested program within its process.

    Args:
        job: The request as it came.
        pipes: Descriptors that frames are written to, and that a byte is read from before each probe.
        page: Memory shared with the server; its first byte tells the phase.
    """

    def __init__(self, job: dict[str, Any], pipes: tuple[int, int], page: Any) -> None:
        self._job = job
        self._pipe, self._turns = pipes
        self._page = page
        self._filename: str = job["filename"]
        self._name = "__main__" if job["main"] else "submission"
        self._trace = bool(job["trace"])
        self._values: Tracer | None = None
        self._lines: set[int] = set()
        self._index = 0
        self._code: list[types.CodeType] = []

    def run(self, start: int, stdins: dict[int, int]) -> NoReturn:
        """Compile, run the probes from `start` on, and end the process."""
        try:
            signal.signal(DEADLINE_SIGNAL, self._deadline)
            if self._compile():
                for index in range(start, len(self._job["probes"])):
                    self._index = index
                    if not os.read(self._turns, 1) or self._probe(self._job["probes"][index], stdins.get(index)):
                        break
        finally:
            os._exit(0)

    def _send(self, kind: bytes, content: dict[str, Any]) -> None:
        frames.write(self._pipe, kind, json.dumps(content).encode())

    def _compile(self) -> bool:
        source: str = self._job["source"]
        try:
            self._code = [
                compile(self._job["setup"], "<setup>", "exec", dont_inherit=True),
                compile(source, self._filename, "exec", dont_inherit=True),
            ]
        except BaseException as error:  # noqa: BLE001 - the compiler meets hostile text here
            self._send(b"L", compile_error(error, source))
            return False
        linecache.cache[self._filename] = (len(source), None, source.splitlines(True), self._filename)
        self._send(b"C", {})
        return True

    def _probe(self, probe: dict[str, Any], stdin: int | None) -> bool:
        """Run one probe; tells whether it left something behind that later probes must not meet."""
        self._lines = set()
        _standard_streams(stdin)
        dirty = False
        module = types.ModuleType(self._name)
        sys.modules[self._name] = module
        values: list[Any] = []
        result: dict[str, Any] = {"values": values}
        if self._trace:
            self._values = Tracer(self._filename, self._name) if self._job["trace"] == "values" else None
            threading.settrace(self._tracer)
            sys.settrace(self._tracer)
        try:
            self._page[0] = LOADING
            self._load(module)
            self._page[0] = LOADED
            self._steps(probe["steps"], vars(module), values)
        except BaseException as error:  # noqa: BLE001 - whatever the program raises is the result
            sys.settrace(None)
            if not (self._job["main"] and type(error) is SystemExit):
                dirty = restore_interpreter()
                result["raised"] = self._raised(error, vars(module))
        sys.settrace(None)
        dirty |= restore_interpreter()
        if self._trace:
            result |= self._traced()
        _flush()
        if threading.active_count() > 1 or ("raised" in result and result["raised"]["fatal"]):
            dirty = True
        result["phase"] = self._page[0]
        self._send(b"T" if dirty else b"R", {"index": self._index, **result})
        if not dirty:
            vars(module).clear()
        return dirty

    def _load(self, module: types.ModuleType) -> None:
        for code in self._code:
            exec(code, vars(module))
        if self._job["main"]:
            for thread in threading.enumerate():
                if thread is not threading.current_thread() and not thread.daemon:
                    thread.join()

    def _steps(self, steps: list[dict[str, Any]], namespace: dict[str, Any], values: list[Any]) -> None:
        kept: list[Any] = []
        for step in steps:
            try:
                values.append(self._step(step, namespace, kept))
            except Exception as error:
                if not step.get("catch") or isinstance(error, MemoryError):
                    raise
                kept.append(error)
                sys.settrace(None)
                values.append({"raised": self._raised(error, namespace)})
                if self._trace:
                    sys.settrace(self._tracer)

    def _step(self, step: dict[str, Any], namespace: dict[str, Any], kept: list[Any]) -> Any:
        kind = step["kind"]
        if kind == "exec":
            exec(compile(step["source"], "<test>", "exec", dont_inherit=True), namespace)
            kept.append(None)
            return None
        if kind == "compare":
            value = _OPERATORS[step["source"]](kept[step["left"]], kept[step["right"]])
        else:
            value = eval(compile(step["source"].strip(), "<test>", "eval", dont_inherit=True), namespace)
        kept.append(value)
        encoded: dict[str, Any] = {"value": self._encoded(value)}
        if step.get("truth"):
            encoded["truth"] = bool(value)
        return encoded

    def _encoded(self, value: Any) -> Any:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
        try:
            return Encoder().encode(value)
        finally:
            sys.setrecursionlimit(limit)

    @property
    def _tracer(self) -> Any:
        return self._global_trace if self._values is None else self._values.enter

    def _traced(self) -> dict[str, Any]:
        """What was recorded of the present probe."""
        if self._values is None:
            return {"lines": sorted(self._lines)}
        return {"lines": sorted(self._values.hits), "trace": self._values.told()}

    def _global_trace(self, frame: types.FrameType, event: str, argument: Any) -> Any:
        return self._line_trace if frame.f_code.co_filename == self._filename else None

    def _line_trace(self, frame: types.FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            self._lines.add(frame.f_lineno)
        return self._line_trace

    def _raised(self, error: BaseException, namespace: dict[str, Any]) -> dict[str, Any]:
        kind = type(error)
        lines: list[int] = []
        function: str | None = None
        step = error.__traceback__
        while step is not None:
            if step.tb_frame.f_code.co_filename == self._filename:
                lines.append(step.tb_lineno)
                function = step.tb_frame.f_code.co_name
            step = step.tb_next
        fact: dict[str, Any] = {
            "type": type_name(kind),
            "builtin": [n for n, b in zip(base_names(kind), kind.__mro__, strict=False) if b is _BUILTINS.get(n)],
            "names": [*base_names(kind), f"{kind.__module__}.{kind.__qualname__}"],
            "message": _message(error),
            "line": lines[-1] if lines else None,
            "lines": _shortened(lines),
            "function": None if function in (None, "<module>") else function,
            "fatal": isinstance(error, MemoryError),
        }
        if isinstance(error, SyntaxError) and error.filename == "<test>":
            fact["message"] = f"{fact['message']} (in the test itself)"
        if isinstance(error, NameError) and not lines:
            fact["defined"] = [name for name in namespace if not name.startswith("_")][:50]
        return fact

    def _deadline(self, number: int, frame: types.FrameType | None) -> None:
        """The server says that time is up: tell where the program stands, and end."""
        sys.settrace(None)
        where: list[int] = []
        while frame is not None:
            if frame.f_code.co_filename == self._filename:
                where.append(frame.f_lineno)
            frame = frame.f_back
        restore_interpreter()
        _flush()
        told = self._traced() if self._trace else {}
        self._send(b"W", {"index": self._index, "where": _shortened(where[::-1]), **told})
        os._exit(0)


def _shortened(lines: list[int]) -> list[int]:
    """At most `MAX_TRACE` lines: both ends of a long trace."""
    half = MAX_TRACE // 2
    return lines if len(lines) <= MAX_TRACE else lines[:half] + lines[-half:]


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException as other:  # noqa: BLE001 - the tested program's own code runs here
        return f"<str() of the exception raises {type_name(type(other))}>"
    if isinstance(error, SyntaxError):
        text = str(error.msg)
    elif isinstance(error, KeyError) and len(error.args) == 1:
        text = short_repr(error.args[0])
    return str.__str__(text)[:MAX_MESSAGE]


def _standard_streams(stdin: int | None) -> None:
    """Fresh streams on the real descriptors, so that buffered text of another probe cannot turn up here."""
    os.dup2(NULL if stdin is None else stdin, 0)
    os.lseek(0, 0, os.SEEK_SET)
    sys.stdin = io.TextIOWrapper(
        io.BufferedReader(io.FileIO(0, "rb", closefd=False)), encoding="utf-8", errors="surrogateescape"
    )
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(1, "wb", closefd=False)), encoding="utf-8", errors="surrogatepass"
    )
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(2, "wb", closefd=False)), encoding="utf-8", errors="backslashreplace"
    )
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # pyright: ignore[reportConstantRedefinition]


def _flush() -> None:
    for stream in {id(stream): stream for stream in (sys.stdout, sys.__stdout__)}.values():
        try:
            cast(Any, stream).flush()
        except BaseException:  # noqa: BLE001 - the program may have put anything there, or have closed it
            continue


def restore_interpreter() -> bool:
    """Undo what a program may have changed in the interpreter; tells whether anything was changed.

    Looks nothing up among the builtins before they are back.
    """
    present = builtins.__dict__
    changed = present.__len__() != _BUILTINS.__len__()
    for name in _BUILTINS:
        if present.get(name) is not _BUILTINS[name]:
            changed = True
    if changed:
        present.clear()
        present.update(_BUILTINS)
    sys.setrecursionlimit(_RECURSION_LIMIT)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return changed
