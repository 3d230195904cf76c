"""Values that come out of a sandbox, and how to show them to a person."""

from __future__ import annotations

import collections
import decimal
import fractions
from dataclasses import dataclass
from typing import Any, cast

from gradatim.tools.sandbox.inner.encode import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES

Value = Any
"""Plain Python data, or `Opaque`, or plain data with `Opaque` parts."""

_FEW = 200
_FRACTION_BITS = 10_000
_DECIMAL_BITS = 30_000
"""Bits of an int beyond which comparing it with a Decimal takes too long: the time grows with their square."""


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
        Unreadable: They stand for none, or for one that is larger than the encoder makes: a tested process can
            write anything.
    """
    try:
        return _Decoder().decode(data, 0)
    except (TypeError, ValueError, ArithmeticError, RecursionError, KeyError, AttributeError) as error:
        raise Unreadable(str(error)) from error


class _Decoder:
    def __init__(self) -> None:
        self._nodes = 2 * MAX_NODES

    def decode(self, data: Any, depth: int) -> Value:
        self._nodes -= 1
        if self._nodes < 0 or depth > MAX_DEPTH + 1:
            raise Unreadable("the value is larger than any that is sent")
        if data is None or isinstance(data, bool | int | float | str):
            return data
        if isinstance(data, list):
            return self._items(cast("list[Any]", data), depth)
        ((tag, content),) = data.items()
        match tag:
            case "i":
                if len(content) > MAX_CHARACTERS:
                    raise Unreadable("the number is larger than any that is sent")
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
                keys = self._items([key for key, _ in content], depth)
                _refuse_flood(keys)
                return dict(zip(keys, self._items([item for _, item in content], depth), strict=True))
            case "n":
                return decimal.Decimal(content)
            case "f":
                return _fraction(*self._items(content, depth))
            case "r":
                return range(*self._items(content, depth))
            case "o":
                name, text, bases = content
                return Opaque(printable(str(name)), printable(str(text)), tuple(map(str, bases)))
            case _:
                items = self._items(content, depth)
                if tag in "SF":
                    _refuse_flood(items)
                return _SEQUENCES[tag](items)

    def _items(self, content: list[Any], depth: int) -> list[Value]:
        return [self.decode(item, depth + 1) for item in content]


_SEQUENCES: dict[str, Any] = {"t": tuple, "S": set, "F": frozenset, "q": collections.deque}


def _refuse_flood(keys: list[Value]) -> None:
    """Refuse keys that were chosen for their equal hashes: putting them in a dict would take for ever."""
    if not comparable(keys, keys):
        raise Unreadable("Decimals beside very large numbers")
    if len(keys) > _FEW:
        ((_, commonest),) = collections.Counter(map(hash, keys)).most_common(1)
        if commonest > _FEW:
            raise Unreadable("many keys with the same hash")


def _fraction(numerator: int, denominator: int) -> fractions.Fraction:
    if max(numerator.bit_length(), denominator.bit_length()) > _FRACTION_BITS:
        raise Unreadable("a fraction of very large numbers")
    return fractions.Fraction(numerator, denominator)


def comparable(one: Value, other: Value) -> bool:
    """Whether comparing two values takes no longer than their size: a Decimal and a very large int would."""
    decimals, large = _decimal_or_large(one)
    other_decimals, other_large = _decimal_or_large(other)
    return not ((decimals and other_large) or (large and other_decimals))


def _decimal_or_large(value: Value) -> tuple[bool, bool]:
    """Whether a value is or holds a Decimal, and an int that is too large to be compared with one."""
    if isinstance(value, decimal.Decimal):
        return True, False
    if isinstance(value, int):
        return False, value.bit_length() > _DECIMAL_BITS
    parts: list[Any] = []
    if isinstance(value, dict):
        pairs = cast("dict[Any, Any]", value)
        parts = [*pairs.keys(), *pairs.values()]
    elif isinstance(value, list | tuple | set | frozenset | collections.deque):
        parts = list(cast("list[Any]", value))
    found = [_decimal_or_large(part) for part in parts]
    return any(decimals for decimals, _ in found), any(large for _, large in found)


def equal(one: Value, other: Value) -> bool:
    """Python's own `==`; False where that cannot be decided (a signalling nan, a Decimal beside a very large int)."""
    if not comparable(one, other):
        return False
    try:
        return bool(one == other)
    except (TypeError, ArithmeticError):
        return False


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
