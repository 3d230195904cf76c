from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.kg import ConceptGraph, packaged_curriculum
from gradatim.memory.recommendation import READY, Course, Path, expected_practices, path_to
from gradatim.memory.tracing import BKTParameters, ConceptParameters
from tests.memory.propagation.material import graph, graphs


def way(made: ConceptGraph, goal: str, seen: dict[str, float], source: ConceptParameters | None = None) -> Path:
    course = Course.of(made, parameters=source)
    mastery = np.array([seen.get(name, 0.25) for name in course.concepts])
    return path_to(course, goal, mastery, np.array([name in seen for name in course.concepts]))


def test_only_what_is_missing() -> None:
    made = graph(("a", "b"), ("b", "d"), ("c", "d"), ("d", "e"), ("a", "x"))
    found = way(made, "d", {"b": 0.9})
    assert [step.concept for step in found.steps] == ["c", "d"]
    assert found.steps[0].opens == ("d",)
    assert found.taken_as_met == ()
    assert found.practices == pytest.approx(2 * expected_practices(0.25, BKTParameters()))


def test_what_follows_from_evidence_is_taken_as_met_and_told() -> None:
    made = graph(("a", "b"), ("b", "c"), ("b", "d"))
    found = way(made, "d", {"c": 0.97})
    assert [step.concept for step in found.steps] == ["d"]
    assert found.taken_as_met == ("b",)


def test_behind_a_prerequisite_that_is_met_nothing_is_looked_at() -> None:
    found = way(graph(("a", "b"), ("b", "c")), "c", {"a": 0.1, "b": 0.9})
    assert [step.concept for step in found.steps] == ["c"]


def test_what_takes_least_practice_comes_first_where_the_order_is_free() -> None:
    made = graph(("slow", "goal"), ("quick", "goal"))
    source = ConceptParameters({"slow": BKTParameters(learn=0.05), "quick": BKTParameters(learn=0.4)})
    assert [step.concept for step in way(made, "goal", {}, source).steps] == ["quick", "slow", "goal"]


def test_a_goal_that_is_mastered_needs_nothing() -> None:
    found = way(graph(("a", "b")), "b", {"b": 0.97})
    assert (found.steps, found.practices) == ((), 0.0)


def test_an_unknown_goal() -> None:
    with pytest.raises(InputError, match="goal 'nowhere'"):
        way(graph(("a", "b")), "nowhere", {})


@given(graphs(), st.data())
@settings(max_examples=60)
def test_prerequisites_are_never_violated_and_nothing_is_superfluous(made: ConceptGraph, data: st.DataObject) -> None:
    names = [concept.id for concept in made.concepts]
    seen = {name: data.draw(st.floats(0.0, 1.0)) for name in data.draw(st.lists(st.sampled_from(names), unique=True))}
    goal = data.draw(st.sampled_from(names))
    course = Course.of(made)
    observed = np.array([name in seen for name in course.concepts])
    mastery = np.array([seen.get(name, 0.25) for name in course.concepts])
    inferred = dict(zip(course.concepts, course.surmised(mastery, observed).tolist(), strict=True))
    steps = [step.concept for step in path_to(course, goal, mastery, observed).steps]
    assert len(set(steps)) == len(steps)
    needed = {name: [edge.source for edge in made.relations if edge.target == name] for name in names}
    for position, name in enumerate(steps):
        assert all(before in steps[:position] or inferred[before] >= READY for before in needed[name])
    for name in steps[:-1]:
        assert inferred[name] < READY
        assert any(name in needed[other] for other in steps)
    assert not steps or steps[-1] == goal


def test_the_packaged_graph() -> None:
    course = Course.of(packaged_curriculum(), only=["recursion"])
    unknown = np.zeros(len(course.concepts), dtype=bool)
    found = path_to(course, "recursion", course.prior, unknown)
    assert {step.concept for step in found.steps} == set(course.concepts)
    assert found.steps[-1].concept == "recursion"
    assert found.practices > 5 * len(found.steps)
