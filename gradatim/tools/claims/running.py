"""Checks that run something: a call of the student's program, a changed program, an example."""

from __future__ import annotations

import ast
import weakref
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import TypeVar

from gradatim.domain import (
    CallResultClaim,
    ChangeFixesClaim,
    Check,
    CheckVerdict,
    ExampleOutputClaim,
    Execution,
    ExpectedResultClaim,
    Submission,
    stable_id,
)
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.lookup import same_value
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import Job, JobResult, Opaque, Probe, ProbeResult, Sandbox, literal

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

LENGTH = 300
"""Characters of an expression that a claim may have evaluated."""
EXAMPLE = 4_000
"""Characters of an example that a claim may have run."""
TIMEOUT = 1.0


async def check_call_result(claim: CallResultClaim, case: Case, sandbox: Sandbox) -> Check:
    """Evaluate the call on the student's program and compare value, output or exception."""
    result, problem = await _evaluate(claim.call, case.submission.code, case, sandbox)
    if result is None:
        return _undecided(claim, problem)
    return _compare(claim, result, claim.result)


async def check_expected_result(claim: ExpectedResultClaim, case: Case, sandbox: Sandbox) -> Check:
    """Look the call up among the tests; where it is none of them, ask the reference program."""
    wanted = _normal(claim.call)
    for test in case.task.tests:
        if test.call is None or wanted is None or _normal(test.call) != wanted:
            continue
        needed = test.raises or test.expect
        holds = claim.result == test.raises if test.raises else same_value(claim.result, test.expect)
        verdict: CheckVerdict = "supported" if holds else "refuted"
        # what a hidden test needs must not come back in a refutation, which a model reads
        detail = "a hidden test needs something else" if test.hidden else f"test {test.id} needs {needed}"
        return Check(claim=claim, verdict=verdict, method="evidence", detail=detail)
    if case.task.reference is None:
        return _undecided(claim, "no test covers this call")
    result, problem = await _evaluate(claim.call, case.task.reference, case, sandbox)
    if result is None:
        return _undecided(claim, problem)
    return _compare(claim, result, claim.result)


async def check_change(claim: ChangeFixesClaim, case: Case, sandbox: Sandbox) -> Check:
    """Apply the change and run every test."""
    last = claim.last_line or claim.line
    if not claim.line <= last <= len(case.lines):
        detail = f"the program has no lines {claim.line} to {last}"
        return Check(claim=claim, verdict="refuted", method="source", detail=detail)
    execution = await tried(_changed(claim, last, case.lines), case, sandbox)
    if execution.passed:
        detail = f"with this change all {len(execution.outcomes)} tests pass"
        return Check(claim=claim, verdict="supported", method="execution", detail=detail)
    if execution.load_error is not None:
        detail = f"with this change the program raises {execution.load_error.type}"
        return Check(claim=claim, verdict="refuted", method="execution", detail=detail)
    failing = next(outcome for outcome in execution.outcomes if outcome.status != "passed")
    hidden = case.task.test(failing.test).hidden
    what = "a hidden test still fails" if hidden else f"test {failing.test} still fails: {failing.detail}"
    return Check(claim=claim, verdict="refuted", method="execution", detail=f"with this change {what}")


_REMEMBERED = 400
"""Results of each kind that are remembered: what a sentence says is often said again in the next one."""
_tried: weakref.WeakKeyDictionary[Sandbox, OrderedDict[tuple[str, str], Execution]] = weakref.WeakKeyDictionary()
_ran: weakref.WeakKeyDictionary[Sandbox, OrderedDict[Job, JobResult]] = weakref.WeakKeyDictionary()


def _remember(known: OrderedDict[Key, Value], key: Key, value: Value) -> Value:
    known[key] = value
    if len(known) > _REMEMBERED:
        known.popitem(last=False)
    return value


async def tried(code: str, case: Case, sandbox: Sandbox) -> Execution:
    """Results of a changed program in the task's tests; those of the last ones are remembered."""
    known = _tried.setdefault(sandbox, OrderedDict())
    key = (stable_id(case.task.model_dump_json()), code)
    found = known.get(key)
    if found is None:
        submission = Submission.of(case.task.id, code, case.submission.filename)
        found = _remember(known, key, await execute(sandbox, case.task, submission))
    return found


async def _run(job: Job, sandbox: Sandbox) -> JobResult:
    """What a job gave; the last ones are remembered, unless a probe had to be stopped."""
    known = _ran.setdefault(sandbox, OrderedDict())
    if (found := known.get(job)) is not None:
        return found
    found = await sandbox.run(job)
    ended = all(probe.status in ("ok", "raised") for probe in found.probes)
    return _remember(known, job, found) if ended else found


