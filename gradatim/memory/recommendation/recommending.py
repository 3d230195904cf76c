"""What to practise next, with reasons that add up: content, peers and the look-ahead together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.propagation import Propagated
from gradatim.memory.propagation.odds import log_odds, sigmoid
from gradatim.memory.propagation.plan import Floats
from gradatim.memory.recommendation.content import Shown, difficulty_match, due
from gradatim.memory.recommendation.course import Course, Flags
from gradatim.memory.recommendation.dynamics import Choices, Dynamics
from gradatim.memory.recommendation.goals import parameters_at
from gradatim.memory.recommendation.neighbours import PeerPrediction
from gradatim.memory.recommendation.planning import LookAhead
from gradatim.memory.recommendation.policies import CAUTIOUS, MASTERED, READY, Situation
from gradatim.memory.tracing import predict_correct

_DUE = 0.25
"""Share of mastery that may be forgotten from which a mastered concept is proposed for review."""
_HORIZON = 40
_OPENED = 1e-9


@dataclass(frozen=True, slots=True)
class Weights:
    """What each reason counts; a score is their weighted sum, at most the sum of the weights.

    Raises:
        InputError: A weight is negative or no number, or all are 0.
    """

    progress: float = 0.30
    """Expected gain in mastery by the next practice, and what that opens."""
    look_ahead: float = 0.15
    """With a goal: where practising it leads, compared with the other concepts that promise most."""
    misconception: float = 0.20
    """Misconceptions about it that the learner has shown."""
    difficulty: float = 0.10
    """How near the chance of success is to what practice aims at."""
    review: float = 0.15
    """How much of what was mastered may be forgotten by now."""
    peers: float = 0.10
    """How learners with a similar record do on it."""

    def __post_init__(self) -> None:
        values = [float(getattr(self, item.name)) for item in fields(self)]
        if not all(math.isfinite(value) and value >= 0.0 for value in values) or not any(values):
            raise InputError(
                "a weight is negative or no number, or all are 0", place="weights", remedy="give positive numbers"
            )


@dataclass(frozen=True, slots=True)
class Reason:
    """One named part of a score."""

    name: str
    """A field of `Weights`."""
    value: float
    """In [0, 1]."""
    weight: float
    contribution: float
    """Value times weight."""
    text: str
    """What it rests on."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A concept to practise next."""

    concept: str
    score: float
    """Sum of the contributions."""
    mastery: float
    """Belief now."""
    inferred: bool
    """Whether it was never observed itself."""
    success: float
    """Probability of a right answer."""
    reasons: tuple[Reason, ...]
    """Largest contribution first; reasons that speak neither for nor against it are left out."""


@dataclass(frozen=True, slots=True)
class LearnerRecord:
    """What is known of one learner, as far as recommendations go by it."""

    mastery: Mapping[str, Propagated]
    """Estimates by concept, as `Propagation.propagated` gives them; the prior where there is none."""
    ability_shift: float = 0.0
    """Log-odds that ability adds to the chance of success on concepts never observed (`bridge.prior_shift`). It meets
    no prerequisites: an able learner may learn them fast, but need not have come across them."""
    idle_days: Mapping[str, float] = field(default_factory=dict[str, float])
    """Days since each concept was last practised."""
    misconceptions: Mapping[str, tuple[Shown, ...]] = field(default_factory=dict[str, tuple[Shown, ...]])
    """By concept, as `shown_misconceptions` gives them."""
    peers: Mapping[str, PeerPrediction] = field(default_factory=dict[str, PeerPrediction])
    """By concept, as `Neighbours.predict` gives them; empty where nobody consented to be compared with."""


