"""Reads traces from OTLP JSON, by gradatim or by anyone's instrumentation.

A file is one object, or has one a line. Spans of one trace may lie in several lines, in any order; a file is gone
through once to see where each trace ends, and once more to give each as soon as it is complete.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import orjson

from gradatim.errors import InputError
from gradatim.evals.traces.formats.otlp.foreign import facts, named, normalised, operation_of
from gradatim.evals.traces.formats.otlp.values import decoded
from gradatim.evals.traces.formats.otlp.writing import ERROR, HELD, SPAN_ID, SPANLESS
from gradatim.evals.traces.formats.plain import mapping
from gradatim.evals.traces.formats.streams import values_of
from gradatim.evals.traces.trace import Event, Plain, Span, Trace

_HEX = re.compile(r"[0-9a-fA-F]+")
_REMEDY = 'give OTLP JSON: {"resourceSpans": [{"scopeSpans": [{"spans": […]}]}]}'
_PARTS = ("inputs", "outputs", "reference", "attributes")


def read(path: Path) -> Iterator[Trace]:
    """Traces of a file, each when its last span was read.

    Raises:
        InputError: It cannot be read, or something in it is not OTLP; names the place.
    """
    ends: dict[str, int] = {}
    count, first = 0, None
    for number, (place, value) in enumerate(values_of(path)):
        count, first = number + 1, (place, value) if number == 0 else None
        for found in _found(value, place):
            ends[found.trace] = number
    open_: dict[str, list[_Found]] = {}
    for number, (place, value) in enumerate([first] if count == 1 and first else values_of(path)):
        for found in _found(value, place):
            open_.setdefault(found.trace, []).append(found)
        for trace_id in [trace_id for trace_id in open_ if ends.get(trace_id, number) <= number]:
            yield _trace(trace_id, open_.pop(trace_id))


@dataclass(slots=True)
class _Found:
    """A span as it stands in a file."""

    trace: str
    span: Plain
    place: str
    resource: Any
    scope: str


def _found(value: Any, place: str) -> Iterator[_Found]:
    if not isinstance(value, dict) or "resourceSpans" not in value:
        kept = "resourceLogs" in value or "resourceMetrics" in value if isinstance(value, dict) else False
        what = "holds logs or metrics and no spans" if kept else "is no OTLP JSON"
        raise InputError(what, place=place, remedy=_REMEDY)
    for at, group in _items(value, place, "resourceSpans"):
        resource = mapping(group.get("resource"))
        key = "scopeSpans" if "scopeSpans" in group else "instrumentationLibrarySpans"
        for inner, scoped in _items(group, at, key):
            scope = mapping(scoped.get("scope") or scoped.get("instrumentationLibrary"))
            for where, span in _items(scoped, inner, "spans"):
                trace_id = _id(span.get("traceId"), 32)
                if trace_id is None:
                    raise InputError("traceId is no 32 hexadecimal digits", place=where, remedy=_REMEDY)
                yield _Found(trace_id, span, where, resource.get("attributes"), str(scope.get("name") or ""))


def _items(holder: Any, place: str, key: str) -> Iterator[tuple[str, Plain]]:
    items: Any = cast("Plain", holder).get(key) or []
    if not isinstance(items, list):
        raise InputError(f"{key} is no list", place=place, remedy=_REMEDY)
    for number, item in enumerate(cast("list[Any]", items)):
        where = f"{place}{', ' if ' ' not in place else ' '}{key}[{number}]"
        if not isinstance(item, dict):
            raise InputError("is no object", place=where, remedy=_REMEDY)
        yield where, cast("Plain", item)


def _trace(trace_id: str, found: list[_Found]) -> Trace:
    held: Plain | None = None
    spans: list[Span] = []
    for item in found:
        try:
            span, text = _span(item)
        except (TypeError, ValueError, OverflowError, AttributeError, RecursionError) as error:
            raise InputError(f"the span's {error}", place=item.place, remedy=_REMEDY) from error
        if text is not None:
            held = _held(text, item.place)
        if SPANLESS not in span.attributes:
            spans.append(span)
    if held is not None:
        parts: dict[str, Plain] = {key: held.get(key) or {} for key in _PARTS}
        name = str(held.get("name") or "")
        return Trace(str(held.get("id", trace_id)), name, spans=tuple(_called_back(spans)), **parts)
    spans = [replace(span, attributes=normalised(span.attributes, span.operation)) for span in spans]
    spans.sort(key=lambda span: span.start)
    try:
        resource = decoded(found[0].resource)
    except (TypeError, ValueError) as error:
        raise InputError(f"the resource's {error}", place=found[0].place, remedy=_REMEDY) from error
    inputs, outputs, attributes = facts(spans, resource, found[0].scope)
    return Trace(trace_id, named(spans, resource), inputs, outputs, {}, attributes, tuple(spans))


def _held(text: Any, place: str) -> Plain:
    try:
        held: Any = orjson.loads(text) if isinstance(text, str) else text
    except orjson.JSONDecodeError as error:
        raise InputError(f"its attribute {HELD} is no JSON: {error}", place=place, remedy="export it again") from error
    if not isinstance(held, dict) or any(
        not isinstance(cast("Plain", held).get(key) or {}, dict)
        for key in ("inputs", "outputs", "reference", "attributes")
    ):
        raise InputError(f"its attribute {HELD} does not hold a trace", place=place, remedy="export it again")
    return cast("Plain", held)


def _span(found: _Found) -> tuple[Span, Any]:
    """A span, and what its attribute holds of the whole trace."""
    span = found.span
    span_id = _id(span.get("spanId"), 16)
    if span_id is None:
        raise ValueError("spanId is no 16 hexadecimal digits")
    attributes = decoded(span.get("attributes"))
    held = attributes.pop(HELD, None)
    name = str(span.get("name") or "")
    status = cast("Plain", span.get("status") or {})
    start, end = _instant(span, "startTimeUnixNano"), _instant(span, "endTimeUnixNano")
    failed = status.get("code") in (ERROR, "STATUS_CODE_ERROR")
    made = Span(
        id=span_id,
        parent=_id(span.get("parentSpanId"), 16),
        name=name,
        operation=operation_of(attributes, name),
        start=start,
        end=max(start, end),
        ok=not failed,
        message=str(status.get("message") or "") if failed else "",
        attributes=attributes,
        events=tuple(
            Event(str(event.get("name") or ""), _instant(event, "timeUnixNano"), decoded(event.get("attributes")))
            for _, event in _items(span, found.place, "events")
        ),
    )
    return made, held


def _called_back(spans: list[Span]) -> list[Span]:
    """Spans by the ids that they had before they were written."""
    back = {span.id: str(kept) for span in spans if (kept := span.attributes.get(SPAN_ID))}
    if not back:
        return spans
    return [
        replace(
            span,
            id=back.get(span.id, span.id),
            parent=None if span.parent is None else back.get(span.parent, span.parent),
            attributes={key: value for key, value in span.attributes.items() if key != SPAN_ID},
        )
        for span in spans
    ]


def _instant(holder: Plain, key: str) -> int:
    value = holder.get(key, 0)
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{key} is no number of nanoseconds: {value!r}") from error


def _id(value: Any, digits: int) -> str | None:
    """An id in hexadecimal digits; some writers give the bytes in base 64, as JSON for protocol buffers does."""
    if not isinstance(value, str) or not value:
        return None
    if len(value) == digits and _HEX.fullmatch(value):
        return value.lower()
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data.hex() if len(data) * 2 == digits else None
