"""What a tested program's variables hold, line by line, while it runs.

The events of one probe are lists, JSON-able and in the order in which they began:

| event | content |
|---|---|
| `["c", frame, caller, name, line, values]` | a function is entered: the calling event (-1: none), its parameters |
| `["l", frame, line, values]` | a line ran: the variables that it changed |
| `["r", frame, line, value]` | a function returns (or yields) this |
| `["x", frame, line, type]` | an exception leaves a function |

Values are those of `encode`, of few parts; nothing of the tested program's own code runs to make them.
"""

from __future__ import annotations

import types
from typing import Any, cast

from .encode import Encoder, TooLarge, base_names, type_name

MAX_EVENTS = 3_000
MAX_TEXT = 600_000
"""Characters of all values together."""
MAX_FRAMES = 200
"""Functions that are being executed at once; a deeper recursion is only counted."""
MAX_NAMES = 40
"""Variables of one function that are watched."""
_NODES, _CHARACTERS, _DEPTH = 80, 400, 6

_UNWATCHED = (
    types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.GeneratorType, type,
)  # fmt: skip
_ATOMS = (int, str, float, bool, type(None))
_COMPREHENSIONS = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"))
_SUSPENDABLE = 0x20 | 0x80 | 0x200
"""Flags of generators, coroutines and asynchronous generators."""

_attributes: Any = object.__getattribute__


