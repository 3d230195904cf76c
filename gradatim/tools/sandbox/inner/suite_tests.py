"""The tests' process of a suite: runs a unittest or pytest module and tells what became of each test.

Findings go to the host on a pipe that the student's process does not have. Before each test this process waits for
its turn, so that time and output belong to one test.
"""

from __future__ import annotations

import ast
import io
import json
import linecache
import os
import signal
import sys
import types
import unittest
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn, Protocol

from . import frames
from .encode import without_addresses
from .program import DEADLINE_SIGNAL, NULL
from .suite_pack import Pack
from .suite_proxy import FACT, MODULE, Tests

FILE = "/tests.py"
"""What the test module is called in tracebacks."""
_LONGEST = 2_000


class Finding:
    """What one test came to."""

    def __init__(self) -> None:
        self.status = "passed"
        self.data: dict[str, Any] = {}

    def note(self, status: str, error: BaseException | None = None, message: str | None = None) -> None:
        """Take in what one of its runs (parameters, subtests, set-up) came to: the first that is not good counts."""
        if self.status not in ("passed", "skipped") or (self.status == "skipped" and status == "passed"):
            return
        self.status = status
        self.data = {} if error is None else described(error, message)
        if error is None and message is not None:
            self.data = {"message": message[:_LONGEST]}


def described(error: BaseException, message: str | None = None) -> dict[str, Any]:
    """An exception of a test as data; with what the student's process said where it comes from there."""
    lines: list[int] = []
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == FILE:
            lines.append(step.tb_lineno)
        step = step.tb_next
    fact = getattr(error, "__dict__", {}).get(FACT)
    return {
        "type": type(error).__name__,
        "message": without_addresses(_text(error) if message is None else message)[:_LONGEST],
        "line": lines[-1] if lines else None,
        "fact": fact if isinstance(fact, dict) and "type" in fact else None,
        "missing": _missing(error),
    }


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - asks the student's process
        return ""


def _missing(error: BaseException) -> str | None:
    """The name that the tests look for in the student's program in vain."""
    if isinstance(error, ImportError) and error.name == MODULE and "cannot import name" in str(error):
        return str(error).split("'")[1]
    return None


class Runner(Protocol):
    """Runs the tests of a module with one framework."""

    def names(self) -> Iterable[str]:
        """The tests there are: `test_name` or `TestClass.test_name`."""
        ...

    def run(self, name: str, finding: Finding) -> None:
        """Run one of them."""
        ...


class UnittestRunner:
    """Tests of a module in the way of `unittest`; class and module fixtures are made anew for each test."""

    def __init__(self, module: types.ModuleType) -> None:
        self._tests: dict[str, unittest.TestCase] = {}
        for test in _flat(unittest.TestLoader().loadTestsFromModule(module)):
            name = f"{type(test).__name__}.{test._testMethodName}"  # pyright: ignore[reportPrivateUsage]
            self._tests.setdefault(name, test)

    def names(self) -> Iterable[str]:
        return self._tests

    def run(self, name: str, finding: Finding) -> None:
        unittest.TestSuite([self._tests[name]]).run(_Result(finding))


def _flat(suite: Any) -> Iterator[unittest.TestCase]:
    for part in suite:
        if isinstance(part, unittest.TestSuite):
            yield from _flat(part)
        else:
            yield part


class _Result(unittest.TestResult):
    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self._finding = finding

    def addError(self, test: Any, err: Any) -> None:
        self._finding.note("error", err[1])

    def addFailure(self, test: Any, err: Any) -> None:
        self._finding.note("failed", err[1])

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        if err is not None:
            status = "failed" if issubclass(err[0], test.failureException) else "error"
            case = subtest._subDescription()
            self._finding.note(status, err[1], f"{_text(err[1])} {case}")

    def addSkip(self, test: Any, reason: str) -> None:
        self._finding.note("skipped", message=reason)

    def addUnexpectedSuccess(self, test: Any) -> None:
        self._finding.note("failed", message="was expected to fail, but passed")


def described_finding(finding: Finding) -> dict[str, Any]:
    """A finding as data: an exception of the student's program is an error, whatever its class."""
    status = finding.status
    if status in ("failed", "error") and finding.data.get("fact") is not None:
        status = "error"
    return {"status": status, **finding.data}


