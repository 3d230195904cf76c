"""The profile as a whole: deterministic, restorable, bounded, in range, and fast."""

from __future__ import annotations

import json
import math
import random
import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.domain import Feature, LearnerEvent
from gradatim.memory.inputs import microseconds
from gradatim.memory.profile import ATTRIBUTES, DAY, DIMENSIONS, Progress
from gradatim.memory.profile.dimensions.behaviour import OPEN_TASKS, RESOURCES
from tests.memory.material import event
from tests.memory.profile.histories import drawn, histories

MASTERY = {"a": 0.9, "b": 0.2}


def advanced(events: list[LearnerEvent], progress: Progress | None = None) -> Progress:
    progress = progress or Progress()
    for item in events:
        progress.advance(item, microseconds(item.at), MASTERY)
    return progress


def features(progress: Progress, later: int = 0) -> dict[str, Feature]:
    now = (progress.last or 0) + later
    return {item.name: item for item in progress.features(now, progress.last, list(MASTERY.values()))}


@given(histories, st.integers(0, 40))
@settings(deadline=None, max_examples=40)
def test_restored_it_goes_on_as_if_nothing_had_happened(events: list[LearnerEvent], cut: int) -> None:
    through = advanced(events)
    # Other stores sort the keys of objects.
    stored = json.dumps(advanced(events[:cut]).plain(), sort_keys=True, allow_nan=False)
    restored = advanced(events[cut:], Progress.restored(json.loads(stored)))
    assert json.dumps(restored.plain(), sort_keys=True) == json.dumps(through.plain(), sort_keys=True)
    assert features(restored, DAY) == features(through, DAY)


@given(histories)
@settings(deadline=None, max_examples=40)
def test_the_order_of_keys_in_a_payload_does_not_matter(events: list[LearnerEvent]) -> None:
    sorted_keys = [
        LearnerEvent.model_validate_json(json.dumps(item.model_dump(mode="json"), sort_keys=True)) for item in events
    ]
    assert features(advanced(sorted_keys)) == features(advanced(events))


@given(histories, st.integers(0, 40 * DAY))
@settings(deadline=None, max_examples=60)
def test_every_feature_stays_in_its_range(events: list[LearnerEvent], later: int) -> None:
    found = features(advanced(events), later)
    assert list(found) == [attribute.name for attribute in ATTRIBUTES]
    for attribute in ATTRIBUTES:
        feature = found[attribute.name]
        assert feature.dimension == attribute.dimension
        if feature.value is None:
            assert (feature.error, feature.observations) == (None, 0)
            assert feature.why.startswith("not observed")
            continue
        assert math.isfinite(feature.value)
        assert feature.value >= (attribute.low if attribute.low is not None else -math.inf) - 1e-9
        assert feature.value <= (attribute.high if attribute.high is not None else math.inf) + 1e-9
        assert feature.error is None or (math.isfinite(feature.error) and feature.error >= 0.0)
        assert feature.why == attribute.formula
    styles = [feature.value for name, feature in found.items() if name.startswith("style_")]
    assert all(value is None for value in styles) or math.isclose(math.fsum(value or 0.0 for value in styles), 1.0)


@given(histories)
@settings(deadline=None, max_examples=30)
def test_attributes_are_the_values_of_the_features(events: list[LearnerEvent]) -> None:
    progress = advanced(events)
    now = (progress.last or 0) + DAY
    values = progress.attributes(now, progress.last, list(MASTERY.values()))
    told = progress.features(now, progress.last, list(MASTERY.values()))
    assert values == {feature.name: feature.value for feature in told}


def test_looking_changes_nothing() -> None:
    progress = advanced(drawn(random.Random(4), 60))
    before = json.dumps(progress.plain())
    features(progress, 3 * DAY)
    assert json.dumps(progress.plain()) == before


def test_without_events_nothing_is_said() -> None:
    told = Progress().features(0, None, [])
    assert {feature.value for feature in told} == {None}
    assert {feature.dimension for feature in told} == set(DIMENSIONS)


def test_every_attribute_explains_itself() -> None:
    assert len({attribute.name for attribute in ATTRIBUTES}) == len(ATTRIBUTES)
    for attribute in ATTRIBUTES:
        assert attribute.meaning.endswith(".")
        assert attribute.formula
        assert attribute.uncertainty
        assert attribute.events


def test_every_attribute_can_be_observed() -> None:
    found = features(advanced(drawn(random.Random(7), 3_000)))
    assert [name for name, feature in found.items() if feature.value is None] == []
    certain = {"recency_days", "best_hours", "usual_hour"}  # the last has none where no hour stands out
    assert {name for name, feature in found.items() if feature.error is None} <= certain


def test_the_state_does_not_grow() -> None:
    events = [
        event(number, task_id=f"task-{number}", kind=kind, payload=payload, at="2026-03-01T10:00:00Z")
        for number in range(1_500)
        for kind, payload in (
            ("submission", {"passed": False}),
            ("interaction", {"action": f"action-{number}", "resource": f"resource-{number}" * 100}),
        )
    ]
    progress = advanced(events)
    assert len(progress.open_attempts) == OPEN_TASKS
    assert list(progress.open_attempts)[-1] == "task-1499"
    assert len(progress.behaviour.recent) == RESOURCES
    assert max(map(len, progress.behaviour.recent)) <= 200
    assert progress.actions == {}


def test_an_event_costs_microseconds() -> None:
    """The bound is far above what it takes, for machines that are busy with other things."""
    events = [(item, microseconds(item.at)) for item in drawn(random.Random(1), 4_000)]
    best = math.inf
    for _ in range(3):
        progress, begun = Progress(), time.process_time()
        for item, at in events:
            progress.advance(item, at, MASTERY)
        best = min(best, time.process_time() - begun)
    assert best / len(events) < 60e-6


def test_the_documentation_names_every_attribute_with_its_formula() -> None:
    text = (Path(__file__).parents[3] / "docs" / "profile.md").read_text("utf-8").replace("\\|", "|")
    for attribute in ATTRIBUTES:
        assert f"`{attribute.name}`" in text
        assert attribute.formula in text
    assert f"{len(ATTRIBUTES)} attributes" in text
