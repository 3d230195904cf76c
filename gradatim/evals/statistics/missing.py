"""Whether values are missing completely at random: Little's test, from the learner memory."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gradatim.errors import InputError
from gradatim.evals.statistics.estimate import TestResult
from gradatim.evals.statistics.samples import LARGEST, is_number, untested

METHOD = "Little's test of missing completely at random (Little, 1988)"


def littles_mcar(table: Sequence[Sequence[float | None]], names: Sequence[str] | None = None) -> TestResult:
    """Little's test: a small p says that values are not missing completely at random.

    Args:
        table: One row a case, one column a variable; `None` or NaN where a value is missing.
        names: Of the variables, for messages.

    Raises:
        InputError: Something is neither a finite number nor missing, or rows differ in length.
    """
    # imported here, for the memory takes longer to load than all other figures
    from gradatim.memory.processing.mcar import little_test
    from gradatim.memory.processing.normal import CannotEstimate

    rows: list[list[float]] = []
    for at, row in enumerate(table):
        if rows and len(row) != len(rows[0]):
            raise InputError(
                f"has {len(row)} values, and the first row has {len(rows[0])}",
                place=f"table[{at}]",
                remedy="give None where a value is missing",
            )
        rows.append([_number(value, f"table[{at}][{column}]") for column, value in enumerate(row)])
    if not rows or not rows[0]:
        return untested(METHOD, "the table is empty", 0)
    try:
        found = little_test(np.array(rows), names)
    except CannotEstimate as error:
        return untested(METHOD, error.message, len(rows))
    if found.degrees == 0:
        return untested(METHOD, "all cases lack the same values, or none lacks any", found.cases)
    return TestResult(found.statistic, found.p, float(found.degrees), found.cases, METHOD)


def _number(value: object, place: str) -> float:
    if value is None:
        return math.nan
    if not is_number(value) or not (math.isnan(value) or abs(value) <= LARGEST):
        raise InputError(
            f"is {str(value)[:40]!r}", place=place, remedy="give a finite number, or None where it is missing"
        )
    return 0.0 if abs(value) < 1.0 / LARGEST else float(value)
