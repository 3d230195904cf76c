"""Tests for a program: few, and together strong enough to find out its rivals and other mutants."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.domain import TestCase
from gradatim.tools.items.material import Material

LEAST, MOST = 6, 10
VISIBLE = 2
STRENGTH = 0.9
"""Share of the mutants that differ from the right program somewhere, which the tests have to find out."""
_DULL = {"0", "None", "[]", "''", "{}", "False", "-1", "()"}


@dataclass(frozen=True, slots=True)
class TestSet:
    """Chosen tests.

    Attributes:
        cases: The first ones visible.
        places: The position in the pool of each.
        strength: Share of the mutants that they find out; 1 where there are none.
    """

    __test__ = False

    cases: tuple[TestCase, ...]
    places: tuple[int, ...]
    strength: float


def choose_tests(material: Material, rng: random.Random) -> TestSet | None:
    """Calls of the pool as tests: two visible examples, then whichever finds out most of what is left.

    Returns:
        `None` where no choice is strong enough.
    """
    places = _examples(material, rng)
    if not places:
        return None
    faults = [item.apart for item in material.rivals] + list(material.mutants)
    rest = [place for place in range(len(material.calls)) if place not in places]
    rng.shuffle(rest)
    # each fault is to be found out by two tests where that can be, so that faults which nobody tried are found too
    for often in (1, 2):
        left = [apart for apart in faults if len(apart & set(places)) < often]
        while left and len(places) < MOST and rest:
            best = max(rest, key=lambda place: sum(place in apart for apart in left))
            if not any(best in apart for apart in left):
                break
            places.append(best)
            rest.remove(best)
            left = [apart for apart in left if len(apart & set(places)) < often]
    while len(places) < LEAST and rest:
        places.append(rest.pop())
    chosen = set(places)
    killed = sum(bool(apart & chosen) for apart in material.mutants)
    strength = killed / len(material.mutants) if material.mutants else 1.0
    if strength < STRENGTH:
        return None
    return TestSet(tuple(_cases(material, places)), tuple(places), strength)


def _examples(material: Material, rng: random.Random) -> list[int]:
    """Places of calls that show what is wanted: of middle length, with results that say something."""
    order = list(range(len(material.calls)))
    rng.shuffle(order)
    telling = [place for place in order if material.seen[place].value not in _DULL and len(material.calls[place]) < 70]
    found: list[int] = []
    values: set[str | None] = set()
    for place in sorted(telling, key=lambda place: abs(len(material.calls[place]) - 30)):
        if material.seen[place].value not in values:
            found.append(place)
            values.add(material.seen[place].value)
        if len(found) == VISIBLE:
            break
    if found:
        return found + [place for place in order if place not in found][: VISIBLE - len(found)]
    return order[:VISIBLE]


def _cases(material: Material, places: Sequence[int]) -> list[TestCase]:
    return [
        TestCase(
            id=f"t{number}",
            call=material.calls[place],
            expect=material.seen[place].value,
            hidden=number > VISIBLE,
        )
        for number, place in enumerate(places, start=1)
    ]
