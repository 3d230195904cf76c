"""Parameters of Bayesian knowledge tracing from data: expectation maximisation, all skills at once.

Baum's algorithm (Baum et al., 1970) on the model of Corbett and Anderson (1995), from many random starts; with Beta
priors on the parameters that draw skills with few responses towards the others (maximum a posteriori EM; Dempster,
Laird and Rubin, 1977), and with steps lengthened by extrapolation where that raises the posterior (SQUAREM; Varadhan
and Roland, 2008). The log posterior never falls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.bkt import BKTParameters, ConceptParameters
from gradatim.memory.tracing.data.sequences import Sequences, totals
from gradatim.memory.tracing.fitting.hmm import FORGET, GUESS, LEARN, PRIOR, SLIP, Expected, expected
from gradatim.memory.tracing.fitting.layout import Patterns

Reals = npt.NDArray[np.float64]

LIMIT = 1e-4
"""No parameter comes nearer to 0 or 1: nothing a learner does is impossible."""
MARGIN = 0.02
"""`guess + slip ≤ 1 − MARGIN`, and the same for `learn + forget`."""
_WEAK_MEAN = np.array([0.4, 0.15, 0.15, 0.25, 0.03])
_WEAK_STRENGTH = 1.0
_FIRST_LOOK = 2
"""Steps after which the worse two thirds of the starting points of each skill are given up."""


@dataclass(frozen=True, slots=True)
class EMOptions:
    """How parameters are sought."""

    restarts: int = 10
    """Random starting points, all of them followed for a few steps, the best one of each skill to the end."""
    scouting: int = 6
    """Steps after which the best starting point is chosen."""
    steps: int = 150
    """At most, for the best one."""
    tolerance: float = 1e-6
    """A skill is done when a step gains less than this a response."""
    forgetting: bool = True
    """Whether mastery can be lost; if not, P(F) is 0."""
    shrinkage: float = 20.0
    """Learners' worth of evidence that the mean of all skills counts in each skill."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class EMFit:
    """Fitted parameters and how the search went."""

    parameters: ConceptParameters
    """By name of the skill; the default is the mean over skills."""
    history: tuple[float, ...]
    """Log posterior of all skills together after each step of the final search; never falls."""
    log_likelihood: float
    """Of the data under the fitted parameters."""


def fit_bkt(data: Sequences, options: EMOptions | None = None, skills: Sequence[str] | None = None) -> EMFit:
    """Estimate prior, learn, slip, guess and forget for every skill.

    Args:
        data: Responses of many learners.
        options: How to search.
        skills: Only these; all skills of the data when not given.
    """
    how = options or EMOptions()
    names = tuple(data.skills if skills is None else skills)
    patterns = Patterns.of(data, data.skill_codes(names))
    found, history = search(patterns, len(names), how)
    likelihood = float(expected(patterns, found[:, None, :], len(names)).log_likelihood.sum()) if names else 0.0
    seen = totals(patterns.skill, len(names), patterns.weight)
    default = _as_parameters(_centre(found, seen), how) if seen.any() else BKTParameters()
    by_skill = {name: _as_parameters(found[:, place], how) for place, name in enumerate(names) if seen[place]}
    return EMFit(ConceptParameters(by_skill, default), tuple(history), likelihood)


