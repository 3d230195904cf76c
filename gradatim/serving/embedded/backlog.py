"""Requests that wait for the model, and which of them is next."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, cast

from gradatim.errors import ModelError
from gradatim.serving.transport import Call, Chunk, Payload, current_call

OVERTAKEN_AT_MOST = 4
"""Later requests that may go before one that waits."""
FOLLOW_UPS = 4
"""Requests that may go first one after the other because each continues the one before."""
FOLLOW_SECONDS = 0.2
"""Time for whoever got an answer to ask the next question, before the model turns to something else."""
CONTINUES = 0.9
"""Share of the last prompt, or of its own, that a prompt has in common with the last one if it continues it."""
RECENT = 8
"""Prompts that count as still known to the model."""


@dataclass(slots=True, eq=False)
class Job:
    """One request on its way through the engine's thread."""

    payload: Payload
    seconds: float
    """Time for it from when the model turns to it."""
    deliver: Callable[[Chunk], None]
    call: Call = field(default_factory=current_call)
    stopped: threading.Event = field(default_factory=threading.Event)
    done: Future[None] = field(default_factory=lambda: Future[None]())
    on_stop: Callable[[], None] | None = None
    """Breaks off what is under way for the request."""
    take_back: Callable[[], None] | None = None
    """Undoes what was delivered, for another try; `None` where that has gone further already."""
    overtaken: int = 0

    def stop(self) -> None:
        """Give the request up; wherever it is, the model turns to the next one."""
        self.stopped.set()
        self.done.cancel()
        if (breaks_off := self.on_stop) is not None:
            breaks_off()

    @property
    def text(self) -> str:
        """The prompt, as far as two prompts are compared on how they begin."""
        messages = cast("list[dict[str, Any]]", self.payload.get("messages") or [])
        return "\n".join(f"{message.get('role')}\0{message.get('content')}" for message in messages)


class Backlog:
    """A queue that puts first what continues the prompt that the model has just read.

    The questions of one assessment share most of their prompt, reading a prompt is most of the work, and the model's
    cache drops one case for the next where all share long instructions: the questions of a case had better follow each
    other. At most `FOLLOW_UPS` requests go first so; then comes the oldest. Where nothing continues the last prompt,
    that of which the model knows the largest share comes first, but no request is overtaken so more than
    `OVERTAKEN_AT_MOST` times.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Job, str]] = []
        self._recent: deque[str] = deque(maxlen=RECENT)
        self._changed = threading.Condition()
        self._closed = False
        self._followed = 0

    def put(self, job: Job) -> None:
        """Let a request wait; once the backlog is closed, it fails at once."""
        with self._changed:
            if not self._closed:
                self._waiting.append((job, job.text))
                self._changed.notify()
                return
        _turn_away(job)

    def take(self) -> Job | None:
        """The next request, waiting for one; `None` when the backlog is closed."""
        until = time.monotonic() + FOLLOW_SECONDS if self._recent else 0.0
        with self._changed:
            while not self._closed:
                self._waiting = [item for item in self._waiting if not item[0].done.cancelled()]
                left = until - time.monotonic()
                if self._waiting and (left <= 0 or self._followed == FOLLOW_UPS or self._follower() is not None):
                    return self._next()
                self._changed.wait(left if self._waiting else None)
        return None

    def close(self) -> None:
        """Turn all away that wait, and let `take` end."""
        with self._changed:
            self._closed = True
            waiting, self._waiting = self._waiting, []
            self._changed.notify_all()
        for job, _ in waiting:
            _turn_away(job)

    def forget(self) -> None:
        """The model's cache is gone."""
        with self._changed:
            self._recent.clear()

    def _next(self) -> Job:
        place = self._follower()
        if place is not None and self._followed < FOLLOW_UPS:
            self._followed += 1
        else:
            place = 0 if self._followed == FOLLOW_UPS else self._best_known()
            self._followed = 0
        job, text = self._waiting.pop(place)
        if text in self._recent:
            self._recent.remove(text)
        self._recent.append(text)
        return job

    def _follower(self) -> int | None:
        """Place of the oldest request that continues the last prompt."""
        if not self._recent:
            return None
        last = self._recent[-1]
        for place, (_, text) in enumerate(self._waiting):
            if common_prefix(text, last) >= CONTINUES * max(1, min(len(text), len(last))):
                return place
        return None

    def _best_known(self) -> int:
        """Place of the request whose prompt the model knows best."""
        if self._waiting[0][0].overtaken == OVERTAKEN_AT_MOST:  # it was overtaken by each that overtook another
            return 0
        shares = [self._known(text) for _, text in self._waiting]
        place = shares.index(max(shares))
        for job, _ in self._waiting[:place]:
            job.overtaken += 1
        return place

    def _known(self, text: str) -> float:
        """Share of a prompt that the model has read before."""
        longest = max((common_prefix(text, known) for known in self._recent), default=0)
        return longest / max(1, len(text))


def _turn_away(job: Job) -> None:
    if job.done.set_running_or_notify_cancel():
        job.done.set_exception(ModelError("the model was closed before it came to this request"))


def common_prefix(one: str, other: str) -> int:
    """Characters that two texts have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
