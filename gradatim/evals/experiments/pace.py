"""How long an experiment will still take, from what its cells took so far."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from statistics import median
from time import monotonic

from gradatim.evals.experiments.cells import Cell

Kind = tuple[str, str]
"""Variant and model: cells of one kind take about as long."""
_LATEST = 9
"""Cells of a kind that tell how long the next will take: those whose answers were known go first, and fast."""


class Pace:
    """Medians of the latest cells of each kind, and how many cells are worked on at once in effect.

    Args:
        waiting: Cells that are still to be run.
        workers: Cells at the same time, until it is known what comes of that.
    """

    def __init__(self, waiting: Iterable[Cell], workers: int) -> None:
        self._left = Counter((cell.variant, cell.model) for cell in waiting)
        self._known: defaultdict[Kind, deque[float]] = defaultdict(lambda: deque(maxlen=_LATEST))
        self._workers = workers
        self._work = 0.0
        self._began = monotonic()

    def knew(self, cell: Cell, seconds: float | None) -> None:
        """Take in a cell of an earlier run."""
        if seconds is not None:
            self._known[cell.variant, cell.model].append(seconds)

    def ended(self, cell: Cell, seconds: float, failed: bool = False) -> None:
        """Take in a cell that ended now.

        Args:
            seconds: What it took here.
            failed: Whether it failed: then its time says nothing of others.
        """
        self._left[cell.variant, cell.model] -= 1
        self._work += seconds
        self.knew(cell, None if failed else seconds)

    @property
    def left(self) -> int:
        """Cells that are still to be run."""
        return sum(self._left.values())

    @property
    def typical(self) -> float | None:
        """Median of the latest cells of all kinds, in seconds."""
        every = [spent for found in self._known.values() for spent in found]
        return median(every) if every else None

    @property
    def seconds_left(self) -> float | None:
        """Estimate of the time to go; `None` before the first cell ended."""
        typical = self.typical
        if typical is None:
            return None
        work = sum(
            number * (median(self._known[kind]) if self._known[kind] else typical)
            for kind, number in self._left.items()
        )
        elapsed = monotonic() - self._began
        at_once = self._work / elapsed if self._work > 1.0 and elapsed > 1.0 else float(self._workers)
        return work / min(max(at_once, 0.5), float(self._workers))


def spoken(seconds: float) -> str:
    """A time as people say it: `45 s`, `12 min`, `3 h 20 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"
