"""Where a learner runs programs: results of tests, and what a run does inside, each found out once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gradatim.domain import Execution, Outcome, Submission, Task, TestCase
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import Sandbox
from gradatim.tools.tracing import ValueTrace, trace_values


@dataclass(frozen=True, slots=True)
class Observation:
    """What a program does in one test that a learner may see.

    Attributes:
        case: The test.
        needed: What it wants: a literal, output, or the name of an exception.
        got: What came instead, in the same form; `None` where nothing came.
        passed: Whether that is right.
    """

    case: TestCase
    needed: str | None
    got: str | None
    passed: bool


class Desk:
    """Runs programs for one task.

    Args:
        sandbox: Where they run.
        task: Gives the tests.
    """

    def __init__(self, sandbox: Sandbox, task: Task) -> None:
        self.task = task
        self._sandbox = sandbox
        self._results: dict[str, Execution] = {}
        self._traces: dict[tuple[str, str], ValueTrace | None] = {}

    async def results(self, code: str) -> Execution:
        """All tests of the task on a program.

        Raises:
            SandboxError: Programs cannot be run safely here.
        """
        if code not in self._results:
            self._results[code] = await execute(self._sandbox, self.task, Submission.of(self.task.id, code))
        return self._results[code]

    async def trace(self, code: str, case: TestCase) -> ValueTrace | None:
        """What a program does in a test; `None` where that cannot be followed.

        Raises:
            SandboxError: Programs cannot be run safely here.
        """
        key = code, case.id
        if key not in self._traces:
            self._traces[key] = await self._traced(code, case)
        return self._traces[key]

    async def observations(self, code: str) -> tuple[Observation, ...]:
        """What a program does in the tests that a learner may see.

        Raises:
            SandboxError: Programs cannot be run safely here.
        """
        execution = await self.results(code)
        return tuple(_observed(self.task, execution.outcomes))

    async def example(self, code: str) -> TestCase | None:
        """The visible test that a program fails and by which one would go through it; `None` where there is none."""
        for seen in await self.observations(code):
            if not seen.passed and seen.case.form in ("call", "program"):
                return seen.case
        return None

    async def called(self, call: str, code: str, right: str) -> Observation | None:
        """What two programs give for a call that no test makes; `None` where they cannot be compared.

        Raises:
            SandboxError: Programs cannot be run safely here.
        """
        case = TestCase(id=f"call:{call}", call=call)
        own, meant = await self.trace(code, case), await self.trace(right, case)
        if meant is None or (needed := outcome_of(meant)) is None:
            return None
        got = None if own is None else outcome_of(own)
        return Observation(case, needed, got, needed == got)

    async def _traced(self, code: str, case: TestCase) -> ValueTrace | None:
        try:
            trace = await trace_values(self._sandbox, self.task, code, case, seconds=0.5)
        except ValueError:  # a test of a test file, or a check that cannot be taken apart
            return None
        return trace if trace.steps else None


def outcome_of(trace: ValueTrace) -> str | None:
    """What came of a run: a value's literal, the name of an exception, or what was printed."""
    if trace.raised is not None:
        return trace.raised.type
    if trace.result is not None and not trace.result.startswith("<"):
        return trace.result
    return trace.stdout.strip() or None


def _observed(task: Task, outcomes: tuple[Outcome, ...]) -> Iterator[Observation]:
    found = {outcome.test: outcome for outcome in outcomes}
    for case in task.tests:
        outcome = found.get(case.id)
        if case.hidden or outcome is None or outcome.status == "not-run":
            continue
        needed = outcome.expected or case.raises or case.expect or case.stdout
        yield Observation(case, needed, outcome.actual, outcome.status == "passed")
