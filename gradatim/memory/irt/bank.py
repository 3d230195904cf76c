"""The item bank: what is known about each item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.irt.arrays import FloatArray
from gradatim.memory.irt.logistic import item_information, probability


@dataclass(frozen=True, slots=True)
class Item:
    """One item: a question, an exercise."""

    id: str
    a: float
    """Discrimination, positive, in logits a unit of ability."""
    b: float
    """Difficulty, on the scale of ability."""
    c: float = 0.0
    """Probability of guessing it, in [0, 1)."""
    content: str = ""
    """What it is about: a concept or an area of the syllabus; empty for none."""
    se_a: float | None = None
    """Standard error of the discrimination; `None` when nothing is known of it."""
    se_b: float | None = None
    """Standard error of the difficulty."""


@dataclass(frozen=True, slots=True)
class ItemBank:
    """Items with their parameters, as arrays of the same length.

    Raises:
        InputError: Arrays of different lengths, a parameter that is no number or out of its range, or an item twice.
    """

    ids: tuple[str, ...]
    a: FloatArray
    b: FloatArray
    c: FloatArray
    content: tuple[str, ...] = ()
    """Empty, or one name an item."""
    se_a: FloatArray | None = None
    """NaN where unknown; `None` where none is known."""
    se_b: FloatArray | None = None
    _position: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        count = len(self.ids)
        columns = {"a": self.a, "b": self.b, "c": self.c, "se_a": self.se_a, "se_b": self.se_b}
        for name, values in columns.items():
            if values is not None and values.shape != (count,):
                raise InputError(f"{count} items, but {name} has shape {values.shape}", place="item bank")
        if self.content and len(self.content) != count:
            raise InputError(f"{count} items, but {len(self.content)} contents", place="item bank")
        position = {item: index for index, item in enumerate(self.ids)}
        if len(position) != count:
            twice = next(item for index, item in enumerate(self.ids) if position[item] != index)
            raise InputError("the item occurs twice", place=f"item {twice!r}", remedy="keep one of them")
        bad = ~(np.isfinite(self.a) & (self.a > 0.0) & np.isfinite(self.b) & (self.c >= 0.0) & (self.c < 1.0))
        if bad.any():
            index = int(np.argmax(bad))
            raise InputError(
                f"a = {self.a[index]}, b = {self.b[index]}, c = {self.c[index]} are no item parameters",
                place=f"item {self.ids[index]!r}",
                remedy="a must be positive, b a number, and c in [0, 1)",
            )
        object.__setattr__(self, "_position", position)

    @classmethod
    def of(cls, items: Iterable[Item]) -> ItemBank:
        """A bank of these items, in their order."""
        rows = list(items)
        return cls(
            ids=tuple(row.id for row in rows),
            a=np.array([row.a for row in rows], dtype=np.float64),
            b=np.array([row.b for row in rows], dtype=np.float64),
            c=np.array([row.c for row in rows], dtype=np.float64),
            content=tuple(row.content for row in rows) if any(row.content for row in rows) else (),
            se_a=_errors([row.se_a for row in rows]),
            se_b=_errors([row.se_b for row in rows]),
        )

    @classmethod
    def from_arrays(
        cls,
        a: Sequence[float] | FloatArray,
        b: Sequence[float] | FloatArray,
        c: Sequence[float] | FloatArray | None = None,
        content: Sequence[str] = (),
    ) -> ItemBank:
        """A bank of parameters alone; items are called `i1`, `i2`, …"""
        difficulties = np.asarray(b, dtype=np.float64)
        return cls(
            ids=tuple(f"i{number}" for number in range(1, len(difficulties) + 1)),
            a=np.asarray(a, dtype=np.float64),
            b=difficulties,
            c=np.zeros_like(difficulties) if c is None else np.asarray(c, dtype=np.float64),
            content=tuple(content),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Item]:
        return (self.item(index) for index in range(len(self)))

    def item(self, index: int) -> Item:
        """The item at a position."""
        return Item(
            self.ids[index],
            float(self.a[index]),
            float(self.b[index]),
            float(self.c[index]),
            self.content[index] if self.content else "",
            _known(self.se_a, index),
            _known(self.se_b, index),
        )

    def index(self, item: str) -> int:
        """The position of an item.

        Raises:
            InputError: The bank has no such item.
        """
        found = self._position.get(item)
        if found is None:
            raise InputError("the item bank has no such item", place=f"item {item!r}", remedy="use an id of the bank")
        return found

    def probability(self, theta: FloatArray) -> FloatArray:
        """Probability of a correct answer: abilities (N,) → (N, J)."""
        return probability(theta[:, None], self.a, self.b, self.c)

    def information(self, theta: FloatArray) -> FloatArray:
        """Fisher information of each item: abilities (N,) → (N, J)."""
        return item_information(theta[:, None], self.a, self.b, self.c)


def _errors(values: Sequence[float | None]) -> FloatArray | None:
    if all(value is None for value in values):
        return None
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _known(values: FloatArray | None, index: int) -> float | None:
    return None if values is None or np.isnan(values[index]) else float(values[index])
