"""Signs of misconceptions in verified changes.

A change that makes every test pass shows where a program is wrong, and often in what way: `range(n)` made
`range(n + 1)` speaks for a miscounted round. It is weaker evidence than a fact of the program itself, since other
changes might do as well, so that these signs are less confident than those of the detectors.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence

from gradatim.domain import Repair
from gradatim.tools.analysis.changes import Change, changes_between
from gradatim.tools.analysis.corrections import conditions, loops, placement, results, swaps, values
from gradatim.tools.analysis.corrections.reading import Reading
from gradatim.tools.analysis.program import Program
from gradatim.tools.analysis.sign import Sign

HIGHEST = 0.84
"""Confidence that no sign from a change goes beyond."""

MOST_CHANGES = 3
"""Changed places beyond which a repair is a new program rather than a correction, and tells nothing."""

_SHARED = 0.08
"""Taken off for each further place: which of them mattered is not known."""
_OVERFITTED = 0.15
"""Taken off where the changed program is wrong beyond the tests."""
_UNNATURAL = 0.12
"""Taken off a change that no person would make; in proportion for those between."""


def signs_of_repairs(program: Program, repairs: Sequence[Repair]) -> Iterator[Sign]:
    """What the changes that make a program pass speak for.

    The trees of the two programs are compared; the names of the operators that found the changes play no part.
    `fact` and `why` tell where a change was made and that it works, never what stands there afterwards.

    Args:
        program: The student's program. One that cannot be compiled gives no signs: the detectors read its text.
        repairs: Verified changes, the most natural one first.

    Yields:
        One sign for each misconception and first line: that of the change that speaks for it most.
    """
    if program.tree is None:
        return
    best: dict[tuple[str, int], Sign] = {}
    for repair in repairs:
        for sign in _signs_of(program, program.tree, repair):
            key = (sign.misconception, sign.lines[0])
            if key not in best or best[key].confidence < sign.confidence:
                best[key] = sign
    yield from sorted(best.values(), key=lambda sign: (-sign.confidence, sign.lines, sign.misconception))


def _signs_of(program: Program, tree: ast.Module, repair: Repair) -> Iterator[Sign]:
    repaired = _parsed(repair.code)
    if repaired is None:
        return
    found = changes_between(tree, repaired)
    whole = tuple(swaps.readings(found))
    if whole:
        lines = tuple(sorted({change.line for change in found}))
        for reading in whole:
            yield _sign(reading, lines, repair, 0)
        return
    if not 1 <= len(found) <= MOST_CHANGES:
        return
    for change in found:
        for reading in _readings_of(change, program):
            yield _sign(reading, (change.line,), repair, len(found) - 1)


def _readings_of(change: Change, program: Program) -> Iterator[Reading]:
    for module in (placement, results, loops, conditions, values):
        yield from module.readings(change, program)


def _sign(reading: Reading, lines: tuple[int, ...], repair: Repair, others: int) -> Sign:
    doubt = others * _SHARED + (1 - repair.weight) * _UNNATURAL + (_OVERFITTED if repair.generalises is False else 0.0)
    together = ", together with one elsewhere," if others else ""
    if repair.generalises and repair.inputs_tried:
        why = f"The changed program is right on {repair.inputs_tried} further inputs as well."
    elif others:
        why = f"{others + 1} places are changed in all."
    else:
        why = "Nothing else has to change for that."
    return Sign(
        misconception=reading.misconception,
        lines=lines,
        confidence=round(max(min(reading.strength, HIGHEST) - doubt, 0.0), 2),
        fact=f"{reading.subject}{together} makes every test pass.",
        why=why,
        anywhere=True,
    )


def _parsed(code: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(code.replace("\r\n", "\n").replace("\r", "\n"))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
