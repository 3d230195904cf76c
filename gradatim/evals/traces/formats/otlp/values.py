"""Attributes in the JSON form of OTLP: `{"key": …, "value": {"stringValue": …}}`, whole numbers as texts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

_LARGEST_INT = 2**63 - 1


def encoded(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Attributes as a list of `KeyValue`."""
    return [{"key": str(key), "value": _value(value)} for key, value in attributes.items()]


def decoded(attributes: Any) -> dict[str, Any]:
    """Attributes of a list of `KeyValue`.

    Raises:
        TypeError: It is not one.
        ValueError: A number is none.
    """
    if attributes is None:
        return {}
    if not isinstance(attributes, list):
        raise TypeError("attributes are no list")
    found: dict[str, Any] = {}
    for item in cast("list[Any]", attributes):
        if not isinstance(item, dict) or not isinstance(cast("dict[str, Any]", item).get("key"), str):
            raise TypeError("an attribute has no key")
        entry = cast("dict[str, Any]", item)
        found[entry["key"]] = _plain(entry.get("value"))
    return found


def _value(value: Any) -> dict[str, Any]:
    match value:
        case None:
            return {}
        case bool():
            return {"boolValue": value}
        case str():
            return {"stringValue": value}
        case int():
            return {"intValue": str(value)} if abs(value) <= _LARGEST_INT else {"stringValue": str(value)}
        case float():
            return {"doubleValue": value if math.isfinite(value) else _name(value)}
        case Mapping():
            return {"kvlistValue": {"values": encoded(cast("Mapping[str, Any]", value))}}
        case list() | tuple():
            return {"arrayValue": {"values": [_value(item) for item in cast("list[Any]", value)]}}
        case _:
            return {"stringValue": str(value)}


def _name(value: float) -> str:
    """How JSON for protocol buffers writes what JSON has no number for."""
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _plain(value: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise TypeError("the value of an attribute is no object")
    for kind, held in cast("dict[str, Any]", value).items():
        match kind:
            case "stringValue" | "boolValue" | "bytesValue":
                return held
            case "intValue":
                return int(held)
            case "doubleValue":
                return float(held)
            case "arrayValue":
                values = cast("dict[str, Any]", held or {}).get("values") or ()
                return [_plain(item) for item in values]
            case "kvlistValue":
                return decoded(cast("dict[str, Any]", held or {}).get("values") or [])
            case _:
                continue
    return None
