"""Expected counts of the hidden Markov model of knowledge tracing: forward filter, backward smoother.

Both run over all sequences of all skills, and over several parameter sets, at once. With two states the smoothed
belief follows from the filtered one alone (Rauch, Tung and Striebel, 1965, in its discrete form), so that no likelihood
of a rest of a sequence ever underflows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.data.sequences import chosen, totals
from gradatim.memory.tracing.fitting.layout import Patterns

Reals = npt.NDArray[np.float64]

PRIOR, LEARN, SLIP, GUESS, FORGET = range(5)
"""Places of the parameters in an array of shape (5, restarts, skills)."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the E-step hands to the M-step."""

    hits: Reals
    """Expected times that each parameter's event happened, shape (5, restarts, skills)."""
    chances: Reals
    """Expected times that it could have happened, same shape."""
    log_likelihood: Reals
    """Shape (restarts, skills)."""


def expected(patterns: Patterns, parameters: Reals, skills: int) -> Expected:
    """The E-step.

    Args:
        patterns: Distinct sequences with their weights.
        parameters: Shape (5, restarts, skills), all strictly between 0 and 1.
        skills: How many there are.
    """
    restarts = parameters.shape[1]
    own: Reals = np.ascontiguousarray(parameters[:, :, patterns.skill])
    prior, learn, slip, guess, forget = (own[place] for place in range(5))
    stay = 1.0 - forget - learn
    count = len(patterns.lengths)
    likelihood = np.zeros((restarts, count))
    emission_right = 1.0 - slip
    emission_wrong = 1.0 - guess
    predicted: list[Reals] = []
    filtered: list[Reals] = []
    belief: Reals = prior
    for seen in patterns.observed:
        n = len(seen)
        before: Reals = belief[:, :n]
        mastered: Reals = chosen(seen, emission_right[:, :n], slip[:, :n])
        joint: Reals = before * mastered
        evidence: Reals = joint + (1.0 - before) * chosen(seen, guess[:, :n], emission_wrong[:, :n])
        after: Reals = joint / evidence
        likelihood[:, :n] += np.log(evidence)
        predicted.append(before)
        filtered.append(after)
        belief = learn[:, :n] + after * stay[:, :n]
    mastered_wrong, mastered_all, unmastered_right, learned, lost, mastered_moves = (
        np.zeros((restarts, count)) for _ in range(6)
    )
    smoothed = np.zeros((restarts, 0))
    for step in range(len(patterns.observed) - 1, -1, -1):
        seen, known = patterns.observed[step], filtered[step]
        n, later = len(seen), smoothed.shape[1]
        current = known.copy()
        if later:
            reached, earlier = predicted[step + 1], known[:, :later]
            kept = smoothed / reached
            dropped = (1.0 - smoothed) / (1.0 - reached)
            current[:, :later] = earlier * ((1.0 - forget[:, :later]) * kept + forget[:, :later] * dropped)
            learned[:, :later] += (1.0 - earlier) * learn[:, :later] * kept
            lost[:, :later] += earlier * forget[:, :later] * dropped
            mastered_moves[:, :later] += current[:, :later]
        mastered_all[:, :n] += current
        mastered_wrong[:, :n] += np.where(seen, 0.0, current)
        unmastered_right[:, :n] += np.where(seen, 1.0 - current, 0.0)
        smoothed = current
    steps = patterns.lengths
    ones = np.ones((restarts, count))
    hits = (smoothed, learned, mastered_wrong, unmastered_right, lost)
    chances = (ones, (steps - 1) - mastered_moves, mastered_all, steps - mastered_all, mastered_moves)
    return Expected(
        np.stack([_by_skill(values, patterns, skills) for values in hits]),
        np.stack([_by_skill(values, patterns, skills) for values in chances]),
        _by_skill(likelihood, patterns, skills),
    )


def _by_skill(values: Reals, patterns: Patterns, skills: int) -> Reals:
    """Weighted sums over the patterns of each skill, shape (restarts, skills)."""
    weighted = values * patterns.weight
    return np.stack([totals(patterns.skill, skills, row) for row in weighted])
