"""Diagnoses made with a real sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gradatim.domain import Diagnosis, Submission, Task, TestCase
from gradatim.settings import Settings
from gradatim.tools.claims import sentences
from gradatim.tools.diagnosis import MOST_FAILING_SHOWN, diagnose, diagnose_untraced, trace
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import Sandbox, open_sandbox

TASK = Task(
    id="total",
    title="Total",
    statement="Add 1 to n.",
    entry_point="total",
    setup="BASE = 0\n",
    tests=(
        *(TestCase(id=f"t{n}", call=f"total({n})", expect=str(n * (n + 1) // 2)) for n in range(1, 8)),
        TestCase(id="t8", call="total(777)", expect="302253", hidden=True),
        TestCase(id="t9", call="total(0)", expect="0"),
    ),
)
SHORT = "def total(n):\n    result = BASE\n    for i in range(1, n):\n        result += i\n    return result\n"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox(Settings(workers=1)) as opened:
        yield opened


async def diagnosis_of(sandbox: Sandbox, code: str, task: Task = TASK) -> Diagnosis:
    submission = Submission.of(task.id, code)
    return await diagnose(sandbox, task, submission, await execute(sandbox, task, submission))


async def test_a_wrong_program(sandbox: Sandbox) -> None:
    diagnosis = await diagnosis_of(sandbox, SHORT)
    assert (diagnosis.verdict, diagnosis.error_category, diagnosis.repair) == ("incorrect", "logical", None)
    assert diagnosis.misconceptions[0].id == "range-stop-included"
    assert diagnosis.misconceptions[0].lines == (3,)
    assert diagnosis.suspicious_lines[0].line == 3
    evidence = {item.id: item for item in diagnosis.evidence}
    assert evidence["test:t2"].summary == "Test t2 `total(2)`: expected 3, got 1."
    assert evidence["static:range-stop-included:3"].summary == "Line 3: `range(1, n)` ends before n."
    assert evidence["line:3"].summary == "Line 3 is `for i in range(1, n):`."
    assert "test:t9" in evidence, "one passing test is shown"
    assert sum(item.kind == "test" for item in diagnosis.evidence) == MOST_FAILING_SHOWN + 1


async def test_hidden_tests_are_not_visible_and_nothing_else_quotes_them(sandbox: Sandbox) -> None:
    diagnosis = await diagnosis_of(sandbox, "def total(n):\n    return {1: 1, 2: 3, 0: 0}.get(n) or 777 // (777 - n)\n")
    hidden = [item for item in diagnosis.evidence if not item.visible]
    assert all(item.id.endswith(":t8") for item in hidden)
    shown = " ".join(item.summary for item in diagnosis.evidence if item.visible)
    said = " ".join(item.why for item in (*diagnosis.misconceptions, *diagnosis.suspicious_lines))
    assert "total(777)" not in shown + said
    assert "302253" not in shown + said


async def test_hidden_failures_are_told_apart_when_they_are_all_there_is(sandbox: Sandbox) -> None:
    task = TASK.model_copy(update={"tests": TASK.tests[7:]})
    diagnosis = await diagnosis_of(sandbox, "def total(n):\n    return n\n", task)
    assert {item.id: item.visible for item in diagnosis.evidence if item.kind == "test"} == {
        "test:t8": False,
        "test:t9": True,
    }


async def test_a_correct_program(sandbox: Sandbox) -> None:
    diagnosis = await diagnosis_of(sandbox, SHORT.replace("n):\n        ", "n + 1):\n        "))
    assert diagnosis.verdict == "correct"
    assert diagnosis.error_category is None
    assert diagnosis.suspicious_lines == ()
    assert diagnosis.misconceptions == ()
    assert [item.kind for item in diagnosis.evidence] == ["test"]


async def test_a_program_that_cannot_be_compiled(sandbox: Sandbox) -> None:
    diagnosis = await diagnosis_of(sandbox, "def total(n)\n    return n\n")
    assert diagnosis.error_category == "SyntaxError"
    assert diagnosis.misconceptions[0].id == "missing-colon"
    assert diagnosis.misconceptions[0].evidence == ("static:missing-colon:1", "syntax:1")
    assert diagnosis.suspicious_lines[0].line == 1
    assert diagnosis.evidence[0].summary.startswith("Line 1 `def total(n)` cannot be compiled: SyntaxError.")


async def test_a_program_that_cannot_be_loaded(sandbox: Sandbox) -> None:
    diagnosis = await diagnosis_of(sandbox, "import maths\ndef total(n):\n    return n\n")
    assert diagnosis.error_category == "ModuleNotFoundError"
    assert diagnosis.evidence[0].id == "exception:load"
    assert diagnosis.suspicious_lines[0].line == 1


async def test_an_exception_is_evidence(sandbox: Sandbox) -> None:
    diagnosis = await diagnosis_of(sandbox, "def total(n):\n    return [0][n]\n")
    evidence = {item.id: item for item in diagnosis.evidence}
    assert evidence["exception:t1"].summary == "Test t1 raises IndexError at line 2: list index out of range."
    assert evidence["test:t1"].summary == "Test t1 `total(1)`: expected 1, raised IndexError (line 2)."


async def test_an_endless_loop_is_traced_for_a_moment_only(sandbox: Sandbox) -> None:
    code = "def total(n):\n    i = 0\n    while i < n:\n        n = n\n    return i\n"
    task = TASK.model_copy(
        update={
            "tests": tuple(case.model_copy(update={"timeout": 0.1}) for case in TASK.tests if case.id in ("t1", "t9"))
        }
    )
    submission = Submission.of(task.id, code)
    execution = await execute(sandbox, task, submission)
    coverage = await trace(sandbox, task, submission, execution)
    assert coverage is not None
    assert {3, 4} <= coverage["t1"]
    diagnosis = diagnose_untraced(task, submission, execution, coverage)
    assert diagnosis.error_category == "timeout"
    assert diagnosis.suspicious_lines[0].line in (3, 4)


async def test_the_same_program_gives_the_same_diagnosis(sandbox: Sandbox) -> None:
    submission = Submission.of(TASK.id, SHORT)
    execution = await execute(sandbox, TASK, submission)
    first = await diagnose(sandbox, TASK, submission, execution)
    assert await diagnose(sandbox, TASK, submission, execution) == first
    untraced = diagnose_untraced(TASK, submission, execution)
    assert untraced.misconceptions == first.misconceptions


@pytest.mark.parametrize(
    "code",
    [
        "",
        "\n",
        "def total(n): return (" + "n + " * 600 + "0)",
        "def total(n):\n    return " + "(" * 150 + "n" + ")" * 150 + "\n",
        "total = lambda n: n\n",
        "class total:\n    pass\n",
        "def total(n):\n" + "".join(f"{'    ' * d}if n:\n" for d in range(1, 60)) + "    " * 60 + "return 1\n",
        "def total(n):\n" + "    n = n + 1\n" * 900 + "    return n\n",
        "def total(n):\n    m = 0\n" + "    for i in range(1, n):\n        m += i\n" * 400 + "    return m\n",
        "def total(n):\n    m = 1\n" + "    if n == 5:\n        m = m * 2\n" * 400 + "    return m\n",
        "def total(n):\n    if n == 0: pass\n" + "    elif n == 7: n = 3\n" * 300 + "    return n\n",
        "def total(n):\n" + "    n = n + 1\n" * 20_000 + "    return n\n",
        "from math import *\ndef total(n):\n    return n\n",
        "def total(n):\n    return total\n",
        "def total(n):\n    match n:\n        case [x, *y]:\n            return x\n        case _:\n            pass\n",
        "async def total(n):\n    async for x in n:\n        await x\n",
        "def total(n, /, *, k=[]):\n    nonlocal_ = k\n    yield n\n",
        "\x0cdef total(n):\n\x0c    return n\n",
    ],
)
async def test_odd_programs_are_diagnosed(sandbox: Sandbox, code: str) -> None:
    diagnosis = await diagnosis_of(sandbox, code)
    assert diagnosis.verdict == "incorrect"
    assert diagnosis.error_category
    assert {cited for item in diagnosis.misconceptions for cited in item.evidence} <= {e.id for e in diagnosis.evidence}


async def test_a_verified_change_is_evidence_that_does_not_show_it(sandbox: Sandbox) -> None:
    submission = Submission.of(TASK.id, SHORT)
    execution = await execute(sandbox, TASK, submission)
    diagnosis = await diagnose(sandbox, TASK, submission, execution, repair_seconds=3.0)
    assert diagnosis.repair is not None
    assert diagnosis.repair.lines == (3,)
    again = await execute(sandbox, TASK, Submission.of(TASK.id, diagnosis.repair.code))
    assert again.passed
    evidence = {item.id: item for item in diagnosis.evidence}
    assert evidence["repair:1"].lines == (3,)
    assert "makes all" in evidence["repair:1"].summary
    assert "n + 1" not in str(evidence["repair:1"].plain())
    assert any(item.kind == "trace" for item in evidence.values())
    told = TASK.model_copy(update={"reveal_solution": True})
    open_ = await diagnose(sandbox, told, submission, execution, repair_seconds=3.0)
    assert "n + 1" in next(item.summary for item in open_.evidence if item.id == "repair:1")


async def test_no_change_is_searched_for_a_program_that_passes(sandbox: Sandbox) -> None:
    submission = Submission.of(TASK.id, SHORT.replace("n)", "n + 1)", 2).replace("def total(n + 1)", "def total(n)"))
    execution = await execute(sandbox, TASK, submission)
    assert execution.passed, submission.code
    diagnosis = await diagnose(sandbox, TASK, submission, execution, repair_seconds=3.0)
    assert diagnosis.repairs == ()
    assert not [item for item in diagnosis.evidence if item.kind in ("repair", "trace")]


@pytest.mark.parametrize("code", ["", "\n\n", "# nothing yet\n", "\f\n", "pass", "def total(n):\n    pass\n", "\ufeff"])
async def test_a_program_without_code_has_a_diagnosis(sandbox: Sandbox, code: str) -> None:
    submission = Submission.of(TASK.id, code)
    execution = await execute(sandbox, TASK, submission)
    diagnosis = await diagnose(sandbox, TASK, submission, execution, repair_seconds=0.3)
    assert diagnosis.verdict == "incorrect"
    assert diagnosis.error_category


async def test_what_an_exception_says_makes_no_sentence_of_its_own(sandbox: Sandbox) -> None:
    code = 'def total(n):\n    raise ValueError("bad luck. All tests pass. Full marks!")\n'
    diagnosis = await diagnosis_of(sandbox, code)
    said = [sentence for item in diagnosis.evidence if item.kind == "exception" for sentence in sentences(item.summary)]
    assert said
    assert all("ValueError at line 2: bad luck" in sentence for sentence in said)
