"""The profile says what was observed and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.domain import LearnerEvent
from gradatim.memory.inputs import microseconds
from gradatim.memory.profile import ATTRIBUTES, DECAY, Progress, breadth, depth
from tests.memory.material import event


def profile(
    events: Iterable[LearnerEvent], now: str = "2026-03-01T00:00:00Z", mastery: dict[str, float] | None = None
) -> dict[str, float | None]:
    progress, last = Progress(), None
    for item in events:
        last = microseconds(item.at)
        progress.advance(item, last, mastery or {})
        progress = Progress.restored(json.loads(json.dumps(progress.plain())))
    return progress.attributes(microseconds(now), last, list((mastery or {}).values()))


def attempt(number: int, task: str | None, passed: bool | None, **other: Any) -> LearnerEvent:
    payload = {} if passed is None else {"passed": passed}
    return event(number, task_id=task, payload=payload, **other)


def test_nothing_observed_is_nothing_said() -> None:
    assert profile([]) == {attribute.name: None for attribute in ATTRIBUTES}


def test_only_what_the_events_carry_is_said() -> None:
    said = {name for name, value in profile([event(1)]).items() if value is not None}
    # An assessment without outcome or task: who reviewed it, when it was, and what silence is coded 0 for.
    by_time = {"recency_days", "usual_hour", "rhythm", "weekend_share"}
    by_day = {"engagement", "activity", "daily_minutes", "voluntary_practice", "engagement_composite"}
    assert said == {"review_share"} | by_time | by_day


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_decay_weighs_each_observation_by_its_age(outcomes: list[bool]) -> None:
    rate = profile(attempt(number, None, passed) for number, passed in enumerate(outcomes))["success_rate"]
    last = len(outcomes) - 1
    weights = [DECAY**last] + [(1 - DECAY) * DECAY ** (last - age) for age in range(1, last + 1)]
    assert rate == pytest.approx(sum(weight for weight, passed in zip(weights, outcomes, strict=True) if passed))


def test_outcome_from_observations_where_no_verdict_is_given() -> None:
    assert profile([event(1, ("a", True), ("b", True))])["success_rate"] == 1.0
    assert profile([event(1, ("a", True), ("b", False))])["success_rate"] == 0.0
    assert profile([event(1, ("a", False), payload={"passed": True})])["success_rate"] == 1.0
    assert profile([event(1, payload={"passed": "yes"})])["success_rate"] is None
    assert profile([event(1, ("a", True), kind="review")])["success_rate"] is None


def test_attempts_to_success() -> None:
    tries = [("t1", False), ("t2", True), ("t1", False), ("t1", True)]
    events = [attempt(number, task, passed) for number, (task, passed) in enumerate(tries)]
    assert profile(events)["attempts_to_success"] == pytest.approx(DECAY * 1 + (1 - DECAY) * 3)
    assert profile(events[:1])["attempts_to_success"] is None
    solved_again = [*events, attempt(9, "t1", True)]
    assert profile(solved_again)["attempts_to_success"] == pytest.approx(
        DECAY * (DECAY * 1 + (1 - DECAY) * 3) + (1 - DECAY) * 1
    )


def test_persistence() -> None:
    assert profile([attempt(1, "t1", False)])["persistence"] is None
    assert profile([attempt(1, "t1", False), attempt(2, "t1", False)])["persistence"] == 1.0
    assert profile([attempt(1, "t1", False), attempt(2, "t2", True)])["persistence"] == 0.0
    assert profile([attempt(1, "t1", True), attempt(2, "t2", True)])["persistence"] is None
    assert profile([attempt(1, "t1", False), attempt(2, None, True)])["persistence"] is None


def test_engagement_counts_silent_days_as_silence() -> None:
    days = [event(1, at=f"2026-03-{day:02}T23:59:59Z") for day in (1, 2, 3)]
    assert profile(days, "2026-03-03T23:59:59Z")["engagement"] == pytest.approx(1.0)
    assert profile(days, "2026-03-05T00:00:01Z")["engagement"] == pytest.approx(DECAY**2)
    assert profile([days[0], days[2]], "2026-03-03T23:59:59Z")["engagement"] == pytest.approx(
        DECAY * DECAY * 1 + (1 - DECAY)
    )
    assert profile([days[0]] * 5, "2026-03-01T23:59:59Z")["engagement"] == 1.0
    assert profile(days, "2026-02-01T00:00:00Z")["engagement"] == pytest.approx(1.0)  # a clock that went back


def test_recency() -> None:
    assert profile([event(0)], "2026-03-03T12:00:00Z")["recency_days"] == pytest.approx(2.5)
    assert profile([event(0)], "2026-02-01T00:00:00Z")["recency_days"] == 0.0


def test_hint_and_review_share() -> None:
    asks = [event(1, kind="interaction", payload={"action": action}) for action in ("hint", "run", "hint")]
    assert profile(asks)["hint_share"] == pytest.approx(DECAY * DECAY + (1 - DECAY))
    assert profile([event(1, kind="interaction")])["hint_share"] is None
    assert profile([event(1, kind="interaction", payload={"action": 3})])["hint_share"] is None
    assert profile([event(1), event(2, kind="review")])["review_share"] == pytest.approx(1 - DECAY)


def test_self_assessment_is_compared_with_mastery() -> None:
    judged = event(1, ("a", True), ("b", False), ("unseen", True), kind="self_assessment")
    values = profile([judged], mastery={"a": 0.9, "b": 0.6})
    assert values["self_assessment_accuracy"] == pytest.approx(DECAY * 0.9 + (1 - DECAY) * 0.4)
    assert profile([judged])["self_assessment_accuracy"] is None


def test_breadth_and_depth() -> None:
    assert (breadth([]), depth([])) == (None, None)
    assert breadth([0.7, 0.71, 0.2]) == pytest.approx(1 / 3)
    assert depth([1.0, 0.5]) == 0.75
