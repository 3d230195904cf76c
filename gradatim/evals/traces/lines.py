"""The own format of traces: JSON Lines, one trace a line, read and written as a stream.

A line is `{"gradatim_trace": 1, "id", "name", "inputs", "outputs", "reference", "attributes", "spans": […]}`; a span is
`{"id", "parent", "name", "operation", "start", "end", "ok", "message", "attributes", "events": [{"name", "at",
"attributes"}]}`. What is empty may be left out. A name that ends in `.gz` is compressed.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast, get_args

import orjson

from gradatim.errors import InputError, StorageError
from gradatim.evals.packed import UNREADABLE, opened
from gradatim.evals.traces.trace import Event, Operation, Plain, Span, Trace

VERSION = 1
_OPERATIONS = frozenset(get_args(Operation))
_LONGEST = 64 * 2**20
"""Bytes of one line at most."""
_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY


def read_traces(path: Path) -> Iterator[Trace]:
    """Traces of a file, one after another; no more than one of them is in memory.

    Raises:
        InputError: There is no such file, or a line is not a trace; names the line.
    """
    number = 0
    try:
        with opened(path, "rb") as file:
            for number, line in enumerate(_lines(file, path), 1):
                if line.strip():
                    yield trace_of_line(line, f"{path}:{number}")
    except UNREADABLE as error:
        place = f"{path}:{number + 1}" if number else str(path)
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"cannot be read: {reason}", place=place, remedy="name a file of traces") from error


def trace_of_line(line: bytes, place: str) -> Trace:
    """The trace that one line holds.

    Raises:
        InputError: It is not one.
    """
    try:
        value: Any = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise InputError(f"is not JSON: {error}", place=place, remedy="give one JSON object a line") from error
    return trace_of(value, place)


def trace_of(value: Any, place: str) -> Trace:
    """The trace that plain data stand for.

    Raises:
        InputError: They are not a trace's; names what is missing or wrong.
    """
    remedy = "see docs/traces.md for the format; `gradatim trace export` makes it of others"
    if not isinstance(value, dict) or "gradatim_trace" not in value:
        raise InputError("is not a gradatim trace", place=place, remedy=remedy)
    plain = cast("Plain", value)
    if plain["gradatim_trace"] != VERSION:
        raise InputError(
            f"is of version {plain['gradatim_trace']!r}; this is {VERSION}", place=place, remedy="use a newer gradatim"
        )
    try:
        parts: dict[str, Plain] = {
            key: _mapping(plain.get(key), key) for key in ("inputs", "outputs", "reference", "attributes")
        }
        spans = tuple(_span(item) for item in plain.get("spans") or ())
        return Trace(id=_text(plain["id"], "id"), name=_text(plain["name"], "name"), spans=spans, **parts)
    except (KeyError, TypeError, ValueError) as error:
        what = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise InputError(f"the trace {what}", place=place, remedy=remedy) from error


def plain_of(trace: Trace) -> Plain:
    """A trace as plain data: what one line holds."""
    found: Plain = {"gradatim_trace": VERSION, "id": trace.id, "name": trace.name}
    for key in ("inputs", "outputs", "reference", "attributes"):
        if part := getattr(trace, key):
            found[key] = dict(part)
    if trace.spans:
        found["spans"] = [_plain_span(span) for span in trace.spans]
    return found


def line_of(trace: Trace) -> bytes:
    """A trace as one line, with its line break.

    Raises:
        InputError: It holds something that JSON cannot.
    """
    try:
        return orjson.dumps(plain_of(trace), option=_OPTIONS) + b"\n"
    except (TypeError, ValueError) as error:  # orjson.JSONEncodeError is a TypeError
        raise InputError(f"cannot be written as JSON: {error}", place=f"trace {trace.id}") from error


def write_traces(path: Path, traces: Iterable[Trace], *, append: bool = False) -> int:
    """Write traces to a file, as they come.

    Returns:
        How many.

    Raises:
        StorageError: It cannot be written.
    """
    count = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with opened(path, "ab" if append else "wb") as file:
            for trace in traces:
                file.write(line_of(trace))
                count += 1
    except OSError as error:
        raise StorageError(
            f"cannot be written: {error.strerror}", place=str(path), remedy="choose another place"
        ) from error
    return count


def _lines(file: BinaryIO, path: Path) -> Iterator[bytes]:
    number = 0
    while line := file.readline(_LONGEST + 1):
        line = line.removeprefix(codecs.BOM_UTF8) if not number else line
        number += 1
        if len(line) > _LONGEST:
            raise InputError(
                f"is longer than {_LONGEST:,} bytes", place=f"{path}:{number}", remedy="give one trace a line"
            )
        yield line


def _span(value: Any) -> Span:
    if not isinstance(value, dict):
        raise TypeError("has a span that is no object")
    item = cast("Plain", value)
    operation = item.get("operation", "other")
    parent = item.get("parent")
    return Span(
        id=_text(item["id"], "id of a span"),
        parent=None if parent is None else _text(parent, "parent of a span"),
        name=_text(item["name"], "name of a span"),
        operation=operation if operation in _OPERATIONS else "other",
        start=_instant(item["start"]),
        end=_instant(item["end"]),
        ok=bool(item.get("ok", True)),
        message=str(item.get("message") or ""),
        attributes=_mapping(item.get("attributes"), "attributes of a span"),
        events=tuple(
            Event(_text(event["name"], "name of an event"), _instant(event["at"]),
                  _mapping(event.get("attributes"), "attributes of an event"))
            for event in item.get("events") or ()
        ),
    )  # fmt: skip


def _plain_span(span: Span) -> Plain:
    found: Plain = {
        "id": span.id,
        "parent": span.parent,
        "name": span.name,
        "operation": span.operation,
        "start": span.start,
        "end": span.end,
    }
    if not span.ok:
        found |= {"ok": False, "message": span.message}
    if span.attributes:
        found["attributes"] = dict(span.attributes)
    if span.events:
        found["events"] = [
            {"name": event.name, "at": event.at, "attributes": dict(event.attributes)} for event in span.events
        ]
    return found


def _mapping(value: Any, what: str) -> Plain:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise TypeError(f"has {what} that are no object")
    return cast("Plain", value)


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"has an {what} that is no text" if what[0] in "aeiou" else f"has a {what} that is no text")
    return value


def _instant(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("has an instant that is no whole number of nanoseconds")
    return value
