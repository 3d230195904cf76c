"""From test results to a diagnosis: kind of error, suspicious lines, misconceptions, and the evidence for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gradatim.domain import (
    Diagnosis,
    Evidence,
    Execution,
    MisconceptionMatch,
    Outcome,
    Repair,
    Submission,
    SuspiciousLine,
    Task,
    TestCase,
)
from gradatim.tools.analysis import Category, Coverage, Examination, Program, Sign, categorise, detect
from gradatim.tools.analysis.detection import FLOOR
from gradatim.tools.analysis.from_repair import signs_of_repairs
from gradatim.tools.execution import probe_for
from gradatim.tools.findings import Findings, find
from gradatim.tools.localisation import localise
from gradatim.tools.repair.pool import Pool
from gradatim.tools.sandbox.job import Job, Probe
from gradatim.tools.sandbox.protocol import Sandbox
from gradatim.tools.tracing import departure_evidence

MOST_LINES = 5
MOST_MISCONCEPTIONS = 4
MOST_FAILING_SHOWN = 4
_TRACED_FAILING = 6
_TRACED_PASSING = 6
_TRACE_SECONDS = 0.03
"""CPU seconds of one traced test: those that need more are traced as far as they come, or not at all."""
_QUICK = 0.02
"""Seconds a test may have taken to be worth tracing, which is about ten times as slow."""
_TELLING = 2
"""Verified changes from which misconceptions are read."""
_PLAIN = 0.8
"""Confidence of a sign in the program itself from which a change at its line says nothing new."""
_LONGEST = 160
"""Characters of a value that a summary quotes."""


async def diagnose(
    sandbox: Sandbox,
    task: Task,
    submission: Submission,
    execution: Execution,
    *,
    repair_seconds: float = 0.0,
    pool: Pool | None = None,
) -> Diagnosis:
    """Say what is wrong with a program, as far as it can be shown.

    A program that runs and fails is run further times: traced on a few of its tests, and changed in many ways until
    some change makes every test pass. Everything else is read from the program and from `execution`. Without a search
    for changes the same input always gives the same diagnosis; how far a search comes depends on the time.

    Args:
        sandbox: Where the further runs are done.
        task: The task, with its tests.
        submission: The program.
        execution: Its results in these tests.
        repair_seconds: Time for the search of changes; 0 searches none.
        pool: Correct programs of others for the same task, whose parts may be tried.

    Raises:
        SandboxError: The sandbox does not work any more; `diagnose_untraced` still can.
    """
    coverage = await trace(sandbox, task, submission, execution)
    findings = await find(sandbox, task, submission, execution, seconds=repair_seconds, pool=pool)
    return diagnose_untraced(task, submission, execution, coverage, findings)


async def trace(sandbox: Sandbox, task: Task, submission: Submission, execution: Execution) -> Coverage | None:
    """Lines that run in some of a program's tests, failing ones first; `None` where tracing tells nothing.

    Raises:
        SandboxError: The sandbox does not work any more.
    """
    if execution.passed or execution.load_error is not None:
        return None
    chosen = list(_worth_tracing(task, execution))
    if not any(outcome.status != "passed" for _, outcome in chosen):
        return None
    probes = tuple(_probe(task, case) for case, _ in chosen)
    job = Job(
        submission.code, probes, setup=task.setup, main=task.kind == "program", trace=True, filename=submission.filename
    )
    result = await sandbox.run(job)
    found: dict[str, frozenset[int]] = {}
    for (case, outcome), probe in zip(chosen, result.probes, strict=False):
        whole = probe.status != "timeout" or outcome.status in ("timeout", "output-limit")
        if probe.lines is not None and whole:
            found[case.id] = frozenset(probe.lines)
    return found or None


def _worth_tracing(task: Task, execution: Execution) -> Iterator[tuple[TestCase, Outcome]]:
    failing, passing, endless = _TRACED_FAILING, _TRACED_PASSING, 1
    outcomes = {item.test: item for item in execution.outcomes}
    for case in sorted(task.tests, key=lambda item: item.hidden):
        outcome = outcomes.get(case.id)
        if outcome is None or case.form == "suite" or outcome.status in ("not-run", "memory", "crashed"):
            continue
        if outcome.status in ("timeout", "output-limit"):
            if endless:
                endless -= 1
                yield case, outcome
        elif outcome.seconds > _QUICK:
            continue
        elif outcome.status == "passed" and passing:
            passing -= 1
            yield case, outcome
        elif outcome.status != "passed" and failing:
            failing -= 1
            yield case, outcome


def _probe(task: Task, case: TestCase) -> Probe:
    """What is asked of the sandbox for one test, with less time."""
    probe = probe_for(case, task.entry_point)
    return replace(probe, timeout=min(probe.timeout, _TRACE_SECONDS))


def diagnose_untraced(
    task: Task,
    submission: Submission,
    execution: Execution,
    coverage: Coverage | None = None,
    findings: Findings | None = None,
) -> Diagnosis:
    """The same from given coverage and findings, or without any: nothing is run."""
    found = findings or Findings()
    program = Program.parse(submission.code)
    case = Examination(program, task, execution, coverage)
    category = categorise(task, execution, program)
    signs = _joined(detect(case), signs_of_repairs(program, found.repairs[:_TELLING]), len(program.lines))
    evidence = {item.id: item for item in _observed(task, execution, program, category, signs)}
    for sign in signs:
        item = _static(sign)
        evidence[item.id] = item
    matches = tuple(_match(sign, evidence) for sign in signs)
    suspicious = localise(
        program,
        execution,
        coverage,
        matches,
        case.setup_names,
        slice=found.slice,
        gains=found.gains,
        repairs=found.repairs,
    )[:MOST_LINES]
    for number, repair in enumerate(found.repairs, 1):
        item = _repaired(number, repair, task, execution)
        evidence[item.id] = item
    if found.departure is not None:
        item = departure_evidence(found.departure, task, program)
        evidence[item.id] = item
    for item in _quoted(program, suspicious):
        evidence[item.id] = item
    return Diagnosis(
        submission=submission.id,
        verdict=execution.verdict,
        error_category=None if category is None else category.name,
        suspicious_lines=suspicious,
        misconceptions=matches,
        repairs=tuple(found.repairs),
        evidence=tuple(evidence.values()),
    )


def _joined(seen: Iterable[Sign], tried: Iterable[Sign], lines: int) -> list[Sign]:
    """Signs in the program itself, then those of verified changes that say something else; most confident first."""
    found = [sign for sign in seen if all(1 <= line <= lines for line in sign.lines)]
    known = {sign.misconception for sign in found}
    explained = {line for sign in found if sign.confidence >= _PLAIN for line in sign.lines}
    for sign in tried:
        if sign.confidence >= FLOOR and sign.misconception not in known and not explained & set(sign.lines):
            known.add(sign.misconception)
            found.append(sign)
    found.sort(key=lambda sign: -sign.confidence)
    return found[:MOST_MISCONCEPTIONS]


def _repaired(number: int, repair: Repair, task: Task, execution: Execution) -> Evidence:
    """A verified change as evidence: where it is, and the change itself only where the task lets a learner see it."""
    tests = len(execution.outcomes)
    summary = f"A change was tried that makes all {tests} tests pass: {repair.place}."
    if repair.generalises is False:
        summary += " On other inputs it does not always give what is needed, so there is more to it."
    elif repair.generalises and repair.inputs_tried:
        summary += f" It also gives what is needed on {repair.inputs_tried} other inputs."
    if task.reveal_solution:
        summary += f" The change: {repair.change}."
    return Evidence(
        id=f"repair:{number}",
        kind="repair",
        summary=summary,
        lines=repair.lines,
        detail={
            "place": repair.place,
            "operators": list(dict.fromkeys(edit.operator for edit in repair.edits)),
            "origin": repair.origin,
            "weight": repair.weight,
            "generalises": repair.generalises,
        },
        source="repair",
    )


def _match(sign: Sign, evidence: dict[str, Evidence]) -> MisconceptionMatch:
    ids = [_static(sign).id]
    ids += [f"{kind}:{test}" for test in sign.tests for kind in ("test", "exception")]
    ids += [item.id for item in evidence.values() if item.kind == "syntax" or item.id == "exception:load"]
    return MisconceptionMatch(
        id=sign.misconception,
        lines=sign.lines,
        confidence=sign.confidence,
        why=f"{sign.fact} {sign.why}".strip(),
        evidence=tuple(item for item in dict.fromkeys(ids) if item in evidence),
    )


def _static(sign: Sign) -> Evidence:
    key = f"static:{sign.misconception}:{sign.lines[0]}" if sign.lines else f"static:{sign.misconception}"
    return Evidence(
        id=key,
        kind="static",
        summary=sign.fact,
        lines=sign.lines,
        detail={"misconception": sign.misconception},
        source="static",
    )


def _observed(
    task: Task, execution: Execution, program: Program, category: Category | None, signs: Sequence[Sign]
) -> Iterator[Evidence]:
    """Evidence that the runs and the compiler gave; of the tests, those that show most."""
    source = f"sandbox/{execution.tier}"
    if execution.load_error is not None:
        error = execution.load_error
        if program.fault is not None:
            fault, text = program.fault, _code(_short(program.line(program.fault.line)))
            yield Evidence(
                id=f"syntax:{fault.line}",
                kind="syntax",
                summary=f"Line {fault.line} {text} cannot be compiled: {fault.type}. {fault.plain}",
                lines=(fault.line,),
                detail={"type": fault.type, "message": fault.message},
                source="compiler",
            )
        else:
            where = f" at line {error.line}" if error.line else ""
            yield Evidence(
                id="exception:load",
                kind="exception",
                summary=f"Loading the program raises {error.type}{where}: {_message(error.message)}".rstrip(": ") + ".",
                lines=(error.line,) if error.line else (),
                detail={"type": error.type, "message": error.message},
                source=source,
            )
    cases = {case.id: case for case in task.tests}
    ran = [item for item in execution.outcomes if item.status != "not-run" and item.test in cases]
    failing = [item for item in ran if item.status != "passed"]
    telling = category.tests if category is not None else ()
    failing.sort(key=lambda item: (cases[item.test].hidden, item.test not in telling))
    # One test for each misconception, then those that show the kind of error.
    first = [next((item for item in failing if item.test in sign.tests), None) for sign in signs]
    shown = list({item.test: item for item in (*first, *failing) if item is not None}.values())[:MOST_FAILING_SHOWN]
    passing = sorted((item for item in ran if item.status == "passed"), key=lambda item: cases[item.test].hidden)[:1]
    order = [case.id for case in task.tests]
    for outcome in sorted(shown, key=lambda item: order.index(item.test)) + passing:
        yield from _of_test(cases[outcome.test], outcome, source)


def _of_test(case: TestCase, outcome: Outcome, source: str) -> Iterator[Evidence]:
    fact = outcome.exception
    yield Evidence(
        id=f"test:{case.id}",
        kind="test",
        summary=summary_of(case, outcome),
        lines=(fact.line,) if fact is not None and fact.line else (),
        detail={"test": case.id, "status": outcome.status, "expected": outcome.expected, "actual": outcome.actual},
        visible=not case.hidden,
        source=source,
    )
    if fact is not None and outcome.status != "passed":
        where = f" at line {fact.line}" if fact.line else ""
        message = f": {_message(fact.message)}" if fact.message else ""
        yield Evidence(
            id=f"exception:{case.id}",
            kind="exception",
            summary=f"Test {case.id} raises {fact.type}{where}{message}.",
            lines=tuple(dict.fromkeys((*((fact.line,) if fact.line else ()), *fact.trace))),
            detail={"type": fact.type, "message": fact.message, "function": fact.function},
            visible=not case.hidden,
            source=source,
        )


def summary_of(case: TestCase, outcome: Outcome) -> str:
    """One sentence on what a test wanted and what came."""
    head = (
        f"Test {case.id} {_code(_short(case.call or case.label))}"
        if case.form != "program"
        else f"Test {case.id} with input {_short(repr(case.stdin or ''))}"
    )
    if case.form == "suite":
        return f"{head}: passed." if outcome.status == "passed" else f"{head}: {_short(outcome.detail)}."
    output = "output " if case.form == "program" else ""
    wanted = case.raises or outcome.expected or case.expect or case.stdout
    if case.form == "program" and wanted is not None:
        wanted = repr(wanted)
    if outcome.status == "passed":
        return (
            f"{head}: passed."
            if case.form == "check" or wanted is None
            else f"{head}: gives {output}{_short(wanted)}, as expected."
        )
    expected = "the assertion holds" if case.form == "check" else f"{output}{_short(wanted or 'None')}"
    match outcome.status:
        case "failed" if case.form == "check":
            return f"{head}: the assertion does not hold."
        case "failed":
            got = repr(outcome.actual or "") if case.form == "program" else outcome.actual or "another value"
            return f"{head}: expected {expected}, got {_short(got)}."
        case "error":
            fact = outcome.exception
            kind = fact.type if fact is not None else "an exception"
            where = f" (line {fact.line})" if fact is not None and fact.line else ""
            return f"{head}: expected {expected}, raised {kind}{where}."
        case "timeout":
            return f"{head}: expected {expected}, did not end within {case.timeout:g} s."
        case "memory":
            return f"{head}: expected {expected}, used more memory than allowed."
        case "output-limit":
            return f"{head}: expected {expected}, printed more than allowed."
        case _:
            return f"{head}: expected {expected}, the program ended before it gave a result."


def _quoted(program: Program, suspicious: Sequence[SuspiciousLine]) -> Iterator[Evidence]:
    for item in suspicious:
        text = program.line(item.line)
        yield Evidence(
            id=f"line:{item.line}",
            kind="line",
            summary=f"Line {item.line} is {_code(_short(text))}.",
            lines=(item.line,),
            detail={"text": text, "score": item.score},
            source="submission",
        )


def _code(text: str) -> str:
    return f"`{text}`"


def _message(text: str) -> str:
    """What an exception says, up to its first sentence: the rest would read as sentences of ours."""
    flat = _short(text)
    found = re.search(r"[.!?]+(?=\s)|[。！？](?=.)", flat)
    return flat if found is None else f"{flat[: found.start()]} …"


def _short(text: str) -> str:
    """A text on one line, cut to a length that a prompt can bear."""
    flat = " ".join(text.split("\n"))
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"
