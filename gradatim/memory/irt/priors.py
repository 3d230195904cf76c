"""What is held likely about items before any answer, and how it is learned from the items themselves.

Marginal maximum likelihood alone lets a few unlucky answers push an item's discrimination or difficulty far out.
Items of one test resemble each other: with a distribution of item parameters whose mean and spread are estimated
from all items (Mislevy, 1986), each item is drawn towards the others exactly as far as its own answers are weak.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gradatim.memory.irt.arrays import FloatArray

_ROUNDS = 200
_SMALLEST_SPREAD = 0.02
"""Below it items are as good as equal, and a narrower distribution would only slow the search down."""


@dataclass(frozen=True, slots=True)
class Normal:
    """A normal distribution of one item parameter over items."""

    mean: float
    sd: float
    """Infinite for no opinion."""

    @property
    def precision(self) -> float:
        return 0.0 if math.isinf(self.sd) else 1.0 / (self.sd * self.sd)

    def log_density(self, values: FloatArray) -> FloatArray:
        """Up to a constant of the values; 0 for no opinion."""
        if math.isinf(self.sd):
            return np.zeros_like(values)
        return -0.5 * ((values - self.mean) / self.sd) ** 2 - math.log(self.sd)


FLAT = Normal(0.0, math.inf)


@dataclass(frozen=True, slots=True)
class ItemPriors:
    """Distributions of `log a`, `b` and `logit c` over items."""

    log_a: Normal = FLAT
    b: Normal = FLAT
    logit_c: Normal = Normal(math.log(0.2 / 0.8), 0.5)
    """Median guessing 0.2, between 0.09 and 0.4 for 19 items of 20: answers of a few able learners say little about
    it, and without an opinion it runs off (as the Beta(5, 17) of BILOG)."""

    def of(self, count: int) -> tuple[Normal, ...]:
        """The distributions of the first `count` parameters."""
        return (self.log_a, self.b, self.logit_c)[:count]


WEAK = ItemPriors(log_a=Normal(0.0, 1.0), b=Normal(0.0, 4.0))
"""Keeps every parameter finite and is hardly felt where there are answers."""


def spread_of(estimates: FloatArray, errors: FloatArray) -> Normal:
    """The normal distribution that estimates with known errors come from, by maximum likelihood.

    `x̂ᵢ ~ N(xᵢ, sᵢ²)`, `xᵢ ~ N(μ, τ²)`; μ and τ by the EM algorithm of the normal–normal model (Efron and Morris,
    1975, with unequal variances).

    Args:
        estimates: One an item.
        errors: Their standard errors; what is not finite is left out.
    """
    known = np.isfinite(estimates) & np.isfinite(errors)
    if np.count_nonzero(known) < 3:
        return FLAT
    x, variances = estimates[known], errors[known] ** 2
    mean, spread = float(np.median(x)), float(max(np.var(x), _SMALLEST_SPREAD**2))
    for _ in range(_ROUNDS):
        weights = spread / (spread + variances)
        centres = mean + weights * (x - mean)
        # Weighted, so that an estimate without worth has no say in the mean.
        moved = float(np.average(x, weights=1.0 / (spread + variances)))
        wider = max(float(np.mean((centres - mean) ** 2 + weights * variances)), _SMALLEST_SPREAD**2)
        settled = abs(moved - mean) < 1e-6 and abs(wider - spread) < 1e-6 * (1.0 + spread)
        mean, spread = moved, wider
        if settled:
            break
    return Normal(mean, math.sqrt(spread))


def balanced(log_a: Normal, b: Normal, estimates: FloatArray, errors: FloatArray, others: ItemPriors) -> ItemPriors:
    """Priors that draw single items towards the rest, but not all of them together along the scale of ability.

    Stretching the scale by e^δ (`b → b·e^−δ`, `log a → log a + δ`) or moving its origin changes the fit only through
    the population. Drawn towards one difficulty each, many items would add up to a force on the whole scale that is
    no evidence about it. The means are set so that the force is nil where the items are expected to come to rest.

    Args:
        log_a: How discriminations differ.
        b: How difficulties differ.
        estimates: (J, K) of `log a` and `b` from the answers alone.
        errors: Their standard errors.
        others: The prior of guessing.
    """
    rest = [
        prior.mean + (estimates[:, column] - prior.mean) * prior.sd**2 / (prior.sd**2 + errors[:, column] ** 2)
        for column, prior in enumerate((log_a, b))
    ]
    middle = float(rest[1].mean())
    force = float(np.mean(rest[1] * (rest[1] - middle))) / b.sd**2
    return ItemPriors(
        log_a=Normal(float(rest[0].mean()) - force * log_a.sd**2, log_a.sd),
        b=Normal(middle, b.sd),
        logit_c=others.logit_c,
    )
