"""Everything that a sentence about a fault asserts."""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.claims.case import Case
from gradatim.tools.claims.extraction.reading import Reading
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.claims.prose.behaviour import behaviour
from gradatim.tools.claims.prose.blame import blamed, misplaced
from gradatim.tools.claims.prose.branches import branches
from gradatim.tools.claims.prose.facts import facts
from gradatim.tools.claims.prose.faulty import faults
from gradatim.tools.claims.prose.inputs import for_numbers, handled, letter_case
from gradatim.tools.claims.prose.positions import positions
from gradatim.tools.claims.prose.present import present
from gradatim.tools.claims.prose.proposals import program_of, proposed
from gradatim.tools.claims.prose.ranges import ranges
from gradatim.tools.claims.prose.repeated import repeated
from gradatim.tools.claims.prose.rounds import rounds

__all__ = ["assertions_of"]


def assertions_of(
    reading: Reading, case: Case, *, whole: bool = True, before: Reading | None = None
) -> tuple[Assertion, ...]:
    """What a prepared sentence says of the case, each with all its readings; exact ones before kinds of faults.

    Args:
        whole: Whether no fenced block of the sentence is cut off.
        before: The sentence before it, prepared as well.
    """
    scene = Scene(reading, case, whole, before)
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
    yield from positions(scene)
    yield from branches(scene)
    yield from present(scene)
    yield from ranges(scene)
    yield from faults(scene)
    yield from repeated(scene)
    yield from rounds(scene)
