"""Values that come out of a sandbox, and how to show them to a person."""

from __future__ import annotations

import collections
import decimal
import fractions
from dataclasses import dataclass
from typing import Any, cast

Value = Any
"""Plain Python data, or `Opaque`, or plain data with `Opaque` parts."""


@dataclass(frozen=True, slots=True, eq=False)
class Opaque:
    """An object that is not plain data: known by name only, and equal to nothing."""

    type: str
    text: str
    """Its repr, shortened and without addresses."""
    bases: tuple[str, ...] = ()
    """Names of its class and all base classes."""

    def __repr__(self) -> str:
        return self.text


class Unreadable(ValueError):
    """What a tested process sent is not an encoded value."""


def decode(data: Any) -> Value:
    """The value that JSON data of `inner.encode` stand for.

    Raises:
        Unreadable: They stand for none (a tested process can write anything).
    """
    try:
        return _decode(data)
    except Unreadable:
        raise
    except (TypeError, ValueError, ArithmeticError, RecursionError, KeyError, AttributeError) as error:
        raise Unreadable(str(error)) from error


def _decode(data: Any) -> Value:
    if data is None or isinstance(data, bool | int | float | str):
        return data
    if isinstance(data, list):
        return [_decode(item) for item in data]  # pyright: ignore[reportUnknownVariableType]
    ((tag, content),) = data.items()
    match tag:
        case "i":
            return int(content, 16)
        case "s":
            return "".join(map(chr, content))
        case "c":
            return complex(*content)
        case "b":
            return bytes.fromhex(content)
        case "B":
            return bytearray.fromhex(content)
        case "d":
            return {_decode(key): _decode(value) for key, value in content}
        case "n":
            return decimal.Decimal(content)
        case "f":
            return fractions.Fraction(*map(_decode, content))
        case "r":
            return range(*map(_decode, content))
        case "o":
            name, text, bases = content
            return Opaque(str(name), str(text), tuple(map(str, bases)))
        case _:
            return _SEQUENCES[tag](map(_decode, content))


_SEQUENCES: dict[str, Any] = {"t": tuple, "S": set, "F": frozenset, "q": collections.deque}


def is_opaque(value: Value) -> bool:
    """Whether a value is or holds something that is not plain data."""
    if isinstance(value, Opaque):
        return True
    if isinstance(value, dict):
        pairs = cast("dict[Any, Any]", value)
        return any(is_opaque(key) or is_opaque(item) for key, item in pairs.items())
    if isinstance(value, list | tuple | set | frozenset | collections.deque):
        return any(map(is_opaque, cast("list[Any]", value)))
    return False


def literal(value: Value, limit: int = 2_000) -> str:
    """The value as Python source, in the same words every time, at most `limit` characters."""
    return shorten(_literal(value), limit)


def _literal(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if value.bit_length() < 10_000 else f"<int of {value.bit_length():,} bits>"
    if isinstance(value, fractions.Fraction):
        return f"Fraction({_literal(value.numerator)}, {_literal(value.denominator)})"
    if isinstance(value, dict):
        pairs = cast("dict[Any, Any]", value)
        return "{" + ", ".join(f"{_literal(key)}: {_literal(item)}" for key, item in pairs.items()) + "}"
    if not isinstance(value, list | tuple | set | frozenset | collections.deque):
        return repr(value)
    items = [_literal(item) for item in cast("list[Any]", value)]
    match value:
        case list():
            return f"[{', '.join(items)}]"
        case tuple():
            return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
        case collections.deque():
            return f"deque([{', '.join(items)}])"
        case set():
            return f"{{{', '.join(sorted(items))}}}" if items else "set()"
        case frozenset():
            return f"frozenset({{{', '.join(sorted(items))}}})" if items else "frozenset()"


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters: the middle of a longer text gives way to `…`."""
    if len(text) <= limit:
        return text
    head = (limit - 1) * 2 // 3
    return f"{text[:head]}…{text[len(text) - (limit - 1 - head) :]}"


def printable(text: str) -> str:
    """The text with lone surrogates written out, so that it can be stored as UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
