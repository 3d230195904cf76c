"""Faults of the simulated server: which request fails, and how, follows from a seed and the request's number."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Literal, get_args

FaultKind = Literal["error", "reset", "stall", "garbage", "nonsense"]
"""`error`: HTTP 500 at once. `reset`: the connection is reset in the middle of the answer. `stall`: silence from the
middle of the answer on. `garbage`: a whole answer whose content is broken JSON. `nonsense`: a body that is none."""
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)


class Faults:
    """Draws faults.

    Args:
        shares: Share of the requests that each kind befalls, in [0, 1]; together at most 1.
        seed: The same seed gives the same faults to the same numbers.

    Raises:
        ValueError: A kind is unknown, or the shares do not fit.
    """

    def __init__(self, shares: Mapping[str, float], seed: int = 0) -> None:
        unknown = sorted(set(shares) - set(KINDS))
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no fault: choose from {', '.join(KINDS)}")
        if any(share < 0 for share in shares.values()) or sum(shares.values()) > 1:
            raise ValueError("shares of faults lie in [0, 1], and so does their sum")
        self._shares: list[tuple[FaultKind, float]] = [(kind, shares[kind]) for kind in KINDS if kind in shares]
        self._seed = seed

    def draw(self, number: int) -> FaultKind | None:
        """What befalls the request of this number."""
        chance = random.Random(f"{self._seed} {number}").random()
        for kind, share in self._shares:
            if chance < share:
                return kind
            chance -= share
        return None


def broken(text: str) -> str:
    """A text as a model leaves it that lost its way in the middle of its JSON."""
    return f"{text[: max(1, len(text) // 2)]} }}}} and so on, and so on"
