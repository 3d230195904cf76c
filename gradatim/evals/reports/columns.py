"""Numbers of runs that know which example each is of: runs of the same example belong together."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from gradatim.evals.reports.matching import Floats

RESAMPLES = 499
_ROOM = 2_000_000
"""Numbers in memory at a time."""


def _floats() -> array[float]:
    return array("d")


def _numbers() -> array[int]:
    return array("q")


@dataclass(slots=True)
class Column:
    """One number a run.

    Attributes:
        values: Of each run.
        owners: Number of the example that each run is of.
    """

    values: array[float] = field(default_factory=_floats)
    owners: array[int] = field(default_factory=_numbers)

    def add(self, value: float, owner: int) -> None:
        """Take in a run."""
        self.values.append(value)
        self.owners.append(owner)

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[float]:
        return iter(self.values)

    @property
    def examples(self) -> int:
        """How many examples the runs are of."""
        return len(set(self.owners))

    def means(self) -> list[float]:
        """The mean of each example, `(examples,)`: what may be taken for independent."""
        if not self.values:
            return []
        _, places = np.unique(np.asarray(self.owners), return_inverse=True)
        sums = np.bincount(places, weights=np.asarray(self.values))
        return [float(value) for value in sums / np.bincount(places)]


def quantile_by_example(column: Column, share: float, *, level: float = 0.95) -> tuple[float, float] | None:
    """Interval of a quantile of runs, where an example has several: the percentile interval of a bootstrap that draws
    examples, with all their runs (Field and Welsh, 2007).

    Args:
        column: At least one run.
        share: Of the quantile, in (0, 1).

    Returns:
        `None` where there is one example only.
    """
    values: Floats = np.asarray(column.values)
    _, places = np.unique(np.asarray(column.owners), return_inverse=True)
    examples = int(places.max()) + 1
    if examples < 2:
        return None
    order = np.argsort(values, kind="stable")
    ordered, owner = values[order], places[order]
    rng = np.random.default_rng(0)
    found: list[Floats] = []
    done = 0
    while done < RESAMPLES:
        count = min(RESAMPLES - done, max(1, _ROOM // len(ordered)))
        drawn = rng.multinomial(examples, np.full(examples, 1 / examples), size=count)
        reached = np.cumsum(drawn[:, owner], axis=1)
        found.append(ordered[np.argmax(reached >= share * reached[:, -1:], axis=1)])
        done += count
    low, high = np.quantile(np.concatenate(found), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
