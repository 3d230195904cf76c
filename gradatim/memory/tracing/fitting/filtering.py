"""Predictions of knowledge tracing for many learners at once: the forward filter, all sequences side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.bkt import BKTParameters
from gradatim.memory.tracing.data.sequences import Codes, Flags, chosen
from gradatim.memory.tracing.fitting.individual import LIMIT, Shifts, log_odds_of
from gradatim.memory.tracing.fitting.layout import strands

Reals = npt.NDArray[np.float64]


def predict_plain(learner: Codes, skill: Codes, correct: Flags, parameters: Sequence[BKTParameters]) -> Reals:
    """P(correct) before each response, shape (responses,).

    Args:
        learner: Learner of each response, in learner-major time order.
        skill: Skill of each response; numbers beyond the parameters take the last ones.
        correct: Outcome of each response.
        parameters: By the skill's number.
    """
    laid = strands(learner, skill)
    table = np.array([[p.prior, p.learn, p.slip, p.guess, p.forget] for p in parameters]).T
    own: Reals = table[:, np.minimum(laid.skill, len(parameters) - 1)]
    learn, slip, guess, forget = (own[place] for place in range(1, 5))
    belief: Reals = own[0]
    predicted = np.zeros(len(learner))
    for step, n in enumerate(laid.active().tolist()):
        rows = laid.order[laid.begins[:n] + step]
        seen, before = correct[rows], belief[:n]
        right: Reals = before * (1.0 - slip[:n]) + (1.0 - before) * guess[:n]
        predicted[rows] = right
        joint: Reals = before * chosen(seen, 1.0 - slip[:n], slip[:n])
        evidence: Reals = chosen(seen, right, 1.0 - right)
        after: Reals = np.divide(joint, evidence, out=before.copy(), where=evidence > 0.0)
        belief = np.clip(after * (1.0 - forget[:n]) + (1.0 - after) * learn[:n], 0.0, 1.0)
    return predicted


def predict_individual(
    learner: Codes, skill: Codes, correct: Flags, ability: Reals, parameters: Sequence[BKTParameters], shifts: Shifts
) -> Reals:
    """The same with parameters shifted by the learner's ability just before each response, shape (responses,)."""
    laid = strands(learner, skill)
    odds = np.array([log_odds_of(p) for p in parameters]).T
    prior, learn, guess, share, forget = odds[:, np.minimum(laid.skill, len(parameters) - 1)]
    predicted = np.zeros(len(learner))
    belief = np.zeros(0)
    for step, n in enumerate(laid.active().tolist()):
        rows = laid.order[laid.begins[:n] + step]
        seen, theta = correct[rows], ability[rows]
        belief = belief[:n] if step else shifted(prior[:n], shifts.prior, theta)
        now_learn, now_guess = shifted(learn[:n], shifts.learn, theta), shifted(guess[:n], shifts.guess, theta)
        now_slip = (1.0 - now_guess) * shifted(share[:n], shifts.slip, theta)
        right = belief * (1.0 - now_slip) + (1.0 - belief) * now_guess
        predicted[rows] = right
        after = belief * chosen(seen, 1.0 - now_slip, now_slip) / chosen(seen, right, 1.0 - right)
        belief = after * (1.0 - forget[:n]) + (1.0 - after) * now_learn
    return predicted


def shifted(odds: Reals, by: tuple[float, float], theta: Reals) -> Reals:
    """Probabilities of log odds that the ability has moved."""
    return np.clip(1.0 / (1.0 + np.exp(-np.clip(odds + by[0] + by[1] * theta, -30.0, 30.0))), LIMIT, 1.0 - LIMIT)
