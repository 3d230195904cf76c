"""The events of a run that was traced with values, as the host reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from gradatim.tools.sandbox.inner.trace import MAX_EVENTS
from gradatim.tools.sandbox.values import Value, decode, printable

EventKind = Literal["call", "line", "return", "raise"]

_NOTHING: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TraceEvent:
    """Something that happened in a call of one of the program's functions (or at its module level).

    Attributes:
        kind: A function is entered; a line ran; a function returned or yielded; an exception left it.
        frame: Number of the call, the same for all its events.
        line: Where; for `call` the line of the function's definition.
        changes: Variables with the value they got: parameters (`call`), or what the line changed (`line`).
        function: For `call`: its name, `<module>` at module level.
        caller: For `call`: position of the event of the line that called it; `None` if that was no line of it.
        value: For `return`: what came back. For `raise`: the exception's name.
    """

    kind: EventKind
    frame: int
    line: int
    changes: Mapping[str, Value] = field(default_factory=lambda: _NOTHING)
    function: str = ""
    caller: int | None = None
    value: Value = None


@dataclass(frozen=True, slots=True)
class ValueRecord:
    """All that one probe recorded.

    Attributes:
        events: In the order in which they began.
        hits: Line → how often it ran, also beyond the events.
        whole: Whether every event was recorded; otherwise only the first ones.
    """

    events: tuple[TraceEvent, ...]
    hits: Mapping[int, int]
    whole: bool


def read_record(data: Mapping[str, Any]) -> ValueRecord:
    """A record from what a tested process sent.

    Raises:
        Unreadable, TypeError, ValueError, KeyError: It is not one: the program wrote into it.
    """
    events = tuple(_event(item) for item in data["events"][:MAX_EVENTS])
    hits = {int(line): int(count) for line, count in data["hits"]}
    return ValueRecord(events, hits, data["whole"] is True)


def _event(item: list[Any]) -> TraceEvent:
    kind, frame, rest = str(item[0]), _count(item[1]), item[2:]
    if kind == "c":
        caller, name, line, values = rest
        text = printable(str(name)[:200])
        return TraceEvent("call", frame, _count(line), _changes(values), text, caller if _count(caller + 1) else None)
    line, content = _count(rest[0]), rest[1]
    if kind == "l":
        return TraceEvent("line", frame, line, _changes(content))
    if kind == "r":
        return TraceEvent("return", frame, line, value=decode(content))
    return TraceEvent("raise", frame, line, value=printable(str(content)[:200]))


def _count(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("no event of a trace")
    return value


def _changes(values: Any) -> Mapping[str, Value]:
    return {printable(str(name)[:200]): decode(value) for name, value in values.items()} if values else _NOTHING
