"""Claims that need no running get the verdict that the observations demand."""

from __future__ import annotations

import pytest

from gradatim.domain import (
    Check,
    Claim,
    ExceptionClaim,
    LineQuoteClaim,
    MisconceptionClaim,
    ProseClaim,
    TestCountClaim,
    TestOutcomeClaim,
)
from gradatim.tools.claims import Case, lookup
from tests.tools.claims.corpus import CORPUS, WHOLE
from tests.tools.claims.material import CASES

VERDICTS = {"+": "supported", "-": "refuted", "?": "unchecked"}
LOOKED_UP = [
    (program, sentence, claim, verdict)
    for program, sentence, judged in CORPUS
    for claim, verdict in judged
    if verdict in VERDICTS
]


def check(claim: Claim, case: Case) -> Check:
    match claim:
        case TestOutcomeClaim():
            return lookup.check_test_outcome(claim, case)
        case TestCountClaim():
            return lookup.check_test_count(claim, case)
        case LineQuoteClaim():
            return lookup.check_line_quote(claim, case)
        case ExceptionClaim():
            return lookup.check_exception(claim, case)
        case MisconceptionClaim():
            return lookup.check_misconception(claim, case)
        case ProseClaim():
            return lookup.check_prose(claim, case, tuple(case.evidence))
        case _:
            raise AssertionError(f"{claim.kind} is not looked up")


@pytest.mark.parametrize(("program", "sentence", "claim", "verdict"), LOOKED_UP)
def test_verdict_of_a_claim(program: str, sentence: str, claim: Claim, verdict: str) -> None:
    if claim == ProseClaim(text=WHOLE):
        claim = ProseClaim(text=sentence)
    found = check(claim, CASES[program])
    assert found.verdict == VERDICTS[verdict], found.detail
    assert found.claim == claim
    assert found.detail


def test_a_refutation_tells_the_truth() -> None:
    found = check(LineQuoteClaim(line=2, text="range(n)"), CASES["sum_to"])
    assert found.detail == "line 2 is `total = 0`; that text stands in line 3"
    found = check(ExceptionClaim(exception="IndexError", line=1), CASES["last"])
    assert found.detail == "IndexError was raised in line 2"
    found = check(TestOutcomeClaim(test="t2", status="failed", actual="7"), CASES["fib"])
    assert found.detail == "test t2 gave 8"


def test_all_tests_pass_is_not_true_of_the_visible_ones_alone() -> None:
    case = CASES["sum_to"]
    visible = TestCountClaim(status="passed", count=1, total=3)
    assert check(visible, case).verdict == "supported"
    hidden_fails = case.execution.model_copy(
        update={
            "outcomes": tuple(
                item if item.test == "t4" else item.model_copy(update={"status": "passed"})
                for item in case.execution.outcomes
            )
        }
    )
    case = Case.of(case.task, case.submission, hidden_fails, case.diagnosis)
    for claim in (
        TestCountClaim(status="failed", count=0, total=3),
        TestCountClaim(status="passed", count=3, total=3),
        TestCountClaim(status="failed", count=0),
    ):
        assert check(claim, case).verdict == "refuted"


def test_a_check_never_tells_what_a_hidden_test_gave() -> None:
    case = CASES["fib"]
    found = check(TestOutcomeClaim(test="t6", status="failed", actual="55"), case)
    assert found.verdict == "refuted"
    assert "89" not in found.detail


@pytest.mark.parametrize(
    ("line", "text", "verdict"),
    [
        (4, "n>best", "supported"),
        (4, "best", "supported"),
        (4, "bes", "refuted"),
        (4, "if n > best: best = n", "supported"),
        (4, "if n > best: return n", "refuted"),
        (5, "best=n", "supported"),
        (None, "best == n", "refuted"),
        (1, "def largest(...)", "supported"),
        (1, "def ... best", "refuted"),
        (None, "", "unchecked"),
    ],
)
def test_quotations_are_compared_by_whole_names_and_signs(line: int | None, text: str, verdict: str) -> None:
    assert check(LineQuoteClaim(line=line, text=text), CASES["largest"]).verdict == verdict


def test_misconceptions_are_those_of_the_diagnosis() -> None:
    assert check(MisconceptionClaim(misconception="range-stop-included"), CASES["sum_to"]).verdict == "supported"
    assert check(MisconceptionClaim(misconception="infinite-while"), CASES["sum_to"]).verdict == "refuted"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("[1,2]", "[1, 2]", True), ("'a'", '"a"', True), ("1", "2", False), ("a b", "ab", True), (None, None, True),
     (None, "1", False), ("1.0", "1", True), ("x", "y", False)],
)  # fmt: skip
def test_same_value(one: str | None, other: str | None, same: bool) -> None:
    assert lookup.same_value(one, other) is same
