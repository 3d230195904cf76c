"""Programs as somebody writes them who holds a misconception of the concept graph.

Each module holds faults of one part of the language: a fault names its misconception and gives the places of a right
program where it shows. What it makes is a candidate only: whether it fails the tests is found by execution.
"""

from __future__ import annotations

from collections.abc import Collection

from gradatim.tools.items.faults import conditions, functions, loops, objects, texts, values
from gradatim.tools.items.faults.fault import Fault, Faulty, apply

__all__ = ["FAULTS", "Fault", "Faulty", "apply", "faulty"]

FAULTS: tuple[Fault, ...] = (
    *loops.FAULTS,
    *conditions.FAULTS,
    *values.FAULTS,
    *functions.FAULTS,
    *objects.FAULTS,
    *texts.FAULTS,
)


def faulty(code: str, known: Collection[str] | None = None) -> list[Faulty]:
    """Every program that differs from a right one by one fault at one place; each text once.

    Args:
        code: A right program.
        known: Misconceptions of the concept graph; faults of others are left out. All where not given.

    Raises:
        SyntaxError: It is no Python.
    """
    return list(apply((fault for fault in FAULTS if known is None or fault.misconception in known), code))
