"""Content filtering: what speaks for practising a concept now, from the learner's own record and the graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gradatim.domain import LearnerEvent
from gradatim.kg import Misconception
from gradatim.memory.inputs import microseconds
from gradatim.memory.tracing import BKTParameters, predict_correct

_DAY = 86_400_000_000
TARGET = 0.7
"""Probability of a right answer that practice aims at: hard enough to learn from, easy enough to go on."""
HALF_LIFE = 2.0
"""Days after which one practice is half forgotten; further ones lengthen it."""
MISCONCEPTION_HALF_LIFE = 14.0
"""Days after which a misconception that was seen counts half."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A misconception that a learner has shown."""

    id: str
    strength: float
    """From 1, today, falling with time."""


def difficulty_match(mastery: float, parameters: BKTParameters, target: float = TARGET) -> float:
    """How near the probability of a right answer is to what practice aims at: 1 there, 0 at the far end."""
    return 1.0 - abs(predict_correct(mastery, parameters) - target) / max(target, 1.0 - target)


def due(mastery: float, observations: int, days: float) -> float:
    """How much of what was mastered may be forgotten: `m · (1 − 2^(−days / h))`, in [0, 1].

    The half-life h grows with what was practised: `HALF_LIFE · (1 + observations · m)` days (after the idea of
    half-life regression: Settles and Meeder, 2016).
    """
    if not observations or days <= 0.0:
        return 0.0
    return mastery * (1.0 - 2.0 ** (-days / (HALF_LIFE * (1.0 + observations * mastery))))


def days_since(instant: str | None, now: int) -> float:
    """Days from an ISO 8601 instant to a moment in microseconds since 1970; 0 for none, or one that lies ahead."""
    return 0.0 if instant is None else max(0.0, (now - microseconds(instant)) / _DAY)


def shown_misconceptions(
    events: Iterable[LearnerEvent], misconceptions: Mapping[str, Misconception], now: int
) -> dict[str, tuple[Shown, ...]]:
    """Misconceptions that a learner still seems to have, by the concepts that they are about.

    One that was seen counts until the learner later gets every one of its concepts right, and less with time.

    Args:
        events: In any order.
        misconceptions: Of the graph, by id; ids that it does not have are passed over.
        now: Microseconds since 1970.
    """
    timed = sorted(((microseconds(event.at), event.id, event) for event in events), key=lambda item: item[:2])
    active: dict[str, tuple[int, set[str]]] = {}
    for at, _, event in timed:
        seen = event.payload.get("misconceptions")
        named = {name for name in seen if isinstance(name, str)} if isinstance(seen, list) else set[str]()
        right = {item.concept for item in event.observations if item.correct}
        for name in list(active):
            _, waiting = active[name]
            waiting -= right
            if not waiting:
                del active[name]
        for name in named & misconceptions.keys():
            active[name] = (at, set(misconceptions[name].concepts))
    found: dict[str, list[Shown]] = {}
    for name, (at, _) in sorted(active.items()):
        strength = 2.0 ** (-max(0, now - at) / _DAY / MISCONCEPTION_HALF_LIFE)
        for concept in misconceptions[name].concepts:
            found.setdefault(concept, []).append(Shown(name, strength))
    return {concept: tuple(shown) for concept, shown in found.items()}
