"""How far each signal has moved of late: signed changes, added up while older ones fade.

`Δe_i(t) = Σ_k δ_k · 2^(−(t − t_k)/h)` over the changes δ_k of signal i at instants t_k, with half-life h: what is
left of the signal when its slow course is taken out. A value that goes up and comes back again has moved nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gradatim.domain import LearnerEvent

Key = tuple[str, str | None]
"""Signal and subject."""
MOST = 128
"""Signals of a learner that are kept: the one that moved least gives way."""
_SHOWN = 8
"""Ids of events and of concepts that are kept for a signal."""
_FADED = 1e-6
_COUNTS = 6
"""Half-lives after which the change by an event counts no more than 1.6 % of what it did."""


class Move(NamedTuple):
    """A change of one signal by one event."""

    key: Key
    change: float
    """In units of the signal's scale, in [−1, 1]."""


@dataclass(slots=True)
class Moved:
    """How far a signal has moved, at the instant of its latest change."""

    deviation: float
    at: int
    """Microseconds since 1970."""
    events: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    """The latest that moved it, with their instants."""
    concepts: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    """That these events were about, the latest first, with the instant at which they last were."""

    def faded(self, at: int, half_life: float) -> float:
        """What is left of it at an instant."""
        return self.deviation * 2.0 ** ((self.at - at) / half_life)

    def speaking(self, at: int, half_life: float) -> tuple[str, ...]:
        """Ids of the events whose changes still count at an instant."""
        return tuple(event for event, when in self.events if at - when < _COUNTS * half_life)

    def about(self, at: int, half_life: float) -> tuple[str, ...]:
        """Concepts of these events, the latest first."""
        return tuple(concept for concept, when in self.concepts if at - when < _COUNTS * half_life)


@dataclass(slots=True)
class Movement:
    """All signals of a learner.

    Args:
        weights: Signal → weight.
        half_life: Microseconds.
    """

    weights: Mapping[str, float]
    half_life: float
    moved: dict[Key, Moved] = field(default_factory=dict[Key, Moved])

    def score(self, at: int) -> float:
        """`Σ w_i·|Δe_i|` at an instant."""
        return sum(
            self.weights.get(key[0], 0.0) * abs(item.faded(at, self.half_life)) for key, item in self.moved.items()
        )

    def move(self, move: Move, event: LearnerEvent, at: int) -> None:
        """Take in a change."""
        if not move.change:
            return
        item = self.moved.get(move.key)
        if item is None:
            if len(self.moved) >= MOST:
                self._give_way(at)
            item = self.moved[move.key] = Moved(0.0, at)
        item.deviation, item.at = item.faded(at, self.half_life) + move.change, at
        if not item.events or item.events[-1][0] != event.id:
            item.events = [*item.events, (event.id, at)][-_SHOWN:]
        about = dict.fromkeys(seen.concept for seen in event.observations[:_SHOWN])
        older = [(concept, when) for concept, when in item.concepts if concept not in about]
        item.concepts = [*((concept, at) for concept in about), *older][:_SHOWN]

    def drop(self, key: Key) -> None:
        """Forget that a signal moved."""
        self.moved.pop(key, None)

    def ranked(self, at: int) -> Iterator[tuple[float, float, Key, Moved]]:
        """Contribution, net change, signal: the largest contribution first."""
        found = [
            (self.weights.get(key[0], 0.0) * abs(left), left, key, item)
            for key, item in self.moved.items()
            if abs(left := item.faded(at, self.half_life)) > _FADED
        ]
        found.sort(key=lambda one: (-one[0], one[2][0], one[2][1] or ""))
        yield from (one for one in found if one[0] > 0.0)

    def speaking(self, at: int) -> int:
        """How many events stand behind what moved."""
        return len({event for _, _, _, item in self.ranked(at) for event in item.speaking(at, self.half_life)})

    def plain(self) -> list[list[Any]]:
        """As JSON data."""
        return [
            [*key, item.deviation, item.at, list(map(list, item.events)), list(map(list, item.concepts))]
            for key, item in self.moved.items()
        ]

    def restore(self, plain: list[list[Any]]) -> None:
        """From what `plain` gave."""
        self.moved = {
            (signal, subject): Moved(
                deviation,
                at,
                [(event, when) for event, when in events],
                [(concept, when) for concept, when in concepts],
            )
            for signal, subject, deviation, at, events, concepts in plain
        }

    def _give_way(self, at: int) -> None:
        least = min(
            self.moved,
            key=lambda key: (
                self.weights.get(key[0], 0.0) * abs(self.moved[key].faded(at, self.half_life)), key[0], key[1] or "",
            ),
        )  # fmt: skip
        del self.moved[least]
