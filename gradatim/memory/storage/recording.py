"""Events that several callers record at the same time go to disk in one transaction (group commit).

A caller still goes on only when its own event is committed, and an event that cannot be stored spoils no other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from gradatim.errors import StorageError
from gradatim.memory.storage.cache import EstimatesCache
from gradatim.memory.storage.canonical import Stored
from gradatim.memory.storage.derivation import Estimates
from gradatim.memory.storage.keeping import Changes, Keeping, Present
from gradatim.memory.storage.session import LearnerRow, Session

MOST = 200
"""Events in one transaction: others have to wait for it."""

Result = Changes | StorageError


class Waiting:
    """An event that waits to be stored.

    Attributes:
        changes: What it changed, once it is on disk.
    """

    def __init__(self, item: Stored) -> None:
        self.item = item
        self.changes: Future[Changes] = Future()
        self.changes.set_running_or_notify_cancel()  # it is stored even when its caller is gone


class Recording:
    """Those that wait, and how they are stored.

    Args:
        keeping: What is done for each.
        cache: Estimates in memory.
    """

    def __init__(self, keeping: Keeping, cache: EstimatesCache) -> None:
        self._keeping = keeping
        self._cache = cache
        self._waiting: list[Waiting] = []
        self._lock = threading.Lock()

    def wait(self, item: Stored) -> Future[Changes]:
        """Add one; who adds one also has to call `store`."""
        waiting = Waiting(item)
        with self._lock:
            self._waiting.append(waiting)
        return waiting.changes

    def store(self, run: Callable[[Callable[[Session], list[Result]]], list[Result]]) -> None:
        """Store some of those that wait, the longest waiting first; nothing where others have done it already.

        Args:
            run: Does some work in one transaction.
        """
        with self._lock:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        if not group:
            return
        present: dict[str, Present] = {}

        def work(session: Session) -> list[Result]:
            present.clear()  # the transaction may be tried again
            rows = session.locked({waiting.item[0].learner_id for waiting in group})
            return [self._record(session, waiting.item, rows, present) for waiting in group]

        try:
            results = run(work)
        except Exception as error:  # noqa: BLE001 whatever it is, those who wait have to hear of it
            results = [error] * len(group)
        else:
            for learner in present.values():
                self._cache.put(learner)
        for waiting, result in zip(group, results, strict=True):
            if isinstance(result, Exception):
                waiting.changes.set_exception(result)
            else:
                waiting.changes.set_result(result)

    def _record(
        self, session: Session, item: Stored, rows: dict[str, LearnerRow], present: dict[str, Present]
    ) -> Result:
        def cached(row: LearnerRow) -> Estimates | None:
            here = present.get(row.learner)
            return self._cache.take(row) if here is None else here.estimates

        learner = item[0].learner_id
        try:
            changes, after = self._keeping.record(session, item, rows[learner], cached)
        except StorageError as error:  # of this event alone, before it has changed anything
            return error
        if after is not None:
            present[learner] = after
        return changes
