"""The ten indicators of a learner (SPEC §4), from the event log and the traced mastery.

An indicator is measured only where its events are there; nothing is filled in. The weight of one that is not
measured is shared by the others, and the composite says how much of the whole weight was measured. Some payload keys
are read beyond those of the profile, and only where they are given with the stated type:

* `confidence` (float in [0, 1]), in `submission` and `assessment` events: how sure the learner was of the program.
* `resource` (str), in `interaction` events: which example, passage or exercise was opened.
* `misconceptions` (list of str) and `error_category` (str), in `assessment` events: what was wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from gradatim.domain import Composite, LearnerEvent, Measure
from gradatim.memory.inputs import microseconds
from gradatim.memory.profile import DAY, MASTERED, attempt_outcome

Dimension = Literal["knowledge", "thinking", "engagement", "metacognition", "affect"]
Found = tuple[float, str, tuple[str, ...]]
"""Value, what was observed, ids of the events or evidence."""
_SHOWN = 8
"""Ids that one indicator cites at most."""


@dataclass(frozen=True, slots=True)
class History:
    """A learner's events with what is believed about the learner now.

    Attributes:
        events: Oldest first.
        mastery: Belief for each observed concept.
        prerequisites: Direct prerequisites of the observed concepts.
    """

    events: Sequence[LearnerEvent]
    mastery: Mapping[str, float] = field(default_factory=dict[str, float])
    prerequisites: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])

    def attempts(self) -> Iterator[tuple[LearnerEvent, bool]]:
        """Attempts that have an outcome, oldest first."""
        for event in self.events:
            outcome = attempt_outcome(event)
            if outcome is not None:
                yield event, outcome

    def retries(self) -> Iterator[tuple[LearnerEvent, LearnerEvent, bool]]:
        """Failed attempts with the next attempt at the same task and its outcome."""
        failed: dict[str, LearnerEvent] = {}
        for event, correct in self.attempts():
            if event.task_id is None:
                continue
            before = failed.pop(event.task_id, None)
            if before is not None:
                yield before, event, correct
            if not correct:
                failed[event.task_id] = event


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator, as it can be explained to a learner."""

    name: str
    dimension: Dimension
    weight: float
    formula: str
    needs: str
    """What has to be there before it can be measured."""
    measure: Callable[[History], Found | None]


def _comprehension(history: History) -> Found | None:
    values = history.mastery
    if not values:
        return None
    mean = sum(values.values()) / len(values)
    weakest = sorted(values, key=lambda concept: (values[concept], concept))[:_SHOWN]
    return mean, f"mean mastery of {len(values)} observed concepts", tuple(f"mastery:{name}" for name in weakest)


def _prerequisites(history: History) -> Found | None:
    needed = {name for concept in history.mastery for name in history.prerequisites.get(concept, ())}
    observed = sorted(needed & history.mastery.keys())
    if not observed:
        return None
    done = [name for name in observed if history.mastery[name] > MASTERED]
    missing = [name for name in observed if name not in done]
    text = f"{len(done)} of {len(observed)} observed prerequisites are mastered"
    return len(done) / len(observed), text, tuple(f"mastery:{name}" for name in (missing or done)[:_SHOWN])


def _faults(event: LearnerEvent) -> frozenset[str]:
    listed = event.payload.get("misconceptions")
    found = {item for item in listed if isinstance(item, str)} if isinstance(listed, list) else set[str]()
    category = event.payload.get("error_category")
    return frozenset(found or ({category} if isinstance(category, str) else set[str]()))


def _critical_thinking(history: History) -> Found | None:
    pairs = [(_faults(before), _faults(after), after, correct) for before, after, correct in history.retries()]
    known = [(before, after, event, correct) for before, after, event, correct in pairs if before]
    if not known:
        return None
    gone = [event for before, after, event, correct in known if correct or not before & after]
    return (
        len(gone) / len(known),
        f"in {len(gone)} of {len(known)} second attempts the earlier fault was gone",
        _ids(event for _, _, event, _ in known),
    )


def _strategy(history: History) -> Found | None:
    tries: dict[str, int] = {}
    shares: list[float] = []
    solved: list[LearnerEvent] = []
    for event, correct in history.attempts():
        if event.task_id is None:
            continue
        tries[event.task_id] = tries.get(event.task_id, 0) + 1
        if correct:
            shares.append(1.0 / tries.pop(event.task_id))
            solved.append(event)
    if not shares:
        return None
    return sum(shares) / len(shares), f"{len(shares)} tasks solved, mean of 1 / attempts", _ids(solved)


