"""Spans of recorded runs to an OpenTelemetry collector, by OTLP over HTTP."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gradatim import __version__
from gradatim.errors import SettingsError
from gradatim.evals.traces.trace import Span, Trace

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

_PATH = "/v1/traces"
_SECONDS = 5.0
"""That sending may take, with all repetitions."""


class Collector:
    """Sends traces to a collector.

    Args:
        endpoint: Address; where it has no path, the one that OTLP uses is added. A user and password in it are sent,
            and told nowhere.

    Raises:
        SettingsError: The exporter is not installed.
    """

    def __init__(self, endpoint: str) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        except ImportError as error:
            raise SettingsError(
                "sending traces to a collector needs OpenTelemetry's exporter",
                place="setting otlp_endpoint",
                remedy="pip install 'gradatim[evals]'",
            ) from error
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.util.instrumentation import InstrumentationScope

        parts = urlsplit(endpoint)
        whole = endpoint.rstrip("/") + ("" if parts.path.strip("/") else _PATH)
        self.endpoint = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{urlsplit(whole).path}"
        self._exporter = OTLPSpanExporter(endpoint=whole, timeout=_SECONDS)
        named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "gradatim"}
        self._resource = Resource.create({**named, "service.version": __version__})
        self._scope = InstrumentationScope("gradatim", __version__)

    def send(self, traces: Sequence[Trace]) -> None:
        """Send the spans of some traces.

        Raises:
            OSError: The collector does not take them.
        """
        from opentelemetry.sdk.trace.export import SpanExportResult

        _quiet_here()
        spans = [readable(trace, span, self._resource, self._scope) for trace in traces for span in trace.spans]
        try:
            result = self._exporter.export(spans)
        except Exception as error:
            # only its kind: an address may hold a password
            raise OSError(f"the collector takes none: {type(error).__name__}") from error
        if result is not SpanExportResult.SUCCESS:
            raise OSError("the collector takes none; they are left out there")

    def close(self) -> None:
        """Stop sending; an attempt that is under way ends."""
        self._exporter.shutdown()


_here = threading.local()


def _heard(record: logging.LogRecord) -> bool:
    return not getattr(_here, "quiet", False)


def _quiet_here() -> None:
    """Silence the exporter in this thread, which says itself, once, that a collector does not answer."""
    _here.quiet = True
    logging.getLogger("opentelemetry.exporter.otlp.proto.http.trace_exporter").addFilter(_heard)


def readable(trace: Trace, span: Span, resource: Resource, scope: InstrumentationScope) -> ReadableSpan:
    """A span as OpenTelemetry's SDK has it."""
    from opentelemetry.sdk.trace import Event, ReadableSpan
    from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

    number, flags = int(trace.id, 16), TraceFlags(TraceFlags.SAMPLED)
    attributes: dict[str, Any] = dict(span.attributes)
    if span.parent is None:
        attributes |= {f"gradatim.{key}": value for key, value in trace.attributes.items() if isinstance(value, str)}
    return ReadableSpan(
        name=span.name,
        context=SpanContext(number, int(span.id, 16), is_remote=False, trace_flags=flags),
        parent=None if span.parent is None else SpanContext(number, int(span.parent, 16), False, flags),
        resource=resource,
        attributes=attributes,
        events=[Event(event.name, dict(event.attributes), event.at) for event in span.events],
        kind=SpanKind.CLIENT if span.operation == "chat" else SpanKind.INTERNAL,
        status=Status(StatusCode.UNSET) if span.ok else Status(StatusCode.ERROR, span.message),
        start_time=span.start,
        end_time=span.end,
        instrumentation_scope=scope,
    )