async def together(claims: Sequence[ChangeFixesClaim], case: Case, sandbox: Sandbox) -> Execution | None:
    """Results with several changes of different lines made at once; `None` where they touch the same lines."""
    lines = case.lines
    above = len(lines) + 1
    for claim in sorted(claims, key=lambda item: -item.line):
        last = claim.last_line or claim.line
        if last >= above or last > len(case.lines):
            return None
        above = claim.line
        lines = _changed(claim, last, lines).splitlines()
    return await tried("\n".join(lines) + "\n", case, sandbox)


async def helps(claim: ChangeFixesClaim, case: Case, sandbox: Sandbox) -> tuple[int, int]:
    """How many tests a change makes pass, and how many it makes fail."""
    execution = await together((claim,), case, sandbox)
    if execution is None:
        return 0, 0
    before = {item.test for item in case.execution.outcomes if item.status == "passed"}
    after = {item.test for item in execution.outcomes if item.status == "passed"}
    return len(after - before), len(before - after)


async def check_example(claim: ExampleOutputClaim, sandbox: Sandbox) -> Check:
    """Run the example and compare what it prints."""
    if len(claim.code) > EXAMPLE:
        return _undecided(claim, "the example is too long to be run")
    job = Job(claim.code, (Probe.program(timeout=TIMEOUT),), main=True, filename="example.py")
    outcome = await _run(job, sandbox)
    if outcome.load_error is not None:
        return Check(claim=claim, verdict="refuted", method="execution", detail=f"it raises {outcome.load_error.type}")
    (result,) = outcome.probes
    if result.status == "raised" and result.raised is not None:
        detail = f"it raises {result.raised.type}: {result.raised.message}"
        return Check(claim=claim, verdict="refuted", method="execution", detail=detail)
    if result.status != "ok":
        return Check(claim=claim, verdict="refuted", method="execution", detail=f"it ends with {result.status}")
    holds = _lines(result.stdout) == _lines(claim.output)
    verdict: CheckVerdict = "supported" if holds else "refuted"
    return Check(claim=claim, verdict=verdict, method="execution", detail=f"it prints {result.stdout.rstrip()!r}")


async def _evaluate(call: str, program: str, case: Case, sandbox: Sandbox) -> tuple[ProbeResult | None, str]:
    """The result of a call on a program, or why there is none."""
    tree = _parse(call)
    if tree is None:
        return None, "it is not a Python expression"
    if len(call) > LENGTH:
        return None, "the call is too long to be tried"
    main = case.task.kind == "program"
    job = Job(
        program,
        (Probe.call(call, TIMEOUT),),
        setup=case.task.setup,
        main=main,
        filename=case.submission.filename,
    )
    outcome = await _run(job, sandbox)
    if outcome.load_error is not None:
        return None, f"the program does not load: {outcome.load_error.type}"
    (result,) = outcome.probes
    if not result.loaded:
        return None, "the program ends before the call"
    if result.raised is not None and result.raised.type == "NameError" and result.raised.line is None:
        return None, "the call names something that is not defined"
    return result, ""


def _compare(claim: CallResultClaim | ExpectedResultClaim, result: ProbeResult, claimed: str) -> Check:
    """What the call gave against what was said of it."""
    if result.status == "raised" and result.raised is not None:
        verdict: CheckVerdict = "supported" if result.raised.is_a(claimed.strip()) else "refuted"
        detail = f"{claim.call} raises {result.raised.type}: {result.raised.message}"
        return Check(claim=claim, verdict=verdict, method="execution", detail=detail)
    if result.status != "ok":
        return Check(
            claim=claim,
            verdict="refuted",
            method="execution",
            detail=f"{claim.call} ends with {result.status}",
        )
    printed = result.stdout.strip()
    if printed and result.value is None and same_value(claimed, printed):
        # to print and to return are told apart here, because learners mix them up
        detail = f"{claim.call} prints {printed} and returns None"
        return Check(claim=claim, verdict="refuted", method="execution", detail=detail)
    if isinstance(result.value, Opaque):
        return _undecided(claim, f"{claim.call} gives a {result.value.type}, which cannot be compared")
    given = literal(result.value)
    verdict = "supported" if same_value(claimed, given) else "refuted"
    return Check(claim=claim, verdict=verdict, method="execution", detail=f"{claim.call} gives {given}")


def _changed(claim: ChangeFixesClaim, last: int, lines: list[str]) -> str:
    old = lines[claim.line - 1]
    new = claim.replacement.splitlines()
    indent = old[: len(old) - len(old.lstrip())]
    if indent and new and not new[0].startswith((" ", "\t")):
        new = [indent + line if line.strip() else line for line in new]
    return "\n".join([*lines[: claim.line - 1], *new, *lines[last:]]) + "\n"


def _undecided(claim: CallResultClaim | ExpectedResultClaim | ExampleOutputClaim, why: str) -> Check:
    return Check(claim=claim, verdict="unchecked", method="none", detail=why)


def _parse(expression: str) -> ast.Expression | None:
    try:
        return ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _normal(expression: str) -> str | None:
    tree = _parse(expression)
    return None if tree is None else ast.unparse(tree)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]
