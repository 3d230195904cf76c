"""The two-way bridge between ability θ (item response theory) and mastery of concepts (knowledge tracing).

One assumption carries both ways: before anything is observed of it, a concept c is mastered with probability

    π(θ) = σ(logit P(L₀) + s·θ) = σ(s·(θ − d)),    d = −logit P(L₀) / s,

so that d is the ability at which mastery is as likely as not, an average learner (θ = 0) keeps the concept's own
prior, and `s` is the slope. Down the bridge, θ gives priors to concepts never observed; up the bridge, what was
observed of many concepts is a measurement of θ. Concepts without observations carry nothing upwards, so that going
down and up again changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.ability import Ability
from gradatim.memory.propagation.estimates import BeliefLike
from gradatim.memory.propagation.odds import CERTAIN, log_odds, sigmoid
from gradatim.memory.propagation.plan import Floats
from gradatim.memory.tracing import BKTParameters, ParameterSource

SLOPE = 1.0
"""Log-odds of mastery that one standard deviation of ability makes, before anything was observed of a concept."""
_STEPS = 1000
_TOLERANCE = 1e-11
_COUNTED = 20
"""Answers on one concept beyond which more of them tell nothing new of it."""


def prior_shift(ability: Ability, slope: float = SLOPE) -> float:
    """Log-odds that ability adds to the prior of every concept: s·θ, with the mean of what θ may be.

    The mean has been drawn towards 0 as far as θ is uncertain, so nothing more is taken off for uncertainty.
    """
    return slope * ability.mean


def individual(parameters: BKTParameters, ability: Ability, slope: float = SLOPE) -> BKTParameters:
    """The parameters of a concept with the prior of a learner of this ability: monotone in θ."""
    prior = sigmoid(log_odds(parameters.prior) + prior_shift(ability, slope))
    # A prior at 0 or 1 stands for certainty, which ability does not shake.
    return parameters if parameters.prior in (0.0, 1.0) else replace(parameters, prior=prior)


@dataclass(frozen=True)
class IndividualParameters:
    """A `ParameterSource` for one learner: the priors of another one, shifted by the learner's ability."""

    base: ParameterSource
    ability: Ability
    slope: float = SLOPE

    @property
    def version(self) -> str:
        return f"{self.base.version}~{prior_shift(self.ability, self.slope)!r}"

    def parameters(self, concept: str) -> BKTParameters:
        return individual(self.base.parameters(concept), self.ability, self.slope)


