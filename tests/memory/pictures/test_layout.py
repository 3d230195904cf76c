"""Which concepts stand on the map, and where."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.domain import Mastery
from gradatim.kg import Concept, ConceptGraph, Relation
from gradatim.memory.pictures import map_around
from gradatim.memory.pictures.layout import columns, levels
from gradatim.memory.pictures.words import columns as text_columns
from gradatim.memory.pictures.words import shortened, wrapped


def graph(*pairs: tuple[str, str]) -> ConceptGraph:
    ids = sorted({name for pair in pairs for name in pair})
    return ConceptGraph(
        name="g",
        concepts=tuple(Concept(id=i, name=f"the {i}", definition="d", topic="t") for i in ids),
        relations=tuple(Relation(source=a, target=b, type="prerequisite") for a, b in pairs),
    )


def seen(concept: str, observations: int = 3, probability: float = 0.5) -> Mastery:
    return Mastery(concept=concept, probability=probability, observations=observations)


def test_levels_are_longest_chains() -> None:
    assert levels(["d", "c", "b", "a"], {"b": ["a"], "c": ["a", "b"], "d": ["b", "elsewhere"]}) == {
        "a": 0, "b": 1, "c": 2, "d": 2,
    }  # fmt: skip


NODES = [f"n{number}" for number in range(12)]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=40), st.integers(1, 5))
def test_every_concept_stands_once_even_in_circles(pairs: list[tuple[str, str]], height: int) -> None:
    needs: dict[str, list[str]] = {}
    for source, target in pairs:
        needs.setdefault(target, []).append(source)
    found = levels(NODES, needs)
    stand = columns(NODES, needs, found, height)
    assert sorted(node for column in stand for node in column) == sorted(NODES)
    assert max(map(len, stand)) <= height
    forward = [(a, b) for a, b in pairs if NODES.index(a) < NODES.index(b)]
    only: dict[str, list[str]] = {}
    for source, target in forward:
        only.setdefault(target, []).append(source)
    level = levels(NODES, only)
    assert all(level[a] < level[b] for a, b in forward)


def test_a_long_chain_needs_no_deep_recursion() -> None:
    nodes = [f"c{number}" for number in range(5000)]
    assert levels(nodes[::-1], {b: [a] for a, b in pairwise(nodes)})["c4999"] == 4999


def test_the_map_holds_what_was_worked_on_and_what_lies_around() -> None:
    around = map_around(
        graph(("a", "b"), ("b", "c"), ("c", "d"), ("x", "y")),
        [seen("b"), seen("own"), seen("y", 0)],
        inferred={"a": 0.3},
    )
    found = {item.id: item for item in around.concepts}
    assert set(found) == {"a", "b", "c", "own"}
    assert (found["b"].label, found["b"].mastery, found["b"].observations) == ("the b", 0.5, 3)
    assert found["a"].inferred
    assert found["c"].mastery is None
    assert found["own"].label == "own"
    assert around.needed == (("a", "b"), ("b", "c"))


def test_of_many_the_most_observed_are_kept() -> None:
    around = map_around(graph(("a", "b")), [seen(f"k{n}", observations=n + 1) for n in range(300)], most=20)
    assert {item.id for item in around.concepts} == {f"k{n}" for n in range(280, 300)}
    assert around.left_out == 280


@given(st.text(max_size=80), st.integers(2, 30))
def test_texts_fit(text: str, width: int) -> None:
    assert text_columns(shortened(text, width)) <= width
    assert all(text_columns(line) <= 2 * width for line in wrapped(text, width, 2))
    assert len(wrapped(text, width, 2)) <= 2


def test_wide_characters_count_twice() -> None:
    assert shortened("变量作用域", 6) == "变量…"
    assert wrapped("list comprehension with a condition", 19, 2) == ["list comprehension", "with a condition"]
