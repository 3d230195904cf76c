"""Which runs of one experiment belong to which runs of another: pairs of the same example.

Runs of the same example are not independent of each other, whatever their seeds: the example is the unit of every
comparison here (a cluster), and what its runs gave is averaged before anything is tested.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gradatim.evals.reports.gathering import Cell

Level = Literal["sample × seed × model", "sample × model", "sample"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Matching:
    """Pairs of the same example.

    Attributes:
        samples: The examples that both have.
        old, new: For each of them the runs that are averaged, of either side.
        level: What pairs agree in. Runs with the same seed and model are pairs of their own; where the seeds differ,
            the means of an example are, and where the models differ too, those over all models.
        alone_old, alone_new: Runs that only one side has, or that the other side could not judge.
    """

    samples: tuple[str, ...]
    old: tuple[tuple[Cell, ...], ...]
    new: tuple[tuple[Cell, ...], ...]
    level: Level
    alone_old: int
    alone_new: int

    @property
    def runs(self) -> int:
        """Runs of either side that take part; of the side that has fewer."""
        return min(sum(map(len, self.old)), sum(map(len, self.new)))

    @property
    def single(self) -> bool:
        """Whether there is one run of each example on either side."""
        return all(len(cells) == 1 for side in (self.old, self.new) for cells in side)

    def means(self, old: Mapping[Cell, float], new: Mapping[Cell, float]) -> tuple[Floats, Floats]:
        """The mean of each example on either side."""
        return _means(self.old, old), _means(self.new, new)


def match(old: Collection[Cell], new: Collection[Cell]) -> Matching:
    """Pair the runs of two experiments."""
    mine, theirs = set(old), set(new)
    shared = mine & theirs
    level: Level = "sample × seed × model"
    if shared:
        left, right = _by_sample(shared), _by_sample(shared)
    else:
        models = {(cell.sample, cell.model) for cell in mine} & {(cell.sample, cell.model) for cell in theirs}
        if models:
            level = "sample × model"
            left = _by_sample({cell for cell in mine if (cell.sample, cell.model) in models})
            right = _by_sample({cell for cell in theirs if (cell.sample, cell.model) in models})
        else:
            level = "sample"
            left, right = _by_sample(mine), _by_sample(theirs)
    samples = tuple(sorted(left.keys() & right.keys()))
    used_left, used_right = (sum(len(side[sample]) for sample in samples) for side in (left, right))
    return Matching(
        samples,
        tuple(left[sample] for sample in samples),
        tuple(right[sample] for sample in samples),
        level,
        len(mine) - used_left,
        len(theirs) - used_right,
    )


def _by_sample(cells: Collection[Cell]) -> dict[str, tuple[Cell, ...]]:
    found: defaultdict[str, list[Cell]] = defaultdict(list)
    for cell in sorted(cells):
        found[cell.sample].append(cell)
    return {sample: tuple(group) for sample, group in found.items()}


def _means(groups: tuple[tuple[Cell, ...], ...], values: Mapping[Cell, float]) -> Floats:
    return np.array([sum(values[cell] for cell in group) / len(group) for group in groups], dtype=np.float64)
