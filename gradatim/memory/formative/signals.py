"""The signals: which of them an event changes, and by how much.

* `mastery` of a concept: the belief of knowledge tracing.
* `misconception`, `error_kind`: how regularly programs show it, `e ← λ·e + (1 − λ)` at an attempt that does, fading by
  λ with each attempt that does not. It counts as changed when it shows: something new counts much, the hundredth time
  of the same next to nothing.
* attributes of the profile (`gradatim.memory.profile`), once they rest on enough observations.

Every event costs the same, however many came before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from gradatim.domain import LearnerEvent
from gradatim.memory.formative.moving import Move
from gradatim.memory.formative.policy import ERROR_KIND, MASTERY, MISCONCEPTION, SUBJECTS, FormativePolicy
from gradatim.memory.profile import Progress
from gradatim.memory.profile.reading import attempt_outcome
from gradatim.memory.tracing import ParameterSource
from gradatim.memory.tracing.estimates import Belief, observed, unobserved

LAMBDA = 0.7
"""Of how regularly something shows: half of what it was after two attempts without it."""
MOST_SHOWN = 128
"""Misconceptions and kinds of error that are kept; the one shown longest ago gives way."""
_PER_EVENT = 16
"""Misconceptions that are read from one event."""


@dataclass(slots=True)
class Signals:
    """Where the signals of a learner stand.

    Args:
        policy: Which count, and on what scale.
        parameters: Of knowledge tracing.
    """

    policy: FormativePolicy
    parameters: ParameterSource
    progress: Progress = field(default_factory=Progress)
    beliefs: dict[str, Belief] = field(default_factory=dict[str, Belief])
    shown: dict[str, tuple[float, int]] = field(default_factory=dict[str, tuple[float, int]])
    """`signal:subject` → how regularly it showed at the attempt with this number; the one shown last stands last."""
    attempts: int = 0
    levels: dict[str, float] = field(default_factory=dict[str, float])
    """Attribute → its value after the latest event, once it counts."""

    def take(self, event: LearnerEvent, at: int) -> Iterator[Move]:
        """Take in the next event; gives what it changed."""
        before = {
            seen.concept: self.beliefs[seen.concept].probability
            for seen in event.observations
            if seen.concept in self.beliefs
        }
        self.progress.advance(event, at, before)
        yield from self._mastery(event)
        if (outcome := attempt_outcome(event)) is not None:
            self.attempts += 1
            if not outcome:
                yield from self._faults(event.payload)
        yield from self._attributes(at)

    def plain(self) -> dict[str, Any]:
        """As JSON data; its parts are not copied, so write it out before the next event."""
        return {
            "progress": self.progress.plain(),
            "beliefs": {
                concept: [belief.probability, belief.observations, belief.updated_at]
                for concept, belief in self.beliefs.items()
            },
            "shown": [[key, *value] for key, value in self.shown.items()],  # pairs: their order matters
            "attempts": self.attempts,
            "levels": self.levels,
        }

    def restore(self, plain: Mapping[str, Any]) -> None:
        """From what `plain` gave, whose parts it takes over."""
        self.progress = Progress.restored(plain["progress"])
        self.beliefs = {concept: Belief(*values) for concept, values in plain["beliefs"].items()}
        self.shown = {key: (value, number) for key, value, number in plain["shown"]}
        self.attempts = plain["attempts"]
        self.levels = dict(plain["levels"])

    def _mastery(self, event: LearnerEvent) -> Iterator[Move]:
        after = observed(event, self.beliefs, self.parameters)
        for concept, belief in after.items():
            before = self.beliefs.get(concept) or unobserved(self.parameters.parameters(concept))
            yield from self._move(MASTERY, concept, belief.probability - before.probability)
        self.beliefs.update(after)

    def _faults(self, payload: Mapping[str, Any]) -> Iterator[Move]:
        listed: Any = payload.get("misconceptions")
        named = cast("list[Any]", listed)[:_PER_EVENT] if isinstance(listed, list) else []
        for name in dict.fromkeys(item for item in named if isinstance(item, str) and item):
            yield from self._show(MISCONCEPTION, name)
        category = payload.get("error_category")
        if isinstance(category, str) and category:
            yield from self._show(ERROR_KIND, category)

    def _show(self, signal: str, subject: str) -> Iterator[Move]:
        value, number = self.shown.pop(f"{signal}:{subject}", (0.0, self.attempts))
        value *= LAMBDA ** max(0, self.attempts - number - 1)  # attempts in between that did not show it
        after = LAMBDA * value + (1.0 - LAMBDA)
        if len(self.shown) >= MOST_SHOWN:
            del self.shown[next(iter(self.shown))]
        self.shown[f"{signal}:{subject}"] = after, self.attempts
        yield from self._move(signal, subject, after - value)

    def _attributes(self, at: int) -> Iterator[Move]:
        wanted = [name for name in self.policy.signals if name not in SUBJECTS]
        if not wanted:
            return
        found = self.progress.measured(at, at, ())
        for name in wanted:
            if (item := found.get(name)) is None or item.value is None or item.observations < self.policy.settle:
                continue
            before = self.levels.get(name)
            self.levels[name] = item.value
            if before is not None:
                yield from self._move(name, None, item.value - before)

    def _move(self, signal: str, subject: str | None, change: float) -> Iterator[Move]:
        found = self.policy.signals.get(signal)
        if found is not None and found.weight and change:
            yield Move((signal, subject), max(-1.0, min(1.0, change / found.scale)))
