"""Individualised knowledge tracing: a learner's ability shifts what the parameters of a skill are for them.

Prior, learning, guess and slip of every skill move, by their log odds, with the ability that the learner has shown
so far in everything: `logit P = logit P(skill) + offset + slope · θ`. Eight numbers serve all learners and skills
(after Yudelson, Koedinger and Gordon, 2013, and Khajah et al., 2014, with an ability that is known online).
Slip is moved as its share of what guess leaves, `S = (1 − G)·share`, so that `G + S < 1` whatever the ability.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.bkt import BKTParameters
from gradatim.memory.tracing.data.sequences import Flags
from gradatim.memory.tracing.fitting.layout import Strands
from gradatim.memory.tracing.fitting.optimise import minimise

Reals = npt.NDArray[np.float64]

LIMIT = 1e-4
RIDGE = 1.0
"""Penalty on the eight numbers: without evidence the ability moves nothing."""


@dataclass(frozen=True, slots=True)
class Shifts:
    """Offset and slope of each parameter's log odds in the ability θ."""

    prior: tuple[float, float] = (0.0, 0.0)
    learn: tuple[float, float] = (0.0, 0.0)
    guess: tuple[float, float] = (0.0, 0.0)
    slip: tuple[float, float] = (0.0, 0.0)

    def numbers(self) -> tuple[float, ...]:
        """All eight in the order of the fields."""
        return (*self.prior, *self.learn, *self.guess, *self.slip)

    @classmethod
    def of(cls, numbers: Reals) -> Shifts:
        """From eight numbers in the order of the fields."""
        pairs = [(float(numbers[place]), float(numbers[place + 1])) for place in range(0, 8, 2)]
        return cls(*pairs)


def log_odds_of(parameters: BKTParameters) -> tuple[float, float, float, float, float]:
    """Log odds of prior, learn, guess and of slip's share of what guess leaves; and P(F) as it is."""
    share = parameters.slip / max(1.0 - parameters.guess, LIMIT)
    values = np.clip(np.array([parameters.prior, parameters.learn, parameters.guess, share]), LIMIT, 1.0 - LIMIT)
    odds = np.log(values / (1.0 - values))
    return float(odds[0]), float(odds[1]), float(odds[2]), float(odds[3]), parameters.forget


def fit_shifts(laid: Strands, correct: Flags, ability: Reals, skills: list[BKTParameters], steps: int = 40) -> Shifts:
    """The eight numbers under which the next responses are most probable.

    Args:
        laid: Responses by learner and skill.
        correct: Of each response.
        ability: θ of the learner just before each response.
        skills: Parameters by the skill's number.
    """
    base = np.array([log_odds_of(parameters) for parameters in skills]).T.reshape(5, -1)[:, laid.skill]
    rows = [laid.order[laid.begins[:count] + step] for step, count in enumerate(laid.active().tolist())]
    seen = [correct[row] for row in rows]
    thetas = [ability[row] for row in rows]

    def objective(numbers: Reals) -> tuple[float, Reals]:
        value, gradient = _loss(base, seen, thetas, numbers)
        return value + 0.5 * RIDGE * float(numbers @ numbers), gradient + RIDGE * numbers

    found, _ = minimise(objective, np.zeros(8), steps=steps, tolerance=1e-6)
    return Shifts.of(found)


def _loss(base: Reals, seen: list[Flags], thetas: list[Reals], numbers: Reals) -> tuple[float, Reals]:
    """Negative log-likelihood of the next responses, and its gradient carried forward with the filter."""
    if not seen:
        return 0.0, np.zeros(8)
    belief = _sigmoid(base[0] + numbers[0] + numbers[1] * thetas[0])
    bends = np.zeros((8, len(belief)))
    spread = belief * (1.0 - belief)
    bends[0], bends[1] = spread, spread * thetas[0]
    total, gradient = 0.0, np.zeros(8)
    for right, theta in zip(seen, thetas, strict=True):
        n = len(right)
        belief, bends = belief[:n], bends[:, :n]
        learn = _sigmoid(base[1, :n] + numbers[2] + numbers[3] * theta)
        guess = _sigmoid(base[2, :n] + numbers[4] + numbers[5] * theta)
        share = _sigmoid(base[3, :n] + numbers[6] + numbers[7] * theta)
        slip, forget = (1.0 - guess) * share, base[4, :n]
        guess_bend = guess * (1.0 - guess)
        slip_by_guess, slip_bend = -share * guess_bend, (1.0 - guess) * share * (1.0 - share)
        sign = np.where(right, 1.0, -1.0)
        mastered = np.where(right, 1.0 - slip, slip)
        unmastered = np.where(right, guess, 1.0 - guess)
        joint = belief * mastered
        evidence = joint + (1.0 - belief) * unmastered
        # How the chance of what was seen, and the joint chance with mastery, move with the eight numbers.
        joint_bends = bends * mastered
        evidence_bends = bends * (mastered - unmastered)
        by_guess = -sign * belief * slip_by_guess
        by_slip = -sign * belief * slip_bend
        for place, factor in ((4, 1.0), (5, theta)):
            joint_bends[place] += factor * by_guess
            evidence_bends[place] += factor * (by_guess + (1.0 - belief) * sign * guess_bend)
        for place, factor in ((6, 1.0), (7, theta)):
            joint_bends[place] += factor * by_slip
            evidence_bends[place] += factor * by_slip
        after = joint / evidence
        after_bends = (joint_bends - after * evidence_bends) / evidence
        total -= float(np.log(evidence).sum())
        gradient -= (evidence_bends / evidence).sum(axis=1)
        belief = after * (1.0 - forget) + (1.0 - after) * learn
        bends = after_bends * (1.0 - forget - learn)
        learn_bend = (1.0 - after) * learn * (1.0 - learn)
        bends[2] += learn_bend
        bends[3] += learn_bend * theta
    return total, gradient


def _sigmoid(values: Reals) -> Reals:
    return np.clip(1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0))), LIMIT, 1.0 - LIMIT)
