from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.kg import packaged_curriculum
from gradatim.memory.propagation import Propagation
from gradatim.memory.recommendation import (
    READY,
    Course,
    LearnerRecord,
    PeerPrediction,
    Recommendation,
    Shown,
    Weights,
    beliefs,
    recommend,
)
from gradatim.memory.tracing import BKTParameters, ConceptParameters
from tests.memory.propagation.material import Case, belief, cases, graph

CHAIN = graph(("a", "b"), ("b", "c"), ("a", "d"))


def record(seen: dict[str, float], **other: object) -> LearnerRecord:
    mastery = Propagation.of(CHAIN).propagated({name: belief(value) for name, value in seen.items()})
    return replace(LearnerRecord(mastery), **other)  # type: ignore[arg-type]


def proposed(learner: LearnerRecord, **other: object) -> dict[str, Recommendation]:
    return {item.concept: item for item in recommend(Course.of(CHAIN), learner, **other)}  # type: ignore[arg-type]


@given(cases(), st.data())
@settings(max_examples=40)
def test_prerequisites_are_respected_and_reasons_add_up(case: Case, data: st.DataObject) -> None:
    course = Course.of(case.graph)
    learner = LearnerRecord(
        Propagation.of(case.graph).propagated(case.beliefs),
        idle_days=dict.fromkeys(case.beliefs, data.draw(st.floats(0.0, 100.0))),
        peers={name: PeerPrediction(0.5, 0.5, 3) for name in course.concepts},
    )
    goal = data.draw(st.none() | st.sampled_from(course.concepts))
    found = recommend(course, learner, goal=goal, limit=100)
    inferred = dict(zip(course.concepts, course.surmised(*beliefs(course, learner.mastery)).tolist(), strict=True))
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)
    for item in found:
        for edge in case.graph.relations:
            assert edge.target != item.concept or inferred[edge.source] >= READY
        assert item.score == pytest.approx(sum(why.contribution for why in item.reasons))
        assert all(why.contribution == pytest.approx(why.value * why.weight) for why in item.reasons)
        assert all(0.0 < why.value <= 1.0 for why in item.reasons)
        assert item.inferred == (item.concept not in case.beliefs)
        assert goal is None or course.needed_by(course.plan.places[goal])[course.plan.places[item.concept]]


def test_a_new_learner_begins_at_the_beginning() -> None:
    assert set(proposed(record({}))) == {"a"}


def test_what_follows_from_evidence_is_not_proposed_again() -> None:
    found = proposed(record({"b": 0.96}))
    assert set(found) == {"c", "d"}


def test_only_the_way_to_a_goal() -> None:
    assert set(proposed(record({"a": 0.97}))) == {"b", "d"}
    assert set(proposed(record({"a": 0.97}), goal="c")) == {"b"}


def test_a_concept_that_opens_others_is_preferred() -> None:
    names = [f"quick{number}" for number in range(12)]
    made = graph(("a", "b"), ("a", "d"), *(("b", name) for name in names))
    source = ConceptParameters(dict.fromkeys(names, BKTParameters(learn=0.6)))
    found = recommend(Course.of(made, parameters=source), record({"a": 0.97}))
    assert [item.concept for item in found] == ["b", "d"]


def test_a_shaky_prerequisite_goes_before_what_is_built_on_it() -> None:
    """At 0.75 it counts as met, but the planner makes sure first."""
    found = proposed(record({"a": 0.75}))
    assert set(found) == {"a", "b", "d"}
    assert [name for name, item in found.items() if any(why.name == "progress" for why in item.reasons)] == ["a"]
    sure = proposed(record({"a": 0.94}))
    assert any(why.name == "progress" for why in sure["b"].reasons)


def test_a_misconception_brings_a_concept_forward_even_when_it_is_mastered() -> None:
    shown = {"a": (Shown("off-by-one", 0.8), Shown("other", 0.5))}
    found = proposed(record({"a": 0.99}, misconceptions=shown))
    (why,) = [why for why in found["a"].reasons if why.name == "misconception"]
    assert why.value == pytest.approx(0.9)
    assert "off-by-one" in why.text
    assert "a" not in proposed(record({"a": 0.99}))


def test_what_may_be_forgotten_comes_up_for_review() -> None:
    assert "a" not in proposed(record({"a": 0.99}, idle_days={"a": 0.5}))
    found = proposed(record({"a": 0.99}, idle_days={"a": 60.0}))
    assert {why.name for why in found["a"].reasons} >= {"review"}


def test_what_peers_do_well_on_gains() -> None:
    peers = {"d": PeerPrediction(0.9, 0.8, 12)}
    with_peers, without = proposed(record({"a": 0.97}, peers=peers)), proposed(record({"a": 0.97}))
    assert with_peers["d"].score == pytest.approx(without["d"].score + 0.1 * 0.9 * 0.8)
    assert with_peers["b"].score == pytest.approx(without["b"].score)


def test_ability_changes_the_chance_of_success_but_meets_no_prerequisites() -> None:
    plain, able = proposed(record({"a": 0.97})), proposed(record({"a": 0.97}, ability_shift=5.0))
    assert set(able) == set(plain) == {"b", "d"}
    assert able["b"].success > plain["b"].success
    assert able["b"].mastery == plain["b"].mastery
    again = proposed(record({"a": 0.97}, ability_shift=5.0, idle_days={"a": 90.0}))
    assert again["a"].success == proposed(record({"a": 0.97}, idle_days={"a": 90.0}))["a"].success


def test_weights_are_the_callers() -> None:
    only = Weights(progress=0.0, look_ahead=0.0, misconception=0.0, difficulty=2.0, review=0.0, peers=0.0)
    found = proposed(record({"a": 0.97}), weights=only)
    assert all([why.name for why in item.reasons] == ["difficulty"] for item in found.values())


@pytest.mark.parametrize("wrong", [{"peers": -0.1}, {"review": math.nan}, dict.fromkeys(Weights.__slots__, 0.0)])
def test_weights_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="weight"):
        Weights(**wrong)


def test_bad_questions_are_refused() -> None:
    with pytest.raises(InputError, match="limit"):
        proposed(record({}), limit=0)
    with pytest.raises(InputError, match="goal 'nowhere'"):
        proposed(record({}), goal="nowhere")


def test_nothing_is_left_when_everything_is_mastered() -> None:
    assert proposed(record(dict.fromkeys("abcd", 0.99))) == {}


def test_the_packaged_graph() -> None:
    made = packaged_curriculum()
    mastery = Propagation.of(made).propagated({"for-loop": belief(0.97), "function-call": belief(0.96)})
    found = recommend(Course.of(made), LearnerRecord(mastery), limit=8)
    assert len(found) == 8
    assert "program" not in {item.concept for item in found}