def ability_from_mastery(
    ability: Ability,
    beliefs: Mapping[str, BeliefLike],
    parameters: ParameterSource,
    *,
    started: ParameterSource | None = None,
    relevance: Mapping[str, float] | None = None,
    slope: float = SLOPE,
) -> Ability:
    """Take the mastery of many concepts as one measurement of ability.

    What was observed of a concept weighs for its mastery as the likelihood ratio Λ = odds(belief) / odds(prior). Given
    θ, its probability is then proportional to Λπ(θ) + 1 − π(θ), and the mean of θ becomes the mode of that product over
    the concepts with the normal prior, climbed to from the prior's mean. The precision grows, for each concept, by the
    information s²·π(1 − π) that seeing its mastery itself would give, times the share of it that so many answers give
    on average (`informed`). Both are evaluated at the prior's mean: more evidence never increases the variance, more
    mastery never lowers the mean, and the order of concepts does not matter.

    Take either this or the single answers (`Ability.after`) from the same events, not both.

    Args:
        ability: What is known of θ without these beliefs.
        beliefs: By concept; those without observations are passed over.
        parameters: Of an average learner.
        started: Those that the beliefs started from, where they were not the same (`IndividualParameters`).
        relevance: What each concept counts, from 0 to 1; 1 for all when not given, 0 for those not named.
        slope: s.

    Raises:
        InputError: The slope is not above 0, a relevance is outside [0, 1], or a belief is no probability.
    """
    if not (math.isfinite(slope) and slope > 0.0):
        raise InputError(f"{slope!r} is no slope", place="slope", remedy="give a number above 0")
    names = [concept for concept, belief in beliefs.items() if belief.observations > 0]
    weights = np.array([1.0 if relevance is None else relevance.get(name, 0.0) for name in names], dtype=np.float64)
    if not all(0.0 <= weight <= 1.0 for weight in weights.tolist()):
        raise InputError("a relevance lies outside 0 to 1", place="relevance", remedy="scale them to 0 to 1")
    if not weights.any():
        return ability
    average = [parameters.parameters(name) for name in names]
    origin = [(started or parameters).parameters(name) for name in names]
    for name in names:
        if not 0.0 <= beliefs[name].probability <= 1.0:
            raise InputError(
                f"{beliefs[name].probability!r} is no probability",
                place=f"belief about {name!r}",
                remedy="give a number from 0 to 1",
            )
    base = np.array([log_odds(each.prior) for each in average])
    evidence = np.array(
        [log_odds(beliefs[name].probability) - log_odds(each.prior) for name, each in zip(names, origin, strict=True)]
    )
    counts = np.array([beliefs[name].observations for name in names])
    theta, precision = ability.mean, 1.0 / ability.variance
    prior = _sigmoid(base + slope * theta)
    share = informed(prior, average, counts)
    information = float((weights * share * slope**2 * prior * (1.0 - prior)).sum())
    # Steps no longer than the largest curvature allows climb without overshooting the first mode.
    pace = 1.0 / (precision + 0.25 * slope**2 * float(weights.sum()))
    for _ in range(_STEPS):
        expected = base + slope * theta
        score = float((weights * (_sigmoid(expected + evidence) - _sigmoid(expected))).sum())
        step = pace * (slope * score - precision * (theta - ability.mean))
        theta += step
        if abs(step) < _TOLERANCE:
            break
    return Ability(theta, 1.0 / (precision + information), ability.responses + int(counts.sum()))


def informed(
    prior: Floats, parameters: list[BKTParameters], counts: np.ndarray[tuple[int], np.dtype[np.int_]]
) -> Floats:
    """Share of the uncertainty about mastery that so many answers remove on average: in [0, 1].

    By the law of total variance, Var(E[L | answers]) / Var(L), over all numbers of right answers that may come: it
    never falls with more answers. Learning between the answers is left out, and beyond twenty nothing is added.

    Args:
        prior: Probability of mastery before the answers: shape (concepts,).
        parameters: Slip and guess of each concept.
        counts: Answers on each concept: shape (concepts,).
    """
    right = np.clip([1.0 - each.slip for each in parameters], CERTAIN, 1.0 - CERTAIN)[:, None]
    lucky = np.clip([each.guess for each in parameters], CERTAIN, 1.0 - CERTAIN)[:, None]
    answers = np.minimum(counts, _COUNTED)[:, None]
    correct = np.arange(_COUNTED + 1)[None, :]
    wrong = answers - correct
    possible = wrong >= 0
    wrong = np.where(possible, wrong, 0)
    ways = _LOG_FACTORIAL[answers] - _LOG_FACTORIAL[np.minimum(correct, answers)] - _LOG_FACTORIAL[wrong]
    mastered = np.where(possible, np.exp(ways + correct * np.log(right) + wrong * np.log1p(-right)), 0.0)
    unmastered = np.where(possible, np.exp(ways + correct * np.log(lucky) + wrong * np.log1p(-lucky)), 0.0)
    chance = prior[:, None]
    seen = chance * mastered + (1.0 - chance) * unmastered
    after = np.divide(chance * mastered, seen, out=np.zeros_like(seen), where=seen > 0.0)
    removed = (seen * (after - chance) ** 2).sum(axis=1)
    doubt = np.maximum(prior * (1.0 - prior), 1e-300)
    return np.clip(removed / doubt, 0.0, 1.0)


_LOG_FACTORIAL = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, _COUNTED + 1)))))


def _sigmoid(logit: Floats) -> Floats:
    return 0.5 + 0.5 * np.tanh(0.5 * logit)
