"""A part of a data set: of a given size, the same for the same seed, with the shares of verdicts that the whole has."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from gradatim.evals.datasets.example import Example


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an example stands, and what a sample is drawn by."""

    number: int
    draw: bytes
    strata: tuple[Hashable, ...]


def sampled(source: Callable[[], Iterable[Example]], size: int, seed: int = 0) -> Iterator[Example]:
    """A stratified random sample, in the order of the data set.

    The data set is read twice, so that no more than a few bytes of each example are in memory. Verdicts get their
    share of the sample (largest remainder), and within a verdict tasks get theirs. What is drawn depends on the seed
    and the ids alone: an example more or less in the data changes the rest of the sample little.

    Args:
        source: Reads the data set from its beginning.
        size: Examples in the sample; all of them where there are fewer.
        seed: Of the draw.
    """
    places = [_Place(number, _draw(example.id, seed), _strata(example)) for number, example in enumerate(source())]
    chosen = {place.number for place in _drawn(places, size, 0)}
    for number, example in enumerate(source()):
        if number in chosen:
            yield example


def shares(counts: Sequence[int], size: int) -> list[int]:
    """Places for strata in proportion to their sizes, by largest remainder (Hamilton's method).

    Args:
        counts: Members of each stratum.
        size: Places to give; no stratum gets more than it has members.
    """
    total = sum(counts)
    if size >= total:
        return list(counts)
    exact = [count * size / total for count in counts]
    given = [int(part) for part in exact]
    order = sorted(range(len(counts)), key=lambda at: (given[at] - exact[at], -counts[at], at))
    for at in order[: size - sum(given)]:
        given[at] += 1
    return given


def _drawn(places: Sequence[_Place], size: int, depth: int) -> list[_Place]:
    if size >= len(places):
        return list(places)
    if depth == len(places[0].strata):
        return sorted(places, key=lambda place: place.draw)[:size]
    strata: dict[Hashable, list[_Place]] = defaultdict(list)
    for place in places:
        strata[place.strata[depth]].append(place)
    # Strata of one size are told apart by the draw, not by the alphabet: no task is always the one left out.
    ordered = sorted(strata.values(), key=lambda members: min(place.draw for place in members))
    found: list[_Place] = []
    for members, share in zip(ordered, shares([len(members) for members in ordered], size), strict=True):
        found.extend(_drawn(members, share, depth + 1))
    return found


def _draw(identifier: str, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed}\x1f{identifier}".encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _strata(example: Example) -> tuple[Hashable, ...]:
    task: Any = example.inputs.get("task")
    name = cast("dict[str, Any]", task).get("id") if isinstance(task, dict) else None
    return str(example.reference.get("verdict")), str(name)
