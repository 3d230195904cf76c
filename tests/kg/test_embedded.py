from __future__ import annotations

import asyncio
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.kg import ConceptGraph, ConceptStore, EmbeddedStore, InconsistentGraph, Relation, validate
from tests.kg.conformance import StoreConformance
from tests.kg.graphs import concept, needs


class TestEmbeddedStore(StoreConformance):
    async def open(self, graph: ConceptGraph) -> ConceptStore:
        return EmbeddedStore(graph)

    def test_refuses_an_inconsistent_graph(self) -> None:
        with pytest.raises(InconsistentGraph, match="'b' is not a concept"):
            EmbeddedStore(ConceptGraph(name="bad", concepts=(concept("a"),), relations=(needs("a", "b"),)))


def node(number: int) -> str:
    return f"n{number}"


@st.composite
def graphs(draw: st.DrawFn, *, acyclic: bool) -> ConceptGraph:
    """Random prerequisite graphs of at most nine concepts."""
    size = draw(st.integers(1, 9))
    pairs = [(a, b) for a in range(size) for b in range(size) if (a < b if acyclic else a != b)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=20)) if pairs else []
    names = draw(st.permutations(range(size)))
    relations = tuple(
        Relation(
            source=node(names[a]),
            target=node(names[b]),
            type="prerequisite",
            weight=draw(st.sampled_from([0.25, 0.5, 1.0])),
        )
        for a, b in chosen
    )
    return ConceptGraph(name="random", concepts=tuple(concept(node(i)) for i in range(size)), relations=relations)


def simple_paths(graph: ConceptGraph, source: str, target: str) -> list[tuple[tuple[str, ...], float]]:
    """All ways without a repeated concept, with their products of weights, by plain enumeration."""
    found: list[tuple[tuple[str, ...], float]] = []

    def extend(path: tuple[str, ...], weight: float) -> None:
        if path[-1] == target and len(path) > 1:
            found.append((path, weight))
            return
        for edge in graph.relations:
            if edge.source == path[-1] and (edge.target not in path or edge.target == target == source):
                extend((*path, edge.target), weight * edge.weight)

    extend((source,), 1.0)
    return found


@given(graphs(acyclic=True), st.one_of(st.none(), st.integers(0, 4)))
def test_chains_agree_with_plain_enumeration(graph: ConceptGraph, depth: int | None) -> None:
    store = EmbeddedStore(graph)
    for target in graph.concepts:
        steps = asyncio.run(store.prerequisites(target.id, depth))
        got = {step.concept.id: step for step in steps}
        want: dict[str, tuple[int, float]] = {}
        for source in graph.concepts:
            ways = simple_paths(graph, source.id, target.id)
            if ways:
                shortest = min(len(path) for path, _ in ways) - 1
                best = max(weight for path, weight in ways if len(path) == shortest + 1)
                if depth is None or shortest <= depth:
                    want[source.id] = (shortest, best)
        assert {key: (step.distance, step.weight) for key, step in got.items()} == want
        for key, step in got.items():
            assert (step.path, step.weight) in simple_paths(graph, key, target.id)
        assert [(s.distance, -s.weight, s.concept.id) for s in steps] == sorted(
            (s.distance, -s.weight, s.concept.id) for s in steps
        )


@given(graphs(acyclic=True))
def test_dependents_mirror_prerequisites_and_holds_agrees_with_both(graph: ConceptGraph) -> None:
    store = EmbeddedStore(graph)

    async def check() -> None:
        for a in graph.concepts:
            after = {step.concept.id: step for step in await store.dependents(a.id)}
            for b in graph.concepts:
                before = {step.concept.id: step for step in await store.prerequisites(b.id)}
                chain = await store.holds(a.id, "prerequisite", b.id)
                assert (chain is not None) == (b.id in after) == (a.id in before)
                if chain is not None:
                    assert chain.concepts == before[a.id].path
                    assert math.isclose(chain.weight, after[b.id].weight)
                    assert len(chain.concepts) == after[b.id].distance + 1

    asyncio.run(check())


@given(graphs(acyclic=False))
def test_a_cycle_is_reported_exactly_when_there_is_one(graph: ConceptGraph) -> None:
    rings = [
        problem.message.partition(": ")[2].split(" → ") for problem in validate(graph) if "circle" in problem.message
    ]
    cyclic = any(simple_paths(graph, item.id, item.id) for item in graph.concepts)
    assert bool(rings) == cyclic
    stated = {(edge.source, edge.target) for edge in graph.relations}
    for ring in rings:
        assert ring[0] == ring[-1]
        assert all(pair in stated for pair in pairwise(ring))
