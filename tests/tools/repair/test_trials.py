"""Trials: the same verdicts as an execution, graded, for every form of test."""

from __future__ import annotations

import pytest

from gradatim.domain import Submission, Task, TestCase
from gradatim.tools.execution import execute
from gradatim.tools.repair.trials import Trials
from gradatim.tools.sandbox import ForkServerSandbox
from tests.cases import CORRECT, OFF_BY_ONE, TASK, submission

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIXED = Task(
    id="mixed",
    title="",
    statement="",
    tests=(
        TestCase(id="t1", call="half(4)", expect="2"),
        TestCase(id="t2", call="half('x')", raises="TypeError"),
        TestCase(id="t3", check="assert half(10) == 5\nassert half(sum([1, 1])) == 1"),
        TestCase(id="t4", call="half(5)", expect="2"),
    ),
)
ECHO = Task(
    id="echo",
    title="",
    statement="",
    kind="program",
    tests=(TestCase(id="t1", stdin="3\n", stdout="6\n"), TestCase(id="t2", stdin="5\n", stdout="10\n")),
)


@pytest.mark.parametrize(
    ("task", "code"),
    [
        (TASK, CORRECT),
        (TASK, OFF_BY_ONE),
        (TASK, "def sum_up_to(n):\n    return sum(range(n + 1)"),
        (TASK, "def sum_upto(n):\n    return 0\n"),
        (TASK, "def sum_up_to(n):\n    while n != 1: n -= 2\n    return 1\n"),
        (MIXED, "def half(n):\n    return n // 2\n"),
        (MIXED, "def half(n):\n    return n / 2\n"),
        (MIXED, "def half(n):\n    return 0 if n == 'x' else n // 2\n"),
        (ECHO, "print(int(input()) * 2)\n"),
        (ECHO, "import sys\nprint(int(sys.stdin.read()) + 3)\nsys.exit(0)\n"),
    ],
)
async def test_trials_say_what_an_execution_says(sandbox: ForkServerSandbox, task: Task, code: str) -> None:
    execution = await execute(sandbox, task, Submission.of(task.id, code))
    (trial,) = await Trials(sandbox, task).run([code])
    assert trial.per_test == tuple(outcome.status == "passed" for outcome in execution.outcomes)
    assert trial.ok == execution.passed
    assert (trial.fitness == 1.0) == trial.ok


async def test_nearer_programs_are_fitter(sandbox: ForkServerSandbox) -> None:
    programs = [
        "def sum_up_to(n):\n    raise ValueError\n",
        "def sum_up_to(n):\n    return 'no'\n",
        "def sum_up_to(n):\n    return 3\n",
        OFF_BY_ONE,
        CORRECT,
    ]
    trials = await Trials(sandbox, TASK).run(programs)
    fitness = [trial.fitness for trial in trials]
    assert fitness == sorted(fitness)
    assert fitness[-1] == 1.0


async def test_the_same_source_is_run_once(sandbox: ForkServerSandbox) -> None:
    trials = Trials(sandbox, TASK)
    first = await trials.run([CORRECT, OFF_BY_ONE, CORRECT])
    again = await trials.run([OFF_BY_ONE])
    assert trials.tried == 2
    assert first[1] == again[0]
    assert first[0] == first[2]


async def test_a_program_that_needs_more_time_gets_it(sandbox: ForkServerSandbox) -> None:
    slow = OFF_BY_ONE.replace("    total = 0\n", "    total = 0\n    for _ in range(2_000_000): pass\n")
    handed_in = submission(slow)
    execution = await execute(sandbox, TASK, handed_in)
    trials = await Trials.of(sandbox, TASK, handed_in, execution)
    (own,) = await trials.run([slow])
    assert own.per_test == tuple(outcome.status == "passed" for outcome in execution.outcomes)


async def test_candidates_that_better_nothing_are_not_run_on_all_tests(sandbox: ForkServerSandbox) -> None:
    almost = "def sum_up_to(n):\n    return n * (n + 1) // 2 if n < 10 else 0\n"
    handed_in = submission(almost)
    trials = await Trials.of(sandbox, TASK, handed_in, await execute(sandbox, TASK, handed_in))
    same, better, right = await trials.run([almost + "# same\n", almost.replace("else 0", "else 54"), CORRECT])
    assert same.passed == 0
    assert better.per_test == (True, True, True, True, False)
    assert right.ok


async def test_the_tests_of_a_test_file_count(sandbox: ForkServerSandbox) -> None:
    task = TASK.model_copy(
        update={
            "tests": (*TASK.tests[:2], TestCase(id="t6", suite="test_large")),
            "test_file": "from submission import sum_up_to\n\ndef test_large():\n    assert sum_up_to(100) == 5050\n",
        }
    )
    wrong = "def sum_up_to(n):\n    return min(n, 3)\n"
    right, almost = await Trials(sandbox, task).run([CORRECT, wrong])
    assert right.ok
    assert almost.per_test == (True, True, False)


async def test_a_program_that_does_not_end_needs_no_more_time_for_the_tests_that_it_passes(
    sandbox: ForkServerSandbox,
) -> None:
    calls = ("sum_up_to(2)", "sum_up_to(3)", "sum_up_to(4)", "sum_up_to(0)")
    task = TASK.model_copy(
        update={"tests": tuple(TestCase(id=call, call=call, expect=str(n), timeout=0.1) for call, n in zip(
            calls, (3, 6, 10, 0), strict=True))}
    )  # fmt: skip
    given = submission("def sum_up_to(n):\n    while n:\n        pass\n    return 0\n")
    execution = await execute(sandbox, task, given)
    trials = await Trials.of(sandbox, task, given, execution)
    assert trials.baseline is not None
    assert trials.baseline.per_test == (False, False, False, True)
    assert trials.tried == 1
