"""The link between the process of a student's program and the process of its tests.

Both ends can ask and answer: an end that waits for an answer goes on answering what the other asks meanwhile, so that
a tested function may call back a function of the test. Messages are JSON in frames `Q` (question) and `A` (answer).

Plain data travel by value, exactly typed (see `encode`). Everything else stays where it is and travels as a reference:

| tag | stands for | content |
|---|---|---|
| `@` | an object of the sender | `[number, class number, name of its plain base or null]` |
| `@c` | a class of the sender | its number |
| `~` | an object of the receiver, sent back | its number |
| `^` | an argument of the call that is answered | its position |
| `=` | a builtin function or class | its name |
"""

from __future__ import annotations

import collections
import decimal
import fractions
import json
import os
from collections.abc import Callable
from typing import Any, cast

from . import frames
from .encode import Encoder, TooLarge

Json = Any
LARGEST_MESSAGE = 8 << 20
_FEW = 200
_FRACTION_BITS = 10_000


class LinkEnded(BaseException):
    """The other process is gone, or does not speak as it should."""


class Ends:
    """What one end of the link knows about references; each end has its own kind."""

    def reference(self, value: Any) -> Json:
        """A value that does not travel as plain data."""
        raise NotImplementedError

    def travels(self, value: Any) -> bool:
        """Whether an instance of a subclass of plain data travels as that data."""
        raise NotImplementedError

    def resolve(self, tag: str, content: Any) -> Any:
        """The value that a reference stands for."""
        raise NotImplementedError


class _LinkEncoder(Encoder):
    def __init__(self, ends: Ends) -> None:
        super().__init__()
        self._ends = ends

    def encode(self, value: object) -> Json:
        try:
            return self._encode(value, 0)
        except TooLarge:
            return self._ends.reference(value)

    def _container(self, value: Any, kind: type[Any], depth: int) -> Json:
        if id(value) in self._open:
            raise TooLarge("it holds itself")
        return super()._container(value, kind, depth)

    def _library(self, value: Any, kind: type[Any], depth: int) -> Json:
        if not self._ends.travels(value):
            return self._ends.reference(value)
        found: Any = super()._library(value, kind, depth)
        mentioned = isinstance(found, dict) and "o" in cast("dict[str, Any]", found)
        return self._ends.reference(value) if mentioned else cast(Json, found)


class _Decoder:
    def __init__(self, ends: Ends) -> None:
        self._ends = ends

    def decode(self, data: Any) -> Any:
        if data is None or isinstance(data, bool | int | float | str):
            return data
        if isinstance(data, list):
            return self._items(cast("list[Any]", data))
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
            case "t":
                return tuple(self._items(content))
            case "S" | "F":
                items = self._items(content)
                _refuse_flood(items)
                return set(items) if tag == "S" else frozenset(items)
            case "q":
                return collections.deque(self._items(content))
            case "d":
                keys = self._items([key for key, _ in content])
                _refuse_flood(keys)
                return dict(zip(keys, self._items([item for _, item in content]), strict=True))
            case "n":
                return decimal.Decimal(content)
            case "f":
                return _fraction(*self._items(content))
            case "r":
                return range(*self._items(content))
            case _:
                return self._ends.resolve(tag, content)

    def _items(self, content: list[Any]) -> list[Any]:
        return [self.decode(item) for item in content]


def _refuse_flood(keys: list[Any]) -> None:
    """Refuse keys that were chosen for their equal hashes: putting them in a dict would take for ever."""
    plain = [key for key in keys if type(key) in (int, str, float, bytes, tuple, complex)]
    if len(plain) > _FEW and collections.Counter(map(hash, plain)).most_common(1)[0][1] > _FEW:
        raise ValueError("many keys with the same hash")


def _fraction(numerator: int, denominator: int) -> fractions.Fraction:
    if max(numerator.bit_length(), denominator.bit_length()) > _FRACTION_BITS:
        raise ValueError("a fraction of very large numbers")
    return fractions.Fraction(numerator, denominator)


class Link:
    """One end of the link.

    Args:
        incoming: Descriptor to read from.
        outgoing: Descriptor to write to.
        ends: What this end knows about references.
        answer: Answers a question of the other end: data in, data out; must not raise.
    """

    def __init__(
        self, incoming: int, outgoing: int, ends: Ends, answer: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._ends = ends
        self._answer = answer
        self._frames = frames.FrameBuffer(LARGEST_MESSAGE)

    def encode(self, value: Any) -> Json:
        """A value as it travels."""
        return _LinkEncoder(self._ends).encode(value)

    def decode(self, data: Json) -> Any:
        """The value that travelled.

        Raises:
            LinkEnded: The other end sent something that is no value.
        """
        try:
            return _Decoder(self._ends).decode(data)
        except (TypeError, ValueError, ArithmeticError, RecursionError, KeyError, AttributeError, IndexError) as error:
            raise LinkEnded(str(error)) from None

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Ask the other end, and answer what it asks until its answer comes.

        Raises:
            LinkEnded: It is gone.
        """
        self._write(b"Q", question)
        while True:
            kind, data = self._read()
            if kind == b"A":
                return data
            self._write(b"A", self._answer(data))

    def serve(self) -> None:
        """Answer questions until the other end is gone."""
        while True:
            try:
                kind, data = self._read()
            except LinkEnded:
                return
            if kind == b"Q":
                self._write(b"A", self._answer(data))

    def _write(self, kind: bytes, data: dict[str, Any]) -> None:
        content = json.dumps(data).encode()
        if len(content) > LARGEST_MESSAGE:
            raise LinkEnded("a message is too large")
        try:
            frames.write(self._outgoing, kind, content)
        except OSError as error:
            raise LinkEnded(str(error)) from None

    def _read(self) -> tuple[bytes, dict[str, Any]]:
        try:
            while (frame := self._frames.take()) is None:
                piece = os.read(self._incoming, 1 << 16)
                if not piece:
                    raise LinkEnded("the other process ended")
                self._frames.feed(piece)
            kind, content = frame
            data = json.loads(content)
        except (OSError, ValueError, RecursionError, frames.FrameTooLarge) as error:
            raise LinkEnded(str(error)) from None
        if kind not in (b"Q", b"A") or not isinstance(data, dict):
            raise LinkEnded("not a message")
        return kind, cast("dict[str, Any]", data)


def update_in_place(old: Any, new: Any) -> None:
    """Make a list, dict, set, bytearray or deque hold what another one holds, keeping inner ones where they fit."""
    if isinstance(old, list) and isinstance(new, list):
        items, others = cast("list[Any]", old), cast("list[Any]", new)
        items[:] = [_kept(a, b) for a, b in zip(items, others, strict=False)] + others[len(items) :]
    elif isinstance(old, dict) and isinstance(new, dict):
        pairs, other_pairs = cast("dict[Any, Any]", old), cast("dict[Any, Any]", new)
        merged = {key: _kept(pairs[key], value) if key in pairs else value for key, value in other_pairs.items()}
        pairs.clear()
        pairs.update(merged)
    elif isinstance(old, set | collections.deque | bytearray):
        container: Any = cast(Any, old)
        container.clear()
        (container.update if isinstance(old, set) else container.extend)(new)


def _kept(old: Any, new: Any) -> Any:
    """The old container with the new content, or the new value where the two are not of one kind."""
    if type(old) is type(new) and isinstance(old, MUTABLE):
        update_in_place(old, new)
        return cast(Any, old)
    return new


MUTABLE = (list, dict, set, bytearray, collections.deque)
"""Types whose content is copied back after a call."""
