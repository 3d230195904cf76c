from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.kg import Relation, Topic, packaged_curriculum
from gradatim.memory.proficiency import Outcome, by_topic, proficiencies
from tests.memory.propagation.material import graph

RELEVANCE = {"a": {"reading": 1.0, "writing": 0.5}, "b": {"writing": 1.0}, "c": {"reading": 0.0}}
outcomes = st.lists(st.builds(Outcome, st.sampled_from("abcd"), st.floats(0.0, 1.0)), max_size=12)


def test_worked_example() -> None:
    found = proficiencies([Outcome("a", 1.0), Outcome("b", 0.0), Outcome("b", 1.0), Outcome("d", 0.0)], RELEVANCE)
    assert list(found) == ["reading", "writing"]
    writing = found["writing"]
    assert writing.value == pytest.approx(1.5 / 2.5)
    assert writing.observations == 3
    assert writing.effective == pytest.approx(2.5**2 / 2.25)
    assert found["reading"].value == 1.0
    assert found["reading"].error == pytest.approx(0.25)  # one answer: half the width of Wilson's interval at z = 1


@given(outcomes)
@settings(max_examples=50)
def test_bounded_and_the_same_in_any_order(seen: list[Outcome]) -> None:
    found = proficiencies(seen, RELEVANCE)
    again = proficiencies(sorted(seen, key=lambda item: (item.score, item.of)), RELEVANCE)
    assert set(found) == set(again)
    for name, item in found.items():
        assert 0.0 <= item.value <= 1.0
        assert 0.0 < item.error <= 0.5
        assert item.value == pytest.approx(again[name].value)
        assert item.effective <= item.observations + 1e-9


@given(st.integers(1, 30), st.floats(0.0, 1.0))
def test_the_same_outcome_again_narrows_the_error(count: int, score: float) -> None:
    errors = [proficiencies([Outcome("b", score)] * n, RELEVANCE)["writing"].error for n in (count, count + 1)]
    assert errors[1] < errors[0]


def test_a_better_score_never_lowers_any_dimension() -> None:
    low = proficiencies([Outcome("a", 0.2), Outcome("b", 0.4)], RELEVANCE)
    high = proficiencies([Outcome("a", 0.7), Outcome("b", 0.4)], RELEVANCE)
    assert all(low[name].value < high[name].value for name in low)


@pytest.mark.parametrize("score", [-0.1, 1.2, math.nan])
def test_scores_outside_are_refused(score: float) -> None:
    with pytest.raises(InputError, match="outcome of 'a'"):
        proficiencies([Outcome("a", score)], RELEVANCE)


@pytest.mark.parametrize("weight", [-1.0, math.inf, math.nan])
def test_relevance_that_makes_no_sense_is_refused(weight: float) -> None:
    with pytest.raises(InputError, match="relevance of 'a' to 'x'"):
        proficiencies([Outcome("a", 0.5)], {"a": {"x": weight}})


def test_topics_of_a_curriculum_are_dimensions() -> None:
    made = graph(alone=("a", "b"))
    first, second = made.concepts
    other = made.model_copy(
        update={
            "topics": (*made.topics, Topic(id="other", title="Other")),
            "concepts": (first, second.model_copy(update={"topic": "other"})),
            "relations": (Relation(source="a", target="b", type="hierarchical", weight=0.8),),
        }
    )
    assert by_topic(other) == {"a": {"topic": 1.0, "other": 0.4}, "b": {"other": 1.0}}
    packaged = by_topic(packaged_curriculum())
    assert all(max(row.values()) == 1.0 for row in packaged.values())
