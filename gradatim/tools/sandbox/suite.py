"""A test module run on a program: what goes into a sandbox, and what comes out."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from gradatim.tools.sandbox.job import LoadError, Raised
from gradatim.tools.sandbox.values import printable

Runner = Literal["unittest", "pytest"]
SuiteStatus = Literal[
    "passed", "failed", "error", "skipped", "absent", "not-loaded", "timeout", "memory", "output-limit", "crashed",
    "not-run",
]  # fmt: skip
"""`failed`: an assertion of the test. `error`: an exception. `absent`: the module has no such test. `not-loaded`: the
module itself raised an exception."""

_LENGTH = struct.Struct("=I")
_FROM_TESTS = b'{"finding": '
_FINDINGS = ("passed", "failed", "error", "skipped", "absent")


@dataclass(frozen=True, slots=True)
class Pack:
    """Modules that the tests' process can import beside the standard library.

    Attributes:
        name: The same for the same modules.
        modules: Name → whether it is a package, and its marshalled code.
        absent: Packages that others import for looks only.
    """

    name: str
    modules: Mapping[str, tuple[bool, bytes]]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suite:
    """A program and a module of tests, each for a process of its own.

    Attributes:
        source: The program, which the tests import as `submission`.
        tests: Source of the test module.
        names: Tests to run: `test_name` or `TestClass.test_name`.
        timeouts: Seconds of CPU, and of waiting, for each.
        pack: Where pytest comes from, for `runner="pytest"`.
        setup: Code that runs before the program, in the same namespace.
        give_up: After how many tests that had to be stopped or crashed the others are not run any more.
    """

    source: str
    tests: str
    names: tuple[str, ...]
    timeouts: tuple[float, ...]
    runner: Runner = "unittest"
    pack: Pack | None = None
    setup: str = ""
    filename: str = "submission.py"
    give_up: int | None = None


@dataclass(frozen=True, slots=True)
class SuiteFinding:
    """What one test of a module came to."""

    status: SuiteStatus
    type: str = ""
    """Class of the exception that ended the test."""
    message: str = ""
    """Of the assertion or exception, or why the test was skipped."""
    line: int | None = None
    """Line of the test module."""
    raised: Raised | None = None
    """The exception, where it came from the program."""
    missing: str | None = None
    """The name that the module imports from the program, which has it not."""
    by_tests: bool = False
    """Whether it was the tests' own process that crashed."""
    stdout: str = ""
    seconds: float = 0.0
    signal: int | None = None
    exit_code: int | None = None
    where: tuple[int, ...] = ()
    """After a timeout: lines of the program that were being executed, outermost first."""


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """One finding for each test, or a load error and none."""

    findings: tuple[SuiteFinding, ...] = ()
    load_error: LoadError | None = None
    seconds: float = field(default=0.0, compare=False)


def request(suite: Suite, *, with_pack: bool) -> dict[str, Any]:
    """What a server is told of a suite: nothing of its tests but how many there are.

    Args:
        suite: What to run.
        with_pack: Whether to send its pack along rather than only name it.
    """
    data: dict[str, Any] = {
        "source": suite.source.removeprefix("\ufeff"),
        "timeouts": suite.timeouts,
        "runner": suite.runner,
        "setup": suite.setup,
        "filename": suite.filename,
        "give_up": suite.give_up,
        "pack": None if suite.pack is None else suite.pack.name,
    }
    if with_pack and suite.pack is not None:
        data["modules"] = {
            name: (package, base64.b64encode(code).decode()) for name, (package, code) in suite.pack.modules.items()
        }
        data["absent"] = suite.pack.absent
    return {"suite": data}


def private(suite: Suite) -> dict[str, Any]:
    """What goes straight to the tests' process: the tests, and which of them to run."""
    return {"tests": suite.tests.removeprefix("\ufeff"), "names": suite.names}


def needs_pack(answers: Sequence[bytes]) -> bool:
    """Whether a server asks for the suite's pack."""
    return any(
        _head(content)[0]["status"] == "needs-pack" for content in answers if not content.startswith(_FROM_TESTS)
    )


def result(answers: Sequence[bytes], suite: Suite, seconds: float) -> SuiteResult:
    """The findings that frames stand for: the tests' process says what it found, then the server how the test ended."""
    found: dict[int, SuiteFinding] = {}
    said: dict[str, Any] = {}
    for content in answers:
        if content.startswith(_FROM_TESTS):
            said = json.loads(content)
            continue
        head, rest = _head(content)
        output, body = rest[: head["output"]], rest[head["output"] :]
        if head["status"] == "not-compiled":
            return SuiteResult((), _load_error(body), seconds)
        stdout = printable(output.decode("utf-8", "backslashreplace"))
        try:
            found[head["index"]] = _finding(head, stdout, said.get("finding") or {}, json.loads(body) if body else {})
        except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
            found[head["index"]] = SuiteFinding("crashed", stdout=stdout, seconds=float(head["seconds"]))
    missing = SuiteFinding("not-run" if suite.give_up is not None else "crashed")
    return SuiteResult(tuple(found.get(index, missing) for index in range(len(suite.names))), None, seconds)


def _head(content: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = _LENGTH.unpack_from(content)
    return json.loads(content[_LENGTH.size : _LENGTH.size + length]), content[_LENGTH.size + length :]


def _load_error(body: bytes) -> LoadError:
    try:
        data = json.loads(body)
        line = data["line"]
        kind, message = (printable(str(data[key])[:2_000]) for key in ("type", "message"))
        return LoadError(kind, message, line if isinstance(line, int) and line > 0 else None)
    except (TypeError, ValueError, KeyError, RecursionError):
        return LoadError("crashed")


def _finding(head: dict[str, Any], stdout: str, data: dict[str, Any], told: dict[str, Any]) -> SuiteFinding:
    status = head["status"]
    common: dict[str, Any] = {"stdout": stdout, "seconds": float(head["seconds"])}
    if status == "not-loaded":
        return SuiteFinding("not-loaded", **_described(data), **common)
    if status == "ran":
        if data["index"] != head["index"]:
            raise ValueError("a finding for another test")
        known = data["status"] in _FINDINGS
        return SuiteFinding(data["status"] if known else "crashed", **_described(data), **common)
    return SuiteFinding(
        status,
        by_tests=head.get("who") == "tests",
        signal=head.get("signal"),
        exit_code=head.get("code"),
        where=_lines(told.get("where") or ()),
        **common,
    )


def _described(data: dict[str, Any]) -> dict[str, Any]:
    fact = data.get("fact")
    line = data.get("line")
    return {
        "type": printable(str(data.get("type") or "")[:200]),
        "message": printable(str(data.get("message") or "")[:2_000]),
        "line": line if isinstance(line, int) and line > 0 else None,
        "raised": _raised(fact) if isinstance(fact, dict) else None,
        "missing": printable(str(data["missing"])) if data.get("missing") else None,
    }


def _raised(fact: Any) -> Raised:
    line = fact["line"]
    return Raised(
        printable(str(fact["type"])[:200]),
        printable(str(fact["message"])[:2_000]),
        frozenset(map(str, fact["names"])),
        frozenset(map(str, fact["builtin"])),
        line if isinstance(line, int) and line > 0 else None,
        _lines(fact["lines"])[:20],
        None if fact["function"] is None else printable(str(fact["function"])[:200]),
    )


def _lines(values: Any) -> tuple[int, ...]:
    return tuple(value for value in values if isinstance(value, int) and value > 0)
