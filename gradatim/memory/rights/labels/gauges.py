"""How sure observations make one of a label: a share above a bound, mastery of a concept, a difference of two shares.

A gauge takes observations one after the other and gives a probability. It remembers a few numbers, however many
observations there were; older ones fade, so that labels speak of present work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import erf, exp, lgamma, log, sqrt
from typing import Protocol

from gradatim.memory.tracing import BKTParameters
from gradatim.memory.tracing.bkt import posterior, transition

FADE = 0.95
"""What an observation of a share weighs after one newer one: half after 14."""
_SLOW_FADE = 0.99
_STEPS = 200
_TINY = 1e-300


class Gauge(Protocol):
    """Probability that what a rule asks for is so."""

    @property
    def certainty(self) -> float:
        """In [0, 1]; what is known beforehand where nothing was observed."""
        ...

    @property
    def enough(self) -> int:
        """Observations that bear on it; of a comparison, those of the side that has fewer."""
        ...

    def add(self, seen: tuple[bool, ...]) -> bool:
        """Take in an observation; returns whether it speaks for the rule."""
        ...


MakeGauge = Callable[[], Gauge]


@dataclass(slots=True)
class ShareGauge:
    """Whether a share lies above (or below) a bound.

    With a uniform prior, the share after `s` signs for and `f` against has the density Beta(1 + s, 1 + f), and the
    certainty is its mass beyond the bound (Bayes, 1763). Counts fade by `FADE` with every observation.
    """

    bound: float
    above: bool = True
    hits: float = 0.0
    misses: float = 0.0
    enough: int = 0

    @property
    def certainty(self) -> float:
        below = incomplete_beta(1.0 + self.hits, 1.0 + self.misses, self.bound)
        return 1.0 - below if self.above else below

    def add(self, seen: tuple[bool, ...]) -> bool:
        (hit,) = seen
        self.hits = FADE * self.hits + hit
        self.misses = FADE * self.misses + (not hit)
        self.enough += 1
        return hit is self.above


@dataclass(slots=True)
class MasteryGauge:
    """Whether a concept is mastered (or not), by Bayesian knowledge tracing.

    The certainty is the belief just after the latest observation, before the chance to learn from it:
    `P(L | obs)` or `1 − P(L | obs)` (Corbett and Anderson, 1995).
    """

    parameters: BKTParameters
    mastered: bool = True
    belief: float = -1.0
    """P(L) before the next observation."""
    seen: float = -1.0
    """P(L) after the latest one."""
    enough: int = 0

    def __post_init__(self) -> None:
        self.belief = self.seen = self.parameters.prior

    @property
    def certainty(self) -> float:
        return self.seen if self.mastered else 1.0 - self.seen

    def add(self, seen: tuple[bool, ...]) -> bool:
        (correct,) = seen
        self.seen = posterior(self.belief, correct, self.parameters)
        self.belief = transition(self.seen, self.parameters)
        self.enough += 1
        return correct is self.mastered


@dataclass(slots=True)
class ContrastGauge:
    """Whether a share is higher inside a group of observations than outside.

    Both shares have Beta densities as in `ShareGauge`; their difference is taken as normal with the difference of the
    means and the sum of the variances.
    """

    inside: list[float] = field(default_factory=lambda: [0.0, 0.0])
    outside: list[float] = field(default_factory=lambda: [0.0, 0.0])
    counts: list[int] = field(default_factory=lambda: [0, 0])

    @property
    def enough(self) -> int:
        return min(self.counts)

    @property
    def certainty(self) -> float:
        here, there = _moments(*self.inside), _moments(*self.outside)
        return 0.5 * (1.0 + erf((here[0] - there[0]) / sqrt(2.0 * (here[1] + there[1]))))

    def add(self, seen: tuple[bool, ...]) -> bool:
        within, correct = seen
        group = self.inside if within else self.outside
        group[0] = _SLOW_FADE * group[0] + correct
        group[1] = _SLOW_FADE * group[1] + (not correct)
        self.counts[not within] += 1
        return within is correct


def _moments(hits: float, misses: float) -> tuple[float, float]:
    """Mean and variance of Beta(1 + hits, 1 + misses)."""
    total = hits + misses + 2.0
    mean = (hits + 1.0) / total
    return mean, mean * (1.0 - mean) / (total + 1.0)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b): the mass of Beta(a, b) below x.

    By its continued fraction (DLMF 8.17.22), evaluated from the front (Lentz, 1976), on the side of the mean where it
    converges quickly.
    """
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - incomplete_beta(b, a, 1.0 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1.0 - x)) / a
    numerator, denominator, value = 1.0, 0.0, 1.0
    for step in range(_STEPS):
        half = step // 2
        if step == 0:
            term = 1.0
        elif step % 2 == 0:
            term = half * (b - half) * x / ((a + step - 1.0) * (a + step))
        else:
            term = -(a + half) * (a + b + half) * x / ((a + step - 1.0) * (a + step))
        denominator = 1.0 + term * denominator
        denominator = 1.0 / (denominator if abs(denominator) > _TINY else _TINY)
        numerator = 1.0 + term / (numerator if abs(numerator) > _TINY else _TINY)
        value *= numerator * denominator
        if abs(1.0 - numerator * denominator) < 1e-12:
            break
    return min(1.0, max(0.0, front * (value - 1.0)))
