"""Trying many candidate programs: all tests on each, thousands of candidates a second, graded on the host."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gradatim.domain import Execution, Submission, Task, TestCase
from gradatim.tools.assertion import ParsedCheck, parse_check
from gradatim.tools.execution import evaluate_clean, execute
from gradatim.tools.outcomes import judge_call, judge_check, judge_program
from gradatim.tools.repair.closeness import closeness
from gradatim.tools.sandbox.answer import candidate_probe
from gradatim.tools.sandbox.job import Batch, CandidateResult, Probe, ProbeResult, StepValue
from gradatim.tools.sandbox.protocol import Sandbox

TEST_SECONDS = 0.01
"""CPU time of one test: beginners' programs on tests need far less, and endless ones cost this much."""
_SLOWEST = 1.0
_STAGE = 24
"""Most tests in the first round: those that the original fails. Candidates that do better there get the others."""
_WORTH_STAGING = 0.6
"""Share of tests in the first round up to which two rounds cost less than one."""
_CHUNK = 200
_REMEMBERED_ANSWERS = 20_000
_NODES = 2_000
_RAISED = 0.01
"""Nearness of a test that raised an exception where a value was needed: it ran, at least."""
_WRONG = 0.05
"""Nearness of a test that came to its end where no value tells more."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What the tests showed of one candidate. A hint: a repair is shown to nobody before it was executed on its own.

    Attributes:
        passed: Tests that it passes.
        total: All tests.
        fitness: In [0, 1], 1 if and only if all pass: tests passed, and how near the others came.
        per_test: Whether each test passed, in the order of the task. Tests that were not worth running count as failed.
        near: How near each test came, 1 for those that passed.
    """

    passed: int
    total: int
    fitness: float
    per_test: tuple[bool, ...]
    near: tuple[float, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every test passed."""
        return self.passed == self.total


class Trials:
    """Runs candidates for one task; remembers those that it has tried.

    Args:
        sandbox: Where they run.
        task: Gives set-up code and tests.
        test_seconds: CPU seconds of one test.
        first: Positions of the tests that are run first: those that the original program fails.
    """

    def __init__(
        self, sandbox: Sandbox, task: Task, *, test_seconds: float = TEST_SECONDS, first: Iterable[int] = ()
    ) -> None:
        self._sandbox = sandbox
        self._task = task
        self._seconds = test_seconds
        self._known: dict[str, Trial] = {}
        self._scores: dict[tuple[int, str], tuple[bool, float]] = {}
        self._checks = {n: _parsed(case, task) for n, case in enumerate(task.tests) if case.check is not None}
        self._clean: dict[str, StepValue] | None = None
        ahead = [n for n in dict.fromkeys(first) if 0 <= n < len(task.tests)]
        order = [*ahead, *(n for n in range(len(task.tests)) if n not in ahead)]
        self._order = [n for n in order if task.tests[n].form != "suite"]
        self._nodes = max([_NODES, *(2 * len(case.expect or "") for case in task.tests)])
        self._output = max([20_000, *(4 * len(case.stdout or "") for case in task.tests)])
        self.tried = 0
        """Different candidates that were run."""
        self.baseline: Trial | None = None
        """The original program, where `of` made these trials."""

    @classmethod
    async def of(cls, sandbox: Sandbox, task: Task, submission: Submission, execution: Execution) -> Trials:
        """Trials for the repair of a program: its failing tests come first, and it gets the time that it needs.

        Where a program passes a test in its execution but not within `TEST_SECONDS`, its candidates get more time.
        """
        good = {outcome.test for outcome in execution.outcomes if outcome.status == "passed"}
        first = [n for n, case in enumerate(task.tests) if case.id not in good]
        ahead = [n for n, case in enumerate(task.tests) if case.id in good]
        seconds = TEST_SECONDS
        while True:
            # its good tests come first here: a program that did not end in two tests is not run on in the others
            (own,) = await cls(sandbox, task, test_seconds=seconds, first=ahead).run([submission.code])
            lost = any(case.id in good and not ok for case, ok in zip(task.tests, own.per_test, strict=True))
            if not lost or seconds >= _SLOWEST or not ahead:
                trials = cls(sandbox, task, test_seconds=seconds, first=first)
                trials.baseline = trials._known[submission.code] = own
                trials.tried = 1
                return trials
            seconds *= 10

    async def run(self, sources: Sequence[str], *, until: float | None = None) -> list[Trial]:
        """Run candidates; those tried before are not run again.

        Args:
            sources: Whole programs.
            until: Monotonic time after which no further one is begun; what is left counts as failing every test and
                is not remembered.

        Returns:
            One trial for each, in the same order.

        Raises:
            SandboxError: Programs cannot be run safely here.
        """
        new = [source for source in dict.fromkeys(sources) if source not in self._known]
        for at in range(0, len(new), _CHUNK):
            if until is not None and time.monotonic() >= until:
                break
            await self._run_new(new[at : at + _CHUNK], until)
        total = len(self._task.tests)
        unknown = Trial(0, total, 0.0, (False,) * total, (0.0,) * total)
        return [self._known.get(source, unknown) for source in sources]

    async def _run_new(self, sources: list[str], until: float | None) -> None:
        stage, rest = self._stages()
        scores = await self._scored(sources, stage, until)
        if rest:
            chosen = [s for s in sources if s in scores and self._betters(scores[s])]
            for source, more in (await self._scored(chosen, rest, until)).items():
                scores[source] |= more
        for source, found in scores.items():
            trial = self._trial(found)
            if len(self._order) < len(self._task.tests):
                trial = await self._with_suite(source, found, trial)
            self._known[source] = trial
            self.tried += 1

    def _stages(self) -> tuple[list[int], list[int]]:
        """Tests that every candidate gets, and those that are worth running only where it betters something."""
        failing = 0 if self.baseline is None else len(self._order) - sum(self.baseline.per_test[n] for n in self._order)
        first = min(failing, _STAGE)
        if not first or first > _WORTH_STAGING * len(self._order):
            return self._order, []
        return self._order[:first], self._order[first:]

    def _betters(self, found: dict[int, tuple[bool, float]]) -> bool:
        """Whether a candidate passes a test that the original fails, or comes nearer in them on the whole."""
        if any(ok for ok, _ in found.values()):
            return True
        before = self.baseline.near if self.baseline is not None else ()
        return sum(near for _, near in found.values()) > sum(before[n] for n in found) + 1e-9

    async def _scored(
        self, sources: list[str], tests: list[int], until: float | None
    ) -> dict[str, dict[int, tuple[bool, float]]]:
        """Source → position of the test → whether it passed, and how near it came."""
        if not sources or not tests:
            return {source: {} for source in sources}
        clean = await self._clean_values()
        left = 600.0 if until is None else max(0.05, until - time.monotonic())
        batch = Batch(
            tuple(sources),
            tuple(self._probe(n) for n in tests),
            setup=self._task.setup,
            main=self._task.kind == "program",
            seconds=left,
            nodes=self._nodes,
            output_limit=self._output,
        )
        results = await self._sandbox.run_batch(batch)
        return {
            source: self._judged(result, tests, clean)
            for source, result in zip(sources, results, strict=True)
            if result.status != "unfinished"
        }

    def _judged(
        self, result: CandidateResult, tests: list[int], clean: dict[str, StepValue]
    ) -> dict[int, tuple[bool, float]]:
        found: dict[int, tuple[bool, float]] = {}
        for test, text in zip(tests, result.answers, strict=False):
            score = self._scores.get((test, text))
            if score is None:
                score = self._score(test, candidate_probe(text), clean)
                if len(self._scores) < _REMEMBERED_ANSWERS:
                    self._scores[test, text] = score
            found[test] = score
        return found

    def _score(self, test: int, probe: ProbeResult, clean: dict[str, StepValue]) -> tuple[bool, float]:
        case = self._task.tests[test]
        check = self._checks.get(test)
        if case.call is not None:
            outcome = judge_call(case, self._task, probe)
        elif isinstance(check, ParsedCheck):
            outcome = judge_check(case, self._task, probe, check, [clean[source] for source in check.clean])
        elif check is not None:
            return False, 0.0
        else:
            outcome = judge_program(case, self._task, probe)
        if outcome.status == "passed":
            return True, 1.0
        return False, min(0.99, self._near(case, probe))

    def _near(self, case: TestCase, probe: ProbeResult) -> float:
        """How near a failed test came, in [0, 1)."""
        if case.form == "program":
            share = 1.0 if probe.status == "ok" else 0.5
            return share * closeness(_output_lines(case.stdout), _output_lines(probe.stdout))
        if probe.status != "ok":
            return _RAISED if probe.status == "raised" and probe.loaded else 0.0
        if case.call is None or case.expect is None:
            return _WRONG
        return closeness(ast.literal_eval(case.expect.strip()), probe.value)

    def _trial(self, found: dict[int, tuple[bool, float]]) -> Trial:
        total = len(self._task.tests)
        per_test = tuple(found.get(n, (False, 0.0))[0] for n in range(total))
        near = tuple(found.get(n, (False, 0.0))[1] for n in range(total))
        passed = sum(per_test)
        fitness = 1.0 if passed == total else min(0.999, (2 * passed + sum(near)) / (3 * total))
        return Trial(passed, total, fitness, per_test, near)

    async def _with_suite(self, source: str, found: dict[int, tuple[bool, float]], trial: Trial) -> Trial:
        """Tests of the task's test file need a process each; they are run on candidates that pass all others."""
        if not all(found.get(n, (False, 0.0))[0] for n in self._order):
            return trial
        execution = await execute(self._sandbox, self._task, Submission.of(self._task.id, source), give_up=1)
        ended = [outcome.status for outcome in execution.outcomes]
        worth = {"passed": 1.0, "failed": _WRONG, "error": _RAISED}
        return self._trial({n: (status == "passed", worth.get(status, 0.0)) for n, status in enumerate(ended)})

    def _probe(self, test: int) -> Probe:
        case = self._task.tests[test]
        check = self._checks.get(test)
        if case.call is not None:
            return Probe.call(case.call, self._seconds)
        if isinstance(check, ParsedCheck):
            return Probe(check.steps, timeout=self._seconds)
        return Probe.program(case.stdin or "", self._seconds)

    async def _clean_values(self) -> dict[str, StepValue]:
        if self._clean is None:
            sources = (source for check in self._checks.values() if check is not None for source in check.clean)
            self._clean = await evaluate_clean(self._sandbox, tuple(dict.fromkeys(sources)))
        return self._clean


def _parsed(case: TestCase, task: Task) -> ParsedCheck | None:
    try:
        return parse_check(case.check or "", task.entry_point)
    except ValueError:
        return None


def _output_lines(text: str | None) -> list[Any]:
    return [line.rstrip() for line in (text or "").rstrip().splitlines()]
