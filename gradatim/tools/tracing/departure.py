"""Where a failing run first leaves the way of one that would pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gradatim.domain import Evidence, Execution, Outcome, Repair, Submission, Task, TestCase
from gradatim.tools.analysis.program import Program
from gradatim.tools.sandbox.protocol import Sandbox
from gradatim.tools.tracing.alignment import Difference, LineMap, first_difference
from gradatim.tools.tracing.dependence import LoopPlace, loops_of
from gradatim.tools.tracing.trace import MODULE, TraceStep, ValueTrace, trace_values

_TRACE_SECONDS = 0.3
_MOST_PASSING = 4
_SHORT = 80

How = Literal["value", "branch", "return", "end", "insertion", "path", "result"]


@dataclass(frozen=True, slots=True)
class Departure:
    """The first moment at which a run is not as it has to be.

    Attributes:
        line: 1-based line.
        occurrence: Which time the line ran, from 1.
        variable: What has the wrong value; `None` where a decision or the result itself is wrong.
        actual: Literal of the value that came; for a decision the line that the program goes on with.
        needed: The same in a changed program that passes; `None` where no such program is known, or where it has none.
        test: Id of the test.
        how: `value`: a variable gets another value. `branch`: another line comes next. `return`: another value is
            returned. `end`: the run ends, or goes on where it should end. `insertion`: what a missing line would have
            set is wrong here. `path`: no passing test comes to this line. `result`: only the result is known to be
            wrong.
        loop: Line of the innermost loop that the line stands in.
        round: Which round of that loop it is, from 1.
        rests_on: `repair`, `tests` or `result`: what it was compared with.
    """

    line: int
    occurrence: int
    variable: str | None
    actual: str | None
    needed: str | None
    test: str
    how: How = "value"
    loop: int | None = None
    round: int | None = None
    rests_on: Literal["repair", "tests", "result"] = "repair"


async def find_departure(
    sandbox: Sandbox,
    task: Task,
    submission: Submission,
    execution: Execution,
    repair: Repair | None = None,
    *,
    test: str | None = None,
) -> Departure | None:
    """Find where a failing test's run first leaves the right way.

    With a repair, its run and the program's own are compared step by step. Without one, a line that no passing test
    comes to is looked for, and at last the line that gives the wrong result is told.

    Args:
        sandbox: Where the runs are made.
        task: The task.
        submission: The program that fails.
        execution: Its test results.
        repair: A changed program that passes every test.
        test: Id of the failing test to look at; omitted: the first one that a learner may see, else the first.

    Returns:
        `None` for a program that passes or cannot be loaded, and where nothing can be told.

    Raises:
        SandboxError: The sandbox does not work any more.
    """
    found = await _departure(sandbox, task, submission, execution, repair, test)
    return None if found is None or found.line < 1 else found  # a program without code runs a line 0


async def _departure(
    sandbox: Sandbox, task: Task, submission: Submission, execution: Execution, repair: Repair | None, test: str | None
) -> Departure | None:
    if execution.passed or execution.load_error is not None:
        return None
    case = _failing(task, execution, test)
    if case is None:
        return None
    program = Program.parse(submission.code)
    run = await trace_values(sandbox, task, submission.code, case, seconds=_TRACE_SECONDS, filename=submission.filename)
    if not run.steps:
        return None
    outcome = execution.outcome(case.id)
    if repair is not None:
        right = await trace_values(
            sandbox, task, repair.code, case, seconds=_TRACE_SECONDS, filename=submission.filename
        )
        difference = first_difference(run, right, LineMap.of(submission.code, repair.code))
        if difference is not None:
            return _placed(_of_difference(difference, case), run, difference.step, program)
    passing = [other for other in task.tests if other.form != "suite" and _status(execution, other) == "passed"]
    seen: set[int] = set()
    for other in sorted(passing, key=lambda item: item.hidden)[:_MOST_PASSING]:
        traced = await trace_values(
            sandbox, task, submission.code, other, seconds=_TRACE_SECONDS, filename=submission.filename
        )
        seen |= traced.hits.keys()
    return _by_tests(run, seen, case, program) or _by_result(run, case, outcome, program)


def _status(execution: Execution, case: TestCase) -> str:
    return next((item.status for item in execution.outcomes if item.test == case.id), "not-run")


def _failing(task: Task, execution: Execution, test: str | None) -> TestCase | None:
    cases = [task.test(test)] if test is not None else sorted(task.tests, key=lambda item: item.hidden)
    good = ("passed", "not-run", "memory", "crashed")
    return next((case for case in cases if case.form != "suite" and _status(execution, case) not in good), None)


def _of_difference(found: Difference, case: TestCase) -> Departure:
    step = found.step
    return Departure(
        found.line or step.line, step.occurrence, found.variable, found.actual, found.needed, case.id, found.how
    )


def _by_tests(run: ValueTrace, seen: set[int], case: TestCase, program: Program) -> Departure | None:
    """The first line that runs here and in no passing test."""
    if not seen:
        return None
    lines = [step for step in run.steps if step.kind == "line" and step.function != MODULE]
    first = next((step for step in lines if step.line not in seen), None)
    if first is None:
        return None
    departure = Departure(first.line, first.occurrence, None, None, None, case.id, "path", rests_on="tests")
    return _placed(departure, run, first, program)


def _by_result(run: ValueTrace, case: TestCase, outcome: Outcome, program: Program) -> Departure | None:
    """The line that gave the wrong result."""
    lines = [step for step in run.steps if step.kind == "line"]
    raised = outcome.exception.line if outcome.exception is not None else None
    candidates = [step for step in lines if step.line == raised] if raised else lines
    if not candidates:
        return None
    step = candidates[-1]
    if case.call is not None and not raised:
        returns = [item for item in run.steps if item.kind == "return" and item.function != MODULE]
        inside = [item for item in lines if returns and item.frame == returns[-1].frame]
        step = inside[-1] if inside else step
    departure = Departure(
        step.line, step.occurrence, None, outcome.actual, outcome.expected, case.id, "result", rests_on="result"
    )
    return _placed(departure, run, step, program)


def _placed(departure: Departure, run: ValueTrace, step: TraceStep, program: Program) -> Departure:
    """The departure with its loop and round."""
    around = [item for item in loops_of(program) if item.header <= step.line <= item.last]
    if not around or step.kind != "line":
        return departure
    loop = around[-1]
    return replace(departure, loop=loop.header, round=_round(run.steps, step, loop))


def _round(steps: Sequence[TraceStep], step: TraceStep, loop: LoopPlace) -> int:
    """How often the loop's header has run since the loop was last entered."""
    rounds, inside = 0, False
    for item in steps[: step.index + 1]:
        if item.kind != "line" or item.frame != step.frame:
            continue
        if item.line == loop.header:
            rounds = rounds + 1 if inside else 1
        inside = loop.header <= item.line <= loop.last
    return max(rounds, 1)


