"""The analysis of a pre/post design with a control group, and what it should have found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gradatim.errors import InputError
from gradatim.evals.experiments.cohorts.person import Person
from gradatim.evals.statistics import Estimate, TestResult, hedges_g, normalised_gain, welch
from gradatim.evals.statistics.library import statsmodels
from gradatim.evals.traces import Trace

LEAST = 3
"""Learners of each arm at least."""


@dataclass(frozen=True, slots=True)
class GainAnalysis:
    """What was found for one seed, and what holds.

    Attributes:
        arms: Control and treatment, by name.
        learners: Of each arm.
        truth: The effect that holds: mean over all learners of what the treatment would add to the post-test beside
            the control (share of items); `None` where both potential outcomes are not known.
        gain: Average normalised gain of each arm (Hake, 1998).
        hedges_g: Standardised difference of the gains, treatment − control (Hedges, 1981).
        welch: Test of the same difference (Welch, 1947).
        ancova: Difference of the post-tests, adjusted for the pre-test: `post ~ pre + treatment`, with
            heteroscedasticity-consistent errors (HC3; Long & Ervin, 2000), in shares of items.
        ancova_p: Its two-sided probability where there is no effect.
    """

    arms: tuple[str, str]
    learners: tuple[int, int]
    truth: float | None
    gain: Mapping[str, Estimate]
    hedges_g: Estimate
    welch: TestResult
    ancova: Estimate
    ancova_p: float | None

    @property
    def recovered(self) -> bool | None:
        """Whether the interval of the ANCOVA holds the truth; `None` where one of the two is not known."""
        if self.truth is None or self.ancova.low is None or self.ancova.high is None:
            return None
        return self.ancova.low <= self.truth <= self.ancova.high

    def plain(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {**asdict(self), "recovered": self.recovered}


def analyse(people: Iterable[Person], arms: Sequence[str], level: float = 0.95) -> GainAnalysis:
    """Analyse the learners of one seed.

    Args:
        arms: The control first.
        level: Of all intervals.

    Raises:
        InputError: An arm has fewer than three learners.
        NoStatistics: statsmodels or scipy is missing.
    """
    control, treatment = arms
    found = list(people)
    of_arm = {arm: [item for item in found if item.arm == arm] for arm in arms}
    for arm, members in of_arm.items():
        if len(members) < LEAST:
            raise InputError(
                f"the arm {arm!r} has {len(members)} learners who ended", place="cohort",
                remedy=f"let at least {LEAST} learners of each arm finish",
            )  # fmt: skip
    gains = {arm: [item.post - item.pre for item in members] for arm, members in of_arm.items()}
    known = [item for item in found if control in item.expected and treatment in item.expected]
    truth = sum(item.expected[treatment] - item.expected[control] for item in known) / len(known) if known else None
    effect, p = ancova(
        [item.pre for item in found],
        [item.post for item in found],
        [item.arm == treatment for item in found],
        level,
    )
    return GainAnalysis(
        arms=(control, treatment),
        learners=(len(of_arm[control]), len(of_arm[treatment])),
        truth=truth if len(known) == len(found) else None,
        gain={
            arm: normalised_gain([item.pre for item in members], [item.post for item in members], level=level)
            for arm, members in of_arm.items()
        },
        hedges_g=hedges_g(gains[treatment], gains[control], level),
        welch=welch(gains[treatment], gains[control]),
        ancova=effect,
        ancova_p=p,
    )


def ancova(
    pre: Sequence[float], post: Sequence[float], treated: Sequence[bool], level: float = 0.95
) -> tuple[Estimate, float | None]:
    """Effect of a treatment on the post-test, adjusted for the pre-test, by ordinary least squares with HC3 errors.

    Returns:
        The effect with its interval, and its p; of `None` where the data give none.

    Raises:
        NoStatistics: statsmodels is missing.
    """
    import numpy as np

    model = statsmodels("api")
    n, method = len(pre), "ANCOVA, ordinary least squares with HC3 errors"
    design = np.column_stack([np.ones(n), np.asarray(pre, dtype=float), np.asarray(treated, dtype=float)])
    if n <= design.shape[1] + 1 or np.linalg.matrix_rank(design) < design.shape[1]:
        if np.ptp(np.asarray(pre, dtype=float)) > 0 or n <= 4:
            return Estimate(None, n=n, level=level, method=f"{method}: too few learners, or one arm only"), None
        design = design[:, [0, 2]]  # everybody had the same before: nothing to adjust for
    fit = model.OLS(np.asarray(post, dtype=float), design).fit(cov_type="HC3", use_t=True)
    low, high = (float(end) for end in fit.conf_int(1.0 - level)[-1])
    value, p = float(fit.params[-1]), float(fit.pvalues[-1])
    if not np.isfinite([low, high, p]).all():  # all residuals are 0
        return Estimate(value, n=n, level=level, method=method), None
    return Estimate(value, low, high, n, level, method), p


def person_of(trace: Trace) -> Person:
    """The learner whom a trace of such an experiment is about.

    Raises:
        InputError: It is about none.
    """
    outputs: Mapping[str, Any] = trace.outputs
    expected: Mapping[str, Any] = outputs.get("expected") or {}
    try:
        return Person(
            id=str(trace.attributes["sample"]),
            arm=str(trace.attributes["variant"]),
            pre=float(outputs["pre"]),
            post=float(outputs["post"]),
            expected={str(arm): float(value) for arm, value in expected.items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"is no learner of a pre/post design: {error}", place=f"trace {trace.id}", remedy="run the experiment again"
        ) from error
