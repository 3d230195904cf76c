"""Reads plain data that may be of any shape: what is not there, or is something else, is empty."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson

from gradatim.evals.traces.trace import Plain


def mapping(value: Any) -> Plain:
    """An object; an empty one where it is none."""
    return (
        {str(key): item for key, item in cast("Mapping[Any, Any]", value).items()} if isinstance(value, Mapping) else {}
    )


def objects(value: Any) -> list[Plain]:
    """The objects of a list."""
    return [mapping(item) for item in items(value) if isinstance(item, Mapping)]


def items(value: Any) -> Sequence[Any]:
    """The items of a list; none where it is none."""
    return cast("Sequence[Any]", value) if isinstance(value, list | tuple) else ()


def texts(value: Any) -> tuple[str, ...]:
    """The items of a list as texts."""
    return tuple(text(item) for item in items(value))


def text(value: Any) -> str:
    """A value as a text: itself, or JSON; nothing for `None`."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json_text(value)


def json_text(value: Any) -> str:
    """A value as JSON; what JSON has no form for stands as its text."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str).decode()
    except TypeError:  # more than 64 bits, or more than 254 levels
        pass
    try:
        return str(value)
    except RecursionError:
        return f"[{type(value).__name__} of very many levels]"


def number(value: Any) -> float | None:
    """A finite number; `None` where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def count(value: Any) -> int | None:
    """A whole number; `None` where it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def truth(value: Any) -> bool | None:
    """True or false; `None` where it is neither."""
    return value if isinstance(value, bool) else None


def parsed(value: Any) -> Any:
    """A value that may be JSON in a text."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return value
