"""Plain JSON values by type, so that what comes from a file is never used before it is looked at."""

from __future__ import annotations

import math
from typing import Any, TypeGuard


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value is a JSON object."""
    return type(value) is dict


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value is a JSON array."""
    return type(value) is list


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value is a finite number; a boolean is none."""
    return type(value) is int or (type(value) is float and math.isfinite(value))


def is_count(value: Any) -> TypeGuard[int]:
    """Whether a value is a number of things."""
    return type(value) is int and 0 <= value < 2**53


def is_unit(value: Any) -> TypeGuard[float]:
    """Whether a value is a number from 0 to 1."""
    return is_number(value) and 0 <= value <= 1


def is_duration(value: Any) -> TypeGuard[float]:
    """Whether a value can be a number of seconds."""
    return is_number(value) and 0 <= value < 1e12


def is_text(value: Any) -> TypeGuard[str]:
    """Whether a value is text."""
    return type(value) is str


def is_flag(value: Any) -> TypeGuard[bool]:
    """Whether a value is true or false."""
    return type(value) is bool


def is_texts(value: Any) -> TypeGuard[list[str]]:
    """Whether a value is a list of texts."""
    return is_list(value) and all(type(part) is str for part in value)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are written alike: 1, 1.0 and true are not."""
    if type(one) is not type(other):
        return False
    if is_object(one):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if is_list(one):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other
