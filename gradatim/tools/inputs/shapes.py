"""Values like those that the tests show: the same containers, lengths, order and element types."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from gradatim.tools.inputs.numbers import Decimals, Integers
from gradatim.tools.inputs.texts import Texts

_MOST_FIELDS = 6
_ENOUGH = 3
"""Values that have to agree in something before it is taken for a rule."""
_MOST_ITEMS = 60


class Shape(Protocol):
    """What values at one place look like."""

    def draw(self, rng: random.Random) -> Any:
        """A new value."""
        ...


def learn(values: Sequence[Any], *, nested: bool = False) -> Shape:
    """What some values have in common.

    Args:
        values: At least one literal value (numbers, texts, containers, `None`).
        nested: Whether they are items of a container, where tuples of the same length are taken for records.
    """
    groups: dict[str, list[Any]] = {}
    for value in values:
        groups.setdefault(_group(value), []).append(value)
    shapes = tuple(_learn(kind, group, nested) for kind, group in groups.items())
    return shapes[0] if len(shapes) == 1 else Mixture(shapes, tuple(map(len, groups.values())))


def is_atom(value: object) -> bool:
    """Whether a value is a number, a text or another value without parts."""
    return not isinstance(value, list | tuple | set | frozenset | dict)


def _group(value: object) -> str:
    if isinstance(value, list | tuple):
        return "sequence"
    if isinstance(value, set | frozenset):
        return "set"
    return type(value).__name__


def _learn(kind: str, values: list[Any], nested: bool) -> Shape:
    match kind:
        case "int":
            return Integers.learn(values)
        case "float":
            return Decimals.learn(values)
        case "str":
            return Texts.learn(values)
        case "sequence":
            return _sequence(values, nested)
        case "set":
            return Sets.learn(values)
        case "dict":
            return _dictionary(values)
        case _:
            return Constants(tuple(values))


@dataclass(frozen=True, slots=True)
class Constants:
    """Values that are only ever repeated: truth values, `None`, bytes, complex numbers."""

    seen: tuple[Any, ...]

    def draw(self, rng: random.Random) -> Any:
        return rng.choice((True, False)) if isinstance(self.seen[0], bool) else rng.choice(self.seen)


@dataclass(frozen=True, slots=True)
class Mixture:
    """Values of several kinds, in the proportion of the tests."""

    shapes: tuple[Shape, ...]
    weights: tuple[int, ...]

    def draw(self, rng: random.Random) -> Any:
        return rng.choices(self.shapes, self.weights)[0].draw(rng)


@dataclass(frozen=True, slots=True)
class Records:
    """Lists or tuples of which every place has its own meaning, such as `("Ann", 3)`.

    Attributes:
        kind: `list` or `tuple`.
        fields: What stands at each place.
    """

    kind: Callable[[list[Any]], Any]
    fields: tuple[Shape, ...]

    def draw(self, rng: random.Random) -> Any:
        return self.kind([field.draw(rng) for field in self.fields])


@dataclass(frozen=True, slots=True)
class Sequences:
    """Lists and tuples of like items.

    Attributes:
        seen: What the tests show.
        items: What an item looks like; `None` where every sequence seen is empty.
        same_length: Whether all have the same length, often enough for a rule.
        order: `ascending` or `descending` where all are sorted.
        distinct: Whether items of a sorted sequence never repeat.
        rectangular: Whether the items are sequences that have the same length within each value.
        square: Whether these have as many items as there are of them.
    """

    seen: tuple[list[Any] | tuple[Any, ...], ...]
    items: Shape | None
    same_length: bool
    order: str | None
    distinct: bool
    rectangular: bool
    square: bool

    def draw(self, rng: random.Random) -> Any:
        """A sequence: one that was seen, changed a little, or one of fresh items."""
        return self.of_length(rng, None)

    def of_length(self, rng: random.Random, length: int | None) -> Any:
        """As `draw`, with this many items where a length is given."""
        base = rng.choice(self.seen)
        kind = type(base)
        if self.items is None:
            return kind()
        if length is None and not self.rectangular and base and rng.random() < 0.35:
            items = self._changed(list(base), rng)
        else:
            items = self._fresh(rng, self._length(rng) if length is None else length)
        arranged = self._arranged(items)
        for _ in range(10 * (length or 0)):  # rows of a table need their length, whatever falls away as repeated
            if length is None or len(arranged) >= length:
                break
            arranged = self._arranged([*arranged, self.items.draw(rng)])
        return kind(arranged if length is None or len(arranged) == length else sorted(items))

    def _length(self, rng: random.Random) -> int:
        lengths = [len(value) for value in self.seen]
        if self.same_length or rng.random() < 0.5:
            return rng.choice(lengths)
        least = 0 if 0 in lengths else max(1, min(lengths) - 1)
        return min(_MOST_ITEMS, rng.randint(least, max(lengths) + 2))

    def _fresh(self, rng: random.Random, length: int) -> list[Any]:
        assert self.items is not None
        if self.rectangular and isinstance(self.items, Sequences):
            width = length if self.square else self.items._length(rng)
            return [self.items.of_length(rng, width) for _ in range(length)]
        items = [self.items.draw(rng) for _ in range(length)]
        if length > 1 and rng.random() < 0.2 and not self.distinct:
            items[rng.randrange(length)] = rng.choice(items)
        return items

    def _changed(self, items: list[Any], rng: random.Random) -> list[Any]:
        assert self.items is not None
        for _ in range(rng.randint(1, 3)):
            place = rng.randrange(len(items))
            match rng.randrange(5):
                case 0 if not self.same_length and len(items) > 1:
                    del items[place]
                case 1 if not self.same_length:
                    items.insert(place, items[place])
                case 2 if not self.same_length:
                    items.insert(place, self.items.draw(rng))
                case 3:
                    other = rng.randrange(len(items))
                    items[place], items[other] = items[other], items[place]
                case _:
                    items[place] = self.items.draw(rng)
        return items

    def _arranged(self, items: list[Any]) -> list[Any]:
        if self.order is None:
            return items
        try:
            items = sorted(items, reverse=self.order == "descending")
            return _without_repetition(items) if self.distinct else items
        except TypeError:  # items of several kinds have no order
            return items


@dataclass(frozen=True, slots=True)
class Sets:
    """Sets of like items."""

    seen: tuple[set[Any] | frozenset[Any], ...]
    items: Shape | None

    @classmethod
    def learn(cls, values: Sequence[Any]) -> Sets:
        items = [item for value in values for item in sorted(value, key=repr)]
        return cls(tuple(values), learn(items, nested=True) if items else None)

    def draw(self, rng: random.Random) -> Any:
        base = rng.choice(self.seen)
        size = rng.randint(min(len(base), 1), len(base) + 1)
        return type(base)(self.items.draw(rng) for _ in range(size)) if self.items is not None else base


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """Dictionaries: with the same keys each time, or with keys that are data themselves.

    Attributes:
        sizes: How many keys those of the tests have.
        fields: What belongs to each key, where all have the same keys.
        keys: What a key looks like, else.
        values: What a value looks like, else.
    """

    sizes: tuple[int, ...]
    fields: dict[Any, Shape] | None
    keys: Shape | None
    values: Shape | None

    def draw(self, rng: random.Random) -> dict[Any, Any]:
        if self.fields is not None:
            return {key: shape.draw(rng) for key, shape in self.fields.items()}
        if self.keys is None or self.values is None:
            return {}
        least = 0 if 0 in self.sizes else 1
        size = rng.choice(self.sizes) if rng.random() < 0.5 else rng.randint(least, max(self.sizes) + 1)
        return {self.keys.draw(rng): self.values.draw(rng) for _ in range(size)}


def _dictionary(values: list[dict[Any, Any]]) -> Dictionaries:
    sizes = tuple(map(len, values))
    keys = list(values[0])
    if len(values) >= _ENOUGH and keys and all(set(value) == set(keys) for value in values):
        return Dictionaries(sizes, {key: learn([value[key] for value in values]) for key in keys}, None, None)
    all_keys = [key for value in values for key in value]
    all_values = [item for value in values for item in value.values()]
    if not all_keys:
        return Dictionaries(sizes, None, None, None)
    return Dictionaries(sizes, None, learn(all_keys, nested=True), learn(all_values, nested=True))


def _sequence(values: list[list[Any] | tuple[Any, ...]], nested: bool) -> Shape:
    if _are_records(values, nested):
        kind = cast("Callable[[list[Any]], Any]", type(values[0]))
        return Records(kind, tuple(learn(list(column)) for column in zip(*values, strict=True)))
    groups = _by_item_kinds(values)
    shapes = tuple(_like_items(group, nested) for group in groups)
    return shapes[0] if len(shapes) == 1 else Mixture(shapes, tuple(map(len, groups)))


def _are_records(values: list[list[Any] | tuple[Any, ...]], nested: bool) -> bool:
    first = values[0]
    if not 1 < len(first) <= _MOST_FIELDS or any(len(v) != len(first) or type(v) is not type(first) for v in values):
        return False
    mixed = len({_group(item) for item in first}) > 1
    alike = all([_group(item) for item in value] == [_group(item) for item in first] for value in values)
    if mixed:
        return alike and len(values) > 1
    return isinstance(first, tuple) and len(values) > 1 and (nested or len(values) >= _ENOUGH)


def _by_item_kinds(values: list[list[Any] | tuple[Any, ...]]) -> list[list[list[Any] | tuple[Any, ...]]]:
    """Sequences parted by the kinds of their items: lists of numbers here, lists of texts there."""
    groups: list[tuple[set[str], list[list[Any] | tuple[Any, ...]]]] = []
    empty: list[list[Any] | tuple[Any, ...]] = []
    for value in values:
        kinds = {_group(item) for item in value}
        if not kinds:
            empty.append(value)
            continue
        joined = [group for group in groups if group[0] & kinds]
        groups = [group for group in groups if not group[0] & kinds]
        members = [item for group in joined for item in group[1]]
        groups.append((kinds.union(*(group[0] for group in joined)), [*members, value]))
    if not groups:
        return [empty]
    groups[0][1].extend(empty)
    return [members for _, members in groups]


def _like_items(values: list[list[Any] | tuple[Any, ...]], nested: bool) -> Sequences:
    items = [item for value in values for item in value]
    order = _order(values)
    lengths = {len(value) for value in values}
    rows = [value for value in values if len(value) > 0 and all(isinstance(item, list | tuple) for item in value)]
    inner = bool(rows) and len(rows) == sum(len(value) > 0 for value in values)
    widths = [{len(item) for item in value} for value in rows]
    rectangular = inner and any(len(value) > 1 for value in rows) and all(len(width) == 1 for width in widths)
    square = rectangular and len(rows) > 1 and all(w == {len(v)} for w, v in zip(widths, rows, strict=True))
    return Sequences(
        seen=tuple(values),
        items=learn(items, nested=True) if items else None,
        same_length=len(lengths) == 1 and len(values) >= _ENOUGH,
        order=order,
        distinct=order is not None
        and not rectangular
        and all(len(value) == len(_without_repetition(list(value))) for value in values),
        rectangular=rectangular,
        square=square,
    )


def _order(values: list[list[Any] | tuple[Any, ...]]) -> str | None:
    """How all sequences of two items and more are sorted; there have to be two, or one of three items."""
    telling = [list(value) for value in values if len(value) > 1]
    if len(telling) < 2 and not any(len(value) > 2 for value in telling):
        return None
    try:
        if all(value == sorted(value) for value in telling):
            return None if all(value == value[::-1] for value in telling) else "ascending"
        if all(value == sorted(value, reverse=True) for value in telling):
            return "descending"
    except TypeError:
        return None
    return None


def _without_repetition(items: list[Any]) -> list[Any]:
    """The items of a sorted list, each once."""
    kept: list[Any] = []
    for item in items:
        if not kept or kept[-1] != item:
            kept.append(item)
    return kept
