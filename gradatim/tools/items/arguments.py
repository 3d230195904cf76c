"""Arguments that calls of an item's function are made from."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

WORDS = (
    "apple", "river", "stone", "Anna", "level", "tree", "moon", "Otto", "bread", "cloud", "noon", "Lea", "winter",
    "a", "go", "sun", "banana", "mississippi", "kayak", "Berlin", "ice", "ring", "on", "zoo", "coffee", "Rome",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Argument:
    """A kind of argument.

    Attributes:
        type: What it is, as far as programs with the same types can be compared: `list[int]`.
        draw: Draws one.
        edges: Those that every set of tests should try: empty, single, equal ones.
    """

    type: str
    draw: Callable[[random.Random], Any]
    edges: tuple[Any, ...] = ()


def whole(low: int, high: int, *near: int) -> Argument:
    """A whole number from `low` to `high`; numbers beside the `near` ones come often."""
    close = tuple(sorted({value + step for value in near for step in (-1, 0, 1) if low <= value + step <= high}))

    def draw(rng: random.Random) -> int:
        return rng.choice(close) if close and rng.random() < 0.5 else rng.randint(low, high)

    return Argument("int", draw, (low, *close))


def numbers(
    *near: int, low: int = -9, high: int = 20, least: int = 0, most: int = 7, ordered: bool = False
) -> Argument:
    """A list of whole numbers, some of them equal."""
    one = whole(low, high, *near)

    def draw(rng: random.Random) -> list[int]:
        found = [one.draw(rng) for _ in range(rng.randint(least, most))]
        if len(found) > 2 and rng.random() < 0.4:
            found[rng.randrange(len(found))] = rng.choice(found)
        return sorted(found) if ordered else found

    edges: list[list[int]] = [[]] if least == 0 else []
    if least <= 1:
        edges += [[max(low, 1)], [low]]
    if least <= 2:
        edges.append([high, low] if not ordered else [low, high])
    return Argument("list[int]", draw, tuple(edges))


def word(*extra: str, letters: str = "", least: int = 0, most: int = 8) -> Argument:
    """A word; of `letters` where given."""

    def draw(rng: random.Random) -> str:
        if letters and rng.random() < 0.7:
            return "".join(rng.choice(letters) for _ in range(rng.randint(max(least, 1), most)))
        return rng.choice((*WORDS, *extra))

    return Argument("str", draw, (*(("",) if least == 0 else ()), *extra))


def sentence(*extra: str) -> Argument:
    """Words with spaces between them."""

    def draw(rng: random.Random) -> str:
        return " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 5)))

    return Argument("str", draw, ("", "one", *extra))


def words(least: int = 0, most: int = 6) -> Argument:
    """A list of words, some of them equal."""

    def draw(rng: random.Random) -> list[str]:
        pool = rng.sample(WORDS, k=min(len(WORDS), 5))
        return [rng.choice(pool) for _ in range(rng.randint(least, most))]

    return Argument("list[str]", draw, ([],) if least == 0 else (["go"],))


def table(*near: int, least: int = 0, low: int = 0, high: int = 30) -> Argument:
    """A dictionary from names to numbers."""
    one = whole(low, high, *near)

    def draw(rng: random.Random) -> dict[str, int]:
        return {name: one.draw(rng) for name in rng.sample(WORDS, k=rng.randint(max(least, 1), 5))}

    return Argument("dict[str, int]", draw, ({},) if least == 0 else ({"sun": max(low, 1)},))


def grid(*near: int, low: int = -5, high: int = 12) -> Argument:
    """A list of lists of numbers, all of one length."""
    one = whole(low, high, *near)

    def draw(rng: random.Random) -> list[list[int]]:
        width = rng.randint(1, 4)
        return [[one.draw(rng) for _ in range(width)] for _ in range(rng.randint(1, 4))]

    return Argument("list[list[int]]", draw, ([], [[high]]))


def number_texts() -> Argument:
    """A list of texts: whole numbers, and some that are none."""

    def draw(rng: random.Random) -> list[str]:
        return [
            rng.choice(("x", "", "two", "3.5", "4a")) if rng.random() < 0.35 else str(rng.randint(-5, 30))
            for _ in range(rng.randint(1, 6))
        ]

    return Argument("list[str]", draw, ([], ["x"], ["7"], ["x", "x", "5"], ["-3", "3.5"]))


def lines() -> Argument:
    """A text of several lines, some of them empty or comments, some with spaces around them."""

    def line(rng: random.Random) -> str:
        return rng.choice((*WORDS[:12], "", "  ", "# note", " sun", "end", f"{rng.choice(WORDS)} {rng.choice(WORDS)}"))

    def draw(rng: random.Random) -> str:
        return "\n".join(line(rng) for _ in range(rng.randint(1, 5)))

    return Argument("str", draw, ("", "sun\n", "one\n\nthree", "end\nriver", "tree\nmoon\n# end\n  go"))


def records() -> Argument:
    """A text whose lines are a name, a comma and a whole number, some with spaces around the name."""

    def draw(rng: random.Random) -> str:
        found = [
            f"{' ' * (rng.random() < 0.3)}{rng.choice(WORDS)}{' ' * (rng.random() < 0.2)},{rng.randint(1, 25)}"
            for _ in range(rng.randint(1, 4))
        ]
        return "\n".join(found)

    return Argument("str", draw, ("", "sun,4", "go,9\ngo,9", " ice,20\nzoo ,20"))


def pairs(*near: int, low: int = 0, high: int = 20) -> Argument:
    """A list of pairs of a name and a whole number; names and numbers come again."""
    one = whole(low, high, *near)

    def draw(rng: random.Random) -> list[tuple[str, int]]:
        names = rng.sample(WORDS, k=3)
        found = [(rng.choice(names), one.draw(rng)) for _ in range(rng.randint(1, 5))]
        if len(found) > 1 and rng.random() < 0.4:
            found[-1] = (found[-1][0], found[0][1])
        return found

    return Argument("list[tuple[str, int]]", draw, ([], [("sun", low)], [("zoo", 7), ("ice", 7)]))


def lists_by_name(*near: int) -> Argument:
    """A dictionary from names to lists of whole numbers, some of them empty."""

    def draw(rng: random.Random) -> dict[str, list[int]]:
        names = rng.sample(WORDS, k=rng.randint(1, 3))
        return {name: [rng.randint(1, 6) for _ in range(rng.choice((0, 1, 2, 3, *near)))] for name in names}

    return Argument("dict[str, list[int]]", draw, ({}, {"sun": []}, {"Anna": [2, 3], "Otto": [4, 4]}))


def one_of(options: Sequence[Any]) -> Argument:
    """One of these values."""
    return Argument(type(options[0]).__name__, lambda rng: rng.choice(options), tuple(options))


_BY_TYPE: dict[str, Argument] = {
    "int": whole(0, 30, 0, 5, 10),
    "list[int]": numbers(0, 5),
    "str": word("abba", "two words", letters="abcde"),
    "list[str]": words(),
    "dict[str, int]": table(5),
    "list[list[int]]": grid(3),
    "bool": Argument("bool", lambda rng: rng.random() < 0.5, (True, False)),
}
TYPES = tuple(_BY_TYPE)
"""Types of arguments that can be drawn without knowing anything else."""


def argument_of(type_: str) -> Argument:
    """The usual arguments of a type.

    Raises:
        KeyError: It is none of `TYPES`.
    """
    return _BY_TYPE[type_]


def call(name: str, values: Sequence[Any]) -> str:
    """The source of a call."""
    return f"{name}({', '.join(map(repr, values))})"


def calls(name: str, arguments: Sequence[Argument], count: int, rng: random.Random) -> list[str]:
    """Sources of calls, each once: edges of every argument first, then drawn ones; fewer where no more can be had."""
    found: dict[str, None] = {}
    for place, argument in enumerate(arguments):
        for edge in argument.edges:
            values = [other.draw(rng) for other in arguments]
            values[place] = edge
            found[call(name, values)] = None
    for _ in range(8 * count):
        if len(found) >= count:
            break
        found[call(name, [argument.draw(rng) for argument in arguments])] = None
    return list(found)[: max(count, 1)]
