"""Labels from a learner's events: what each event lets one observe, and what the learner says against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from gradatim.domain import LearnerEvent, LearnerState
from gradatim.memory.inputs import microseconds
from gradatim.memory.profile import attempt_outcome
from gradatim.memory.rights.labels import rules
from gradatim.memory.rights.labels.label import Label
from gradatim.memory.rights.labels.track import Rule, Track
from gradatim.memory.tracing import ConceptParameters, ParameterSource
from gradatim.memory.tracing.bkt import update
from gradatim.memory.tracing.estimates import evidence

_SURE, _UNSURE = 0.7, 0.3
"""Own confidence that counts as "I can", and as "I cannot"."""
_LOW, _HIGH = 0.4, 0.7
"""Belief below which "I can" is too high a judgement, and above which "I cannot" is too low."""
_HELP = frozenset({"hint", "help"})


def labels(
    events: Iterable[LearnerEvent],
    state: LearnerState | None = None,
    names: Mapping[str, str] | None = None,
    *,
    parameters: ParameterSource | None = None,
) -> tuple[Label, ...]:
    """The labels of a learner: those that hold, then the disputed ones, then those that fell away.

    Args:
        events: All events of the learner, in any order.
        state: What is known about the learner now; concepts that it does not hold any more get no label.
        names: Concept id → name to be shown.
        parameters: Of knowledge tracing, as the memory uses them.
    """
    replay = Replay(names or {}, parameters)
    for event in in_order(events):
        replay.take(event)
    known = None if state is None or not state.mastery else {item.concept for item in state.mastery}
    found = [
        label for label in replay.labels() if known is None or label.concept is None or label.concept in known
    ]  # fmt: skip
    order = {"holds": 0, "disputed": 1, "dropped": 2}
    return tuple(sorted(found, key=lambda item: (order[item.status], item.concept is None, -item.confidence, item.key)))


def in_order(events: Iterable[LearnerEvent]) -> Sequence[LearnerEvent]:
    """Events in the order of time, and of their ids within an instant."""
    return sorted(events, key=lambda event: (microseconds(event.at), event.id))


class Replay:
    """Goes through events in the order of time and keeps a track of each label.

    Args:
        names: Concept id → name to be shown.
        parameters: Of knowledge tracing; one set for all concepts when not given.
    """

    def __init__(self, names: Mapping[str, str], parameters: ParameterSource | None = None) -> None:
        self._names = names
        self._parameters: ParameterSource = parameters or ConceptParameters()
        every = (*rules.WORK, *map(rules.works_best, rules.PARTS))
        self._tracks: dict[str, Track] = {rule.key: Track(rule) for rule in every}
        self._beliefs: dict[str, float] = {}
        self._failed: LearnerEvent | None = None
        self._open: dict[str, frozenset[str]] = {}
        """Task tried and not solved yet → faults of the latest attempt."""
        self._solved: set[str] = set()
        self._helped = False

    def take(self, event: LearnerEvent) -> None:
        """Take in the next event."""
        if event.kind == "correction":
            self._correct(event)
        elif event.kind == "interaction":
            self._helped = self._helped or event.payload.get("action") in _HELP
        elif event.kind == "self_assessment":
            for seen in event.observations:
                if (belief := self._beliefs.get(seen.concept)) is not None:
                    too_high, too_low = seen.correct and belief < _LOW, not seen.correct and belief > _HIGH
                    self._judged(too_high, too_low, event)
        if (correct := attempt_outcome(event)) is not None:
            self._attempt(event, correct)
        for seen in evidence(event):
            self._observe_concept(seen.concept, seen.correct, event)

    def labels(self) -> list[Label]:
        """All labels that there is something to tell of."""
        return [label for track in self._tracks.values() if (label := track.label()) is not None]

    def _attempt(self, event: LearnerEvent, correct: bool) -> None:
        self._see(rules.HINTS, (self._helped,), event)
        self._helped = False
        confidence = event.payload.get("confidence")
        if isinstance(confidence, int | float) and not isinstance(confidence, bool) and 0 <= confidence <= 1:
            self._judged(confidence >= _SURE and not correct, confidence <= _UNSURE and correct, event)
        for part in rules.PARTS:
            self._tracks[f"{rules.WORKS_BEST}:{part}"].observe((_within(event.at, part), correct), event)
        if event.task_id is None:
            return
        if self._failed is not None:
            left = event.task_id != self._failed.task_id
            self._see(rules.LEAVES, (left,), event)
            self._see(rules.KEEPS_TRYING, (left,), event)
        if event.task_id in self._open:
            if before := self._open[event.task_id]:
                again = not correct and bool(before & _faults(event))
                self._see(rules.REPEATS, (again,), event)
                self._see(rules.MENDS, (again,), event)
        elif event.task_id not in self._solved:
            self._see(rules.FIRST_TRY, (correct,), event)
        if correct:
            self._open.pop(event.task_id, None)
            self._solved.add(event.task_id)
        else:
            self._open[event.task_id] = _faults(event)
        self._failed = None if correct else event

    def _judged(self, too_high: bool, too_low: bool, event: LearnerEvent) -> None:
        self._see(rules.OVERRATES, (too_high,), event)
        self._see(rules.UNDERRATES, (too_low,), event)

    def _see(self, rule: Rule, seen: tuple[bool, ...], event: LearnerEvent) -> None:
        self._tracks[rule.key].observe(seen, event)

    def _observe_concept(self, concept: str, correct: bool, event: LearnerEvent) -> None:
        parameters = self._parameters.parameters(concept)
        self._beliefs[concept] = update(self._beliefs.get(concept, parameters.prior), correct, parameters)
        for prefix in (rules.MASTERS, rules.STRUGGLES):
            track = self._track(f"{prefix}:{concept}")
            assert track is not None
            track.observe((correct,), event)

    def _correct(self, event: LearnerEvent) -> None:
        """What a learner says about a label."""
        key, action = event.payload.get("label"), event.payload.get("action")
        if not isinstance(key, str) or (track := self._track(key)) is None:
            return
        if action == "restore":
            track.restore()
        elif action in ("dispute", "set"):
            words, value = event.payload.get("text"), event.payload.get("value")
            track.set_aside(event, words if isinstance(words, str) else None, value)

    def _track(self, key: str) -> Track | None:
        """The track of a label, made where it is missing; `None` where no rule has this key."""
        track = self._tracks.get(key)
        if track is None and (rule := rule_of(key, self._names, self._parameters)) is not None:
            track = self._tracks[key] = Track(rule)
        return track


def rule_of(key: str, names: Mapping[str, str], parameters: ParameterSource | None = None) -> Rule | None:
    """The rule that a label's key names."""
    prefix, colon, rest = key.partition(":")
    source: ParameterSource = parameters or ConceptParameters()
    if prefix == rules.MASTERS and rest:
        return rules.masters(rest, source.parameters(rest), names)
    if prefix == rules.STRUGGLES and rest:
        return rules.struggles(rest, source.parameters(rest), names)
    if prefix == rules.WORKS_BEST and rest in rules.PARTS:
        return rules.works_best(rest)
    return None if colon else next((rule for rule in rules.WORK if rule.key == key), None)


def _within(instant: str, part: str) -> bool:
    """Whether the clock of an instant, as it was written, shows this part of the day."""
    first, last = rules.PARTS[part]
    return first <= datetime.fromisoformat(instant).hour < last


def _faults(event: LearnerEvent) -> frozenset[str]:
    """What was wrong: misconceptions, or the category of the error where none was found."""
    listed: Any = event.payload.get("misconceptions")
    named = (
        {item for item in cast("list[Any]", listed) if isinstance(item, str)}
        if isinstance(listed, list)
        else set[str]()
    )
    category = event.payload.get("error_category")
    return frozenset(named or ({category} if isinstance(category, str) else set[str]()))