class SmallEncoder(Encoder):
    """Encodes what is small; the rest is told by its type and length. Calls nothing that a program defines."""

    def __init__(self) -> None:
        super().__init__()
        self._nodes, self._hashed, self._characters = _NODES, _NODES, _CHARACTERS

    def encode(self, value: object) -> Any:
        try:
            return self._encode(value, 0)
        except TooLarge:
            return _mention(value)

    def _container(self, value: Any, kind: type[Any], depth: int) -> Any:
        if depth >= _DEPTH:
            raise TooLarge("too deep")
        return super()._container(value, kind, depth)

    def _int(self, value: int) -> Any:
        self._spend(value.bit_length() // 4)
        return super()._int(value)

    def _library(self, value: Any, kind: type[Any], depth: int) -> Any:
        return super()._library(value, kind, depth) if kind is range else _mention(value)


def _mention(value: object) -> Any:
    """An object by its type alone, and its length where that is a builtin's."""
    kind = type(value)
    name = type_name(kind)
    sized = kind in (str, list, tuple, dict, set, frozenset, bytes, bytearray)
    text = f"<{name} of length {len(cast(Any, value))}>" if sized else f"<{name}>"
    return {"o": [name, text, base_names(kind)]}


class _Frame:
    """What is known about one call of a function."""

    __slots__ = ("atoms", "code", "number", "pending", "raising", "suspended", "texts")

    def __init__(self, number: int, code: types.CodeType) -> None:
        self.number = number
        self.code = code
        self.pending = -1
        self.raising: str | None = None
        self.suspended = False
        self.texts: dict[str, str] = {}
        self.atoms: dict[str, object] = {}


class Tracer:
    """Records the events of one probe.

    Args:
        filename: Name of the program whose functions are watched.
        module: `__name__` of the program: instances of its classes are watched by their attributes.
    """

    def __init__(self, filename: str, module: str) -> None:
        self._filename = filename
        self._module = module
        self.events: list[list[Any]] = []
        self.hits: dict[int, int] = {}
        self.whole = True
        self._frames: dict[int, _Frame] = {}
        self._number = 0
        self._text = MAX_TEXT

    def told(self) -> dict[str, Any]:
        """What was recorded, as JSON-able data."""
        return {"events": self.events, "hits": sorted(self.hits.items()), "whole": self.whole}

    def enter(self, frame: types.FrameType, event: str, argument: Any) -> Any:
        """Global trace function: a function is entered, or goes on after a yield."""
        code = frame.f_code
        if code.co_filename != self._filename or code.co_name in _COMPREHENSIONS:
            return None
        if not self.whole:
            return self._step
        known = self._frames.get(id(frame))
        if known is not None and known.suspended and known.code is code:
            known.suspended = False
            return self._step
        if len(self._frames) >= MAX_FRAMES:
            self.whole = False
            return self._step
        entered = _Frame(self._number, code)
        self._number += 1
        self._frames[id(frame)] = entered
        values = {} if code.co_name == "<module>" else self._changes(frame, entered)
        self._add(["c", entered.number, self._caller(frame), code.co_name, code.co_firstlineno, values])
        return self._step

    def _caller(self, frame: types.FrameType) -> int:
        above = frame.f_back
        while above is not None:
            known = self._frames.get(id(above))
            if known is not None and known.code is above.f_code:
                return known.pending
            above = above.f_back
        return -1

    def _step(self, frame: types.FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            line = frame.f_lineno
            self.hits[line] = self.hits.get(line, 0) + 1
        if not self.whole:
            return self._step
        known = self._frames.get(id(frame))
        if known is None:
            return self._step
        if event == "line":
            self._finish(frame, known)
            known.raising = None
            known.pending = len(self.events)
            self._add(["l", known.number, frame.f_lineno, {}])
        elif event == "exception":
            self._finish(frame, known)
            known.raising = type_name(argument[0]) if isinstance(argument[0], type) else "exception"
        elif event == "return":
            self._finish(frame, known)
            known.suspended = bool(known.code.co_flags & _SUSPENDABLE) and known.raising is None
            if known.raising is not None:
                self._add(["x", known.number, frame.f_lineno, known.raising])
            else:
                self._add(["r", known.number, frame.f_lineno, self._value(argument)])
            if not known.suspended:
                del self._frames[id(frame)]
        return self._step

    def _add(self, event: list[Any]) -> None:
        if len(self.events) >= MAX_EVENTS or self._text < 0:
            self.whole = False
        else:
            self.events.append(event)

    def _finish(self, frame: types.FrameType, known: _Frame) -> None:
        """Give the line that ran last the variables that it changed."""
        if 0 <= known.pending < len(self.events):
            self.events[known.pending][3].update(self._changes(frame, known))

    def _changes(self, frame: types.FrameType, known: _Frame) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        for name, value in self._watched(frame):
            kind = type(value)
            if kind in _ATOMS:
                if name in known.atoms and known.atoms[name] is value:
                    continue
                known.atoms[name] = value
            else:
                known.atoms.pop(name, None)
            encoded = SmallEncoder().encode(value)
            text = repr(encoded)
            if known.texts.get(name) != text:
                known.texts[name] = text
                changes[name] = encoded
                self._text -= len(text)
        return changes

    def _value(self, value: object) -> Any:
        encoded = SmallEncoder().encode(value)
        self._text -= len(repr(encoded))
        return encoded

    def _watched(self, frame: types.FrameType) -> list[tuple[str, object]]:
        """Variables of a function (or the module), globals that a function names, attributes of own objects."""
        found: list[tuple[str, object]] = []
        outer = frame.f_globals if frame.f_locals is not frame.f_globals else {}
        for name, value in list(frame.f_locals.items()):
            if not name.startswith((".", "__")) and not isinstance(value, _UNWATCHED):
                found.append((name, value))
        if outer:
            here = frame.f_locals
            named = [name for name in frame.f_code.co_names if name in outer and name not in here]
            found += [(name, outer[name]) for name in named if not isinstance(outer[name], _UNWATCHED)]
        for name, value in found[:MAX_NAMES]:
            if type(value).__module__ == self._module:
                found += [(f"{name}.{key}", item) for key, item in _own(value)]
        return found[:MAX_NAMES]


def _own(value: object) -> list[tuple[str, object]]:
    """Attributes of an instance, read without any code of its class."""
    try:
        held = _attributes(value, "__dict__")
    except AttributeError:
        return []
    if type(held) is not dict:
        return []
    items = list(cast("dict[Any, object]", held).items())[:10]
    return [(key, item) for key, item in items if type(key) is str and not isinstance(item, _UNWATCHED)]
