"""Writes traces as OTLP JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gradatim import __version__
from gradatim.domain import stable_id
from gradatim.evals.traces.formats.conventions import OPERATION
from gradatim.evals.traces.formats.otlp.values import encoded
from gradatim.evals.traces.formats.streams import dumped, writing
from gradatim.evals.traces.trace import Plain, Span, Trace

HELD = "gradatim.trace"
"""Attribute of the first span that holds what a trace knows beside its spans."""
SPANLESS = "gradatim.spanless"
"""Marks a span that was made because the trace has none."""
SPAN_ID = "gradatim.span.id"
"""Holds the id of a span where it is no 16 hexadecimal digits."""
ERROR = 2
"""Status of a span that ended with an error."""
_SCHEMA = "https://opentelemetry.io/schemas/1.41.0"
_SCOPE = {"name": "gradatim", "version": __version__}
_CLIENT, _INTERNAL = 3, 1
_ID = re.compile(r"[0-9a-f]+")


def write(path: Path, traces: Iterable[Trace]) -> int:
    """Write traces: one object a line where the name says JSON Lines, else one document."""
    lines = ".jsonl" in path.suffixes
    count = 0
    with writing(path) as file:
        if not lines:
            file.write(b'{"resourceSpans":[')
        for trace in traces:
            made = dumped(resource_spans(trace), f"trace {trace.id}")
            file.write(b'{"resourceSpans":[' + made + b"]}\n" if lines else (b",\n" if count else b"\n") + made)
            count += 1
        if not lines:
            file.write(b"\n]}\n")
    return count


def resource_spans(trace: Trace) -> Plain:
    """A trace as one `ResourceSpans` of OTLP JSON."""
    trace_id = trace.id if _is_id(trace.id, 32) else stable_id(trace.id, length=32)
    resource = {"service.name": "gradatim", "service.version": __version__}
    held: Plain = {"id": trace.id, "name": trace.name}
    held |= {
        key: dict(part) for key in ("inputs", "outputs", "reference", "attributes") if (part := getattr(trace, key))
    }
    extra = {HELD: dumped(held, f"trace {trace.id}").decode()}
    spans = trace.spans
    if not spans:
        spans = (
            Span(stable_id(trace.id, "span", length=16), None, trace.name, "other", 0, 0, attributes={SPANLESS: True}),
        )
    ids = {span.id: span.id if _is_id(span.id, 16) else stable_id(span.id, length=16) for span in spans}
    return {
        "resource": {"attributes": encoded(resource)},
        "scopeSpans": [
            {
                "scope": _SCOPE,
                "spans": [
                    _written(span, trace_id, ids, extra if number == 0 else {}) for number, span in enumerate(spans)
                ],
                "schemaUrl": _SCHEMA,
            }
        ],
        "schemaUrl": _SCHEMA,
    }


def _written(span: Span, trace_id: str, ids: Mapping[str, str], extra: Mapping[str, Any]) -> Plain:
    attributes = {**span.attributes, **extra}
    if span.operation != "other" and OPERATION not in attributes:
        attributes[OPERATION] = span.operation
    if ids[span.id] != span.id:
        attributes[SPAN_ID] = span.id
    found: Plain = {"traceId": trace_id, "spanId": ids[span.id]}
    if span.parent is not None:
        found["parentSpanId"] = ids.get(span.parent) or stable_id(span.parent, length=16)
    found |= {
        "name": span.name,
        "kind": _CLIENT if span.operation in ("chat", "embeddings") else _INTERNAL,
        "startTimeUnixNano": str(span.start),
        "endTimeUnixNano": str(span.end),
        "attributes": encoded(attributes),
    }
    if span.events:
        found["events"] = [
            {"timeUnixNano": str(event.at), "name": event.name, "attributes": encoded(event.attributes)}
            for event in span.events
        ]
    found["status"] = {} if span.ok else {"code": ERROR, "message": span.message}
    return found


def _is_id(text: str, digits: int) -> bool:
    """Whether OTLP takes it: lower-case digits that are not all zero."""
    return len(text) == digits and _ID.fullmatch(text) is not None and text.strip("0") != ""
