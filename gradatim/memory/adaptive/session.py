"""One adaptive test with one examinee."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.adaptive.sittings import Sittings
from gradatim.memory.adaptive.strategies import Strategies
from gradatim.memory.irt.bank import Item, ItemBank

_ROW = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Estimate:
    """An ability and how far it is known."""

    theta: float
    se: float
    """Standard error."""
    items: int
    """Answers that it rests on."""


class CAT:
    """A computerised adaptive test.

    Ask `next_item`, hand the answer to `answer`, until `done`. A session is as good as its answers: it can be
    continued elsewhere by giving them to a new one.

    Args:
        bank: The items.
        strategies: How the test begins, estimates, goes on and ends.
        seed: Of everything random.
        answers: (item, correct) of a session to be continued, in their order.

    Raises:
        InputError: The bank is empty, or an answer is to an item that it has not or that was answered before.
    """

    def __init__(
        self,
        bank: ItemBank,
        strategies: Strategies | None = None,
        *,
        seed: int = 0,
        answers: Iterable[tuple[str, bool]] = (),
    ) -> None:
        if not len(bank):
            raise InputError("the item bank is empty", place="item bank", remedy="give it items")
        self.bank = bank
        self.strategies = strategies or Strategies()
        rng = np.random.default_rng(seed)
        self._sittings = Sittings(bank, self.strategies.initialisation.start(1, rng), rng)
        self._next: int | None = None
        for item, correct in answers:
            self.answer(item, correct)

    @property
    def estimate(self) -> Estimate:
        """Ability as it is estimated now."""
        sittings = self._sittings
        return Estimate(float(sittings.theta[0]), float(sittings.se[0]), int(sittings.length[0]))

    @property
    def done(self) -> bool:
        """Whether the test is over: by the stopping rule, or because no item is left."""
        if not self._sittings.available[0].any():
            return True
        return bool(self.strategies.stopping.stopped(self._sittings, _ROW)[0])

    @property
    def answers(self) -> tuple[tuple[str, bool], ...]:
        """What was answered so far, in its order."""
        sittings = self._sittings
        pairs = zip(sittings.items[0], sittings.answers[0], strict=True)
        return tuple((self.bank.ids[int(item)], bool(answer == 1)) for item, answer in pairs)

    def next_item(self) -> Item | None:
        """The item to show now; the same one until it is answered; `None` when the test is over."""
        if self._next is None and not self.done:
            sittings = self._sittings
            self._next = int(self.strategies.selection.choose(sittings, _ROW, sittings.available.copy())[0])
        return None if self._next is None else self.bank.item(self._next)

    def answer(self, item: str, correct: bool) -> Estimate:
        """Take in an answer; also one to an item that was not asked for.

        Args:
            item: Its id.
            correct: Whether it was correct.

        Raises:
            InputError: The bank has no such item, or it was answered before.
        """
        index = self.bank.index(item)
        sittings = self._sittings
        if not sittings.available[0, index]:
            raise InputError("it was answered before", place=f"item {item!r}", remedy="ask for the next item")
        sittings.record(_ROW, np.array([index]), np.array([correct]))
        theta, se = self.strategies.estimation.estimate(sittings, _ROW)
        sittings.theta[_ROW], sittings.se[_ROW] = theta, se
        self._next = None
        return self.estimate
