"""Verdicts and the sentences that go with them, on real programs in the real sandbox."""
# ruff: noqa: E501 - one case a row

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gradatim.domain import Execution, Outcome, Submission, Task, TaskKind, TestCase
from gradatim.settings import Settings
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import ForkServerSandbox, Job, JobResult, open_sandbox

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[ForkServerSandbox]:
    async with open_sandbox(Settings(workers=2, output_limit=100_000)) as opened:
        yield opened


async def run(
    sandbox: ForkServerSandbox, code: str, *cases: TestCase, kind: TaskKind = "function", setup: str = ""
) -> Execution:
    tests = tuple(case.model_copy(update={"id": f"t{number}"}) for number, case in enumerate(cases, 1))
    task = Task(id="task", title="Task", statement="", kind=kind, entry_point="f", tests=tests, setup=setup)
    execution = await execute(sandbox, task, Submission.of("task", code))
    assert Execution.model_validate_json(execution.model_dump_json()) == execution
    return execution


async def single(sandbox: ForkServerSandbox, code: str, case: TestCase, kind: TaskKind = "function") -> Outcome:
    return (await run(sandbox, code, case, kind=kind)).outcomes[0]


@pytest.mark.parametrize(
    ("value", "expect", "holds"),
    [
        ("True", "1", True), ("1.0", "1", True), ("0.1 + 0.2", "0.3", False), ("[1, 2]", "(1, 2)", False),
        ("(1, 2)", "[1, 2]", False), ("{1, 2}", "{2, 1}", True), ("{'b': 1, 'a': 2}", "{'a': 2, 'b': 1}", True),
        ("float('nan')", "0", False), ("'1'", "1", False), ("None", "None", True), ("None", "0", False),
        ("''", "None", False), ("b'a'", "'a'", False), ("range(3)", "[0, 1, 2]", False), ("1j", "1j", True),
        ("frozenset({1})", "{1}", True), ("'\\ud800'", "'\\ud800'", True), ("[[1, [2]], {'k': (3,)}]", "[[1, [2]], {'k': (3,)}]", True),
        ("__import__('collections').Counter('aab')", "{'a': 2, 'b': 1}", True), ("object()", "None", False),
        ("10**5000", "0", False), ("f", "None", False),
    ],
)  # fmt: skip
async def test_values_compare_as_in_python(sandbox: ForkServerSandbox, value: str, expect: str, holds: bool) -> None:
    outcome = await single(sandbox, f"def f():\n    return {value}", TestCase(call="f()", expect=expect))
    assert outcome.status == ("passed" if holds else "failed"), outcome
    assert bool(outcome.detail) is not holds


@pytest.mark.parametrize(
    ("code", "case", "status", "detail"),
    [
        ("def f(n): return 8", TestCase(call="f(5)", expect="5"), "failed", "expected 5, got 8"),
        ("def f(n): return '5'", TestCase(call="f(5)", expect="5"), "failed", "expected 5, got '5', which is of type str, not int"),
        ("def f(n):\n    n + 1", TestCase(call="f(5)", expect="6"), "failed", "expected 6, but it returned None (nothing was returned)"),
        ("def f(n): print(n + 1)", TestCase(call="f(5)", expect="6"), "failed", "returned None (nothing was returned): it printed 6 instead of returning it"),
        ("def f(n):\n    a = [1]\n    return a[n]", TestCase(call="f(5)", expect="6"), "error", "raised IndexError at line 3: list index out of range"),
        ("def f(n):\n    while True:\n        pass", TestCase(call="f(5)", expect="6", timeout=0.2), "timeout", "no answer within 0.2 s (endless loop at line"),
        ("def F(n): return 6", TestCase(call="f(5)", expect="6"), "error", "the program defines no f"),
        ("def ff(n): return 6", TestCase(call="f(5)", expect="6"), "error", "the program defines no f; it does define ff"),
        ("def f(n): return g(n)", TestCase(call="f(5)", expect="6"), "error", "raised NameError at line 1: name 'g' is not defined"),
        ("def f(n): return n", TestCase(call="f(5)", raises="ValueError"), "failed", "expected ValueError, but nothing was raised and 5 came back"),
        ("def f(n): raise TypeError('no')", TestCase(call="f(5)", raises="ValueError"), "error", "expected ValueError, but it raised TypeError at line 1: no"),
        ("import os\ndef f(n): os._exit(3)", TestCase(call="f(5)", expect="6"), "crashed", "the program ended its own process (exit status 3)"),
        ("def f(n): return [0] * 10**11", TestCase(call="f(5)", expect="6"), "memory", "needed more memory than a program may have at line 1"),
        ("def f(n):\n    while True: print('x' * 99)", TestCase(call="f(5)", expect="6"), "output-limit", "printed without end and was stopped"),
        ("def f(n): return 7", TestCase(check="assert f(5) == 6"), "failed", "f(5) should equal 6 but is 7"),
        ("def f(n): return 7", TestCase(check="x = f(1)\nassert x in (1, 2)"), "failed", "x should be in (1, 2) but is 7"),
        ("def f(n): return 0.5", TestCase(check="assert abs(f(1) - 0.25) < 0.1"), "failed", "abs(f(1) - 0.25) should be less than 0.1 but is 0.25"),
        ("def f(n): return n % 2 == 0", TestCase(check="assert all(f(n) for n in [2, 4, 5])"), "failed", "on turn 3, f(n) should be true but is False"),
        ("def f(n): return 'a'", TestCase(check="assert isinstance(f(1), int)"), "failed", "f(1) should be of type int but is 'a', of type str"),
        ("def f(n): return 'a'", TestCase(check="assert f(1) < 3"), "failed", "f(1) < 3: 'a' < 3 cannot be decided"),
        ("def f(n): return 3", TestCase(check="assert 1 < f(1) < 3"), "failed", "1 < f(1) < 3 does not hold: f(1) is 3"),
        ("def f(n): return n[9]", TestCase(check="x = f([1])\nassert x == 1"), "error", "raised IndexError at line 1: list index out of range"),
        ("def f(n): return n[9]", TestCase(check="assert f([1]) == 1"), "error", "raised IndexError at line 1: list index out of range"),
        ("def f(n): return 1", TestCase(check="for x in [1]:\n    assert f(x)"), "not-run", "the test itself is wrong: the assert on line 2"),
        ("def f(n): return 1", TestCase(check="assert f(1) == int('x')"), "failed", "the test itself is wrong: int('x') raises ValueError"),
    ],
)  # fmt: skip
async def test_each_outcome_says_in_one_sentence_what_happened(
    sandbox: ForkServerSandbox, code: str, case: TestCase, status: str, detail: str
) -> None:
    outcome = await single(sandbox, code, case)
    assert outcome.status == status, outcome
    assert detail in outcome.detail
    assert "\n" not in outcome.detail


