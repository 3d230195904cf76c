"""What goes into a statistic: checked once, so that no figure rests on values that are missing or not numbers.

Missing values are refused and never guessed: whoever leaves cases out has to know it. Numbers beyond ±1e75 are
refused as well, for their fourth powers overflow; those within ±1e-75 count as 0.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from statistics import NormalDist
from typing import Any, TypeGuard, cast

import numpy as np
from numpy.typing import NDArray

from gradatim.errors import InputError
from gradatim.evals.statistics.estimate import Estimate, TestResult

Reals = NDArray[np.float64]
Values = Sequence[float] | Sequence[bool] | NDArray[Any]
"""Numbers or truth values (counted as 1 and 0)."""

Table = Sequence[Values] | NDArray[Any]
"""Rows of numbers, all equally long."""

LARGEST = 1e75
_NOISE = 1e-14


def sample(values: Values, name: str = "x") -> Reals:
    """Numbers as an array of shape (n,).

    Args:
        values: Numbers or truth values.
        name: Of the sample, for messages.

    Raises:
        InputError: Something is no finite number, or this is not one flat sequence; names the place.
    """
    array = _numbers(values, name)
    if array.ndim != 1:
        raise InputError(
            f"has {array.ndim} dimensions and not one", place=name, remedy="give one flat sequence of numbers"
        )
    return array


def pair(x: Values, y: Values, names: tuple[str, str] = ("x", "y")) -> tuple[Reals, Reals]:
    """Two samples whose values belong together, both of shape (n,).

    Raises:
        InputError: As for `sample`, or they differ in length.
    """
    first, second = sample(x, names[0]), sample(y, names[1])
    same_length(names, len(first), len(second))
    return first, second


def checked_table(rows: Table, name: str, *, across: str = "columns") -> Reals:
    """A complete table of numbers, shape (rows, columns).

    Args:
        rows: One sequence of numbers a row, all equally long.
        name: Of the table, for messages.
        across: What its columns are, for messages.

    Raises:
        InputError: Rows differ in length, or something is no finite number; names the place.
    """
    if not isinstance(rows, np.ndarray):
        rows = _listed(rows, name)
        rows = [_listed(row, f"{name}[{at}]") for at, row in enumerate(rows)]
        lengths = [len(row) for row in rows]
        for at, length in enumerate(lengths):
            if length != lengths[0]:
                raise InputError(
                    f"has {length} {across}, and the first row has {lengths[0]}",
                    place=f"{name}[{at}]",
                    remedy="give rows of the same length, without cases that lack a value",
                )
    array = _numbers(rows, name)
    if array.size == 0:
        return array.reshape(0, 0)
    if array.ndim != 2:
        raise InputError(f"has {array.ndim} dimensions and not two", place=name, remedy="give rows of numbers")
    return array


def truth_values(values: Values, name: str = "outcomes") -> NDArray[np.bool_]:
    """What happened, as truth values, shape (n,).

    Raises:
        InputError: Something is neither true nor false, 1 nor 0.
    """
    array = sample(values, name)
    wrong = np.flatnonzero((array != 0.0) & (array != 1.0))
    if len(wrong):
        at = int(wrong[0])
        raise InputError(f"is {array[at]:g}, neither 0 nor 1", place=f"{name}[{at}]", remedy="give truth values")
    return array == 1.0


def stated_probabilities(values: Values, name: str = "probabilities") -> Reals:
    """Probabilities, shape (n,).

    Raises:
        InputError: One is not in [0, 1].
    """
    array = sample(values, name)
    wrong = np.flatnonzero((array < 0.0) | (array > 1.0))
    if len(wrong):
        at = int(wrong[0])
        raise InputError(f"is {array[at]:g}, not in [0, 1]", place=f"{name}[{at}]", remedy="give probabilities")
    return array


def same_length(names: tuple[str, str], first: int, second: int) -> None:
    """Refuse samples that cannot belong together.

    Raises:
        InputError: They differ in length.
    """
    if first != second:
        raise InputError(
            f"{names[0]} has {first} values and {names[1]} has {second}",
            place=f"{names[0]}, {names[1]}",
            remedy="give one value of each for every case, in the same order",
        )


def check_level(level: float) -> float:
    """A confidence level.

    Raises:
        InputError: It is not between 0 and 1.
    """
    if not 0.0 < level < 1.0:
        raise InputError(f"is {level!r}, not between 0 and 1", place="level", remedy="give 0.95, say")
    return level


def check_count(value: object, name: str, least: int = 1) -> int:
    """A whole number.

    Raises:
        InputError: It is none, or smaller than the least.
    """
    if isinstance(value, bool) or not is_number(value) or not least <= value < 2**53 or value != int(value):
        raise InputError(f"is {value!r}", place=name, remedy=f"give a whole number of at least {least}")
    return int(value)


def is_number(value: object) -> TypeGuard[float]:
    """Whether this is a real number of Python or numpy, within what a double holds; truth values are (1 and 0)."""
    if isinstance(value, int):
        return value.bit_length() <= 1000
    return isinstance(value, (float, np.integer, np.floating, np.bool_))


def check_hashable(label: object, place: str) -> None:
    """A label that can be counted.

    Raises:
        InputError: It is a list, a dictionary or the like.
    """
    if not isinstance(label, Hashable):
        raise InputError(f"is {type(label).__name__}, not a label", place=place, remedy="give texts or numbers")


def quantile(level: float) -> float:
    """Standard normal quantile of a two-sided interval: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + level / 2.0)


