"""Estimates in memory between two calls about a learner."""

from __future__ import annotations

import threading
from collections import OrderedDict

from gradatim.memory.storage.derivation import Estimates
from gradatim.memory.storage.keeping import Present
from gradatim.memory.storage.session import LearnerRow

IN_MEMORY = 512
"""Learners whose estimates are kept; of others they are read from the database."""


class EstimatesCache:
    """Estimates in memory; who takes some has them alone until they are put back."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[int, Estimates]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, row: LearnerRow) -> Estimates | None:
        """The estimates of a row as it is stored, if they are here."""
        with self._lock:
            stamp, estimates = self._kept.pop(row.learner, (0, None))
        return estimates if stamp == row.stamp else None

    def put(self, present: Present) -> None:
        """Keep estimates for the next call."""
        with self._lock:
            self._kept[present.row.learner] = (present.row.stamp, present.estimates)
            if len(self._kept) > IN_MEMORY:
                self._kept.popitem(last=False)

    def drop(self, learner: str) -> None:
        """Keep nothing of a learner."""
        with self._lock:
            self._kept.pop(learner, None)
