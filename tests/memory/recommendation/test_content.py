from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.domain import LearnerEvent
from gradatim.kg import Misconception
from gradatim.memory.inputs import microseconds
from gradatim.memory.recommendation import days_since, difficulty_match, due, shown_misconceptions
from gradatim.memory.tracing import BKTParameters
from tests.memory.material import event

NOW = microseconds("2026-03-15T00:00:00Z")
BELIEF = Misconception(
    id="off-by-one",
    concepts=("range", "loop"),
    belief="The last number is included.",
    correction="It is not.",
    looks_like="range(n)",
    evidence="One round is missing.",
    talk="Count the rounds.",
    errors=("logical",),
)


def shown(*events: LearnerEvent) -> dict[str, Any]:
    return shown_misconceptions(events, {BELIEF.id: BELIEF}, NOW)


def test_a_misconception_counts_for_its_concepts_and_less_with_time() -> None:
    found = shown(event(0, payload={"misconceptions": ["off-by-one", "never-heard-of"]}))
    assert set(found) == {"range", "loop"}
    (item,) = found["range"]
    assert item.id == "off-by-one"
    assert item.strength == pytest.approx(0.5)  # seen fourteen days ago


def test_it_falls_away_when_all_its_concepts_are_got_right() -> None:
    seen = event(0, ("range", False), payload={"misconceptions": ["off-by-one"]})
    assert set(shown(seen, event(1, ("range", True)))) == {"range", "loop"}
    assert shown(event(2, ("loop", True)), event(1, ("range", True)), seen) == {}
    again = event(3, payload={"misconceptions": ["off-by-one"]})
    assert set(shown(seen, event(1, ("range", True), ("loop", True)), again)) == {"range", "loop"}


@pytest.mark.parametrize("wrong", [None, 3, "off-by-one", {"a": 1}, [1, None, ["off-by-one"]]])
def test_payloads_that_name_none(wrong: object) -> None:
    assert shown(event(0, payload={"misconceptions": wrong})) == {}


@given(st.floats(0.0, 1.0), st.integers(0, 50), st.floats(0.0, 1e4), st.floats(0.0, 1e4))
def test_more_is_due_with_time_and_never_more_than_was_mastered(m: float, n: int, first: float, second: float) -> None:
    early, late = sorted((first, second))
    assert 0.0 <= due(m, n, early) <= due(m, n, late) + 1e-12 <= m + 1e-12


def test_practice_makes_it_last() -> None:
    assert due(0.9, 1, 10.0) > due(0.9, 5, 10.0) > 0.0
    assert due(0.9, 0, 10.0) == 0.0


def test_difficulty_is_best_where_success_is_likely_but_not_sure() -> None:
    parameters = BKTParameters()
    target = (0.7 - 0.2) / 0.7  # belief at which a right answer has probability 0.7
    assert difficulty_match(target, parameters) == pytest.approx(1.0)
    assert difficulty_match(0.0, parameters) < difficulty_match(0.3, parameters) < difficulty_match(target, parameters)
    assert difficulty_match(1.0, parameters) < 1.0


def test_days_since() -> None:
    assert days_since("2026-03-13T12:00:00+00:00", NOW) == 1.5
    assert days_since("2026-03-16T00:00:00Z", NOW) == 0.0
    assert days_since(None, NOW) == 0.0
