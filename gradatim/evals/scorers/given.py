"""Reading what a scorer is given: plain data that anybody may hand in, whatever is wrong with them.

A reader that does not find what it needs raises `Missing` with the place and the reason; `scorer` turns that into a
score of `None`. Nothing here validates more than is read, so that ten thousand traces are read in seconds.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from gradatim.evals.scorers.score import Score, Scorer, unscored

Plain = Mapping[str, Any]
_NOTHING: Plain = {}
_NO_MAPPING = frozenset[Any]((str, int, float, bool, list, tuple, type(None)))
"""Kinds of what JSON gives that are no objects."""
Made = TypeVar("Made")
LONGEST = 20_000
"""Characters of one text that are read; what stands behind them is left out."""


class Missing(Exception):
    """What a scorer cannot do without, in one sentence for a person."""


@dataclass(slots=True)
class Given:
    """The three arguments of a scorer, each a mapping; not frozen, for it is made once for every score.

    A place is written with dots: `outputs.diagnosis.verdict`, `reference.lines`.
    """

    inputs: Plain
    outputs: Plain
    reference: Plain

    def find(self, place: str) -> Any:
        """What stands at a place; `None` where nothing does."""
        root, keys = _keys(place)
        value: Any = getattr(self, root)
        for key in keys:
            if not is_mapping(value):
                return None
            value = value.get(key)
        return value

    def at(self, place: str) -> Any:
        """What stands at a place.

        Raises:
            Missing: Nothing does.
        """
        value = self.find(place)
        if value is None:
            raise Missing(f"`{place}` is missing")
        return value

    def text(self, place: str) -> str:
        """A text, at most `LONGEST` characters of it.

        Raises:
            Missing: There is none.
        """
        value = self.at(place)
        if not isinstance(value, str):
            raise Missing(f"`{place}` is no text but {kind_of(value)}")
        return value[:LONGEST]

    def number(self, place: str) -> float:
        """A finite number.

        Raises:
            Missing: There is none.
        """
        value = self.at(place)
        found = number_of(value)
        if found is None:
            raise Missing(f"`{place}` is no finite number but {kind_of(value)}")
        return found

    def items(self, place: str) -> Sequence[Any]:
        """A list.

        Raises:
            Missing: There is none.
        """
        value = self.at(place)
        if not isinstance(value, list | tuple):
            raise Missing(f"`{place}` is no list but {kind_of(value)}")
        return list_of(value)

    def mapping(self, place: str) -> Plain:
        """An object.

        Raises:
            Missing: There is none.
        """
        value = self.at(place)
        if not isinstance(value, Mapping):
            raise Missing(f"`{place}` is no object but {kind_of(value)}")
        return mapping_of(value)

    def names(self, place: str) -> tuple[str, ...]:
        """A list of names, each once, in order; what is no text is left out. A single text is a list of one.

        Raises:
            Missing: There is neither.
        """
        value = self.at(place)
        if isinstance(value, str):
            return (value,)
        return tuple(dict.fromkeys(item for item in self.items(place) if isinstance(item, str) and item))

    def lines(self, place: str) -> tuple[int, ...]:
        """A list of 1-based lines; what is no such number is left out.

        Raises:
            Missing: There is none.
        """
        return tuple(dict.fromkeys(line for item in self.items(place) if (line := line_of(item)) is not None))


class Shared(dict[str, Any]):
    """Outputs that many scorers read one after another: what one of them has read, the next need not read again.

    Only for outputs that nobody changes meanwhile.
    """

    __slots__ = ("read",)

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        super().__init__(outputs)
        self.read: dict[str, Any] = {}


def once(given: Given, name: str, make: Callable[[Given], Made]) -> Made:
    """What is read of some outputs, read once where they are `Shared`; what is missing is looked for each time.

    Raises:
        Missing: `make` misses something.
    """
    outputs = given.outputs
    if not isinstance(outputs, Shared):
        return make(given)
    if name not in outputs.read:
        outputs.read[name] = make(given)
    return cast("Made", outputs.read[name])


Judge = Callable[[Given], Score]


def scorer(key: str) -> Callable[[Judge], Scorer]:
    """Make a scorer of a function that judges what it is given: what it misses becomes a score of `None`.

    Args:
        key: Under which its scores stand.
    """

    def made(judge: Judge) -> Scorer:
        def scored(
            *,
            inputs: Mapping[str, Any] | None = None,
            outputs: Mapping[str, Any] | None,
            reference_outputs: Mapping[str, Any] | None = None,
        ) -> Score:
            try:
                return judge(Given(mapping_of(inputs), mapping_of(outputs), mapping_of(reference_outputs)))
            except Missing as missing:
                return unscored(key, str(missing))
            except RecursionError:
                return unscored(key, "what was handed in is nested too deeply")

        # no `functools.wraps`: harnesses look at the parameters of a callable, and must not find those of `judge`
        scored.__name__, scored.__qualname__ = key, judge.__qualname__
        scored.__module__, scored.__doc__ = judge.__module__, judge.__doc__
        return scored

    return made


def mapping_of(value: Any) -> Plain:
    """A value as an object; an empty one for anything else."""
    return cast("Plain", value) if is_mapping(value) else _NOTHING


def is_mapping(value: Any) -> bool:
    """Whether a value is an object; what JSON gives is told at once, for this is asked a thousand times a run."""
    kind: Any = value.__class__
    return kind is dict or (kind not in _NO_MAPPING and isinstance(value, Mapping))


def list_of(value: Any) -> Sequence[Any]:
    """A value as a list; an empty one for anything else."""
    return value if is_list(value) else ()


def is_list(value: Any) -> bool:
    """Whether a value is a list; the kinds as a tuple, for a union would be made anew each time."""
    return isinstance(value, (list, tuple))


def objects_of(value: Any) -> Iterator[Plain]:
    """The objects in a list; nothing of anything else."""
    return filter(is_mapping, list_of(value))


def number_of(value: object) -> float | None:
    """A finite number, or `None`; truth values are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def probability_of(value: object) -> float | None:
    """A number in [0, 1], or `None`."""
    number = number_of(value)
    return number if number is not None and 0.0 <= number <= 1.0 else None


def line_of(value: object) -> int | None:
    """A 1-based line, or `None`; also of other systems that write whole numbers as 3.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10_000_000:
        return None
    return value


def text_of(value: object) -> str:
    """A text, at most `LONGEST` characters of it; an empty one for anything else."""
    return value[:LONGEST] if isinstance(value, str) else ""


def kind_of(value: object) -> str:
    """What a value is, for a person."""
    if isinstance(value, float) and not math.isfinite(value):
        return "not finite"
    names = {"str": "a text", "list": "a list", "tuple": "a list", "dict": "an object", "bool": "a truth value"}
    name = type(value).__name__
    return names.get(name, "a number" if name in ("int", "float") else f"a {name}")


@functools.lru_cache(maxsize=256)
def _keys(place: str) -> tuple[str, tuple[str, ...]]:
    root, *keys = place.split(".")
    return root, tuple(keys)
