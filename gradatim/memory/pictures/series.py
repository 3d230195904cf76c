"""What a learner's events say at each moment: beliefs over time, and predictions before each answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from gradatim.domain import LearnerEvent
from gradatim.memory.inputs import microseconds
from gradatim.memory.pictures.intervals import Z80, wilson
from gradatim.memory.tracing import ParameterSource, predict_correct
from gradatim.memory.tracing.estimates import Belief, evidence, observed, unobserved

_PRIOR_WEIGHT = 2.0
"""Observations that the belief before the first one is worth; a uniform prior is worth two (Laplace's rule)."""
MARKED_KINDS = ("review", "self_assessment", "correction")
"""Kinds of events that are marked on the line of time; others are the observations themselves, or too many."""


class Point(NamedTuple):
    """Mastery after one observation."""

    at: int
    """Microseconds since 1970."""
    mastery: float
    low: float
    high: float
    correct: bool


@dataclass(frozen=True, slots=True)
class ConceptSeries:
    """Mastery of one concept over time; `label` is what people call it."""

    concept: str
    label: str
    points: tuple[Point, ...]


class Marked(NamedTuple):
    """An event that is marked on the line of time."""

    at: int
    kind: str


class Prediction(NamedTuple):
    """A probability that the next answer is correct, and what came."""

    probability: float
    correct: bool


def mastery_series(events: Iterable[LearnerEvent], source: ParameterSource) -> tuple[ConceptSeries, ...]:
    """Mastery of each concept after each of its observations, traced anew with these parameters.

    The band around it is the Wilson interval of 80 % of a share that rests on the observations so far and on a prior
    worth two: it tells how much was seen, not how good the model is.

    Args:
        events: Of one learner, in any order.
        source: Parameters of knowledge tracing.

    Returns:
        The concepts in the order of their first observation.
    """
    beliefs: dict[str, Belief] = {}
    points: dict[str, list[Point]] = {}
    for event in _in_order(events):
        after = observed(event, beliefs, source)
        beliefs |= after
        last = {seen.concept: seen.correct for seen in evidence(event)}
        for concept, belief in after.items():
            low, high = wilson(belief.probability, belief.observations + _PRIOR_WEIGHT, Z80)
            points.setdefault(concept, []).append(
                Point(microseconds(event.at), belief.probability, low, high, last[concept])
            )
    return tuple(ConceptSeries(concept, concept, tuple(found)) for concept, found in points.items())


def marked(events: Iterable[LearnerEvent]) -> tuple[Marked, ...]:
    """Reviews, self-assessments and corrections, oldest first."""
    return tuple(
        Marked(microseconds(event.at), event.kind) for event in _in_order(events) if event.kind in MARKED_KINDS
    )


def predictions(events: Iterable[LearnerEvent], source: ParameterSource) -> tuple[Prediction, ...]:
    """What Bayesian knowledge tracing predicted before each observation, and what came, oldest first."""
    beliefs: dict[str, Belief] = {}
    found: list[Prediction] = []
    for event in _in_order(events):
        before = dict(beliefs)
        for seen in evidence(event):
            parameters = source.parameters(seen.concept)
            belief = before.get(seen.concept) or unobserved(parameters)
            found.append(Prediction(predict_correct(belief.probability, parameters), seen.correct))
        beliefs |= observed(event, beliefs, source)
    return tuple(found)


def _in_order(events: Iterable[LearnerEvent]) -> list[LearnerEvent]:
    return sorted(events, key=lambda event: (microseconds(event.at), event.id))