async def test_raises_accepts_a_more_special_exception(sandbox: ForkServerSandbox) -> None:
    code = "class Empty(LookupError): pass\ndef f(n):\n    if n: raise Empty('nothing')\n    return {}[n]\n"
    cases = [TestCase(call=f"f({n})", raises=name) for n in (0, 1) for name in ("LookupError", "Exception")]
    execution = await run(
        sandbox, code, *cases, TestCase(call="f(1)", raises="Empty"), TestCase(call="f(1)", raises="KeyError")
    )
    assert [outcome.status for outcome in execution.outcomes] == ["passed"] * 5 + ["error"]


async def test_an_exception_while_loading_does_not_count_as_raised(sandbox: ForkServerSandbox) -> None:
    execution = await run(sandbox, "raise ValueError('early')", TestCase(call="f()", raises="ValueError"))
    assert not execution.passed
    assert execution.load_error is not None
    assert (execution.load_error.type, execution.load_error.line) == ("ValueError", 1)
    assert "the program itself raised" in execution.outcomes[0].detail


async def test_a_program_that_does_not_compile_runs_no_test(sandbox: ForkServerSandbox) -> None:
    execution = await run(
        sandbox, "def f(n)\n    return n\n", TestCase(call="f(1)", expect="1"), TestCase(check="assert f(1)")
    )
    assert execution.load_error is not None
    assert (execution.load_error.type, execution.load_error.line) == ("SyntaxError", 1)
    assert [outcome.status for outcome in execution.outcomes] == ["not-run", "not-run"]
    assert "SyntaxError in line 1" in execution.outcomes[0].detail
    assert execution.verdict == "incorrect"


@pytest.mark.parametrize(
    ("code", "printed", "status", "detail"),
    [
        ("print(int(input()) * 2)", "8\n", "passed", ""),
        ("print('8  \\n\\n')", "8", "passed", ""),
        ("print('8')", "8\r\n", "passed", ""),
        ("print('9')", "8\n", "failed", "printed '9' instead of '8'"),
        ("pass", "8\n", "failed", "printed nothing instead of '8'"),
        ("print(' 8')", "8", "failed", "printed ' 8' instead of '8'"),
        ("print('a\\nb\\nc')", "a\nx\nc", "failed", "line 2 of the output is 'b' instead of 'x'"),
        ("print('a\\nb')", "a\nb\nc", "failed", "the output ends after 2 of 3 lines: 'c' is missing"),
        ("print('a\\nb\\nc')", "a\nb", "failed", "the output has 3 lines instead of 2: 'c' is too much"),
        ("print(8)\nimport sys\nsys.exit(1)", "8", "passed", ""),
        ("print(8)\nprint(1 / 0)", "8", "error", "raised ZeroDivisionError at line 2"),
        ("if __name__ == '__main__':\n    print(8)", "8", "passed", ""),
        ("print('\\ud800')", "\\ud800", "failed", ""),
    ],
)
async def test_programs_are_judged_by_what_they_print(
    sandbox: ForkServerSandbox, code: str, printed: str, status: str, detail: str
) -> None:
    outcome = await single(sandbox, code, TestCase(stdin="4\n", stdout=printed), kind="program")
    assert outcome.status == status, outcome
    assert detail in outcome.detail


