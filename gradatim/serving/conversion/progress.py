"""How a long conversion or check tells how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["source", "write", "check", "compare"]
"""Taking digests of the source, writing weights, reading them back, comparing them with the source."""
OnProgress = Callable[[Stage, int, int], None]
"""Is told the stage, the bytes done in it and the bytes it has."""
OnBytes = Callable[[int], None]
"""Is told how many bytes more have been dealt with."""


def silent(stage: Stage, done: int, total: int) -> None:
    """Stand-in for a progress display."""


def uncounted(more: int) -> None:
    """Stand-in where nobody counts bytes."""


@dataclass(slots=True)
class Meter:
    """Adds up the bytes of one stage, and passes the sum on."""

    stage: Stage
    total: int
    report: OnProgress
    done: int = 0

    def __call__(self, more: int) -> None:
        self.done += more
        self.report(self.stage, self.done, self.total)
