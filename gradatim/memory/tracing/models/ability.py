"""Ability that is known online: one number a learner, moved by each response (Elo, as in Pelánek, 2016)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.data.sequences import Codes, Flags, Sequences

Reals = npt.NDArray[np.float64]

GAIN = 0.35
"""How far the first response moves the ability, per unit of surprise."""
FADING = 0.02
"""How fast that falls with the number of responses n: the gain is `GAIN / (1 + FADING·n)`."""
SMOOTHING = 10.0
"""Responses of the average skill that count in each skill's difficulty."""


def difficulties(skill: Codes, correct: Flags, skills: int) -> tuple[float, ...]:
    """Log odds of a wrong response to each skill, drawn towards the mean, which stands at the end."""
    rate = (float(correct.sum()) + 1.0) / (len(correct) + 2.0)
    count = np.bincount(skill, minlength=skills)
    right = np.bincount(skill, weights=correct.astype(np.float64), minlength=skills)
    smoothed = np.append((right + SMOOTHING * rate) / (count + SMOOTHING), rate)
    return tuple((np.log1p(-smoothed) - np.log(smoothed)).tolist())


def ability_before(data: Sequences, difficulty: Sequence[float], copies: Flags, codes: Codes | None = None) -> Reals:
    """θ of the learner just before each response, shape (responses,).

    Args:
        data: The responses.
        difficulty: By the number of the skill.
        copies: Rows that only repeat an answer; they move nothing.
        codes: Numbers that the difficulties are for, in place of those of skills.
    """
    before: list[float] = []
    theta, answered = 0.0, 0
    numbers = data.skill if codes is None else codes
    seen: list[int] = numbers.tolist()
    rows = zip(data.first.tolist(), seen, data.correct.tolist(), copies.tolist(), strict=True)
    for first, skill, correct, copied in rows:
        if first:
            theta, answered = 0.0, 0
        before.append(theta)
        if not copied:
            theta += moved(theta, difficulty[skill], correct, answered)
            answered += 1
    return np.array(before, np.float64)


def moved(theta: float, difficulty: float, correct: bool, answered: int) -> float:
    """How far a response moves the ability."""
    expected = 1.0 / (1.0 + math.exp(difficulty - theta))
    return GAIN / (1.0 + FADING * answered) * (correct - expected)
