"""What several calls want stored at the same time, stored together."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_AT_ONCE = 64
"""Items of several calls that are stored at once, at most."""


@dataclass(slots=True, eq=False)
class Share(Generic[T]):
    """Items of one call."""

    items: tuple[T, ...]
    done: bool = False
    error: BaseException | None = None


class Together(Generic[T]):
    """Groups calls that wait for one thread: writing takes about as long for many items as for one.

    Args:
        store: Stores items, all or none.
    """

    def __init__(self, store: Callable[[Sequence[T]], None]) -> None:
        self._store = store
        self._waiting: deque[Share[T]] = deque()

    def share(self, items: Sequence[T]) -> Share[T]:
        """Let items wait; `store` has to follow for each share."""
        share = Share(tuple(items))
        self._waiting.append(share)
        return share

    def store(self, share: Share[T]) -> None:
        """Store a share, unless an earlier call has taken it along; runs in the one thread.

        Raises:
            BaseException: What storing the share raised, whichever call did it.
        """
        while not share.done:
            group: list[Share[T]] = []
            while self._waiting and sum(len(item.items) for item in group) < _AT_ONCE:
                group.append(self._waiting.popleft())
            try:
                self._store([item for member in group for item in member.items])
            except BaseException as error:
                for member in group:
                    member.error = error
                raise
            finally:
                for member in group:
                    member.done = True
        if share.error is not None:
            raise share.error
