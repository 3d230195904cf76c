"""Where the fault lies and of what kind it is: supported by what was shown, refuted where that lies elsewhere."""

from __future__ import annotations

import pytest

from gradatim.domain import FaultKindClaim, FaultLineClaim
from gradatim.tools.claims.faults import check_fault_kind, check_fault_line, telling
from gradatim.tools.claims.kinds import kinds_of_repair
from tests.tools.claims.material import CASES
from tests.tools.claims.repaired import REPAIRED, repair


@pytest.mark.parametrize(
    ("program", "line", "verdict"),
    [
        ("fib", 7, "supported"),
        ("fib", 5, "refuted"),
        ("fib", 2, "refuted"),
        ("fib", 99, "refuted"),
        ("sum_to", 3, "supported"),
        ("sum_to", 4, "refuted"),
        ("double", 1, "supported"),
        ("double", 2, "refuted"),
        ("last", 2, "supported"),
        ("square", 2, "refuted"),
    ],
)
def test_lines(program: str, line: int, verdict: str) -> None:
    assert check_fault_line(FaultLineClaim(line=line), REPAIRED[program]).verdict == verdict


def test_without_a_repair_no_line_is_cleared() -> None:
    assert check_fault_line(FaultLineClaim(line=2), CASES["fib"]).verdict == "unchecked"
    assert check_fault_kind(FaultKindClaim(operator="loop-bound"), CASES["fib"]).verdict == "unchecked"


@pytest.mark.parametrize(
    ("program", "kind", "verdict"),
    [
        ("fib", "return-value", "supported"),
        ("fib", "loop-bound", "refuted"),
        ("sum_to", "loop-bound", "supported"),
        ("sum_to", "initial-value", "refuted"),
        ("mean", "guard", "supported"),
        ("mean", "arithmetic-operator", "refuted"),
        ("largest", "initial-value", "supported"),
        ("steps", "update", "supported"),
        ("fact", "base-case", "supported"),
        ("fact", "loop-bound", "refuted"),
        ("double", "colon", "supported"),
        ("double", "brackets", "refuted"),
        ("vowels", "name", "supported"),
        ("square", "name", "refuted"),
    ],
)
def test_kinds(program: str, kind: str, verdict: str) -> None:
    assert check_fault_kind(FaultKindClaim(operator=kind), REPAIRED[program]).verdict == verdict


@pytest.mark.parametrize(
    ("program", "line", "replacement", "kind", "other"),
    [
        ("fib", 2, "    if n <= 1:", "comparison-operator", "loop-bound"),
        ("fib", 5, "    for i in range(n - 1):", "loop-bound", "comparison-operator"),
        ("fib", 4, "    a, b = 1, 1", "initial-value", "return-value"),
        ("fib", 6, "        a, b = b, a - b", "arithmetic-operator", "initial-value"),
        ("mean", 5, "    return total // len(numbers)", "division", "guard"),
        ("initials", 4, "        result = name[0].upper()", "letter-case", "loop-bound"),
        ("vowels", 6, "        return count", "indentation", "name"),
    ],
)
def test_kinds_are_read_from_the_change(program: str, line: int, replacement: str, kind: str, other: str) -> None:
    code = CASES[program].submission.code
    kinds = kinds_of_repair(code, repair(code, line, line, replacement, "from-pool"))
    assert kind in kinds
    assert other not in kinds


def test_answers_to_single_tests_tell_nothing() -> None:
    case = REPAIRED["initials"]
    code = case.submission.code
    cheat = repair(code, 2, 1, "    if names == ['Ada', 'Bo']:\n        return 'AB'", "guard")
    only = case.diagnosis.model_copy(update={"repairs": (cheat,)})
    copy = type(case)(case.task, case.submission, case.execution, only, case.evidence)
    assert telling(copy) == ()
    assert check_fault_line(FaultLineClaim(line=4), copy).verdict == "unchecked"
    assert telling(case) == case.diagnosis.repairs
