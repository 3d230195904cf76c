"""The judge: runs a task's tests on a submission in a sandbox and compares on the host.

Expected values never enter the sandbox; a verdict rests on values that came out of it, compared here.
"""

from __future__ import annotations

import asyncio
import time
import weakref
from collections import OrderedDict
from dataclasses import replace

from gradatim.domain import Execution, Outcome, Submission, Task, TestCase
from gradatim.tools.assertion import ParsedCheck, parse_check
from gradatim.tools.outcomes import judge_call, judge_check, judge_program, load_fact, not_run
from gradatim.tools.sandbox.job import Job, JobResult, Probe, ProbeResult, Raised, Step, StepValue
from gradatim.tools.sandbox.protocol import Sandbox
from gradatim.tools.suites import run_suite

__all__ = ["evaluate_clean", "execute", "parse_check", "probe_for"]

PATIENCE = 3
"""Tests of one program that may be stopped (time, memory, output) or crash before the others are hurried."""
HURRY = 0.25
"""Share of its time limit that a test gets then; an endless program would cost its whole limit in every test."""
_CLEAN_SECONDS = 5.0
_REMEMBERED = 1_000
_clean_values: weakref.WeakKeyDictionary[Sandbox, OrderedDict[str, StepValue]] = weakref.WeakKeyDictionary()


async def execute(sandbox: Sandbox, task: Task, submission: Submission, *, give_up: int | None = None) -> Execution:
    """Run all tests of a task on a submission and judge them.

    How values compare: by Python's own `==` on plain data, so `True == 1 == 1.0`, a list never equals a tuple, and
    nan never equals anything, itself included. An instance of a class that merely extends plain data without an
    `__eq__` of its own counts as that data; any other object equals nothing. Output is compared without white
    space at the ends of lines and empty lines at the end.

    Args:
        sandbox: Where the program runs.
        task: Gives set-up code and tests.
        submission: The program; its text may be anything.
        give_up: After how many tests that had to be stopped (time, memory, output) or crashed the others are left
            out as `not-run`: for those who try many programs and want the good ones. `None` runs them all.

    Returns:
        One outcome for each test, in order.

    Raises:
        ServiceError: The task's test file needs pytest, and there is none.
        SandboxError: Programs cannot be run safely here.
    """
    began = time.monotonic()
    if any(case.form == "suite" for case in task.tests):
        return await _with_suite(sandbox, task, submission, give_up, began)
    checks = {case.id: _parsed(case, task) for case in task.tests if case.check is not None}
    probes = tuple(_probe(case, checks.get(case.id)) for case in task.tests)
    job = Job(
        submission.code,
        probes,
        setup=task.setup,
        main=task.kind == "program",
        filename=submission.filename,
        give_up=give_up or PATIENCE,
    )
    parsed = [check for check in checks.values() if isinstance(check, ParsedCheck)]
    clean_sources = tuple(dict.fromkeys(source for check in parsed for source in check.clean))
    (result, hurried), clean = await asyncio.gather(
        _run(sandbox, job, hurry=give_up is None), evaluate_clean(sandbox, clean_sources)
    )
    if result.load_error is not None:
        fact = load_fact(result.load_error)
        outcomes = tuple(not_run(case, result.load_error) for case in task.tests)
        return _execution(task, submission, sandbox, outcomes, began).model_copy(update={"load_error": fact})
    outcomes = tuple(
        _judge(_limited(case, index in hurried), task, probe, checks.get(case.id), clean)
        for index, (case, probe) in enumerate(zip(task.tests, result.probes, strict=True))
    )
    execution = _execution(task, submission, sandbox, outcomes, began)
    if task.kind == "function" and all(p.status == "raised" and not p.loaded for p in result.probes):
        return execution.model_copy(update={"load_error": outcomes[0].exception})
    return execution


async def _with_suite(
    sandbox: Sandbox, task: Task, submission: Submission, give_up: int | None, began: float
) -> Execution:
    """As `execute`, for a task of which some tests stand in its test file."""
    others = tuple(case for case in task.tests if case.form != "suite")
    run = await run_suite(sandbox, task, submission, give_up=give_up, patience=PATIENCE, hurry=HURRY)
    found = {outcome.test: outcome for outcome in run.outcomes}
    load_error = run.load_error
    if others:
        rest = await execute(sandbox, task.model_copy(update={"tests": others}), submission, give_up=give_up)
        found |= {outcome.test: outcome for outcome in rest.outcomes}
        load_error = load_error and rest.load_error
    outcomes = tuple(found[case.id] for case in task.tests)
    return _execution(task, submission, sandbox, outcomes, began).model_copy(update={"load_error": load_error})


