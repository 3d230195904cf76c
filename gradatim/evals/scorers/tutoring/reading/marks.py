"""Marks of tests before and after, from plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

_MOST = 10_000


def mark_of(key: str, inputs: object, outputs: object, reference: object) -> float | str:
    """The mark under `pre` or `post`, as a share in [0, 1], or why there is none."""
    made = _mapping(outputs)
    places = {
        "outputs": made,
        "reference": _mapping(reference),
        "attributes": _mapping(made.get("attributes")),
        "inputs": _mapping(inputs),
    }
    for name, place in places.items():
        if place.get(key) is not None:
            mark = _share(place[key])
            return mark if mark is not None else f"{name}.{key} is no share in [0, 1], no score of a maximum, no list"
    return f"there is no {key}-test: give outputs.pre and outputs.post"


def _share(value: Any) -> float | None:
    if isinstance(value, Mapping):
        mark = cast("Mapping[str, Any]", value)
        score, best = _number(mark.get("score")), _number(mark.get("max"))
        if score is None or best is None or best <= 0:
            return None
        return _bounded(score / best)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        items = [_bounded(_number(item, truth=True)) for item in cast("Sequence[Any]", value)[:_MOST]]
        known = [item for item in items if item is not None]
        return sum(known) / len(known) if known and len(known) == len(items) else None
    return _bounded(_number(value))


def _bounded(value: float | None) -> float | None:
    return value if value is not None and 0 <= value <= 1 else None


def _number(value: Any, *, truth: bool = False) -> float | None:
    if isinstance(value, bool):
        return float(value) if truth else None
    if isinstance(value, int | float) and abs(value) < 1e12 and math.isfinite(value):
        return float(value)
    return None


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
