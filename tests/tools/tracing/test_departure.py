"""Where a failing run leaves the right way."""

from __future__ import annotations

from gradatim.domain import Repair, Submission, Task
from gradatim.tools.analysis import Program
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import ForkServerSandbox
from gradatim.tools.tracing import Departure, departure_evidence, find_departure
from tests.tools.tracing.programs import FIB, repair, task

SUM = "def f(n):\n    total = 0\n    for i in range(1, n + 1):\n        total += i + 1\n    return total\n"
SUM_TASK = task(("f(0)", "0"), ("f(3)", "6"))


async def departs(
    sandbox: ForkServerSandbox, given: Task, code: str, fixed: Repair | None = None
) -> tuple[Departure | None, str]:
    submission = Submission.of(given.id, code)
    execution = await execute(sandbox, given, submission)
    found = await find_departure(sandbox, given, submission, execution, fixed)
    text = "" if found is None else departure_evidence(found, given, Program.parse(code)).summary
    return found, text


async def test_a_wrong_value_in_the_first_round(sandbox: ForkServerSandbox) -> None:
    found, text = await departs(sandbox, SUM_TASK, SUM, repair(SUM.replace("i + 1", "i"), 4))
    # `f(0)` passes, so the run of `f(3)` is looked at; `range(1, n + 1)` has an `n + 1` of its own
    assert found == Departure(4, 1, "total", "2", "1", "t2", "value", 3, 1)
    assert "in round 1 of the loop in line 3" in text
    assert "`total` becomes 2" in text


async def test_a_value_that_goes_wrong_in_a_later_round(sandbox: ForkServerSandbox) -> None:
    code = (
        "def f(xs):\n    best = 0\n    for x in xs:\n        if x > best:\n            best = x + (x > 4)\n"
        "    return best\n"
    )
    given = task(("f([1, 3, 5])", "5"))
    found, _ = await departs(sandbox, given, code, repair(code.replace(" + (x > 4)", ""), 5))
    assert found is not None
    assert (found.line, found.occurrence, found.round, found.variable) == (5, 3, 3, "best")
    assert (found.actual, found.needed) == ("6", "5")


async def test_a_loop_that_ends_too_early(sandbox: ForkServerSandbox) -> None:
    given = task(("fib(0)", "0"), ("fib(3)", "2"))
    found, text = await departs(sandbox, given, FIB, repair(FIB.replace("n - 1", "n"), 3))
    assert found is not None
    assert (found.line, found.how, found.variable, found.round) == (3, "branch", None, 3)
    assert "the loop in line 3 (`for i in range(n - 1):`) ends" in text


async def test_a_condition_that_goes_the_other_way(sandbox: ForkServerSandbox) -> None:
    code = "def f(n):\n    if n > 3:\n        return 'big'\n    return 'small'\n"
    given = task(("f(1)", "'small'"), ("f(3)", "'big'"))
    found, _ = await departs(sandbox, given, code, repair(code.replace(">", ">="), 2))
    assert found is not None
    assert (found.line, found.how, found.actual, found.needed) == (2, "branch", "4", "3")


async def test_a_missing_line(sandbox: ForkServerSandbox) -> None:
    code = "def f(n):\n    total = 1\n    total *= n\n    return total\n"
    given = task(("f(3)", "4"))
    fixed = repair("def f(n):\n    total = 1\n    total *= n\n    total += 1\n    return total\n", 4)
    found, text = await departs(sandbox, given, code, fixed)
    assert found is not None
    assert (found.how, found.variable, found.actual, found.needed, found.line) == ("insertion", "total", "3", "4", 4)
    assert "`total` is 3" in text


async def test_a_wrong_return(sandbox: ForkServerSandbox) -> None:
    code = "def f(n):\n    m = n + 1\n    return n\n"
    found, _ = await departs(sandbox, task(("f(3)", "4")), code, repair(code.replace("return n", "return m"), 3))
    assert found is not None
    assert (found.line, found.how, found.actual, found.needed) == (3, "return", "3", "4")


async def test_without_a_repair_the_first_line_that_no_passing_test_runs(sandbox: ForkServerSandbox) -> None:
    code = "def f(n):\n    if n > 2:\n        return n - 1\n    return n\n"
    found, text = await departs(sandbox, task(("f(1)", "1"), ("f(3)", "3")), code)
    assert found is not None
    assert (found.line, found.how, found.rests_on) == (3, "path", "tests")
    assert "none of the passing tests" in text


async def test_without_anything_else_the_line_of_the_result(sandbox: ForkServerSandbox) -> None:
    found, text = await departs(sandbox, task(("f(1)", "2")), "def f(n):\n    return n\n")
    assert found is not None
    assert (found.line, found.how, found.actual, found.needed) == (2, "result", "1", "2")
    assert "gives 1 where 2 is needed" in text


async def test_values_of_a_hidden_test_are_not_told(sandbox: ForkServerSandbox) -> None:
    given = task(("f(0)", "0"), ("f(7391)", "27317136"), hidden=("f(7391)",))
    submission = Submission.of(given.id, SUM)
    execution = await execute(sandbox, given, submission)
    found = await find_departure(sandbox, given, submission, execution, repair(SUM.replace("i + 1", "i"), 4))
    assert found is not None
    evidence = departure_evidence(found, given, Program.parse(SUM))
    assert (evidence.id, evidence.kind, evidence.visible) == ("trace:4", "trace", False)
    assert not {"actual", "needed", "round", "occurrence"} & evidence.detail.keys()
    assert "becomes" not in evidence.summary


async def test_a_visible_test_is_looked_at_before_a_hidden_one(sandbox: ForkServerSandbox) -> None:
    given = task(("f(2)", "3"), ("f(3)", "6"), hidden=("f(2)",))
    found, _ = await departs(sandbox, given, SUM, repair(SUM.replace("i + 1", "i"), 4))
    assert found is not None
    assert found.test == "t2"


async def test_a_program_that_passes_departs_nowhere(sandbox: ForkServerSandbox) -> None:
    found, _ = await departs(sandbox, task(("f(1)", "1")), "def f(n):\n    return n\n")
    assert found is None