def search(patterns: Patterns, skills: int, how: EMOptions) -> tuple[Reals, list[float]]:
    """The parameters of highest posterior found, shape (5, skills), and the log posterior step by step."""
    weak = np.repeat(_WEAK_MEAN[:, None], skills, axis=1)
    starts = _starts(how, skills)
    if not len(patterns.lengths):
        return starts[:, 0], []
    scouted = starts
    for step in range(how.scouting):
        seen = expected(patterns, scouted, skills)
        if step == _FIRST_LOOK:
            value = posterior(seen, scouted, weak, _WEAK_STRENGTH, how.forgetting)
            best = np.argsort(-value, axis=0, kind="stable")[: max(how.restarts // 3, 1)]
            scouted = np.take_along_axis(scouted, best[None], axis=1)
            seen = Expected(
                np.take_along_axis(seen.hits, best[None], axis=1),
                np.take_along_axis(seen.chances, best[None], axis=1),
                np.take_along_axis(seen.log_likelihood, best, axis=0),
            )
        scouted = maximised(seen, weak, _WEAK_STRENGTH, how.forgetting)
    value = posterior(expected(patterns, scouted, skills), scouted, weak, _WEAK_STRENGTH, how.forgetting)
    best = scouted[:, value.argmax(axis=0), np.arange(skills)]
    sizes = totals(patterns.skill, skills, patterns.weight)
    centre = np.repeat(_centre(best, sizes)[:, None], skills, axis=1)
    return _climb(patterns, best, centre, how)


def _climb(patterns: Patterns, start: Reals, centre: Reals, how: EMOptions) -> tuple[Reals, list[float]]:
    """EM with extrapolated steps until no skill gains any more; skills that are done drop out of the work."""
    skills = start.shape[1]
    responses = totals(patterns.skill, skills, patterns.weight * patterns.lengths)
    current, values = start.copy(), np.full(skills, -np.inf)
    working, rest = responses > 0, patterns
    history: list[float] = []

    def step(point: Reals) -> tuple[Reals, Reals]:
        seen = expected(rest, point[:, None, :], skills)
        value = posterior(seen, point[:, None, :], centre[:, None, :], how.shrinkage, how.forgetting)[0]
        return maximised(seen, centre[:, None, :], how.shrinkage, how.forgetting)[:, 0], value

    for _ in range(how.steps):
        once, _ = step(current)
        twice, later = step(once)
        far = _extrapolated(current, once, twice, how.forgetting)
        beyond, reached = step(far)
        better = reached > later
        gained = np.where(better, reached, later) - values
        current = np.where(working, np.where(better, beyond, twice), current)
        values = np.where(working, np.where(better, reached, later), values)
        history.append(float(values[responses > 0].sum()))
        still = working & (gained > how.tolerance * responses)
        if not still.any():
            break
        if still.sum() < 0.7 * working.sum():
            rest, working = rest.of_skills(still), still
    return current, history


def maximised(seen: Expected, centre: Reals, strength: float, forgetting: bool) -> Reals:
    """The M-step: the most probable parameters given expected counts, within the constraints.

    Args:
        seen: Expected counts.
        centre: Mean of the prior of each parameter, broadcastable to (5, restarts, skills).
        strength: Observations that the prior counts.
        forgetting: Whether P(F) is free; if not it stays at `LIMIT`.
    """
    centre = centre if centre.ndim == 3 else centre[:, None, :]
    hits, misses = seen.hits + strength * centre, seen.chances - seen.hits + strength * (1.0 - centre)
    # Nothing is known of a skill that dropped out of the work; it keeps the mean.
    tries = hits + misses
    found = np.where(tries > 0.0, hits, centre) / np.where(tries > 0.0, tries, 1.0)
    found = np.clip(found, LIMIT, 1.0 - LIMIT)
    if not forgetting:
        found[FORGET] = LIMIT
    _limit_sum(found, hits, misses, GUESS, SLIP)
    if forgetting:
        _limit_sum(found, hits, misses, LEARN, FORGET)
    else:
        found[LEARN] = np.minimum(found[LEARN], 1.0 - MARGIN)
    return found


def posterior(seen: Expected, parameters: Reals, centre: Reals, strength: float, forgetting: bool) -> Reals:
    """Log posterior but for a constant, shape (restarts, skills): log-likelihood plus the Beta priors."""
    centre = centre if centre.ndim == 3 else centre[:, None, :]
    prior = strength * (centre * np.log(parameters) + (1.0 - centre) * np.log1p(-parameters))
    return seen.log_likelihood + (prior if forgetting else prior[:FORGET]).sum(axis=0)


def _limit_sum(found: Reals, hits: Reals, misses: Reals, first: int, second: int) -> None:
    """Where two parameters add up to too much, the best pair on the border: a concave problem, by bisection."""
    top = 1.0 - MARGIN
    over = found[first] + found[second] > top
    if not over.any():
        return
    a, b = hits[first][over], misses[first][over]
    c, d = hits[second][over], misses[second][over]
    low = np.full(a.shape, LIMIT)
    high = np.full(a.shape, top - LIMIT)
    for _ in range(50):
        x = 0.5 * (low + high)
        y = top - x
        slope = a / x - b / (1.0 - x) - c / y + d / (1.0 - y)
        low, high = np.where(slope > 0, x, low), np.where(slope > 0, high, x)
    found[first][over] = low
    found[second][over] = top - low


def _extrapolated(start: Reals, once: Reals, twice: Reals, forgetting: bool) -> Reals:
    """A point further along the way that two steps took, by the log odds; within the constraints."""
    origin = _log_odds(start)
    first = _log_odds(once) - origin
    bend = _log_odds(twice) - origin - 2.0 * first
    size = np.sqrt((bend**2).sum(axis=0))
    length = np.maximum(np.sqrt((first**2).sum(axis=0)) / np.maximum(size, 1e-12), 1.0)
    far = origin + 2.0 * length * first + length**2 * bend
    point = np.clip(1.0 / (1.0 + np.exp(-np.clip(far, -30, 30))), LIMIT, 1.0 - LIMIT)
    if not forgetting:
        point[FORGET] = LIMIT
    broken = (point[GUESS] + point[SLIP] > 1.0 - MARGIN) | (point[LEARN] + point[FORGET] > 1.0 - MARGIN)
    return np.where(broken | ~np.isfinite(far).all(axis=0), twice, point)


def _log_odds(values: Reals) -> Reals:
    return np.log(values) - np.log1p(-values)


def _starts(how: EMOptions, skills: int) -> Reals:
    """Random starting points, shape (5, restarts, skills); the first is the usual guess at such parameters."""
    random = np.random.default_rng(how.seed)
    low = np.array([0.1, 0.02, 0.02, 0.05, 0.002])[:, None, None]
    high = np.array([0.9, 0.4, 0.4, 0.5, 0.1])[:, None, None]
    starts = low + (high - low) * random.random((5, how.restarts, skills))
    starts[:, 0] = _WEAK_MEAN[:, None]
    if not how.forgetting:
        starts[FORGET] = LIMIT
    return starts


def _centre(found: Reals, sizes: Reals) -> Reals:
    """Mean of the skills' parameters; each counts by its learners, but no skill for more than two hundred."""
    weight = np.minimum(sizes, 200.0)
    return (found * weight).sum(axis=1) / max(float(weight.sum()), 1e-12)


def _as_parameters(values: Reals, how: EMOptions) -> BKTParameters:
    numbers = [float(value) for value in values]
    return BKTParameters(
        prior=numbers[PRIOR],
        learn=numbers[LEARN],
        slip=numbers[SLIP],
        guess=numbers[GUESS],
        forget=numbers[FORGET] if how.forgetting else 0.0,
    )
