"""What a learner's events say about mastery: evidence in, beliefs out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gradatim.domain import LearnerEvent, Observation
from gradatim.memory.tracing import BKTParameters, ParameterSource, update


@dataclass(frozen=True, slots=True)
class Belief:
    """Mastery of one concept after so many observations."""

    probability: float
    observations: int
    updated_at: str | None
    """Instant of the latest observation."""


def evidence(event: LearnerEvent) -> tuple[Observation, ...]:
    """The observations of an event that count for mastery.

    Those of a self-assessment do not: what learners think of themselves tells how well they know themselves
    (`profile`), not what they can do.
    """
    return () if event.kind == "self_assessment" else event.observations


def observed(event: LearnerEvent, before: Mapping[str, Belief], source: ParameterSource) -> dict[str, Belief]:
    """Beliefs about the concepts of an event after it.

    Args:
        event: The learner's latest event.
        before: Beliefs before it; a concept without one starts at its prior.
        source: Parameters of knowledge tracing.
    """
    after: dict[str, Belief] = {}
    for seen in evidence(event):
        parameters = source.parameters(seen.concept)
        belief = after.get(seen.concept) or before.get(seen.concept) or unobserved(parameters)
        after[seen.concept] = _step(parameters, belief, seen.correct, event.at)
    return after


def traced(parameters: BKTParameters, observations: Iterable[tuple[bool, str]]) -> Belief:
    """Belief about one concept from all its observations (correct or not, instant), in the order of time."""
    belief = unobserved(parameters)
    for correct, instant in observations:
        belief = _step(parameters, belief, correct, instant)
    return belief


def unobserved(parameters: BKTParameters) -> Belief:
    """The belief before anything was seen: P(L₀)."""
    return Belief(parameters.prior, 0, None)


def _step(parameters: BKTParameters, belief: Belief, correct: bool, instant: str) -> Belief:
    return Belief(update(belief.probability, correct, parameters), belief.observations + 1, instant)
