"""Do two correlations of the same cases differ? Tests for dependent correlations.

Which one: a machine's scores against an expert's, with two machines on the same submissions, share the expert
(`williams`); the correlation of one pair of measures against that of another pair shares nothing (`steiger`).
"""

from __future__ import annotations

import math

import numpy as np

from gradatim.errors import InputError
from gradatim.evals.statistics.correlation import check_correlation, fisher_interval, zou
from gradatim.evals.statistics.estimate import Estimate, TestResult
from gradatim.evals.statistics.library import stats
from gradatim.evals.statistics.samples import (
    Reals,
    Values,
    check_count,
    constant,
    same_length,
    sample,
    two_sided,
    untested,
)

WILLIAMS = "dependent correlations that share a variable, t (Williams, 1959; Steiger, 1980, T2)"
STEIGER_SHARED = "dependent correlations that share a variable, Z̄1* (Steiger, 1980)"
STEIGER = "dependent correlations that share nothing, Z̄2* (Steiger, 1980)"
DUNN_CLARK = "dependent correlations that share nothing, z (Dunn and Clark, 1969)"
_TINY = 1e-12


def williams(x: Values, y: Values, z: Values, level: float = 0.95) -> TestResult:
    """Whether r_xy differs from r_xz, in the same cases; see `williams_of`.

    Raises:
        InputError: A value is no finite number, or the three differ in length.
    """
    values = _all({"x": x, "y": y, "z": z})
    n = len(values[0])
    why = _why_not(values)
    if why:
        return untested(WILLIAMS, why, n)
    r = _correlations(values)
    return williams_of(r[0][1], r[0][2], r[1][2], n=n, level=level)


def williams_of(r_xy: float, r_xz: float, r_yz: float, *, n: int, level: float = 0.95) -> TestResult:
    """Whether r_xy differs from r_xz, from the three correlations of n cases.

    `t = (r_xy − r_xz)·√((n − 1)(1 + r_yz) / (2·(n − 1)/(n − 3)·|R| + r̄²·(1 − r_yz)³))` with n − 3 degrees of freedom,
    `|R| = 1 − r_xy² − r_xz² − r_yz² + 2·r_xy·r_xz·r_yz` and `r̄ = (r_xy + r_xz)/2`. The effect is `r_xy − r_xz` with
    Zou's interval (2007).

    Raises:
        InputError: A correlation is not in [−1, 1], or no data can have all three.
    """
    determinant = _checked_three(r_xy, r_xz, r_yz)
    effect = _shared_difference(r_xy, r_xz, r_yz, check_count(n, "n", 0), level)
    if n < 4:
        return untested(WILLIAMS, "there are fewer than 4 cases", n, effect)
    mean = (r_xy + r_xz) / 2.0
    below = 2.0 * (n - 1) / (n - 3) * determinant + mean**2 * (1.0 - r_yz) ** 3
    if below <= _TINY:
        return untested(WILLIAMS, "y and z, or x and one of them, are perfectly correlated", n, effect)
    t = (r_xy - r_xz) * math.sqrt((n - 1) * (1.0 + r_yz) / below)
    return TestResult(t, float(2.0 * stats().t.sf(abs(t), n - 3)), n - 3, n, WILLIAMS, effect)


def steiger_shared_of(r_xy: float, r_xz: float, r_yz: float, *, n: int, level: float = 0.95) -> TestResult:
    """Whether r_xy differs from r_xz, by Steiger's Z̄1* of Fisher's z with the covariance at the mean correlation.

    Williams' t is the usual choice; this one for comparison with papers that used it.

    Raises:
        InputError: A correlation is not in [−1, 1], or no data can have all three.
    """
    _checked_three(r_xy, r_xz, r_yz)
    effect = _shared_difference(r_xy, r_xz, r_yz, check_count(n, "n", 0), level)
    mean = (r_xy + r_xz) / 2.0
    return _z_test(STEIGER_SHARED, r_xy, r_xz, _shared_covariance(mean, mean, r_yz), n, effect)


def steiger(a: Values, b: Values, c: Values, d: Values, level: float = 0.95, *, pooled: bool = True) -> TestResult:
    """Whether r_ab differs from r_cd, in the same cases; see `steiger_of`.

    Raises:
        InputError: A value is no finite number, or the four differ in length.
    """
    values = _all({"a": a, "b": b, "c": c, "d": d})
    n = len(values[0])
    why = _why_not(values)
    if why:
        return untested(STEIGER if pooled else DUNN_CLARK, why, n)
    (_, ab, ac, ad), (_, _, bc, bd), (_, _, _, cd), _ = _correlations(values)
    return steiger_of(ab, cd, r_ac=ac, r_ad=ad, r_bc=bc, r_bd=bd, n=n, level=level, pooled=pooled)


