"""Estimates in memory between two calls about a learner."""

from __future__ import annotations

import threading
from collections import OrderedDict

from gradatim.memory.storage.derivation import Estimates
from gradatim.memory.storage.keeping import Present
from gradatim.memory.storage.session import LearnerRow

IN_MEMORY = 100_000
"""What is kept, at most: each learner counts `_OWN` and one for each concept, of about 170 bytes each. Estimates of
other learners are read from the database."""
_OWN = 40


class EstimatesCache:
    """Estimates in memory; who takes some has them alone until they are put back."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[int, int, Estimates]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def take(self, row: LearnerRow) -> Estimates | None:
        """The estimates of a row as it is stored, if they are here."""
        with self._lock:
            stamp, estimates = self._removed(row.learner)
        return estimates if stamp == row.stamp else None

    def put(self, present: Present) -> None:
        """Keep estimates for the next call."""
        size = _OWN + len(present.estimates.beliefs)
        with self._lock:
            self._removed(present.row.learner)
            self._kept[present.row.learner] = (size, present.row.stamp, present.estimates)
            self._size += size
            while self._size > IN_MEMORY:
                self._size -= self._kept.popitem(last=False)[1][0]

    def drop(self, learner: str) -> None:
        """Keep nothing of a learner."""
        with self._lock:
            self._removed(learner)

    def _removed(self, learner: str) -> tuple[int, Estimates | None]:
        size, stamp, estimates = self._kept.pop(learner, (0, 0, None))
        self._size -= size
        return stamp, estimates
