"""Everything that a sentence about a fault asserts."""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.claims.case import Case
from gradatim.tools.claims.extraction.reading import Reading
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.claims.prose.behaviour import behaviour
from gradatim.tools.claims.prose.blame import blamed, misplaced
from gradatim.tools.claims.prose.facts import facts
from gradatim.tools.claims.prose.inputs import for_numbers, handled, letter_case
from gradatim.tools.claims.prose.proposals import program_of, proposed

__all__ = ["assertions_of"]


def assertions_of(reading: Reading, case: Case, *, whole: bool = True) -> tuple[Assertion, ...]:
    """What a prepared sentence says of the case, each with all its readings; exact ones before kinds of faults.

    Args:
        whole: Whether no fenced block of the sentence is cut off.
    """
    scene = Scene(reading, case, whole)
    return tuple(dict.fromkeys((*_exact(scene), *blamed(scene))))


def _exact(scene: Scene) -> Iterator[Assertion]:
    yield from program_of(scene)
    yield from proposed(scene)
    yield from handled(scene)
    yield from for_numbers(scene)
    yield from letter_case(scene)
    yield from behaviour(scene)
    yield from facts(scene)
    yield from misplaced(scene)
