"""Numbers like those that the tests show: within their range, at its ends, and a little beyond."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

_SMALL = 2
"""A least value up to here is taken for the edge of what is allowed: nothing smaller is tried."""
_STEPS = (1, 1, 1, 2, 2, 3, 4, 5, 10, 100)
_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Integers:
    """Whole numbers.

    Attributes:
        seen: What the tests show.
        low: Least number that is tried.
        high: Largest number that is tried.
    """

    seen: tuple[int, ...]
    low: int
    high: int

    @classmethod
    def learn(cls, values: Sequence[int]) -> Integers:
        """Range and reach of some numbers; signs that the tests do not show are not tried."""
        least, most = min(values), max(values)
        reach = max(1, (most - least) // 4) if most > least else max(1, abs(least) // 2)
        low = least - reach
        if 0 <= least <= _SMALL:
            low = least
        elif least > _SMALL:
            low = max(low, 1)
        high = most + reach
        if most <= 0:
            high = min(high, -1 if most < 0 else 0)
        return cls(tuple(values), low, high)

    def draw(self, rng: random.Random) -> int:
        """A number: mostly within the range seen, sometimes at an edge or near a number seen."""
        chance = rng.random()
        least, most = min(self.seen), max(self.seen)
        if chance < 0.15:
            edges = {0, 1, -1, least, most, least - 1, least + 1, most - 1, most + 1, self.low, self.high}
            return rng.choice(sorted(edge for edge in edges if self.low <= edge <= self.high))
        if chance < 0.4:
            near = rng.choice(self.seen) + rng.choice((-1, 1)) * rng.choice(_STEPS)
            if self.low <= near <= self.high:
                return near
        if chance < 0.7 and least >= 0 and most > 100 * max(1, least):
            # Numbers of all sizes: 3, 40, 700 rather than nearly always thousands.
            return round(10 ** rng.uniform(0, len(str(most)) - 1)) if most < 10**15 else rng.choice(self.seen)
        if chance < 0.85:
            return rng.randint(least, most)
        return rng.randint(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Decimals:
    """Floating-point numbers with as many decimals as the tests show.

    Attributes:
        seen: What the tests show.
        decimals: Places behind the point.
    """

    seen: tuple[float, ...]
    decimals: int

    @classmethod
    def learn(cls, values: Sequence[float]) -> Decimals:
        places = [len(repr(value).partition(".")[2]) for value in values if "e" not in repr(value)]
        return cls(tuple(values), min(_MOST_DECIMALS, max(places, default=1)))

    def draw(self, rng: random.Random) -> float:
        """A number within the range seen or a fifth beyond it; never of a sign that the tests do not show."""
        finite = [value for value in self.seen if abs(value) < 1e300]
        if not finite or rng.random() < 0.1:
            return rng.choice(self.seen)
        least, most = min(finite), max(finite)
        reach = (most - least) / 5 or abs(least) / 2 or 1.0
        low = max(least - reach, 0.0) if least >= 0 else least - reach
        high = min(most + reach, 0.0) if most <= 0 else most + reach
        value = round(rng.uniform(low, high), self.decimals)
        return least if value == 0 and least > 0 else value