async def _run(sandbox: Sandbox, job: Job, *, hurry: bool) -> tuple[JobResult, frozenset[int]]:
    """Run a job; with `hurry`, what is left after `PATIENCE` stopped probes gets only `HURRY` of its time.

    Returns:
        The result, and the positions of the probes that were hurried.
    """
    result = await sandbox.run(job)
    left = [index for index, probe in enumerate(result.probes) if probe.status == "not-run"]
    if not hurry or not left:
        return result, frozenset()
    hurried = tuple(replace(job.probes[index], timeout=HURRY * job.probes[index].timeout) for index in left)
    rest = await sandbox.run(replace(job, probes=hurried, give_up=None))
    probes = list(result.probes)
    for index, probe in zip(left, rest.probes, strict=True):
        probes[index] = probe
    return replace(result, probes=tuple(probes), seconds=result.seconds + rest.seconds), frozenset(left)


def _limited(case: TestCase, hurried: bool) -> TestCase:
    """The test with the time it really had."""
    return case.model_copy(update={"timeout": HURRY * case.timeout}) if hurried else case


def probe_for(case: TestCase, entry_point: str | None = None) -> Probe:
    """What the sandbox is asked to do for one test; holds nothing of what is expected.

    Raises:
        ValueError: The test is a check that cannot be taken apart, or stands in a test file and has no probe.
    """
    if case.form == "suite":
        raise ValueError("a test of a test file is not run by probes")
    return _probe(case, None if case.check is None else parse_check(case.check, entry_point))


def _execution(
    task: Task, submission: Submission, sandbox: Sandbox, outcomes: tuple[Outcome, ...], began: float
) -> Execution:
    return Execution(
        submission=submission.id,
        task=task.id,
        outcomes=outcomes,
        tier=sandbox.tier,
        seconds=time.monotonic() - began,
    )


def _parsed(case: TestCase, task: Task) -> ParsedCheck | ValueError:
    try:
        return parse_check(case.check or "", task.entry_point)
    except ValueError as error:
        return error


def _probe(case: TestCase, check: ParsedCheck | ValueError | None) -> Probe:
    if case.call is not None:
        return Probe.call(case.call, case.timeout)
    if isinstance(check, ParsedCheck):
        return Probe(check.steps, timeout=case.timeout)
    return Probe.program(case.stdin or "", case.timeout)


def _judge(
    case: TestCase, task: Task, probe: ProbeResult, check: ParsedCheck | ValueError | None, clean: dict[str, StepValue]
) -> Outcome:
    if probe.status == "not-run":
        return Outcome(test=case.id, status="not-run", detail="not run: tests before it had to be stopped")
    if case.call is not None:
        return judge_call(case, task, probe)
    if isinstance(check, ParsedCheck):
        return judge_check(case, task, probe, check, [clean[source] for source in check.clean])
    if check is not None:
        return Outcome(test=case.id, status="not-run", detail=f"the test itself is wrong: {check}")
    return judge_program(case, task, probe)


async def evaluate_clean(sandbox: Sandbox, sources: tuple[str, ...]) -> dict[str, StepValue]:
    """Values of expressions that name builtins alone, from a process in which no tested program is."""
    if not sources:
        return {}
    known = _clean_values.setdefault(sandbox, OrderedDict())
    missing = tuple(source for source in sources if source not in known)
    if missing:
        steps = tuple(Step("eval", source, catch=True) for source in missing)
        probes = tuple(Probe((step,), timeout=_CLEAN_SECONDS) for step in steps)
        for source, probe in zip(missing, (await sandbox.run(Job("", probes))).probes, strict=True):
            known[source] = _clean_value(probe)
    values = {source: known[source] for source in sources}
    while len(known) > _REMEMBERED:
        known.popitem(last=False)
    return values


def _clean_value(probe: ProbeResult) -> StepValue:
    value = probe.values[-1] if probe.values else None
    if probe.status != "ok" or value is None:
        return StepValue(raised=probe.raised or Raised(probe.status))
    return value