def two_sided(z: float) -> float:
    """Two-sided probability of a standard normal variable as far from 0 as this."""
    return math.erfc(abs(z) / math.sqrt(2.0))


def constant(values: Reals) -> bool:
    """Whether values do not vary, or only by what rounding leaves: such a spread would be noise."""
    if len(values) == 0:
        return True
    spread = float(values.max()) - float(values.min())
    return spread <= _NOISE * float(np.abs(values).max()) or float(values.var()) == 0.0


def unknown(why: str, n: int, level: float) -> Estimate:
    """No estimate, and why."""
    return Estimate(None, None, None, n, level, f"not estimable: {why}")


def untested(method: str, why: str, n: int, effect: Estimate | None = None) -> TestResult:
    """No test, and why."""
    return TestResult(None, None, None, n, f"{method}; no test: {why}", effect)


def without_interval(value: float, n: int, level: float, method: str, why: str) -> Estimate:
    """An estimate that has no interval, and why."""
    return Estimate(value, None, None, n, level, f"{method}; no interval: {why}")


def _numbers(values: Any, name: str) -> Reals:
    try:
        array: NDArray[Any] = np.asarray(_listed(values, name))
    except ValueError as error:
        raise InputError("is not an even table of numbers", place=name, remedy="give rows of one length") from error
    if array.dtype.kind not in "biuf":
        if array.size == 0:
            return np.zeros(array.shape)
        _refuse_first(values, name)
    numbers = array.astype(np.float64)
    wrong = np.argwhere(~(np.abs(numbers) <= LARGEST))
    if len(wrong):
        at = tuple(wrong[0].tolist())
        value = float(numbers[at])
        what = "missing (NaN)" if math.isnan(value) else f"{value:g}"
        place = name + "".join(f"[{index}]" for index in at)
        remedy = (
            "leave such cases out, and say so: missing values are never guessed here"
            if math.isnan(value)
            else "give finite numbers within ±1e75"
        )
        raise InputError(f"is {what}", place=place, remedy=remedy)
    return np.where(np.abs(numbers) < 1.0 / LARGEST, 0.0, numbers)


def _listed(values: Any, name: str) -> Any:
    """As an array or a sequence."""
    if isinstance(values, np.ndarray):
        return cast("Any", values)
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise InputError(f"is {type(values).__name__}, not a sequence of numbers", place=name, remedy="give a list")
    found: Iterable[Any] = values  # pyright: ignore[reportUnknownVariableType]
    return found if isinstance(found, Sequence) else list(found)


def _refuse_first(values: Any, name: str) -> None:
    """Name the first value that is no number; integers of any size are numbers."""
    for at, value in enumerate(values):
        if isinstance(value, (list, tuple, np.ndarray)):
            _refuse_first(value, f"{name}[{at}]")
        elif not is_number(value):
            shown = "missing (None)" if value is None else f"{str(value)[:40]!r}, not a number"
            raise InputError(f"is {shown}", place=f"{name}[{at}]", remedy="give numbers, without cases that lack one")
