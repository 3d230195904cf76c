"""Parsons problems have one right arrangement: lines that may be exchanged become one block, others are refused."""

from __future__ import annotations

import random

import pytest

from gradatim.kg import ConceptGraph
from gradatim.tools.items.arguments import numbers
from gradatim.tools.items.families import Program
from gradatim.tools.items.kinds import Draft, assembled
from gradatim.tools.items.kinds.ordering import parsons
from gradatim.tools.items.material import examine
from gradatim.tools.items.orders import with_one_order
from gradatim.tools.items.source import canonical
from gradatim.tools.items.testing import choose_tests
from gradatim.tools.sandbox import ForkServerSandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")

EXCHANGEABLE = """
def spread(values):
    total = 0
    count = 0
    for value in values:
        if value > 2:
            total += value
            count += 1
    return total - count
"""
APART = """
def spread(values):
    total = 0
    for value in values:
        total += value
    count = 0
    for value in values:
        if value > 2:
            count += 1
    return total - count
"""
TWO_PARTS = """
def doubled(value):
    value += value
    return value

def spread(values):
    total = 0
    for value in values:
        if value > 2:
            total += doubled(value)
    return total
"""


async def _drafts(sandbox: ForkServerSandbox, graph: ConceptGraph, code: str) -> list[Draft]:
    rng = random.Random(1)
    program = Program(
        "test", "spread", canonical(code), ("for-loop",), (numbers(2, low=0),), "Spread", "It gets numbers."
    )
    material = await examine(sandbox, program, {item.id for item in graph.misconceptions}, rng)
    assert material is not None
    tests = choose_tests(material, rng)
    assert tests is not None
    return list(parsons(material, tests, rng))


async def test_lines_that_may_be_exchanged_become_one_block(sandbox: ForkServerSandbox, graph: ConceptGraph) -> None:
    drafts = await _drafts(sandbox, graph, EXCHANGEABLE)
    assert any(block.misconception for draft in drafts for block in draft.blocks)
    for draft in drafts:
        found = await with_one_order(sandbox, draft)
        if found is None:
            continue
        right = [block for block in found.blocks if block.misconception is None]
        assert "total = 0\ncount = 0" in [block.text for block in right]
        assert assembled(right) == draft.reference
        return
    pytest.fail("no draft has one order")


async def test_a_problem_with_another_right_order_is_refused(sandbox: ForkServerSandbox, graph: ConceptGraph) -> None:
    drafts = await _drafts(sandbox, graph, APART)
    # `count = 0` may stand before the first loop, too
    assert drafts
    assert [await with_one_order(sandbox, draft) for draft in drafts] == [None] * len(drafts)


async def test_two_functions_that_may_be_exchanged_are_found(sandbox: ForkServerSandbox, graph: ConceptGraph) -> None:
    # no block alone can move, but the two functions can
    drafts = await _drafts(sandbox, graph, TWO_PARTS)
    assert drafts
    assert [await with_one_order(sandbox, draft) for draft in drafts] == [None] * len(drafts)
