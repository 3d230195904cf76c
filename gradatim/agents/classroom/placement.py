"""Placement: an adaptive test of programming tasks, and the level that its result stands for.

The next task is the one that tells most about this learner (maximum Fisher information; Lord, 1980); a verdict rests on
executed tests alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from gradatim.domain import Noun, Probability, Task
from gradatim.errors import InputError
from gradatim.memory.adaptive import CAT, Either, MaximumItems, MinimumError, Strategies
from gradatim.memory.irt.bank import Item, ItemBank

Logit = Annotated[float, Field(ge=-6, le=6)]


class PoolTask(Noun):
    """A task with what is known of it as an item."""

    task: Task
    difficulty: Logit
    """On the scale of ability, on which learners have mean 0 and standard deviation 1."""
    discrimination: Annotated[float, Field(gt=0, le=10)] = 1.0
    """In logits a unit of ability."""


class TaskAnswer(Noun):
    """Whether a task was solved."""

    task: str
    passed: bool


class Placement(Noun):
    """How far a placement test has come."""

    theta: float
    """Ability as it is estimated now."""
    se: Annotated[float, Field(ge=0)]
    """Its standard error."""
    answered: Annotated[int, Field(ge=0)]
    done: bool
    next: str
    """The task to give now; the last one where the test is over."""


class PlacementLevel(Noun):
    """Where a learner starts."""

    level: str
    """The most probable one."""
    probability: Probability
    levels: dict[str, Probability]
    """Each level's probability; they add up to 1."""
    certain: bool
    """Whether it is probable enough to do without a person."""
    theta: float
    se: float


def next_task(
    pool: Sequence[PoolTask], answers: Sequence[TaskAnswer], *, most: int = 10, error: float = 0.45
) -> Placement:
    """What the answers so far come to, and the task to give next.

    Args:
        pool: The tasks.
        answers: In their order.
        most: Tasks at most.
        error: Standard error at which the test is over.

    Raises:
        InputError: The pool is empty or holds a task twice, or an answer is to no task of it.
    """
    bank = ItemBank.of(Item(item.task.id, item.discrimination, item.difficulty) for item in pool)
    strategies = Strategies(stopping=Either((MaximumItems(most), MinimumError(error))))
    session = CAT(bank, strategies, answers=[(item.task, item.passed) for item in answers])
    estimate, chosen = session.estimate, session.next_item()
    last = answers[-1].task if answers else pool[0].task.id
    return Placement(
        theta=estimate.theta,
        se=estimate.se,
        answered=estimate.items,
        done=chosen is None,
        next=chosen.id if chosen is not None else last,
    )


def level_of(placement: Placement, levels: Mapping[str, float], least: float = 0.7) -> PlacementLevel:
    """The level that an ability stands for: the normal distribution around its estimate, cut at the levels' bounds.

    Args:
        levels: Name → ability from which it begins; the one that begins lowest also holds everything below.
        least: Probability from which a level is certain.

    Raises:
        InputError: There is no level, or two begin at the same ability.
    """
    ordered = sorted(levels.items(), key=lambda item: item[1])
    if not ordered or len({bound for _, bound in ordered}) < len(ordered):
        raise InputError("levels need different bounds, and at least one", place="levels", remedy="correct the levels")
    below = [0.0, *(_below(bound, placement) for _, bound in ordered[1:]), 1.0]
    shares = {name: max(0.0, below[place + 1] - below[place]) for place, (name, _) in enumerate(ordered)}
    best = max(shares, key=lambda name: shares[name])
    return PlacementLevel(
        level=best,
        probability=min(1.0, shares[best]),
        levels={name: min(1.0, share) for name, share in shares.items()},
        certain=shares[best] >= least,
        theta=placement.theta,
        se=placement.se,
    )


def _below(bound: float, placement: Placement) -> float:
    """Probability that the ability lies below a bound."""
    if placement.se == 0:
        return float(placement.theta < bound)
    return 0.5 * (1 + math.erf((bound - placement.theta) / (placement.se * math.sqrt(2))))
