"""Missing values replaced by what the others of the case lead one to expect, with how unsure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradatim.memory.processing.normal import Matrix, Normal, patterns


@dataclass(frozen=True, slots=True)
class Imputation:
    """Completed data.

    Attributes:
        data: Shape (cases, variables), missing values replaced by their conditional expectation.
        error: Shape (cases, variables); how far a true value lies off its replacement, as a standard deviation; 0 for
            an observed one.
        imputed: Shape (cases, variables); whether the value was replaced.
        mean_error: Shape (cases,); standard deviation that the replaced values give to the mean of the case, with
            the covariances between them.
    """

    data: Matrix
    error: Matrix
    imputed: NDArray[np.bool_]
    mean_error: Matrix


def impute(data: Matrix, fitted: Normal) -> Imputation:
    """Replace missing values by their expectation given those of the case: `μ_m + Σ_mo Σ_oo⁻¹ (y_o − μ_o)`.

    The error is that of a prediction by regression: the conditional variance, without the bias of maximum likelihood
    (`n / (n − k − 1)` for k observed variables), times `1 + 1/n + d²/n` for the estimated means and slopes, with d the
    Mahalanobis distance of the case from the mean (Seber and Lee, 2003, section 5.3). It takes all n cases for
    complete, which is near the truth where few values are missing.

    A case without any value is left as it is: nothing of it is known. Values are imputed once, so they are fit for
    scores of persons; an analysis of the spread among persons has to add `error` to it.

    Args:
        data: Shape (cases, variables); NaN where a value is missing.
        fitted: Estimated distribution (`normal.estimate`), of more cases than variables.
    """
    filled, error = data.copy(), np.zeros(data.shape)
    mean_error = np.zeros(len(data))
    for pattern in patterns(data):
        observed, missing, rows = pattern.observed, pattern.missing, pattern.rows
        if not len(missing):
            continue
        cross = fitted.covariance[np.ix_(missing, observed)]
        off = data[np.ix_(rows, observed)] - fitted.mean[observed]
        solved: Matrix = np.linalg.solve(fitted.covariance[np.ix_(observed, observed)], np.vstack([cross, off]).T)
        slopes, towards = solved[:, : len(missing)].T, solved[:, len(missing) :].T
        filled[np.ix_(rows, missing)] = fitted.mean[missing] + off @ slopes.T
        residual = fitted.covariance[np.ix_(missing, missing)] - slopes @ cross.T
        unbiased = fitted.cases / (fitted.cases - len(observed) - 1)
        more = np.sqrt(unbiased * (1.0 + (1.0 + (off * towards).sum(axis=1)) / fitted.cases))
        error[np.ix_(rows, missing)] = np.outer(more, np.sqrt(np.clip(np.diag(residual), 0.0, None)))
        mean_error[rows] = more * np.sqrt(max(0.0, float(residual.sum()))) / data.shape[1]
    return Imputation(filled, error, np.isnan(data) & ~np.isnan(filled), mean_error)
