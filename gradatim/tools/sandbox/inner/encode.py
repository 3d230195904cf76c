"""Values of a tested program as JSON: exactly typed plain data, everything else as an opaque mention.

JSON's own null, booleans, numbers, strings and arrays stand for `None`, `bool`, `int`, `float`, `str` and `list`;
every object has one key, which is a tag:

| tag | stands for | content |
|---|---|---|
| `i` | a large int | hexadecimal digits, with a sign |
| `s` | a str with surrogates | code points |
| `c` | complex | `[real, imaginary]` |
| `b`, `B` | bytes, bytearray | hexadecimal digits |
| `t`, `S`, `F` | tuple, set, frozenset | items |
| `d` | dict | `[key, value]` pairs in order |
| `r` | range | `[start, stop, step]` |
| `q` | collections.deque | items |
| `n` | decimal.Decimal | text |
| `f` | fractions.Fraction | `[numerator, denominator]` |
| `o` | anything else | `[type name, shortened repr, names of its base classes]` |

A subclass of plain data that keeps the base's `__eq__` is sent as its base: Python compares the two alike.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, cast

Json = Any

MAX_DEPTH = 100
MAX_NODES = 100_000
MAX_HASHED = 10_000
"""Elements of sets and dicts in one value: colliding hashes must not keep the host busy."""
MAX_CHARACTERS = 1_000_000
MAX_REPR = 300

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_SURROGATE = re.compile("[\ud800-\udfff]")

_mro: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
_namespace: Callable[[type], Any] = type.__dict__["__dict__"].__get__
_PLAIN = (int, str, float, list, tuple, dict, set, frozenset, bytes, complex, bytearray)


class TooLarge(Exception):
    """The value goes beyond what is sent."""


def type_name(kind: type) -> str:
    """A class's own name, whatever its metaclass says."""
    return cast(str, type.__dict__["__name__"].__get__(kind))


def base_names(kind: type) -> list[str]:
    """Names of a class and its bases, nearest first."""
    return [type_name(base)[:200] for base in _mro(kind)[:50]]


def _plain_base(kind: type) -> type | None:
    """The plain type that instances of a class compare like, if there is one."""
    for base in _mro(kind):
        if base in _PLAIN:
            return base
        if "__eq__" in _namespace(base) and base.__module__ != "collections":
            return None
    return None


def without_addresses(text: str) -> str:
    """A text without the addresses of objects, which differ from run to run."""
    return _ADDRESS.sub("", text)


def short_repr(value: object) -> str:
    """At most `MAX_REPR` characters of `repr`, without addresses; never raises."""
    try:
        text = repr(value)
        if type(text) is not str:
            text = str.__str__(text)
    except BaseException as error:  # noqa: BLE001 - the tested program's own code runs here
        return f"<{type_name(type(value))} whose repr raises {type_name(type(error))}>"
    text = without_addresses(text)
    return text if len(text) <= MAX_REPR else text[: MAX_REPR - 1] + "…"


class Encoder:
    """Encodes one value; a fresh one is made for each."""

    def __init__(self) -> None:
        self._nodes = MAX_NODES
        self._hashed = MAX_HASHED
        self._characters = MAX_CHARACTERS
        self._open: set[int] = set()

    def encode(self, value: object) -> Json:
        """The value as JSON-able data; an opaque mention when it is too large or too deep."""
        try:
            return self._encode(value, 0)
        except TooLarge as reason:
            kind = type_name(type(value))
            return {"o": [kind, f"<{kind}: {reason}>", base_names(type(value))]}

    def _spend(self, characters: int) -> None:
        self._characters -= characters
        if self._characters < 0:
            raise TooLarge("more than a million characters")

    def _encode(self, value: Any, depth: int) -> Json:
        self._nodes -= 1
        if self._nodes < 0:
            raise TooLarge(f"more than {MAX_NODES:,} parts")
        kind = cast("type[Any]", type(value))
        if value is None or kind is bool:
            return value
        if kind is int:
            return self._int(value)
        if kind is str:
            return self._str(value)
        if kind is float:
            return value
        if kind is complex:
            return {"c": [value.real, value.imag]}
        if kind is bytes or kind is bytearray:
            self._spend(2 * len(value))
            return {"b" if kind is bytes else "B": value.hex()}
        return self._container(value, kind, depth)

    def _container(self, value: Any, kind: type[Any], depth: int) -> Json:
        if depth >= MAX_DEPTH:
            raise TooLarge(f"nested more than {MAX_DEPTH} deep")
        if id(value) in self._open:
            return {"o": [type_name(kind), "...", base_names(kind)]}
        self._open.add(id(value))
        try:
            if kind is list:
                return self._items(value, depth)
            if kind is tuple:
                return {"t": self._items(value, depth)}
            if kind is dict:
                self._spend_hashed(len(value))
                return {"d": [[self._encode(k, depth + 1), self._encode(v, depth + 1)] for k, v in value.items()]}
            if kind is set or kind is frozenset:
                self._spend_hashed(len(value))
                return {"S" if kind is set else "F": self._items(value, depth)}
            return self._library(value, kind, depth)
        finally:
            self._open.discard(id(value))

    def _items(self, values: Iterable[object], depth: int) -> list[Json]:
        return [self._encode(item, depth + 1) for item in values]

    def _spend_hashed(self, count: int) -> None:
        self._hashed -= count
        if self._hashed < 0:
            raise TooLarge(f"more than {MAX_HASHED:,} keys")

    def _int(self, value: int) -> Json:
        size = value.bit_length()
        if size <= 256:
            return value
        self._spend(size // 4)
        return {"i": f"{value:x}"}

    def _str(self, value: str) -> Json:
        self._spend(len(value))
        if _SURROGATE.search(value):
            self._spend(5 * len(value))
            return {"s": [ord(character) for character in value]}
        return value

    def _library(self, value: Any, kind: type[Any], depth: int) -> Json:
        """Some types of the standard library, and subclasses that compare like plain data."""
        if kind is range:
            return {"r": [self._encode(part, depth) for part in (value.start, value.stop, value.step)]}
        if kind is _library_type("collections", "deque"):
            return {"q": self._items(value, depth)}
        if kind is _library_type("decimal", "Decimal"):
            return {"n": str(value)}
        if kind is _library_type("fractions", "Fraction"):
            return {"f": [self._encode(part, depth) for part in (value.numerator, value.denominator)]}
        base = _plain_base(kind)
        if base is not None and depth < MAX_DEPTH:
            return self._encode(_as_base(base, value), depth)
        return {"o": [type_name(kind), short_repr(value), base_names(kind)]}


def _library_type(module: str, name: str) -> Any:
    return getattr(sys.modules.get(module), name, None)


def _as_base(base: type[Any], value: Any) -> Any:
    """The plain content of an instance of a subclass, read by the base's own methods."""
    if base is dict:
        return dict(cast(Any, dict).items(value))
    if base is str:
        return str.__str__(value)
    if base is int or base is float:
        return base.__pos__(value)
    if base is complex:
        return complex(value.real, value.imag)
    return base(base.__iter__(value))