async def test_printing_does_not_spoil_a_returned_value(sandbox: ForkServerSandbox) -> None:
    outcome = await single(sandbox, "def f(n):\n    print('debug', n)\n    return n", TestCase(call="f(1)", expect="1"))
    assert (outcome.status, outcome.stdout) == ("passed", "debug 1\n")


async def test_objects_of_the_programs_own_classes_compare_by_their_own_rules(sandbox: ForkServerSandbox) -> None:
    code = (
        "class V:\n    def __init__(self, x): self.x = x\n    def __eq__(self, o): return self.x == o.x\n"
        "    def __add__(self, o): return V(self.x + o.x)\n    def __lt__(self, o): return self.x < o.x\n"
        "    def __bool__(self): return self.x > 0\n"
    )
    checks = {
        "assert V(1) + V(2) == V(3)": "passed",
        "assert V(1) == V(2)": "failed",
        "assert V(1) < V(2)": "passed",
        "assert V(1) != V(2)": "passed",
        "v = V(1)\nassert v is v and v is not V(1)": "passed",
        "assert V(1)": "passed",
        "assert not V(0)": "passed",
        "assert V(0)": "failed",
        "assert V(1) == 1": "failed",
        "assert [V(1)] == [V(1)]": "passed",
        "assert V(3).x == 3 and isinstance(V(1), V)": "passed",
    }
    execution = await run(sandbox, code, *(TestCase(check=check) for check in checks))
    assert [outcome.status for outcome in execution.outcomes] == list(checks.values())


async def test_and_or_stop_where_python_stops(sandbox: ForkServerSandbox) -> None:
    code = "def f(n): return n\n"
    checks = {
        "assert f(1) == 1 or f(1) / 0 == 1": "passed",
        "x = f(None)\nassert x is None or x.y == 2": "passed",
        "assert f(0) and f(1) / 0": "failed",
        "assert f(1) and f(1) / 0": "error",
    }
    execution = await run(sandbox, code, *(TestCase(check=check) for check in checks))
    assert [outcome.status for outcome in execution.outcomes] == list(checks.values())


async def test_the_first_assertion_that_fails_decides(sandbox: ForkServerSandbox) -> None:
    check = "assert f(1) == 1\nassert f(2) == 3\nboom()\nassert f(4) == 5"
    outcome = await single(sandbox, "def f(n): return n", TestCase(check=check))
    assert (outcome.status, outcome.expected, outcome.actual) == ("failed", "3", "2")


async def test_expected_values_are_never_sent(sandbox: ForkServerSandbox) -> None:
    sent: list[Job] = []

    class Listening:
        tier = sandbox.tier

        async def run(self, job: Job) -> JobResult:
            sent.append(job)
            return await sandbox.run(job)

        async def aclose(self) -> None:
            return

    task = Task(
        id="t",
        title="T",
        statement="",
        entry_point="f",
        reference="SECRET = 90001",
        tests=(
            TestCase(id="t1", call="f(1)", expect="90001"),
            TestCase(id="t2", check="assert f(2) == 90002 and abs(f(3) - 90003) < 90004"),
            TestCase(id="t3", call="f(3)", raises="KeyError90005"),
            TestCase(id="t4", check="assert all(f(n) == 90006 for n in [1])"),
            TestCase(id="t5", check="assert f(1) == 90006 + len('abc')"),
        ),
    )
    await execute(Listening(), task, Submission.of("t", "def f(n): return n"))
    with_program = [job for job in sent if job.source]
    assert len(with_program) == 1
    assert "9000" not in repr(with_program)
    assert [job.setup for job in sent if not job.source] == [""]


async def test_hidden_setup_names_are_there_for_program_and_tests(sandbox: ForkServerSandbox) -> None:
    execution = await run(
        sandbox,
        "def f(n): return n * RATE",
        TestCase(call="f(RATE)", expect="9"),
        TestCase(check="assert f(1) == RATE"),
        setup="RATE = 3",
    )
    assert execution.passed


async def test_give_up_marks_the_rest_as_not_run(sandbox: ForkServerSandbox) -> None:
    cases = tuple(TestCase(id=f"t{n}", call=f"f({n})", expect="0", timeout=0.1) for n in range(3))
    task = Task(id="t", title="T", statement="", tests=cases)
    submission = Submission.of("t", "def f(n):\n    while n: pass\n    return n")
    execution = await execute(sandbox, task, submission, give_up=1)
    assert [outcome.status for outcome in execution.outcomes] == ["passed", "timeout", "not-run"]


async def test_after_three_endless_tests_the_others_are_hurried_but_still_judged(sandbox: ForkServerSandbox) -> None:
    code = "def f(n):\n    while n < 4:\n        pass\n    return n\n"
    tests = tuple(TestCase(id=f"t{n}", call=f"f({n})", expect=str(n), timeout=0.4) for n in range(6))
    task = Task(id="t", title="t", statement="s", entry_point="f", tests=tests)
    execution = await execute(sandbox, task, Submission.of("t", code))
    assert [outcome.status for outcome in execution.outcomes] == ["timeout"] * 4 + ["passed"] * 2
    assert "within 0.4 s" in execution.outcomes[0].detail
    assert "within 0.1 s" in execution.outcomes[3].detail
