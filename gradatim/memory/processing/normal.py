"""Maximum likelihood for a multivariate normal distribution from incomplete data, by EM.

Cases with the same pattern of missing values share the same regression of the missing on the observed variables, so
that the E step costs one solution per pattern (Dempster, Laird and Rubin, 1977; Little and Rubin, 2002, section 11.2).
The estimates are valid where values are missing at random; the covariance is the maximum likelihood one (divisor n).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradatim.errors import InputError

Matrix = NDArray[np.floating[Any]]

TOLERANCE = 1e-9
"""Change of every mean and covariance (in standard units) below which the algorithm has converged."""
STEPS = 20_000
_SINGULAR = 1e-10
"""Smallest eigenvalue of the correlations below which they count as singular."""
_PLACE = "estimation of means and covariances"


class CannotEstimate(InputError):
    """The data do not determine the means and covariances; says why."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """The cases in which the same variables are there.

    Attributes:
        observed: Places of the variables that are there, ascending.
        missing: Places of the others.
        rows: Places of the cases.
    """

    observed: NDArray[np.intp]
    missing: NDArray[np.intp]
    rows: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Normal:
    """An estimated distribution.

    Attributes:
        mean: Shape (variables,).
        covariance: Shape (variables, variables), divisor n.
        cases: Cases with at least one value; others carry nothing.
        likelihoods: Logarithm of the likelihood of what was observed, before each step and at the end; never falls.
    """

    mean: Matrix
    covariance: Matrix
    cases: int
    likelihoods: tuple[float, ...]

    @property
    def steps(self) -> int:
        """Steps of the algorithm."""
        return len(self.likelihoods) - 1


def patterns(data: Matrix) -> list[Pattern]:
    """The patterns of missing values (NaN) in data of shape (cases, variables), without that of empty cases."""
    there = ~np.isnan(data)
    kinds, which = np.unique(there, axis=0, return_inverse=True)
    return [
        Pattern(np.flatnonzero(kind), np.flatnonzero(~kind), np.flatnonzero(which.reshape(-1) == place))
        for place, kind in enumerate(kinds)
        if kind.any()
    ]


def estimate(data: Matrix, names: Sequence[str] | None = None) -> Normal:
    """Means and covariances of incomplete data.

    Args:
        data: Shape (cases, variables); NaN where a value is missing.
        names: Of the variables, for messages.

    Raises:
        CannotEstimate: A variable is never observed or constant, two are never observed together, there are too few
            cases, variables depend linearly on each other, or the algorithm does not converge.
    """
    names = [f"variable {place}" for place in range(1, data.shape[1] + 1)] if names is None else names
    _check(data, names)
    centre, scale = np.nanmean(data, axis=0), np.nanstd(data, axis=0)
    standard = (data - centre) / scale
    found = patterns(standard)
    cases = sum(len(pattern.rows) for pattern in found)
    mean, covariance = np.zeros(data.shape[1]), np.eye(data.shape[1])
    likelihoods: list[float] = []
    for _ in range(STEPS):
        (new_mean, new_covariance), likelihood = _step(standard, found, mean, covariance, cases, names)
        likelihoods.append(likelihood)
        change = max(float(np.abs(new_mean - mean).max()), float(np.abs(new_covariance - covariance).max()))
        mean, covariance = new_mean, new_covariance
        if change < TOLERANCE:
            _check_regular(covariance, names)
            likelihoods.append(_step(standard, found, mean, covariance, cases, names)[1])
            break
    else:
        raise CannotEstimate(
            f"the EM algorithm has not converged after {STEPS:,} steps",
            place=_PLACE,
            remedy="give more cases, or leave out variables with many missing values",
        )
    # The likelihood of the data as they were given, not of the standardised ones.
    jacobian = float(sum(len(pattern.rows) * np.log(scale[pattern.observed]).sum() for pattern in found))
    return Normal(
        centre + scale * mean,
        covariance * np.outer(scale, scale),
        cases,
        tuple(likelihood - jacobian for likelihood in likelihoods),
    )


def _step(
    data: Matrix, found: list[Pattern], mean: Matrix, covariance: Matrix, cases: int, names: Sequence[str]
) -> tuple[tuple[Matrix, Matrix], float]:
    """One step of EM, and the log-likelihood before it."""
    width = len(mean)
    first, second, likelihood = np.zeros(width), np.zeros((width, width)), 0.0
    for pattern in found:
        observed, missing, rows = pattern.observed, pattern.missing, pattern.rows
        there = data[np.ix_(rows, observed)]
        off = there - mean[observed]
        cross = covariance[np.ix_(missing, observed)]
        known = [names[int(place)] for place in observed]
        inner = covariance[np.ix_(observed, observed)]
        both, logarithm = _solve(inner, np.vstack([off, cross]).T, known)
        solved, slopes = both[:, : len(rows)], both[:, len(rows) :]
        likelihood -= 0.5 * len(rows) * (len(observed) * math.log(math.tau) + logarithm)
        likelihood -= 0.5 * float((off.T * solved).sum())
        filled = np.empty((len(rows), width))
        filled[:, observed] = there
        if len(missing):
            filled[:, missing] = mean[missing] + (cross @ solved).T
            residual = covariance[np.ix_(missing, missing)] - cross @ slopes
            second[np.ix_(missing, missing)] += len(rows) * residual
        first += filled.sum(axis=0)
        second += filled.T @ filled
    new = first / cases
    spread = second / cases - np.outer(new, new)
    return (new, (spread + spread.T) / 2.0), likelihood


def _solve(covariance: Matrix, right: Matrix, names: Sequence[str]) -> tuple[Matrix, float]:
    """`covariance⁻¹ · right` and the logarithm of the determinant."""
    try:
        lower = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        _check_regular(covariance, names, certain=True)
        raise
    half = np.linalg.solve(lower, right)
    return np.linalg.solve(lower.T, half), 2.0 * float(np.log(np.diag(lower)).sum())


def _check(data: Matrix, names: Sequence[str]) -> None:
    def refuse(message: str, remedy: str) -> CannotEstimate:
        return CannotEstimate(message, place=_PLACE, remedy=remedy)

    if data.ndim != 2 or data.shape[1] < 1:
        raise refuse(f"the data have the shape {data.shape}", "give cases by variables")
    if np.isinf(data).any():
        raise refuse("a value is infinite", "mark missing values as NaN")
    there = ~np.isnan(data)
    for place, name in enumerate(names):
        values = data[there[:, place], place]
        if len(values) < 2:
            raise refuse(f"{name!r} was observed {len(values)} times", "leave it out, or give more cases")
        if float(np.ptp(values)) <= 1e-12 * float(np.abs(values).max()):
            raise refuse(f"{name!r} is always the same, {values[0]:g}", "leave it out")
    together = there.T.astype(float) @ there.astype(float)
    for left, right in np.argwhere(np.triu(together < 2, k=1)):
        raise refuse(
            f"{names[left]!r} and {names[right]!r} were not observed together at least twice", "leave one of them out"
        )
    cases, width = int(there.any(axis=1).sum()), data.shape[1]
    if cases <= width:
        raise refuse(
            f"{cases} cases do not determine the covariances of {width} variables", "give more cases than variables"
        )


def _check_regular(covariance: Matrix, names: Sequence[str], *, certain: bool = False) -> None:
    """Refuse a covariance (in standard units) that is singular, naming the variables in the dependence."""
    values, vectors = np.linalg.eigh(covariance)
    if values[0] < _SINGULAR or certain:
        part = np.abs(vectors[:, 0])
        involved = [repr(name) for name, share in zip(names, part / part.max(), strict=True) if share > 0.2]
        said = ", ".join(involved[:5]) + (", …" if len(involved) > 5 else "")
        raise CannotEstimate(
            f"the covariances are singular; variables depend linearly on each other: {said}",
            place=_PLACE,
            remedy="leave one of them out, or give more cases",
        )
