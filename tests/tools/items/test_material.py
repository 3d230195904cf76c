"""What counts as different when programs are compared: what a test would tell apart."""

from __future__ import annotations

import random

import pytest

from gradatim.kg import ConceptGraph
from gradatim.tools.items.arguments import whole
from gradatim.tools.items.families import Program
from gradatim.tools.items.kinds.writing import fix
from gradatim.tools.items.material import Seen, differs, examine
from gradatim.tools.items.source import canonical
from gradatim.tools.items.testing import choose_tests
from gradatim.tools.sandbox import ForkServerSandbox


@pytest.mark.parametrize(
    ("one", "other", "different"),
    [("3", "3.0", False), ("[1, 2]", "[1.0, 2]", False), ("True", "1", False), ("3", "4", True), ("'3'", "3", True),
     ("[1]", "(1,)", True), ("3", None, True), ("3", "[0, 1, \u2026", True)],
)  # fmt: skip
def test_values_differ_as_tests_see_it(one: str, other: str | None, different: bool) -> None:
    assert differs(Seen("a", one), Seen("b", other, None if other else "TypeError")) is different


@pytest.mark.asyncio(loop_scope="session")
async def test_a_whole_number_is_no_fault(sandbox: ForkServerSandbox, graph: ConceptGraph) -> None:
    rng = random.Random(2)
    code = canonical("def halve(n):\n    return n // 1 + n * 2\n")
    program = Program("test", "halve", code, ("floor-division",), (whole(0, 30),), "Halve", "It gets a number.")
    material = await examine(sandbox, program, {item.id for item in graph.misconceptions}, rng)
    assert material is not None
    assert "division-kind-confusion" not in {rival.misconception for rival in material.rivals}
    tests = choose_tests(material, rng)
    assert tests is not None
    for draft in fix(material, tests, rng):
        assert "n / 1" not in (draft.shown or "")
