"""A recorder that keeps runs, and a provider such as applications set."""

from __future__ import annotations

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gradatim.telemetry import Run, work


class Kept:
    """A recorder that keeps runs."""

    def __init__(self) -> None:
        self.begun: list[Run] = []
        self.runs: list[Run] = []

    def began(self, run: Run) -> None:
        self.begun.append(run)

    def take(self, run: Run) -> None:
        self.runs.append(run)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Spans that end at the provider that the application has set; it is gone after the test."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    monkeypatch.setattr(work, "_tracer", trace.ProxyTracer("gradatim"))
    return exporter