def steiger_of(
    r_ab: float, r_cd: float, *, r_ac: float, r_ad: float, r_bc: float, r_bd: float, n: int, level: float = 0.95,
    pooled: bool = True,
) -> TestResult:  # fmt: skip
    """Whether r_ab differs from r_cd, from the six correlations of n cases.

    `Z̄2* = (atanh r_ab − atanh r_cd)·√((n − 3)/(2 − 2s))`, s being the correlation of the two coefficients (Pearson and
    Filon, 1898) with the mean of r_ab and r_cd in the place of both (Steiger, 1980); without `pooled` with each itself
    (Dunn and Clark, 1969). The effect is `r_ab − r_cd` with Zou's interval (2007).

    Raises:
        InputError: A correlation is not in [−1, 1], or no data can have all six.
    """
    named = {"r_ab": r_ab, "r_cd": r_cd, "r_ac": r_ac, "r_ad": r_ad, "r_bc": r_bc, "r_bd": r_bd}
    for name, r in named.items():
        check_correlation(r, name)
    matrix = np.array([[1, r_ab, r_ac, r_ad], [r_ab, 1, r_bc, r_bd], [r_ac, r_bc, 1, r_cd], [r_ad, r_bd, r_cd, 1]])
    if float(np.linalg.eigvalsh(matrix)[0]) < -1e-6:
        raise _impossible(", ".join(named))
    across = (r_ac, r_ad, r_bc, r_bd)
    effect = zou(
        fisher_interval(r_ab, n, level), fisher_interval(r_cd, n, level), _apart_covariance(r_ab, r_cd, *across), n
    )
    mean = (r_ab + r_cd) / 2.0
    s = _apart_covariance(mean, mean, *across) if pooled else _apart_covariance(r_ab, r_cd, *across)
    return _z_test(STEIGER if pooled else DUNN_CLARK, r_ab, r_cd, s, n, effect)


def _z_test(method: str, first: float, second: float, s: float, n: int, effect: Estimate) -> TestResult:
    if n < 4:
        return untested(method, "there are fewer than 4 cases", n, effect)
    if max(abs(first), abs(second)) >= 1.0 - _TINY:
        return untested(method, "a correlation is perfect", n, effect)
    if 2.0 - 2.0 * s <= _TINY:
        return untested(method, "the two correlations cannot differ: they are those of the same variables", n, effect)
    z = (math.atanh(first) - math.atanh(second)) * math.sqrt((n - 3) / (2.0 - 2.0 * s))
    return TestResult(z, two_sided(z), None, n, method, effect)


def _shared_difference(r_xy: float, r_xz: float, r_yz: float, n: int, level: float) -> Estimate:
    first, second = fisher_interval(r_xy, n, level), fisher_interval(r_xz, n, level)
    return zou(first, second, _shared_covariance(r_xy, r_xz, r_yz), n)


def _shared_covariance(r_xy: float, r_xz: float, r_yz: float) -> float:
    """Correlation of two coefficients that share a variable (Pearson and Filon, 1898)."""
    below = (1.0 - r_xy**2) * (1.0 - r_xz**2)
    if below <= 0.0:
        return 0.0
    return ((r_yz - r_xy * r_xz / 2.0) * (1.0 - r_xy**2 - r_xz**2 - r_yz**2) + r_yz**3) / below


def _apart_covariance(ab: float, cd: float, ac: float, ad: float, bc: float, bd: float) -> float:
    """Correlation of two coefficients that share nothing (Pearson and Filon, 1898)."""
    below = (1.0 - ab**2) * (1.0 - cd**2)
    if below <= 0.0:
        return 0.0
    squares = ab * cd * (ac**2 + ad**2 + bc**2 + bd**2) / 2.0
    products = ab * ac * ad + ab * bc * bd + ac * bc * cd + ad * bd * cd
    return (squares + ac * bd + ad * bc - products) / below


def _checked_three(r_xy: float, r_xz: float, r_yz: float) -> float:
    """Determinant of the three correlations, 0 where rounding made it negative."""
    for name, r in {"r_xy": r_xy, "r_xz": r_xz, "r_yz": r_yz}.items():
        check_correlation(r, name)
    determinant = 1.0 - r_xy**2 - r_xz**2 - r_yz**2 + 2.0 * r_xy * r_xz * r_yz
    if determinant < -1e-6:
        raise _impossible("r_xy, r_xz, r_yz")
    return max(0.0, determinant)


def _impossible(place: str) -> InputError:
    return InputError(
        "no data have all these correlations", place=place, remedy="check that they are of the same cases, and signs"
    )


def _all(named: dict[str, Values]) -> list[Reals]:
    names = list(named)
    values = [sample(named[name], name) for name in names]
    for name, other in zip(names[1:], values[1:], strict=True):
        same_length((names[0], name), len(values[0]), len(other))
    return values


def _why_not(values: list[Reals]) -> str | None:
    if len(values[0]) < 4:
        return "there are fewer than 4 cases"
    if any(constant(each) for each in values):
        return "the values of a variable are all equal"
    return None


def _correlations(values: list[Reals]) -> list[list[float]]:
    """Of each two samples, kept in [−1, 1] against rounding."""
    standard = np.stack([each - each.mean() for each in values])
    standard = standard / np.linalg.norm(standard, axis=1)[:, None]
    return np.clip(standard @ standard.T, -1.0, 1.0).tolist()