def _engagement(history: History) -> Found | None:
    weeks = sorted({microseconds(event.at) // (7 * DAY) for event in history.events})
    if len(weeks) < 2:
        return None
    span = weeks[-1] - weeks[0] + 1
    return len(weeks) / span, f"active in {len(weeks)} of {span} weeks", ()


def _resources(history: History) -> Found | None:
    opened = [
        (event, resource)
        for event in history.events
        if event.kind == "interaction" and isinstance(resource := event.payload.get("resource"), str)
    ]
    if not opened:
        return None
    kinds = {resource for _, resource in opened}
    text = f"{len(kinds)} different resources in {len(opened)} openings"
    return len(kinds) / len(opened), text, _ids(event for event, _ in opened)


def _self_assessment(history: History) -> Found | None:
    correct: dict[str, bool] = {}
    right: list[bool] = []
    judged: list[LearnerEvent] = []
    for event in history.events:
        for item in event.observations:
            if event.kind != "self_assessment":
                correct[item.concept] = item.correct
            elif item.concept in correct:
                right.append(item.correct == correct[item.concept])
                judged.append(event)
    if not right:
        return None
    text = f"{sum(right)} of {len(right)} own judgements agree with the latest attempt on the concept"
    return sum(right) / len(right), text, _ids(judged)


def _adaptation(history: History) -> Found | None:
    helped = {
        position: event
        for position, event in enumerate(history.events)
        if event.kind == "interaction" and ("action" in event.payload or "resource" in event.payload)
    }
    places = {event.id: position for position, event in enumerate(history.events)}
    changed: list[bool] = []
    seen: list[LearnerEvent] = []
    for before, after, correct in history.retries():
        asked = any(places[before.id] < position < places[after.id] for position in helped)
        other = correct or (bool(_faults(before)) and _faults(before) != _faults(after))
        changed.append(asked or other)
        seen.append(after)
    if not changed:
        return None
    text = f"after {sum(changed)} of {len(changed)} failures help was sought or the next program differed in its fault"
    return sum(changed) / len(changed), text, _ids(seen)


def _persistence(history: History) -> Found | None:
    again: list[bool] = []
    seen: list[LearnerEvent] = []
    failed: str | None = None
    for event, correct in history.attempts():
        if event.task_id is None:
            continue
        if failed is not None:
            again.append(event.task_id == failed)
            seen.append(event)
        failed = None if correct else event.task_id
    if not again:
        return None
    return sum(again) / len(again), f"{sum(again)} of {len(again)} failures were followed by a new attempt", _ids(seen)


def _calibration(history: History) -> Found | None:
    errors: list[float] = []
    seen: list[LearnerEvent] = []
    for event, correct in history.attempts():
        sure = event.payload.get("confidence")
        if isinstance(sure, int | float) and not isinstance(sure, bool) and 0 <= sure <= 1:
            errors.append((sure - correct) ** 2)
            seen.append(event)
    if not errors:
        return None
    text = f"1 − Brier score of the stated confidence in {len(errors)} attempts"
    return 1.0 - sum(errors) / len(errors), text, _ids(seen)


def _ids(events: Iterator[LearnerEvent] | Sequence[LearnerEvent]) -> tuple[str, ...]:
    """Ids of the latest of these events."""
    return tuple(dict.fromkeys(event.id for event in events))[-_SHOWN:]


INDICATORS: tuple[Indicator, ...] = (
    Indicator("concept_comprehension", "knowledge", 0.15, "mean mastery", "an observed concept", _comprehension),
    Indicator(
        "prerequisite_completion", "knowledge", 0.10,
        f"share of the observed direct prerequisites with mastery > {MASTERED}",
        "an observed concept whose prerequisite was observed too", _prerequisites,
    ),
    Indicator(
        "critical_thinking", "thinking", 0.12, "share of second attempts in which the earlier fault is gone",
        "a failed attempt with a known fault and another attempt at the task", _critical_thinking,
    ),
    Indicator(
        "problem_solving_strategy", "thinking", 0.10, "mean over solved tasks of 1 / attempts",
        "a solved task", _strategy,
    ),
    Indicator(
        "engagement_consistency", "engagement", 0.08, "weeks with an event / weeks from the first to the last",
        "events in two different weeks", _engagement,
    ),
    Indicator(
        "resource_exploration", "engagement", 0.08, "different resources / openings of a resource",
        "an interaction that names a resource", _resources,
    ),
    Indicator(
        "self_assessment_accuracy", "metacognition", 0.10, "share of own judgements that the latest attempt bears out",
        "a self-assessment of a concept that was observed before", _self_assessment,
    ),
    Indicator(
        "strategy_adaptation", "metacognition", 0.07,
        "share of failures after which help was sought or the next program differs in its fault",
        "a failed attempt and another one at the task", _adaptation,
    ),
    Indicator(
        "persistence_under_difficulty", "affect", 0.10, "share of failures followed by an attempt at the same task",
        "an attempt after a failed one", _persistence,
    ),
    Indicator(
        "confidence_calibration", "affect", 0.10, "1 − mean (stated confidence − outcome)²",
        "an attempt with a stated confidence", _calibration,
    ),
)  # fmt: skip
"""Names, weights and dimensions of SPEC §4; the weights add up to 1."""


def indicators(history: History) -> Composite:
    """All ten indicators of a learner with their composite.

    The composite is `Σ dimension weight · Σ indicator weight within it · value`; with a dimension's weight the sum of
    its indicators', that is the weighted mean over all ten.
    """
    return Composite.of(tuple(_measured(item, history) for item in INDICATORS))


def _measured(indicator: Indicator, history: History) -> Measure:
    found = indicator.measure(history)
    if found is None:
        why = f"not measured: it needs {indicator.needs}"
        return Measure(name=indicator.name, weight=indicator.weight, why=why)
    value, why, evidence = found
    return Measure(name=indicator.name, weight=indicator.weight, value=value, why=why, evidence=evidence)
