"""A figure with its interval: what every statistic here gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A point estimate with a confidence interval.

    Attributes:
        value: The estimate; `None` where the data do not give one.
        low, high: Ends of the interval; `None` where there is none.
        n: Observations (pairs, subjects) that it rests on.
        level: Of the interval, e.g. 0.95.
        method: How the interval was made, with its source: "Wilson (1927)", "Fisher z".
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    level: float = 0.95
    method: str = ""

    def __str__(self) -> str:
        if self.value is None:
            return "–"
        if self.low is None or self.high is None:
            return f"{self.value:.3f}"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class TestResult:
    """A test of a hypothesis.

    Attributes:
        statistic: Its value (t, U, χ², …).
        p: Two-sided probability under the null hypothesis, in [0, 1]; `None` where the data allow no test.
        df: Degrees of freedom, where there are some.
        n: Observations or pairs.
        method: Name and source.
        effect: Size of the difference with its interval, where the test has one.
    """

    __test__ = False  # not a pytest class

    statistic: float | None
    p: float | None
    df: float | tuple[float, float] | None = None
    n: int = 0
    method: str = ""
    effect: Estimate | None = None
