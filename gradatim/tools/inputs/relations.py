"""What the arguments of one call have to do with each other, as far as all tests show it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from gradatim.tools.inputs.shapes import is_atom

_ENOUGH = 3
_HALF = 0.5

Column = tuple[int, int | None]
"""Where to look for a value: the argument, and the place within its items where these are records."""


@dataclass(frozen=True, slots=True)
class Relations:
    """Relations between the arguments of one function.

    Attributes:
        members: Argument → where its values are found among another's, and how often to make it so.
        indices: Argument → the sequence that it is always a valid index of.
        same_lengths: Pairs of sequences that always have the same length.
        ordered: Pairs of numbers of which the first is never the larger one.
    """

    members: dict[int, tuple[Column, float]]
    indices: dict[int, int]
    same_lengths: tuple[tuple[int, int], ...]
    ordered: tuple[tuple[int, int], ...]

    @classmethod
    def learn(cls, calls: Sequence[tuple[Any, ...]]) -> Relations:
        """What holds in all of some calls.

        Args:
            calls: The arguments of each, always the same number.
        """
        count = len(calls[0])
        members: dict[int, tuple[Column, float]] = {}
        indices: dict[int, int] = {}
        same: list[tuple[int, int]] = []
        ordered: list[tuple[int, int]] = []
        for one in range(count):
            for other in range(count):
                if one == other:
                    continue
                pairs = [(call[one], call[other]) for call in calls]
                if all(is_atom(a) and isinstance(b, list | tuple | str) for a, b in pairs):
                    _member(one, other, pairs, members)
                    if len(calls) > 1 and all(_is_index(a, b) for a, b in pairs):
                        indices[one] = other
                if one < other and _have_same_lengths(pairs):
                    same.append((one, other))
                if len(calls) >= _ENOUGH and all(_integers(a, b) and a <= b for a, b in pairs):
                    ordered.append((one, other))
        return cls(members, {a: b for a, b in indices.items() if a not in members}, tuple(same), tuple(ordered))

    def impose(self, values: list[Any], rng: random.Random) -> None:
        """Change freshly drawn arguments so that they stand in these relations."""
        for one, other in self.same_lengths:
            first, second = values[one], values[other]
            length = min(len(first), len(second))
            values[one], values[other] = first[:length], second[:length]
        for one, other in self.ordered:
            if values[one] > values[other]:
                values[one], values[other] = values[other], values[one]
        for argument, ((other, place), chance) in self.members.items():
            items = _column(values[other], place)
            if items and rng.random() < chance:
                values[argument] = rng.choice(items)
        for argument, other in self.indices.items():
            if len(values[other]):
                values[argument] = rng.randrange(len(values[other]))


def _sequences(one: object, other: object) -> bool:
    return isinstance(one, list | tuple) and isinstance(other, list | tuple)


def _have_same_lengths(pairs: Sequence[tuple[Any, Any]]) -> bool:
    if not all(_sequences(a, b) and len(a) == len(b) for a, b in pairs):
        return False
    return len(pairs) >= _ENOUGH or len({len(a) for a, _ in pairs}) > 1


def _integers(one: object, other: object) -> bool:
    return type(one) is int and type(other) is int


def _is_index(value: object, items: Sequence[Any]) -> bool:
    return type(value) is int and 0 <= value < len(items)


def _column(values: Any, place: int | None) -> list[Any]:
    """Items of a sequence (words of a text), or what stands at one place of each of its records."""
    if isinstance(values, str):
        return list(values)
    items: list[Any] = list(values)
    if place is None:
        return [item for item in items if is_atom(item)]
    return [item[place] for item in items if isinstance(item, list | tuple) and len(cast(Any, item)) > place]


def _member(one: int, other: int, pairs: Sequence[tuple[Any, Any]], members: dict[int, tuple[Column, float]]) -> None:
    """Note where among another argument's items an argument is found most often."""
    best = (0, None)
    for place in (None, 0, 1, 2, 3):
        found = sum(any(type(item) is type(a) and item == a for item in _column(b, place)) for a, b in pairs)
        if found > best[0]:
            best = (found, place)
    found, place = best
    share = found / len(pairs)
    before = members[one][1] if one in members else 0.0
    if found and share > before:
        members[one] = ((other, place), 1.0 if share == 1.0 and len(pairs) >= _ENOUGH else max(_HALF, share * 0.8))