def run(
    job: dict[str, Any], results: int, turns: int, pipes: tuple[int, int], host: tuple[int, int], pack: Any
) -> NoReturn:
    """Be the tests' process.

    Args:
        job: The request: `runner`, and `start`, the first test to run.
        results: Descriptor for telling the server how far things are.
        turns: Descriptor from which a byte comes before each test.
        pipes: Descriptors from and to the student's process.
        host: Descriptors from which the tests are read, and to which findings go.
        pack: Modules of pytest, where the runner needs them.
    """
    try:
        signal.signal(DEADLINE_SIGNAL, signal.SIG_DFL)
        _streams()
        private = _read_private(host[0])
        os.close(host[0])
        frames.write(results, b"G", b"")
        source: str = private["tests"]
        job = {**job, **private, "findings": host[1]}
        tests = Tests(pipes, _names(source))
        tests.install()
        linecache.cache[FILE] = (len(source), None, source.splitlines(True), FILE)
        try:
            _with_runner(job, source, pack, lambda runner: _in_turns(runner, job, results, turns))
        except BaseException as error:  # noqa: BLE001 - whatever the module raises when it is loaded
            _send(host[1], b"F", {"finding": {"index": job["start"], **described(error)}})
            _send(results, b"N", {})
    finally:
        os._exit(0)


def _read_private(descriptor: int) -> dict[str, Any]:
    """The frame that the host meant for this process alone."""
    data = bytearray()
    wanted = frames.HEADER.size
    while len(data) < wanted:
        piece = os.read(descriptor, min(wanted - len(data), 1 << 20))
        if not piece:
            os._exit(0)
        data += piece
        if len(data) == frames.HEADER.size == wanted:
            wanted += frames.HEADER.unpack(data)[1]
    return json.loads(data[frames.HEADER.size :])


def _in_turns(runner: Runner, job: dict[str, Any], results: int, turns: int) -> None:
    """Run the wanted tests one after the other, each when its turn has come."""
    known = set(runner.names())
    _send(results, b"C", {})
    for index in range(job["start"], len(job["names"])):
        if not os.read(turns, 1):
            return
        name = job["names"][index]
        finding = Finding()
        if name in known:
            _guarded(runner, name, finding)
        else:
            finding.note("absent", message=name)
        _flush()
        _send(job["findings"], b"F", {"finding": {"index": index, **described_finding(finding)}})
        _send(results, b"R", {"index": index})


def _guarded(runner: Runner, name: str, finding: Finding) -> None:
    try:
        runner.run(name, finding)
    except BaseException as error:  # noqa: BLE001 - what stops the framework itself ends only this test
        finding.note("error", error)


def _with_runner(job: dict[str, Any], source: str, pack: Any, then: Callable[[Runner], None]) -> None:
    """Load the test module and let `then` run its tests.

    Raises:
        BaseException: What the module raises.
    """
    if job["runner"] == "unittest":
        then(UnittestRunner(_module(compile(source, FILE, "exec", dont_inherit=True))))
        return
    sys.meta_path.insert(0, Pack(pack["modules"], frozenset(pack["absent"])))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    from .suite_pytest import PytestRunner  # there is no pytest before the pack is in place

    PytestRunner(source, FILE).drive(then)


def _module(code: types.CodeType) -> types.ModuleType:
    module = types.ModuleType("tests")
    module.__file__ = FILE
    sys.modules["tests"] = module
    exec(code, vars(module))
    return module


def _names(source: str) -> frozenset[str]:
    """Every name that the test file writes out: what the tests know of the student's program."""
    found: set[str] = set()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias):
            found.add(node.name)
    return frozenset(found)


def _streams() -> None:
    """Standard streams that say nothing on their own: what the program prints it prints in its own process."""
    for descriptor in (0, 1):
        os.dup2(NULL, descriptor)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "rb", closefd=False)), encoding="utf-8")
    sys.stdout = _writer(1)
    sys.stderr = _writer(2)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # pyright: ignore[reportConstantRedefinition]


def _writer(descriptor: int) -> io.TextIOWrapper:
    raw = io.BufferedWriter(io.FileIO(descriptor, "wb", closefd=False))
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace")


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def _send(descriptor: int, kind: bytes, data: dict[str, Any]) -> None:
    frames.write(descriptor, kind, json.dumps(data).encode())
