"""The search for item parameters: the EM algorithm on one set of answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradatim.memory.irt.acceleration import ascend
from gradatim.memory.irt.arrays import FloatArray
from gradatim.memory.irt.expectation import Answers, Expected, expectation
from gradatim.memory.irt.maximisation import Shape, clipped, curves, log_prior, maximisation
from gradatim.memory.irt.options import CalibrationOptions
from gradatim.memory.irt.population import estimated_population
from gradatim.memory.irt.priors import FLAT, WEAK, ItemPriors, Normal, balanced, spread_of
from gradatim.memory.irt.quadrature import normal_quadrature, points_for
from gradatim.memory.irt.uncertainty import inverse, item_information_blocks, with_priors

Progress = Callable[[int, float], None]
_COARSE = 0.01
"""Tolerance of the search that only has to show how much items differ."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a search ended."""

    parameters: FloatArray
    """(J, K): `log a`, `b`, and perhaps `logit c`."""
    priors: ItemPriors
    objective: tuple[float, ...]
    """At each accepted step of the last search; never falls while the population is normal."""
    steps: int
    """EM steps of all searches together."""
    converged: bool


class Search:
    """The EM algorithm on one set of answers.

    Args:
        answers: Of the learners.
        options: The model and how it is fitted.
        progress: Is told how many steps were taken, and the objective, at each of them.

    Attributes:
        population: Of abilities; estimated where the options say so.
    """

    def __init__(self, answers: Answers, options: CalibrationOptions, progress: Progress | None = None) -> None:
        self.answers = answers
        self._progress = progress
        self._steps = 0
        self.options = options
        self.shape = Shape(3 if options.model == "3pl" else 2, options.model == "1pl")
        self.population = normal_quadrature(options.points or points_for(answers.longest))

    def run(self, start: FloatArray) -> Found:
        """Search from these parameters (J, K)."""
        priors = self.options.priors
        if priors == "hierarchical":
            return self._hierarchical(start)
        return self._plain(start, self._admitted(ItemPriors() if priors == "none" else priors), self.options.tolerance)

    def expect(self, parameters: FloatArray) -> Expected:
        """The E step."""
        right, wrong = curves(parameters, self.population.points)
        return expectation(self.answers, right, wrong, self.population)

    def _admitted(self, priors: ItemPriors) -> ItemPriors:
        """Priors without the one of discrimination where all items share it: they tell enough about it."""
        return dataclasses.replace(priors, log_a=FLAT) if self.shape.common_a else priors

    def _hierarchical(self, start: FloatArray) -> Found:
        weak = self._admitted(WEAK)
        coarse = self._plain(start, weak, max(_COARSE, self.options.tolerance))
        priors = self._spread(coarse.parameters, weak)
        found = self._plain(coarse.parameters, priors, self.options.tolerance)
        return dataclasses.replace(found, steps=coarse.steps + found.steps)

    def _plain(self, start: FloatArray, priors: ItemPriors, tolerance: float) -> Found:
        """Search under these priors."""
        estimated = self.options.population == "estimated"

        def step(parameters: FloatArray) -> tuple[FloatArray, float]:
            expected = self.expect(parameters)
            objective = expected.log_likelihood + float(log_prior(parameters, priors).sum())
            self._steps += 1
            if self._progress is not None:
                self._progress(self._steps, objective)
            better = maximisation(parameters, self.population.points, expected, priors, self.shape)
            if estimated:
                self.population, better = estimated_population(self.population, expected.mass, better)
            return better, objective

        # Extrapolation would try populations that it then has to give up.
        ascent = ascend(
            step,
            start,
            tolerance=tolerance,
            limit=self.options.max_steps,
            allowed=clipped,
            accelerate=self.options.accelerate and not estimated,
        )
        return Found(ascent.parameters, priors, ascent.objective, ascent.steps, ascent.converged)

    def _spread(self, parameters: FloatArray, priors: ItemPriors) -> ItemPriors:
        """How much items differ, seen through the errors of their estimates."""
        blocks = item_information_blocks(self.answers, parameters, self.population, self.expect(parameters))
        count = self.shape.parameters
        variances = np.diagonal(inverse(with_priors(blocks, priors, count)), axis1=1, axis2=2)
        # The weak opinion is taken out again: what is wanted is what the answers alone say.
        known = np.array([prior.precision for prior in priors.of(count)])
        means = np.array([prior.mean for prior in priors.of(count)])
        precision = np.maximum(1.0 / variances - known, 1e-9)
        alone = parameters + known * (parameters - means) / precision
        errors = 1.0 / np.sqrt(precision)
        b = spread_of(alone[:, 1], errors[:, 1])
        if b is FLAT:
            return priors
        if self.shape.common_a:
            # Nothing balances difficulties where discrimination is one number: a wider opinion hardly moves the scale.
            return dataclasses.replace(priors, b=Normal(b.mean, 2.0 * b.sd))
        return balanced(spread_of(alone[:, 0], errors[:, 0]), b, alone, errors, priors)
