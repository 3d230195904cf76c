"""Difficulty from what an item demands: features, steps, weights."""

from __future__ import annotations

import pytest

from gradatim.kg import Concept, ConceptGraph, Relation, Topic
from gradatim.tools.items import Item, ItemKind
from gradatim.tools.items.difficulty import Weights, packaged_weights
from gradatim.tools.items.features import code_features, concept_depths, depth_of, size
from gradatim.tools.items.steps import typical_steps
from gradatim.tools.sandbox import ForkServerSandbox

LOOP = "def f(values):\n    total = 0\n    for value in values:\n        if value % 2 == 0 and value > 3:\n            total += value\n    return total\n"  # noqa: E501
PLAIN = "def f(a):\n    return a + 1\n"


def test_features_count_what_is_there() -> None:
    found = code_features(LOOP, 10)
    assert (found["loops"], found["nesting"], found["branches"], found["logic"]) == (1, 2, 1, 1)
    assert (found["hard_arithmetic"], found["arithmetic"], found["variables"]) == (1, 1, 3)
    assert found["hard_steps"] == found["steps"] > code_features(LOOP, 5)["steps"]
    plain = code_features(PLAIN, 1)
    assert plain["hard_steps"] == plain["recursive_steps"] == plain["loops"] == 0
    again = code_features("def f(n):\n    if n == 0:\n        return 0\n    return f(n - 1)\n", 8)
    assert again["recursion"] == 1
    assert again["early_return"] == 1
    assert code_features("def f(n):\n    if n:\n        x = 1\n    elif n > 2:\n        x = 2\n", 1)["nesting"] == 1
    assert size("[3, 1200, -5]") == 4
    assert size("none") == 0


def _graph(*edges: tuple[str, str]) -> ConceptGraph:
    names = sorted({name for edge in edges for name in edge})
    concepts = tuple(Concept(id=name, name=name, definition="What it is.", topic="t") for name in names)
    relations = tuple(Relation(source=one, target=other, type="prerequisite") for one, other in edges)
    return ConceptGraph(name="g", topics=(Topic(id="t", title="T"),), concepts=concepts, relations=relations)


def test_depth_is_the_longest_way() -> None:
    depths = concept_depths(_graph(("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")))
    assert depths == {"a": 0, "b": 1, "c": 2, "d": 3}
    assert depth_of(["a", "unknown"], depths) == 0.0
    assert depth_of(["d"], depths) > depth_of(["b"], depths)
    assert depth_of([], depths) == 0.0


def test_a_circle_of_prerequisites_ends() -> None:
    assert set(concept_depths(_graph(("a", "b"), ("b", "a"), ("b", "c")))) == {"a", "b", "c"}


@pytest.mark.asyncio(loop_scope="session")
async def test_steps_are_those_of_the_run(sandbox: ForkServerSandbox) -> None:
    programs = [
        (LOOP, "f", ["f([])", "f([])"]),
        (LOOP, "f", ["f([4, 5, 6])"]),
        (PLAIN, "f", ["f('a')"]),
    ]
    none, three, broken = await typical_steps(sandbox, programs)
    assert none == 3  # total, for, return
    assert three is not None
    assert three > none
    assert broken is None
    recursive = "def f(n):\n    if n == 0:\n        return 0\n    return f(n - 1)\n"
    (deep,) = await typical_steps(sandbox, [(recursive, "f", ["f(9)"])])
    assert deep == 20


def test_weights_add_up() -> None:
    weights = Weights(0.5, {"steps": 2.0}, {"steps": 1.0}, {"steps": 0.5}, 0.4)
    assert weights.difficulty({"steps": 2.0, "other": 9.0}) == pytest.approx(4.5)
    assert weights.difficulty({}) == pytest.approx(0.5)


def test_the_estimate_of_an_item_follows_from_its_features(made: dict[ItemKind, Item]) -> None:
    for kind, item in made.items():
        weights = packaged_weights().kinds[kind]
        assert item.difficulty.value == pytest.approx(weights.difficulty(item.difficulty.features), abs=0.01)
        assert item.difficulty.error == pytest.approx(weights.error, abs=1e-3)
