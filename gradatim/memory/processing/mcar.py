"""Little's test of whether values are missing completely at random (Little, 1988)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradatim.memory.processing.chisquare import upper_tail
from gradatim.memory.processing.normal import Matrix, Normal, estimate, patterns


@dataclass(frozen=True, slots=True)
class MCARTest:
    """What the test says.

    Attributes:
        statistic: d², asymptotically chi-square distributed if values are missing completely at random.
        degrees: Degrees of freedom; 0 where no value is missing or all cases lack the same.
        p: Probability of such a statistic or a greater one if values are missing completely at random.
        patterns: Different patterns of missing values.
        cases: Cases with at least one value.
    """

    statistic: float
    degrees: int
    p: float
    patterns: int
    cases: int

    def rejects(self, level: float) -> bool:
        """Whether values are not missing completely at random, at this level of significance."""
        return self.p < level


def little_test(data: Matrix, names: Sequence[str] | None = None, *, fitted: Normal | None = None) -> MCARTest:
    """Compare the means of each pattern of missing values with those of all cases.

    `d² = Σ_j n_j (ȳ_j − μ̂_j)ᵀ Σ̂_j⁻¹ (ȳ_j − μ̂_j)` over the patterns j, in the variables that each has, with the
    maximum likelihood estimates of all incomplete data; `Σ_j p_j − p` degrees of freedom. Like every test that does
    not reject, it does not show that values are missing completely at random; of few cases it says little.

    Args:
        data: Shape (cases, variables); NaN where a value is missing.
        names: Of the variables, for messages.
        fitted: The estimates, where they are known already.

    Raises:
        CannotEstimate: Means and covariances cannot be estimated.
    """
    fitted = estimate(data, names) if fitted is None else fitted
    found = patterns(data)
    statistic, degrees = 0.0, -data.shape[1]
    for pattern in found:
        observed = pattern.observed
        off: Matrix = data[np.ix_(pattern.rows, observed)].mean(axis=0) - fitted.mean[observed]
        covariance: Matrix = fitted.covariance[np.ix_(observed, observed)]
        statistic += len(pattern.rows) * float(off @ np.linalg.solve(covariance, off))
        degrees += len(observed)
    if degrees < 1:
        return MCARTest(0.0, 0, 1.0, len(found), fitted.cases)
    return MCARTest(statistic, degrees, upper_tail(statistic, degrees), len(found), fitted.cases)