def departure_evidence(departure: Departure, task: Task, program: Program) -> Evidence:
    """A departure as evidence, `trace:LINE`, with a sentence that is true on its own.

    It tells no more of the change that was tried than values: not what was changed. Of a hidden test it tells no value
    and no round, and is not visible.
    """
    case = task.test(departure.test)
    text = " ".join(_sentences(departure, case, program))
    hidden = case.hidden
    return Evidence(
        id=f"trace:{departure.line}",
        kind="trace",
        summary=text,
        lines=(departure.line,),
        detail={
            "test": departure.test,
            "how": departure.how,
            "rests_on": departure.rests_on,
            "variable": departure.variable,
            "line": departure.line,
            **(
                {}
                if hidden
                else {
                    "occurrence": departure.occurrence,
                    "actual": departure.actual,
                    "needed": departure.needed,
                    "loop": departure.loop,
                    "round": departure.round,
                }
            ),
        },
        visible=not hidden,
        source="trace",
    )


def _sentences(departure: Departure, case: TestCase, program: Program) -> Iterator[str]:
    line = f"line {departure.line} (`{_short(program.line(departure.line))}`)"
    name = f"`{departure.variable}`"
    if case.hidden:
        subject = {"value": f"{name} gets another value", "insertion": f"{name} has another value"}.get(
            departure.how, "the run goes another way"
        )
        yield f"In a test that is not shown, {subject} in {line} than in a program that passes."
        return
    where = f"In test {case.id}" + (
        f", in round {departure.round} of the loop in line {departure.loop},"
        if (departure.loop is not None and departure.round is not None)
        else ","
    )
    actual, needed = _short(departure.actual or ""), departure.needed and _short(departure.needed)
    if departure.how == "result" and case.form == "program":  # whole outputs, with their line breaks
        actual = actual and repr((departure.actual or "").rstrip("\n"))
        needed = needed and repr((departure.needed or "").rstrip("\n"))
    match departure.how:
        case "value":
            yield f"{where} {name} becomes {actual} in {line}."
            if needed is not None:
                yield f"In a changed program that passes every test it becomes {needed} there."
        case "insertion":
            yield (
                f"{where} {name} is {actual} when {line} runs."
                if actual
                else f"{where} {name} has no value yet when {line} runs."
            )
            if needed is not None:
                yield f"In a changed program that passes every test it is {needed} there."
        case "return":
            yield f"{where} {line} returns {actual}."
            if needed is not None:
                yield f"In a changed program that passes every test {needed} is returned there."
        case "branch" if departure.loop == departure.line and _leaves(departure, program):
            yield f"In test {case.id}, the loop in {line} ends where it would begin round {departure.round}."
            yield "In a changed program that passes every test it goes on."
        case "branch":
            yield f"{where} the program goes on with line {actual} after {line}."
            other = f"line {needed}" if needed is not None else "another line"
            yield f"In a changed program that passes every test {other} comes next."
        case "end":
            yield f"{where} {actual} after {line}."
            yield f"In a changed program that passes every test {needed}."
        case "path":
            yield f"{where} the program comes to {line}, which runs in none of the passing tests that were traced."
        case "result":
            wanted = f" where {needed} is needed" if needed else ""
            came = f"gives {actual}" if actual else "gives no result"
            yield f"Test {case.id} {came}{wanted}; {line} is the last line that runs in it."


def _leaves(departure: Departure, program: Program) -> bool:
    """Whether the line that comes next lies behind the loop."""
    loop = next((item for item in loops_of(program) if item.header == departure.loop), None)
    return loop is not None and not loop.header <= int(departure.actual or 0) <= loop.last


def _short(text: str) -> str:
    flat = " ".join(text.split("\n"))
    return flat if len(flat) <= _SHORT else flat[: _SHORT - 1] + "…"
