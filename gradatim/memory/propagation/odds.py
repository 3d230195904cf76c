"""Between probabilities and log-odds."""

from __future__ import annotations

import math

CERTAIN = 1e-6
"""Beliefs nearer to 0 or 1 than this count as if they were so far: nothing observed can make certain."""


def log_odds(probability: float) -> float:
    """`log(p / (1 − p))` of a probability that is kept away from certainty by `CERTAIN`."""
    inside = min(1.0 - CERTAIN, max(CERTAIN, probability))
    return math.log(inside) - math.log1p(-inside)


def sigmoid(logit: float) -> float:
    """The probability with these log-odds."""
    if logit >= 0.0:
        return 1.0 / (1.0 + math.exp(-logit))
    raised = math.exp(logit)
    return raised / (1.0 + raised)
