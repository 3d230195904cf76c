"""How near a wrong value comes to the right one: guides the search among programs that still fail."""

from __future__ import annotations

import difflib
from typing import Any, cast

_KIND = 0.2
"""Closeness of a value of the right type and nothing else right."""
_LENGTH = 0.2
_CONTAINERS = (list, tuple, str, set, frozenset, dict)
_NUMBERS = (int, float)
_LONGEST = 400


def closeness(wanted: Any, value: Any) -> float:
    """In [0, 1], 1 for equal values: type, length, share of equal parts, nearness of numbers.

    Args:
        wanted: The right value, plain data.
        value: What came.
    """
    return _closeness(wanted, value, 4)


def _closeness(wanted: Any, value: Any, depth: int) -> float:
    try:
        if type(wanted) is type(value) and wanted == value:
            return 1.0
    except Exception:  # noqa: BLE001 - values of a tested program may refuse to be compared
        return 0.0
    if value is None or wanted is None:
        return 0.0
    if isinstance(wanted, bool) or isinstance(value, bool):
        return _KIND if isinstance(wanted, bool) and isinstance(value, bool) else 0.05
    if isinstance(wanted, _NUMBERS) and isinstance(value, _NUMBERS):
        return _numbers(wanted, value)
    if isinstance(wanted, str) and isinstance(value, str):
        return _KIND + (0.9 - _KIND) * _text(wanted, value)
    if isinstance(wanted, list | tuple) and isinstance(value, list | tuple):
        near = _items(list(cast("list[Any]", wanted)), list(cast("list[Any]", value)), depth)
        return near if isinstance(wanted, list) == isinstance(value, list) else 0.7 * near
    if isinstance(wanted, set | frozenset) and isinstance(value, set | frozenset):
        one, other = cast("set[Any]", wanted), cast("set[Any]", value)
        return _KIND + 0.7 * len(one & other) / max(1, len(one | other))
    if isinstance(wanted, dict) and isinstance(value, dict):
        right, got = cast("dict[Any, Any]", wanted), cast("dict[Any, Any]", value)
        keys = right.keys() | got.keys()
        same = sum(_closeness(right[key], got[key], depth - 1) for key in right.keys() & got.keys()) if depth else 0
        return _KIND + 0.7 * same / max(1, len(keys))
    if isinstance(wanted, _CONTAINERS) == isinstance(value, _CONTAINERS):
        return 0.05
    return 0.02


def _numbers(wanted: float, value: float) -> float:
    try:
        distance = abs(wanted - value) / (1 + abs(wanted))
    except (OverflowError, TypeError):
        return _KIND
    return _KIND + 0.6 / (1 + distance) if distance == distance else _KIND


def _text(wanted: str, value: str) -> float:
    if max(len(wanted), len(value)) > _LONGEST:
        same = sum(a == b for a, b in zip(wanted, value, strict=False))
        return same / max(len(wanted), len(value))
    return difflib.SequenceMatcher(None, wanted, value, autojunk=False).ratio()


def _items(wanted: list[Any], value: list[Any], depth: int) -> float:
    length = _LENGTH / (1 + abs(len(wanted) - len(value)))
    if not depth:
        return _KIND + length
    longer = max(len(wanted), len(value))
    pairs = list(zip(wanted[:_LONGEST], value[:_LONGEST], strict=False))
    aligned = sum(_closeness(one, other, depth - 1) for one, other in pairs) / max(1, min(longer, _LONGEST))
    return _KIND + length + (0.95 - _KIND - _LENGTH) * aligned
