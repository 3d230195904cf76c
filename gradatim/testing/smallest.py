"""The smallest answer that fits a JSON schema: what a scripted model says where a test does not care."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, cast

_LONGEST = 200
"""Characters of a text that a pattern asks for at most."""
_PIECES = re.compile(
    r"""\((?:\?:)?(?P<choice>[^()|]*)[^()]*\)  # a choice of words
    | \[(?P<set>\^?(?:\\.|[^\]\\])*)\]
    | \\(?P<escaped>.)
    | (?P<plain>[^\[\]()*+?{}|^$.\\])
    | (?P<any>\.)
    | [\^$]""",
    re.VERBOSE,
)
_REPEATS = re.compile(r"\{(\d+)(?:,\d*)?\}|[*+?]")


def smallest(schema: Mapping[str, Any]) -> Any:
    """A value that fits the schema: first of an enumeration, least number, shortest text and list.

    Texts are letters `x`; a `pattern` is met only where it is one of plain words, choices and repeated character
    sets, as in the schemas of this package.

    Args:
        schema: JSON Schema; `$ref` to its own `$defs` are followed.

    Raises:
        ValueError: No such value is found, because a schema of numbers or texts contradicts itself or refers to itself.
    """
    return _value(schema, schema, 0)


def _value(node: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> Any:
    if depth > 40:
        raise ValueError("the schema refers to itself without end")
    if "$ref" in node:
        return _value(_referred(str(node["$ref"]), root), root, depth + 1)
    if "const" in node:
        return node["const"]
    if node.get("enum"):
        return node["enum"][0]
    if "default" in node:
        return node["default"]
    for several in ("anyOf", "oneOf", "allOf"):
        if node.get(several):
            choices: list[Mapping[str, Any]] = sorted(node[several], key=lambda item: item.get("type") == "null")
            return _value(choices[0], root, depth + 1)
    kind = node.get("type")
    if isinstance(kind, list):
        kind = cast("list[str]", kind)[0]
    if kind == "object" or "properties" in node:
        properties: Mapping[str, Any] = node.get("properties") or {}
        wanted: list[str] = list(node.get("required") or ())
        return {name: _value(properties.get(name, {}), root, depth + 1) for name in wanted}
    if kind == "array":
        items: Mapping[str, Any] = node.get("items") or {}
        return [_value(items, root, depth + 1) for _ in range(int(node.get("minItems") or 0))]
    if kind in ("integer", "number"):
        return _number(node, whole=kind == "integer")
    if kind == "boolean":
        return False
    if kind == "null":
        return None
    return _text(node)


def _referred(reference: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = root
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def _number(node: Mapping[str, Any], *, whole: bool) -> float:
    step = float(node.get("multipleOf") or (1 if whole else 0.5))
    lows = [float(node["minimum"])] if "minimum" in node else []
    lows += [float(node["exclusiveMinimum"]) + step] if "exclusiveMinimum" in node else []
    highs = [float(node["maximum"])] if "maximum" in node else []
    highs += [float(node["exclusiveMaximum"]) - step] if "exclusiveMaximum" in node else []
    low, high = max(lows, default=-math.inf), min(highs, default=math.inf)
    if low > high:
        raise ValueError(f"no number lies between {low} and {high}")
    value = min(max(0.0, low), high)
    return math.ceil(value) if whole else value


def _text(node: Mapping[str, Any]) -> str:
    pattern = node.get("pattern")
    if pattern:
        return _matching(str(pattern))
    return "x" * max(int(node.get("minLength") or 0), 0)


def _matching(pattern: str) -> str:
    """A text that matches, made from the pattern's pieces."""
    text = ""
    position = 0
    while position < len(pattern):
        match = _PIECES.match(pattern, position)
        if match is None:
            raise ValueError(f"the pattern {pattern!r} is too involved")
        position = match.end()
        piece = match["choice"] if match["choice"] is not None else _character(match)
        times = _REPEATS.match(pattern, position)
        if times:
            position = times.end()
            count = int(times[1]) if times[1] is not None else int(times[0] == "+")
            piece *= count
        text += piece
    if len(text) > _LONGEST or not re.search(pattern, text):
        raise ValueError(f"the pattern {pattern!r} is too involved")
    return text


def _character(match: re.Match[str]) -> str:
    if match["set"] is not None:
        inside = match["set"]
        if inside.startswith("^"):
            return next((letter for letter in "xyzab01 -" if letter not in inside), "§")
        return {"\\": "0" if inside.startswith("\\d") else "x"}.get(inside[0], inside[0])
    if match["escaped"] is not None:
        return {"d": "0", "w": "x", "s": " ", "b": ""}.get(match["escaped"], match["escaped"])
    if match["plain"] is not None:
        return match["plain"]
    return "x" if match["any"] is not None else ""
