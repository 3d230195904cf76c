"""The formative trigger of one learner: events in, requests for a formative assessment out.

It fires when `Σ w_i·|Δe_i| > high` (SPEC §4), is then disarmed, and armed again once the sum has been below `low`: a
trigger with hysteresis (O. H. Schmitt, "A thermionic trigger", 1938), so that evidence that hovers about one threshold
does not fire again and again. Beyond that no learner gets more than the budget allows. What fires is a pure function of
the learner's events in the order of time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from gradatim.domain import LearnerEvent
from gradatim.errors import InputError
from gradatim.memory.formative.moving import Movement
from gradatim.memory.formative.policy import MASTERY, FormativePolicy
from gradatim.memory.formative.request import FormativeRequest, SignalReason, request_id
from gradatim.memory.formative.signals import Signals
from gradatim.memory.inputs import microseconds
from gradatim.memory.rights.labels import rule_of
from gradatim.memory.tracing import ConceptParameters, ParameterSource

HOUR = 3_600_000_000
"""Microseconds."""
DAY, WEEK = 24 * HOUR, 7 * 24 * HOUR
_CONCEPTS, _REASONS = 5, 8
_TELLS = 0.02
"""Share of the sum below which a signal is no reason that is told."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)


@dataclass(slots=True)
class Trigger:
    """Takes in one learner's events in the order of time.

    Args:
        learner_id: Whose.
        policy: Weights, thresholds and budget.
        parameters: Of knowledge tracing, as the memory uses them; one set for all concepts when not given.
        agreed: Whether the learner agrees to personalisation before saying anything.
    """

    learner_id: str
    policy: FormativePolicy
    parameters: ParameterSource = field(default_factory=ConceptParameters)
    agreed: bool = True
    armed: bool = True
    last: tuple[int, str] = (-(1 << 62), "")
    """Place of the latest event."""
    fired: list[int] = field(default_factory=list[int])
    """Instants of the latest requests, as many as the budget has to know."""
    withheld: int = 0
    """Events at which it would have fired, had the budget allowed it."""
    muted: dict[str, tuple[str | None, tuple[str, ...]]] = field(
        default_factory=dict[str, tuple[str | None, tuple[str, ...]]]
    )
    """Disputed label → concept and attributes that are not used."""
    signals: Signals = field(init=False)
    movement: Movement = field(init=False)

    def __post_init__(self) -> None:
        weights = {name: signal.weight for name, signal in self.policy.signals.items()}
        self.signals = Signals(self.policy, self.parameters)
        self.movement = Movement(weights, self.policy.half_life_hours * HOUR)

    def advance(self, event: LearnerEvent) -> FormativeRequest | None:
        """Take in the next event; what fires at it, if anything does. The event taken in last changes nothing again.

        Raises:
            InputError: The event is another learner's, or lies before the latest one: replay the events in order.
        """
        at = microseconds(event.at)
        if event.learner_id != self.learner_id or (at, event.id) < self.last:
            raise InputError(
                "is not the next event of this learner",
                place=f"event {event.id!r}",
                remedy="replay the events in order",
            )
        if (at, event.id) == self.last:
            return None
        self.last = (at, event.id)
        if event.kind == "consent":
            self._consent(event)
        if not self.agreed:
            return None
        if event.kind == "correction":
            self._correct(event)
        self._arm(at)
        before = self.movement.score(at)
        for move in self.signals.take(event, at):
            if not self._is_muted(move.key):
                self.movement.move(move, event, at)
        self._arm(at)
        score = self.movement.score(at)
        if not self.armed or score <= self.policy.threshold.high or score <= before:
            return None  # an event after which the sum has not grown tells nothing new
        if self.movement.speaking(at) < self.policy.events:
            return None
        if not self._affordable(at):
            self.withheld += 1
            return None
        return self._fire(event, at, score)

    def plain(self) -> dict[str, Any]:
        """As JSON data, for `restored`; write it out before the next event."""
        return {
            "policy": self.policy.version,
            "parameters": self.parameters.version,
            "agreed": self.agreed,
            "armed": self.armed,
            "last": list(self.last),
            "fired": list(self.fired),
            "withheld": self.withheld,
            "muted": {label: [concept, list(names)] for label, (concept, names) in self.muted.items()},
            "signals": self.signals.plain(),
            "movement": self.movement.plain(),
        }

    @classmethod
    def restored(
        cls, learner_id: str, policy: FormativePolicy, parameters: ParameterSource, plain: Mapping[str, Any]
    ) -> Trigger:
        """From what `plain` gave.

        Raises:
            InputError: It was made under another policy or other parameters: replay the events instead.
        """
        if (plain.get("policy"), plain.get("parameters")) != (policy.version, parameters.version):
            raise InputError(
                "was made under another policy or other parameters", place="trigger", remedy="replay the events"
            )
        found = cls(learner_id, policy, parameters, plain["agreed"], plain["armed"], tuple(plain["last"]))
        found.fired, found.withheld = list(plain["fired"]), plain["withheld"]
        found.muted = {label: (concept, tuple(names)) for label, (concept, names) in plain["muted"].items()}
        found.signals.restore(plain["signals"])
        found.movement.restore(plain["movement"])
        return found

    def _arm(self, at: int) -> None:
        if self.movement.score(at) < self.policy.threshold.low:
            self.armed = True

    def _affordable(self, at: int) -> bool:
        budget = self.policy.budget
        day = sum(at - instant < DAY for instant in self.fired)
        week = sum(at - instant < WEEK for instant in self.fired)
        cool = not self.fired or at - self.fired[-1] >= budget.cool_down_hours * HOUR
        return cool and day < budget.per_day and week < budget.per_week

    def _fire(self, event: LearnerEvent, at: int, score: float) -> FormativeRequest:
        self.armed = False
        budget = self.policy.budget
        self.fired = [*self.fired, at][-max(budget.per_day, budget.per_week) :]
        half_life = self.movement.half_life
        ranked = [
            one for one in self.movement.ranked(at) if one[0] >= _TELLS * score and one[3].speaking(at, half_life)
        ][:_REASONS]
        concepts = dict.fromkeys(
            concept
            for _, _, (signal, subject), item in ranked
            for concept in ([subject] if signal == MASTERY and subject else item.about(at, half_life))
        )
        return FormativeRequest(
            id=request_id(self.learner_id, event.id, self.policy.version),
            learner_id=self.learner_id,
            at=event.at,
            event=event.id,
            concepts=tuple(concepts)[:_CONCEPTS],
            score=score,
            threshold=self.policy.threshold.high,
            reasons=tuple(
                SignalReason(
                    signal=signal,
                    subject=subject,
                    change=change,
                    weight=self.movement.weights[signal],
                    contribution=contribution,
                    events=item.speaking(at, half_life),
                )
                for contribution, change, (signal, subject), item in ranked
            ),
            policy=self.policy.version,
            expires_at=_instant(at + round(self.policy.open_days * DAY)),
        )

    def _is_muted(self, key: tuple[str, str | None]) -> bool:
        signal, subject = key
        return any(
            (concept is not None and signal == MASTERY and subject == concept) or signal in names
            for concept, names in self.muted.values()
        )

    def _correct(self, event: LearnerEvent) -> None:
        """What a learner disputes is not used, until the learner takes it back."""
        label, action = event.payload.get("label"), event.payload.get("action")
        if not isinstance(label, str):
            return
        if action == "restore":
            self.muted.pop(label, None)
        elif action in ("dispute", "set") and (rule := rule_of(label, {}, self.parameters)) is not None:
            self.muted[label] = (rule.concept, rule.attributes)
            for key in [key for key in self.movement.moved if self._is_muted(key)]:
                self.movement.drop(key)

    def _consent(self, event: LearnerEvent) -> None:
        """Without consent nothing is taken in, and what was is dropped."""
        given = event.payload.get("given")
        if event.payload.get("purpose") == "personalisation" and isinstance(given, bool):
            if self.agreed and not given:
                self.movement.moved.clear()
                self.armed = True
            self.agreed = given


def _instant(at: int) -> str:
    """An instant as text; one after the last that can be written is that one."""
    return (_EPOCH + timedelta(microseconds=min(at, _LAST))).isoformat(timespec="seconds")


def firings(trigger: Trigger, events: Iterable[LearnerEvent]) -> tuple[FormativeRequest, ...]:
    """What fires over a learner's events, which may come in any order and more than once.

    Args:
        trigger: That has taken in nothing yet; advanced by it.
    """
    once = {event.id: event for event in events}
    ordered = sorted(once.values(), key=lambda event: (microseconds(event.at), event.id))
    found = [trigger.advance(event) for event in ordered]
    return tuple(request for request in found if request is not None)
