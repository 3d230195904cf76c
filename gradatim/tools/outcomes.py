"""From what the sandbox saw to what a person reads: status and one sentence for each test."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Sequence
from typing import Any

from gradatim.domain import ExceptionFact, Outcome, OutcomeStatus, Task, TestCase
from gradatim.tools.assertion import ParsedCheck
from gradatim.tools.judgement import Judge, LiveRaised, NotReached
from gradatim.tools.sandbox.job import LoadError, ProbeResult, Raised, StepValue
from gradatim.tools.sandbox.values import Opaque, Value, equal, literal, shorten

MAX_STDOUT = 2_000
_SHORT = 200
_COMPILER: dict[str, OutcomeStatus] = {"timeout": "timeout", "memory": "memory", "crashed": "crashed"}


def judge_call(case: TestCase, task: Task, probe: ProbeResult) -> Outcome:
    """A call: its value against a literal, or the exception it has to raise."""
    if probe.status == "raised" and probe.raised is not None:
        if case.raises is not None and probe.loaded and probe.raised.is_a(case.raises):
            return _outcome(case, probe, "passed", expected=case.raises, actual=probe.raised.type)
        return _raised(case, task, probe, probe.raised, expected=case.raises or case.expect)
    if probe.status != "ok":
        return _stopped(case, probe, expected=case.raises or case.expect)
    value = probe.value
    if case.raises is not None:
        detail = f"expected {case.raises}, but nothing was raised and {_short(value)} came back"
        return _outcome(case, probe, "failed", detail, expected=case.raises, actual=literal(value))
    expected = ast.literal_eval((case.expect or "None").strip())
    if equal(value, expected):
        return _outcome(case, probe, "passed", expected=case.expect, actual=literal(value))
    detail = _difference(expected, value, probe.stdout)
    return _outcome(case, probe, "failed", detail, expected=case.expect, actual=literal(value))


def judge_program(case: TestCase, task: Task, probe: ProbeResult) -> Outcome:
    """A whole program: what it printed against what it should print."""
    wanted = case.stdout or ""
    if probe.status == "raised" and probe.raised is not None:
        return _raised(case, task, probe, probe.raised, expected=wanted)
    if probe.status != "ok":
        return _stopped(case, probe, expected=wanted)
    printed = shorten(probe.stdout, MAX_STDOUT)
    if _lines(probe.stdout) == _lines(wanted):
        return _outcome(case, probe, "passed", expected=wanted, actual=printed)
    return _outcome(case, probe, "failed", _output_difference(wanted, probe.stdout), expected=wanted, actual=printed)


def judge_check(
    case: TestCase, task: Task, probe: ProbeResult, check: ParsedCheck, clean: Sequence[StepValue]
) -> Outcome:
    """Assertions, in their order; the first that does not hold decides."""
    judge = Judge(check, probe.values, clean)
    for assertion in check.assertions:
        try:
            verdict = judge.judge(assertion)
        except LiveRaised as error:
            return _raised(case, task, probe, error.raised, expected=None)
        except NotReached:
            break
        if not verdict.holds:
            return _outcome(case, probe, "failed", verdict.detail, expected=verdict.expected, actual=verdict.actual)
    if probe.status == "raised" and probe.raised is not None:
        return _raised(case, task, probe, probe.raised, expected=None)
    if probe.status != "ok":
        return _stopped(case, probe, expected=None)
    return _outcome(case, probe, "passed")


def load_fact(error: LoadError) -> ExceptionFact:
    """Why a program cannot be compiled, as an exception."""
    lines = () if error.line is None else (error.line,)
    return ExceptionFact(type=_compiler_type(error), message=error.message, line=error.line, trace=lines)


def not_run(case: TestCase, error: LoadError) -> Outcome:
    """Outcome of a test of a program that cannot be compiled."""
    status = _COMPILER.get(error.type, "not-run")
    if status != "not-run":
        return Outcome(test=case.id, status=status, detail="the program is too much for Python's compiler")
    place = "" if error.line is None else f" in line {error.line}"
    return Outcome(test=case.id, status=status, detail=f"not run: {error.type}{place}: {_brief(error.message)}")


def _compiler_type(error: LoadError) -> str:
    return "SyntaxError" if error.type in _COMPILER else error.type


def _outcome(case: TestCase, probe: ProbeResult, status: OutcomeStatus, detail: str = "", **more: Any) -> Outcome:
    return Outcome(
        test=case.id,
        status=status,
        detail=detail,
        stdout=shorten(probe.stdout, MAX_STDOUT),
        seconds=round(probe.seconds, 6),
        **more,
    )


def _raised(case: TestCase, task: Task, probe: ProbeResult, raised: Raised, expected: str | None) -> Outcome:
    fact = ExceptionFact(
        type=raised.type, message=raised.message, line=raised.line, function=raised.function, trace=raised.lines
    )
    missing = _missing_entry_point(task, raised)
    if missing is not None:
        detail = missing
    else:
        place = "" if raised.line is None else f" at line {raised.line}"
        message = f": {_brief(raised.message)}" if raised.message else ""
        detail = f"raised {raised.type}{place}{message}"
        if not probe.loaded and task.kind == "function":
            detail = f"the program itself {detail}"
        elif case.raises is not None:
            detail = f"expected {case.raises}, but it {detail}"
    return _outcome(case, probe, "error", detail, expected=expected, actual=raised.type, exception=fact)


def _missing_entry_point(task: Task, raised: Raised) -> str | None:
    name = task.entry_point
    if name is None or raised.type != "NameError" or raised.line is not None or f"'{name}'" not in raised.message:
        return None
    similar = difflib.get_close_matches(name, raised.defined, 1, 0.6)
    hint = f"; it does define {similar[0]}" if similar else ""
    return f"the program defines no {name}{hint}"


def _stopped(case: TestCase, probe: ProbeResult, expected: str | None) -> Outcome:
    """The process was ended, or ended itself."""
    actual = None
    match probe.status:
        case "timeout":
            place = f" at line {probe.where[-1]}" if probe.where else ""
            what = "no answer" if probe.loaded or case.form == "program" else "the program itself did not finish"
            detail = f"{what} within {case.timeout:g} s (endless loop{place}?)"
        case "memory":
            place = f" at line {probe.raised.line}" if probe.raised is not None and probe.raised.line else ""
            detail = f"needed more memory than a program may have{place}"
        case "output-limit":
            detail = "printed without end and was stopped"
        case _:
            detail = f"the program ended its own process ({_end(probe)})"
    fact = None
    if probe.raised is not None:
        fact = ExceptionFact(
            type=probe.raised.type,
            message=probe.raised.message,
            line=probe.raised.line,
            function=probe.raised.function,
            trace=probe.raised.lines,
        )
    status: OutcomeStatus = "crashed" if probe.status in ("ok", "raised") else probe.status
    return _outcome(case, probe, status, detail, expected=expected, actual=actual, exception=fact)


def _end(probe: ProbeResult) -> str:
    if probe.signal is not None:
        return f"signal {probe.signal}"
    return "exit" if probe.exit_code is None else f"exit status {probe.exit_code}"


def _difference(expected: Value, value: Value, stdout: str) -> str:
    """Why a returned value is not the right one."""
    if value is None:
        printed = stdout.strip()
        if printed and printed in (literal(expected), str(expected)):
            return f"returned None (nothing was returned): it printed {_brief(printed)} instead of returning it"
        return f"expected {_short(expected)}, but it returned None (nothing was returned)"
    if isinstance(value, Opaque):
        return f"expected {_short(expected)}, got {_brief(value.text)}, an object of type {value.type}"
    shown, wanted = _short(value), _short(expected)
    if type(value) is not type(expected):
        return f"expected {wanted}, got {shown}, which is of type {type(value).__name__}, not {type(expected).__name__}"
    if shown == wanted:
        return f"expected {wanted}, got another value that looks the same when shortened"
    return f"expected {wanted}, got {shown}"


def _output_difference(wanted: str, printed: str) -> str:
    want, got = _lines(wanted), _lines(printed)
    whole = _short("\n".join(want))
    if not got:
        return f"printed nothing instead of {whole}"
    if len(want) == 1 or len(got) == 1:
        text = _short("\n".join(got))
        return f"printed {text} instead of {whole}"
    for number, (right, line) in enumerate(zip(want, got, strict=False), 1):
        if right != line:
            return f"line {number} of the output is {_short(line)} instead of {_short(right)}"
    if len(got) < len(want):
        return f"the output ends after {len(got)} of {len(want)} lines: {_short(want[len(got)])} is missing"
    return f"the output has {len(got)} lines instead of {len(want)}: {_short(got[len(want)])} is too much"


def _lines(text: str) -> list[str]:
    """Lines without white space at their ends, and without empty lines at the end of all."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


def _short(value: Value) -> str:
    return literal(value, _SHORT)


def _brief(text: str) -> str:
    return shorten(" ".join(text.split()), _SHORT)
