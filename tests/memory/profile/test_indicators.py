"""The ten indicators, their composite and the sensitivity of its weights."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.domain import Composite, LearnerEvent, Measure
from gradatim.errors import InputError
from gradatim.memory.profile.indicators import INDICATORS, History, indicators
from gradatim.memory.profile.sensitivity import sensitivity
from tests.memory.material import event


def attempt(number: int, task: str, passed: bool, **payload: object) -> LearnerEvent:
    return event(number, ("loop", passed), task_id=task, payload={"passed": passed, **payload})


def value(name: str, *events: LearnerEvent, **given_: object) -> float | None:
    found = indicators(History(events, **given_))  # type: ignore[arg-type]
    return next(item for item in found.measures if item.name == name).value


def test_the_weights_are_those_of_the_specification() -> None:
    weights = {item.name: item.weight for item in INDICATORS}
    assert sum(weights.values()) == pytest.approx(1.0)
    dimensions: dict[str, float] = {}
    for item in INDICATORS:
        dimensions[item.dimension] = dimensions.get(item.dimension, 0.0) + item.weight
    assert dimensions == pytest.approx(
        {"knowledge": 0.25, "thinking": 0.22, "engagement": 0.16, "metacognition": 0.17, "affect": 0.20}
    )


def test_nothing_is_made_up_for_a_learner_without_events() -> None:
    found = indicators(History(()))
    assert found.value is None
    assert found.measured == 0
    assert found.shares == {}
    assert all(item.value is None and item.why.startswith("not measured") for item in found.measures)


def test_comprehension_and_prerequisites_come_from_mastery() -> None:
    mastery = {"loop": 0.8, "range": 0.4, "list": 0.9}
    known = {"loop": ["range", "list"], "range": ["integer"]}
    assert value("concept_comprehension", mastery=mastery) == pytest.approx(0.7)
    assert value("prerequisite_completion", mastery=mastery, prerequisites=known) == pytest.approx(0.5)
    assert value("prerequisite_completion", mastery={"range": 0.4}, prerequisites=known) is None


def test_a_fault_that_is_gone_in_the_next_attempt_shows_critical_thinking() -> None:
    first = attempt(1, "a", False, misconceptions=["off-by-one-loop"])
    same = attempt(2, "a", False, misconceptions=["off-by-one-loop", "missing-return"])
    other = attempt(3, "a", False, misconceptions=["missing-return"])
    right = attempt(4, "a", True)
    assert value("critical_thinking", first) is None
    assert value("critical_thinking", first, same) == 0.0
    assert value("critical_thinking", first, other) == 1.0
    assert value("critical_thinking", first, same, other, right) == pytest.approx(1 / 3)


def test_strategy_counts_attempts_until_a_task_is_solved() -> None:
    tries = [attempt(1, "a", False), attempt(2, "a", True), attempt(3, "b", True), attempt(4, "c", False)]
    assert value("problem_solving_strategy", *tries) == pytest.approx((1 / 2 + 1) / 2)


def test_engagement_is_consistent_when_no_week_is_silent() -> None:
    weekly = [event(number, at=f"2026-03-{1 + 7 * number:02}T10:00:00Z") for number in range(4)]
    assert value("engagement_consistency", *weekly) == 1.0
    assert value("engagement_consistency", weekly[0], weekly[3]) == pytest.approx(0.5)
    assert value("engagement_consistency", weekly[0]) is None


def test_resources_persistence_and_confidence() -> None:
    opened = [
        event(number, kind="interaction", payload={"resource": name}) for number, name in enumerate("aab", start=1)
    ]
    assert value("resource_exploration", *opened) == pytest.approx(2 / 3)
    tries = [attempt(1, "a", False), attempt(2, "b", False), attempt(3, "b", True), attempt(4, "c", True)]
    assert value("persistence_under_difficulty", *tries) == pytest.approx(1 / 2)
    sure = [attempt(1, "a", False, confidence=1.0), attempt(2, "a", True, confidence=0.5)]
    assert value("confidence_calibration", *sure) == pytest.approx(1 - (1 + 0.25) / 2)
    assert value("confidence_calibration", attempt(1, "a", True, confidence=True)) is None


def test_own_judgements_are_compared_with_the_latest_attempt() -> None:
    seen = attempt(1, "a", False)
    claim = event(2, ("loop", True), ("unknown", True), kind="self_assessment")
    assert value("self_assessment_accuracy", claim) is None
    assert value("self_assessment_accuracy", seen, claim) == 0.0


def test_help_between_two_failures_is_a_changed_strategy() -> None:
    first, again = attempt(1, "a", False, error_category="logical"), attempt(3, "a", False, error_category="logical")
    hint = event(2, kind="interaction", payload={"action": "hint"})
    assert value("strategy_adaptation", first, again) == 0.0
    assert value("strategy_adaptation", first, hint, again) == 1.0


def test_weights_of_what_is_not_measured_are_shared_openly() -> None:
    found = Composite.of(
        (
            Measure(name="a", weight=0.5, value=1.0, why=""),
            Measure(name="b", weight=0.25, value=0.0, why=""),
            Measure(name="c", weight=0.25, value=None, why="not measured"),
        )
    )
    assert found.value == pytest.approx(2 / 3)
    assert found.shares == pytest.approx({"a": 2 / 3, "b": 1 / 3})
    assert found.measured == pytest.approx(0.75)


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=10, max_size=10))
def test_a_composite_lies_between_its_measures(values: list[float | None]) -> None:
    measures = tuple(
        Measure(name=item.name, weight=item.weight, value=value, why="")
        for item, value in zip(INDICATORS, values, strict=True)
    )
    found = Composite.of(measures)
    known = [item for item in values if item is not None]
    if not known:
        assert found.value is None
    else:
        assert found.value is not None
        assert min(known) - 1e-9 <= found.value <= max(known) + 1e-9
        assert sum(found.shares.values()) == pytest.approx(1.0)


def _rows(count: int) -> list[dict[str, float | None]]:
    draw = random.Random(7)
    return [{item.name: draw.random() for item in INDICATORS} for _ in range(count)]


def test_sensitivity_changes_one_weight_at_a_time() -> None:
    rows = _rows(40)
    found = sensitivity(rows)
    assert found.baseline == pytest.approx(1.0)
    assert len(found.effects) == 20
    assert {item.factor for item in found.effects} == {0.8, 1.2}
    assert all(item.change <= 1e-12 for item in found.effects)
    heavier = sensitivity(rows, change=0.5)
    assert abs(heavier.largest.change) > abs(found.largest.change)


def test_sensitivity_against_an_expert_who_sees_one_indicator_alone() -> None:
    rows = _rows(40)
    expert = [float(row["concept_comprehension"] or 0) for row in rows]
    effects = {(item.indicator, item.factor): item.change for item in sensitivity(rows, expert).effects}
    assert effects["concept_comprehension", 1.2] > 0 > effects["concept_comprehension", 0.8]


def test_sensitivity_needs_learners_that_differ() -> None:
    with pytest.raises(InputError, match="2 learners"):
        sensitivity([*_rows(2), {}])
    with pytest.raises(InputError, match="same value"):
        sensitivity([{"persistence_under_difficulty": 0.5}] * 5)
