from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings

from gradatim.errors import CurriculumError
from gradatim.kg import ConceptGraph, Relation, packaged_curriculum
from gradatim.memory.propagation import Plan
from tests.memory.propagation.material import graph, graphs


@given(graphs())
@settings(max_examples=60)
def test_each_concept_comes_after_its_prerequisites(made: ConceptGraph) -> None:
    plan = Plan.of(made)
    assert sorted(plan.concepts) == sorted(concept.id for concept in made.concepts)
    assert all(low <= high for low, high in pairwise(plan.levels.tolist()))
    for edge in made.relations:
        source, target = plan.places[edge.source], plan.places[edge.target]
        assert plan.levels[source] < plan.levels[target]
        assert (source, edge.weight) in plan.prerequisites[target]
        assert (target, edge.weight) in plan.dependents[source]
        assert plan.last[source] >= plan.last[target] >= plan.levels[target]


def test_the_level_is_the_longest_chain() -> None:
    plan = Plan.of(graph(("a", "b"), ("b", "c"), ("a", "c"), ("x", "c"), alone=("z",)))
    levels = dict(zip(plan.concepts, plan.levels.tolist(), strict=True))
    assert levels == {"a": 0, "b": 1, "c": 2, "x": 0, "z": 0}
    assert plan.last[plan.places["x"]] == 2
    assert plan.last[plan.places["z"]] == 0


def test_weights_of_prerequisites_are_shared_out() -> None:
    plan = Plan.of(graph(("a", "c", 0.5), ("b", "c", 1.0)))
    (step,) = plan.forward
    assert step.weights.tolist() == pytest.approx([1 / 3, 2 / 3])
    back = plan.backward[0]
    assert back is not None
    assert back.weights.tolist() == [0.5, 1.0]


def test_a_circle_is_refused_by_name() -> None:
    with pytest.raises(CurriculumError, match="circle through b, c"):
        Plan.of(graph(("a", "b"), ("b", "c"), ("c", "b")))


def test_a_prerequisite_that_is_no_concept_is_refused() -> None:
    made = graph(("a", "b"))
    wrong = made.model_copy(
        update={"relations": (*made.relations, Relation(source="nowhere", target="b", type="prerequisite"))}
    )
    with pytest.raises(CurriculumError, match="'nowhere'"):
        Plan.of(wrong)


def test_other_relations_do_not_count() -> None:
    made = graph(alone=("a", "b"))
    other = made.model_copy(update={"relations": (Relation(source="a", target="b", type="similarity"),)})
    assert Plan.of(other).prerequisites == ((), ())


def test_an_empty_graph() -> None:
    plan = Plan.of(ConceptGraph(name="empty", concepts=()))
    assert (plan.concepts, plan.forward, plan.backward) == ((), (), ())


def test_the_packaged_graph() -> None:
    plan = Plan.of(packaged_curriculum())
    assert len(plan.concepts) == len(packaged_curriculum().concepts)
    assert sum(len(step.neighbours) for step in plan.forward) == sum(map(len, plan.prerequisites))
