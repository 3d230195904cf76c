"""Where the search for item parameters begins."""

from __future__ import annotations

import math

import numpy as np

from gradatim.memory.irt.arrays import FloatArray
from gradatim.memory.irt.responses import Responses

_GUESSING = 0.15
_LEARNERS = 5000
"""As many, spread over all, are enough to begin with."""


def starting_parameters(responses: Responses, count: int, *, common_a: bool = False) -> FloatArray:
    """Difficulty from the share of correct answers, discrimination from how well an item goes with the others.

    Args:
        responses: Learners × items.
        count: Parameters an item: 2 (`log a`, `b`), or 3 with `logit c`.
        common_a: All items have the same discrimination.

    Returns:
        Shape (items, count).
    """
    values = responses.values[:: -(-len(responses.learners) // _LEARNERS)]
    seen = (values >= 0).astype(np.float64)
    right = (values == 1).astype(np.float64)
    share = (right.sum(axis=0) + 0.5) / (seen.sum(axis=0) + 1.0)
    centred = (right - share) * seen
    answers = np.sqrt(np.maximum(seen.sum(axis=1, keepdims=True), 1.0))
    rest = (centred.sum(axis=1, keepdims=True) - centred) / answers * seen
    norm = np.sqrt((centred**2).sum(axis=0) * (rest**2).sum(axis=0))
    together = np.clip((centred * rest).sum(axis=0) / np.maximum(norm, 1e-9), 0.1, 0.7)
    # The item-rest correlation as if it were that of a normal ogive (Lord, 1980), in logits
    a = np.clip(1.7 * together / np.sqrt(1.0 - together**2), 0.3, 2.5)
    if common_a:
        a[:] = a.mean()
    b = -np.log(share / (1.0 - share)) * np.sqrt(1.0 + 0.35 * a * a) / a
    start = np.empty((len(share), count))
    start[:, 0], start[:, 1] = np.log(a), np.clip(b, -4.0, 4.0)
    if count == 3:
        start[:, 2] = math.log(_GUESSING / (1.0 - _GUESSING))
    return start