def recommend(
    course: Course,
    learner: LearnerRecord,
    *,
    goal: str | None = None,
    limit: int = 5,
    weights: Weights | None = None,
    ready: float = READY,
) -> tuple[Recommendation, ...]:
    """Concepts to practise next, best first.

    Only concepts whose direct prerequisites are met are ever proposed; a prerequisite is met when it is believed
    mastered, or when it follows from what is (`Course.surmised`). What follows so is not proposed itself. Mastered
    concepts are proposed for review when they may be forgotten, or when a misconception about them was shown.

    Args:
        course: Concepts to choose among.
        learner: What is known.
        goal: A concept of the course; only it and what it needs are proposed.
        limit: At most so many.
        weights: What each reason counts.
        ready: Mastery from which a prerequisite counts as met.

    Raises:
        InputError: The course does not have the goal, or the limit is below 1.
    """
    if limit < 1:
        raise InputError(f"the limit must be at least 1, got {limit}", place="limit", remedy="ask for one at least")
    counted = weights or Weights()
    mastery, observed = beliefs(course, learner.mastery)
    inferred = course.surmised(mastery, observed)[None, :]
    allowed = np.ones(len(course.concepts), dtype=bool)
    planner = LookAhead(Dynamics(course), ready=max(ready, CAUTIOUS), horizon=_HORIZON)
    if goal is not None:
        planner = replace(LookAhead.to_goal(Dynamics(course), goal, ready=planner.ready), horizon=_HORIZON)
        allowed = course.needed_by(course.plan.places[goal])
    situation = Situation(inferred, np.zeros_like(inferred), 2 * _HORIZON, allowed)
    values = planner.values(inferred, situation.remaining)
    index = planner.index(inferred, values)[0]
    review = np.array(
        [
            due(float(inferred[0, place]), _observations(learner, concept), learner.idle_days.get(concept, 0.0))
            for place, concept in enumerate(course.concepts)
        ]
    )
    wrong = np.array([concept in learner.misconceptions for concept in course.concepts])
    unmastered = inferred[0] < np.where(observed, MASTERED, ready)
    open_now = course.ready(inferred, ready)[0] & allowed & (unmastered | (review > _DUE) | wrong)
    places = np.flatnonzero(open_now)
    if not len(places):
        return ()
    # The planner moves on later than it may: a shaky prerequisite goes before what is built on it.
    safe = open_now & course.ready(inferred, planner.ready)[0]
    if safe.any():
        index = np.where(safe, index, 0.0)
    compared = np.flatnonzero(safe) if safe.any() else places
    ahead = {} if goal is None else _look_ahead(planner, situation, values, index, compared)
    most = max(float(index[places].max()), _OPENED)
    found: list[Recommendation] = []
    for place in places.tolist():
        concept = course.concepts[place]
        belief = float(inferred[0, place])
        parameters = parameters_at(course, place)
        likely = belief if observed[place] else sigmoid(log_odds(belief) + learner.ability_shift)
        success = predict_correct(likely, parameters)
        reasons = [
            _progress(course, planner, inferred, values, place, float(index[place]) / most, counted.progress),
            _reason("look_ahead", ahead.get(place, 0.0), counted.look_ahead, "where it leads, of those compared"),
            _misconception(learner.misconceptions.get(concept, ()), counted.misconception),
            _reason(
                "difficulty",
                difficulty_match(likely, parameters),
                counted.difficulty,
                f"a right answer is expected with probability {success:.2f}",
            ),
            _reason(
                "review",
                float(review[place]),
                counted.review,
                f"last practised {learner.idle_days.get(concept, 0.0):.0f} days ago",
            ),
            _peers(learner.peers.get(concept), counted.peers),
        ]
        told = sorted((item for item in reasons if item.contribution > 0.0), key=lambda item: -item.contribution)
        found.append(
            Recommendation(
                concept=concept,
                score=sum(item.contribution for item in told),
                mastery=belief,
                inferred=not observed[place],
                success=success,
                reasons=tuple(told),
            )
        )
    found.sort(key=lambda item: (-item.score, item.concept))
    return tuple(found[:limit])


def beliefs(course: Course, mastery: Mapping[str, Propagated]) -> tuple[Floats, Flags]:
    """Estimates and whether they were observed, in the order of the course: shapes (concepts,)."""
    known = [mastery.get(concept) for concept in course.concepts]
    values = [float(course.prior[place]) if item is None else item.probability for place, item in enumerate(known)]
    return np.array(values), np.array([item is not None and not item.inferred for item in known], dtype=bool)


def _observations(learner: LearnerRecord, concept: str) -> int:
    known = learner.mastery.get(concept)
    return 0 if known is None else known.observations


def _look_ahead(
    planner: LookAhead,
    situation: Situation,
    values: Floats,
    index: Floats,
    places: Choices,
) -> dict[int, float]:
    """Rollouts of the concepts with the highest index: 1 for the best, 0 for the worst and for all others."""
    top = places[np.argsort(-index[places], kind="stable")][: planner.candidates]
    if len(top) < 2:
        return dict.fromkeys(top.tolist(), 1.0)
    outlook = planner.outlook(situation, values, top[None, :])[0]
    spread = float(outlook.max() - outlook.min())
    return {
        int(place): (float(value - outlook.min()) / spread if spread > 0.0 else 0.0)
        for place, value in zip(top, outlook, strict=True)
    }


def _progress(
    course: Course, planner: LookAhead, mastery: Floats, values: Floats, place: int, share: float, weight: float
) -> Reason:
    gain = float((1.0 - mastery[0, place]) * course.learn[place] * planner.dynamics.readiness(mastery)[0, place])
    after = len(course.plan.dependents[place])
    opens = f", and {after} {'concept needs' if after == 1 else 'concepts need'} it" if after else ""
    return _reason("progress", share, weight, f"one practice is expected to add {gain:.3f} to mastery{opens}")


def _misconception(shown: tuple[Shown, ...], weight: float) -> Reason:
    value = 1.0 - math.prod(1.0 - item.strength for item in shown)
    return _reason("misconception", value, weight, "shown: " + ", ".join(item.id for item in shown))


def _peers(found: PeerPrediction | None, weight: float) -> Reason:
    if found is None or not found.neighbours:
        return _reason("peers", 0.0, weight, "nobody to compare with")
    who = "1 learner" if found.neighbours == 1 else f"{found.neighbours} learners"
    text = f"{who} with a similar record reached {found.score:.2f} on it"
    return _reason("peers", found.score * found.confidence, weight, text)


def _reason(name: str, value: float, weight: float, text: str) -> Reason:
    inside = min(1.0, max(0.0, value))
    return Reason(name, inside, weight, inside * weight, text)
