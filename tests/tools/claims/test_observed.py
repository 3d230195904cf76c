"""Constructs, kinds of inputs, values, ends and growth, memory and definitions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import get_args

import pytest

from gradatim.domain import (
    Claim,
    ComplexityClaim,
    ConceptDefinitionClaim,
    Construct,
    ConstructClaim,
    Evidence,
    HistoryClaim,
    InputClassClaim,
    TerminationClaim,
    VariableValueClaim,
)
from gradatim.kg import EmbeddedStore, packaged_curriculum
from gradatim.settings import Settings
from gradatim.tools.claims import Case, ClaimChecker
from gradatim.tools.claims.constructs import places_of
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import open_sandbox
from tests.tools.claims.material import CASES, Run, build


@pytest.fixture
async def checker() -> AsyncIterator[ClaimChecker]:
    async with open_sandbox(Settings(workers=1)) as sandbox:
        yield ClaimChecker(sandbox, EmbeddedStore(packaged_curriculum()))


@pytest.mark.parametrize(
    ("program", "claim", "verdict"),
    [
        ("fib", ConstructClaim(what="for-loop", present=True), "supported"),
        ("fib", ConstructClaim(what="while-loop", present=True), "refuted"),
        ("fib", ConstructClaim(what="return", present=False), "refuted"),
        ("is_even", ConstructClaim(what="return", present=False), "supported"),
        ("fact", ConstructClaim(what="base-case", present=False), "supported"),
        ("fact", ConstructClaim(what="recursion", present=True), "supported"),
        ("fib", ConstructClaim(what="initial-value", present=True, name="a", line=4), "supported"),
        ("fib", ConstructClaim(what="initial-value", present=True, name="a", line=2), "refuted"),
        ("fib", ConstructClaim(what="parameter", present=True, name="m"), "refuted"),
        ("double", ConstructClaim(what="return", present=True), "supported"),
        ("double", ConstructClaim(what="base-case", present=True), "unchecked"),
        ("steps", TerminationClaim(ends=False), "supported"),
        ("steps", TerminationClaim(ends=True), "refuted"),
        ("fib", TerminationClaim(ends=False), "refuted"),
        ("mean", InputClassClaim(what="empty", handled=False), "supported"),
        ("mean", InputClassClaim(what="empty", handled=False, cause=True), "supported"),
        ("mean", InputClassClaim(what="empty", handled=True), "refuted"),
        ("mean", InputClassClaim(what="single", handled=False), "refuted"),
        ("largest", InputClassClaim(what="negative", handled=False, cause=True), "supported"),
        ("largest", InputClassClaim(what="empty", handled=False, cause=True), "refuted"),
        ("fib", InputClassClaim(what="zero", handled=False), "refuted"),
        ("sum_to", VariableValueClaim(variable="total", value="3", line=4, call="sum_to(3)"), "supported"),
        ("sum_to", VariableValueClaim(variable="total", value="6", line=4, call="sum_to(3)"), "refuted"),
        ("sum_to", VariableValueClaim(variable="i", value="0", line=3, occurrence=1, call="sum_to(3)"), "supported"),
        ("sum_to", VariableValueClaim(variable="nothing", value="0", line=4, call="sum_to(3)"), "unchecked"),
        ("sum_to", VariableValueClaim(variable="total", value="99", line=4), "unchecked"),
        ("mean", ComplexityClaim(order="linear"), "supported"),
        ("mean", ComplexityClaim(order="quadratic"), "unchecked"),
        ("mean", ComplexityClaim(order="exponential"), "refuted"),
        ("mean", ComplexityClaim(order="constant"), "refuted"),
        ("square", ComplexityClaim(order="constant"), "supported"),
        ("is_even", ComplexityClaim(order="constant"), "unchecked"),
    ],
)  # fmt: skip
async def test_claims(checker: ClaimChecker, program: str, claim: Claim, verdict: str) -> None:
    found = await checker.check(claim, CASES[program])
    assert found.verdict == verdict, found.detail


async def test_growth_is_measured(checker: ClaimChecker) -> None:
    case = build(
        "pairs",
        """
        def pairs(items):
            count = 0
            for one in items:
                for other in items:
                    if one < other:
                        count += 1
            return count
        """,
        Run("pairs([1, 2, 3])", "3", "3"),
    )
    execution = await execute(checker.sandbox, case.task, case.submission)
    assert execution.passed
    assert (await checker.check(ComplexityClaim(order="quadratic"), case)).verdict == "supported"
    assert (await checker.check(ComplexityClaim(order="linear"), case)).verdict == "refuted"


def test_every_construct_can_be_found() -> None:
    program = '''
import math
class Box:
    """A box."""
    def put(self, item):
        global seen
        seen = [x for x in range(3)][1:]
        return lambda: f"{item}"
# a comment
def walk(n):
    if n == 0:
        return 0
    elif n < 0:
        raise ValueError
    else:
        n = int(input())
    for i in range(n):
        for j in range(n):
            break
        continue
    while n:
        n -= 1
    try:
        print(math.pi)
    except ValueError:
        pass
    return walk(n - 1)
'''
    assert {place.what for place in places_of(program)} == set(get_args(Construct))


def with_history(case: Case) -> Case:
    history = Evidence(
        id="history:1", kind="history", summary="Earlier error: IndexError in a loop.",
        detail={"task": "last", "misconceptions": ["range-stop-included"]},
    )  # fmt: skip
    return Case.of(case.task, case.submission, case.execution, case.diagnosis, (history,))


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (HistoryClaim(subject="misconception"), "supported"),
        (HistoryClaim(subject="misconception", seen=False), "refuted"),
        (HistoryClaim(subject="misconception", id="missing-colon"), "unchecked"),
        (HistoryClaim(subject="task", id="last"), "supported"),
        (HistoryClaim(subject="error", id="IndexError"), "supported"),
        (HistoryClaim(subject="task"), "unchecked"),
    ],
)
async def test_history(checker: ClaimChecker, claim: HistoryClaim, verdict: str) -> None:
    assert (await checker.check(claim, with_history(CASES["sum_to"]))).verdict == verdict
    assert (await checker.check(claim, CASES["sum_to"])).verdict == "unchecked"


async def test_definitions_are_those_of_the_graph(checker: ClaimChecker) -> None:
    concept = packaged_curriculum().concepts[0]
    same = ConceptDefinitionClaim(concept=concept.name, text=concept.definition)
    assert (await checker.check(same, CASES["fib"])).verdict == "supported"
    unknown = ConceptDefinitionClaim(concept="quantum loop", text="A loop.")
    assert (await checker.check(unknown, CASES["fib"])).verdict == "unchecked"
    for other in packaged_curriculum().concepts[:40]:
        turned = other.definition.replace(" is ", " is not ", 1)
        if turned != other.definition:
            claim = ConceptDefinitionClaim(concept=other.name, text=turned)
            assert (await checker.check(claim, CASES["fib"])).verdict != "supported", turned
