"""The five dimensions of the rubric."""

from __future__ import annotations

import pytest

from gradatim.domain import (
    Diagnosis,
    Edit,
    Evidence,
    Execution,
    MisconceptionMatch,
    Outcome,
    Repair,
    Submission,
    Task,
    TestCase,
)
from gradatim.tools.rubric import DIMENSIONS, rubric
from gradatim.tools.rubric.clarity import clarity
from gradatim.tools.rubric.quality import quality

CODE = "def total(xs):\n    s = 0\n    for x in xs:\n        s = x\n    return s\n"


def task(**other: object) -> Task:
    fields: dict[str, object] = {
        "id": "total",
        "title": "Total",
        "statement": "Add up.",
        "entry_point": "total",
        "concepts": ("for-loop", "accumulator-variable"),
        "tests": (
            TestCase(id="t1", call="total([])", expect="0"),
            TestCase(id="t2", call="total([1, 2])", expect="3", weight=2.0),
            TestCase(id="t3", call="total([4, 5])", expect="9", hidden=True),
        ),
    }
    return Task.model_validate(fields | other)


def execution(*passed: bool) -> Execution:
    outcomes = tuple(
        Outcome(test=f"t{number}", status="passed" if fine else "failed") for number, fine in enumerate(passed, 1)
    )
    return Execution(submission="s", task="total", outcomes=outcomes, tier="bubblewrap")


def measured(
    ran: Execution, code: str = CODE, diagnosis: Diagnosis | None = None, **concepts: tuple[str, ...]
) -> dict[str, float | None]:
    given = diagnosis or Diagnosis(submission="s", verdict=ran.verdict)
    whole = rubric(
        task(), Submission.of("total", code), ran, given, {k.replace("_", "-"): v for k, v in concepts.items()}
    )
    assert [item.name for item in whole.measures] == list(DIMENSIONS)
    assert all(item.why for item in whole.measures)
    return {item.name: item.value for item in whole.measures}


def test_correctness_is_the_weighted_share_of_passed_tests() -> None:
    assert measured(execution(True, False, False))["correctness"] == pytest.approx(1 / 4)
    assert measured(execution(True, True, True))["correctness"] == 1.0


def test_hidden_tests_are_not_cited() -> None:
    found = rubric(task(), Submission.of("total", CODE), execution(True, False, False), _failing())
    assert found.measures[0].evidence == ("test:t2",)


def _failing(**other: object) -> Diagnosis:
    return Diagnosis.model_validate({"submission": "s", "verdict": "incorrect", **other})


def test_approach_needs_a_repair_or_a_construct() -> None:
    edit = Edit(line=4, last_line=4, replacement="        s += x", operator="augmented-assignment")
    repair = Repair(
        code=CODE.replace("s = x", "s += x"), edits=(edit,), place="line 4", change="`+=`", origin="search", weight=0.9
    )
    repaired = _failing(
        repairs=(repair,), evidence=(Evidence(id="repair:1", kind="repair", summary="A change passes all tests."),)
    )
    # four of five lines stay, and the loop that the task is about is there
    assert measured(execution(True, False, False), diagnosis=repaired)["problem_solving_approach"] == pytest.approx(0.9)
    bare = rubric(task(concepts=()), Submission.of("total", CODE), execution(False, False, False), _failing()).measures[
        2
    ]
    assert bare.value is None
    assert bare.why.startswith("not measured")


def test_answers_that_are_looked_up_are_no_approach() -> None:
    match = MisconceptionMatch(id="hard-coded-answer", lines=(2,), confidence=0.9, why="looks the answers up")
    assert measured(execution(True, True, False), diagnosis=_failing(misconceptions=(match,)))[
        "problem_solving_approach"
    ] == 0.0  # fmt: skip


def test_understanding_falls_with_the_misconceptions_about_the_concepts() -> None:
    match = MisconceptionMatch(id="wrong-initial-value", lines=(2,), confidence=0.8, why="starts wrongly")
    found = measured(
        execution(True, False, False),
        diagnosis=_failing(misconceptions=(match,)),
        wrong_initial_value=("accumulator-variable",),
    )
    assert found["conceptual_understanding"] == pytest.approx((1.0 + 0.2) / 2)
    assert measured(execution(True, False, False))["conceptual_understanding"] is None
    assert measured(execution(True, True, True))["conceptual_understanding"] == 1.0


def test_what_is_not_measured_gives_its_weight_to_the_others() -> None:
    found = rubric(task(), Submission.of("total", "def total(:\n"), execution(False, False, False), _failing())
    values = {item.name: item.value for item in found.measures}
    assert values["code_quality"] is None
    assert values["explanation_clarity"] is None
    assert sum(found.shares.values()) == pytest.approx(1.0)
    assert found.measured < 1


@pytest.mark.parametrize(
    ("code", "lines", "bad"),
    [
        ("x = 1\nprint(x)\n", 2, 0),
        ("import os\nx = 1\nprint(x)\n", 3, 1),
        ("x = 1; y = 2\nprint(x, y)\n", 2, 1),
        ("def f(a):\n    if a == None:\n        return 1\n    return 2\n", 4, 1),
        ("try:\n    x = 1\nexcept:\n    x = 2\nprint(x)\n", 5, 1),
        ("print(GIVEN_BY_THE_TASK)\n", 1, 0),
        ("x=1\n\n\n\nprint( x )\n", 2, 0),
        ("def f(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(12)), 25, 1),
        ("if 1:\n if 2:\n  if 3:\n   if 4:\n    if 5:\n     print()\n", 6, 1),
        ("if a:\n    pass\n" + "".join(f"elif b{n}:\n    pass\n" for n in range(6)), 14, 0),
    ],
)
def test_quality_is_the_share_of_lines_without_a_finding(code: str, lines: int, bad: int) -> None:
    found = quality(code)
    assert found.value == pytest.approx(1 - bad / lines), found.why


def test_quality_of_nothing_is_not_measured() -> None:
    assert quality("").value is None
    assert quality("# only words\n").value is None
    assert quality("\x00").value is None


@pytest.mark.parametrize(
    ("code", "share"),
    [
        ("x = 1\n", None),
        ("# add up what was measured below zero\nx = 1\n", 1.0),
        ("x = 1  # x = 1\n", 0.0),
        ("# x = 2\n# print(x)\nx = 1\n", 0.0),
        ('def mean(values):\n    """The mean, or None where nothing was measured."""\n    return None\n', 1.0),
        ("x = 1  # todo\n", 0.0),
    ],
)
def test_clarity_counts_comments_that_explain(code: str, share: float | None) -> None:
    assert clarity(code).value == share
