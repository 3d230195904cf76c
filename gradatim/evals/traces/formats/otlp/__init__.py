"""OTLP JSON, the form of OpenTelemetry's file exporters and of OTLP over HTTP: `resourceSpans`/`scopeSpans`/`spans`.

What a trace of gradatim knows beside its spans stands in one attribute of its first span, as JSON.
Source: github.com/open-telemetry/opentelemetry-proto, docs/specification.md (JSON Protobuf Encoding).
"""

from __future__ import annotations

from gradatim.evals.traces.formats.format import Format
from gradatim.evals.traces.formats.otlp.reading import read
from gradatim.evals.traces.formats.otlp.writing import resource_spans, write
from gradatim.evals.traces.formats.streams import first_keys

__all__ = ["FORMAT", "read", "resource_spans", "sniff", "write"]


def sniff(head: bytes) -> bool:
    """Whether it begins with an object of OTLP's."""
    return bool({"resourceSpans", "resourceLogs", "resourceMetrics"} & first_keys(head))


FORMAT = Format("otlp", "OTLP JSON", (".json", ".jsonl", ".json.gz", ".jsonl.gz"), sniff, read, write)
