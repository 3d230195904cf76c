"""Families of items: parametric templates over introductory Python.

A family draws a right program with what it does in words, the concepts it is about, and arguments to call it with.
Kinds of items (`gradatim.tools.items.kinds`) make questions from such a program.
"""

from __future__ import annotations

from gradatim.tools.items.families import (
    errors,
    lines,
    lists,
    numbers,
    objects,
    pieces,
    ranking,
    recursion,
    repeating,
    sequences,
    sorting,
    tables,
    texts,
)
from gradatim.tools.items.families.family import Draw, Family, Program, Said, Sketch

__all__ = ["FAMILIES", "Draw", "Family", "Program", "Said", "Sketch"]

FAMILIES: tuple[Family, ...] = (
    *numbers.FAMILIES,
    *repeating.FAMILIES,
    *lists.FAMILIES,
    *sequences.FAMILIES,
    *sorting.FAMILIES,
    *texts.FAMILIES,
    *pieces.FAMILIES,
    *tables.FAMILIES,
    *recursion.FAMILIES,
    *errors.FAMILIES,
    *objects.FAMILIES,
    *lines.FAMILIES,
    *ranking.FAMILIES,
)
