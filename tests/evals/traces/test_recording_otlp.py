"""Spans at a collector: a real HTTP server takes OTLP's protocol buffers, or does not."""

from __future__ import annotations

import builtins
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from gradatim import telemetry
from gradatim.errors import SettingsError
from gradatim.evals.traces import read_traces
from gradatim.evals.traces.recording import otlp, recording
from gradatim.evals.traces.recording import recorder as recorders
from gradatim.settings import Settings


class Collector:
    """A server that takes traces."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, ExportTraceServiceRequest]] = []
        self.hang = threading.Event()
        self.hang.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    import gzip

                    body = gzip.decompress(body)
                outer.hang.wait(20)
                outer.requests.append((self.path, ExportTraceServiceRequest.FromString(body)))
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def spans(self) -> list[Span]:
        return [
            span
            for _, request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def close(self) -> None:
        self.hang.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def collector() -> Iterator[Collector]:
    found = Collector()
    yield found
    found.close()


def runs(count: int) -> None:
    for number in range(count):
        with telemetry.workflow("assessment", f"t{number}", learner="ada-lovelace"):
            with telemetry.agent("decide"):
                telemetry.evaluated("confidence", 0.9, "deliver")
            with telemetry.chat("qwen", "llama.cpp", temperature=0.0) as work:
                work.set("gen_ai.usage.input_tokens", 12)
                work.set("gen_ai.response.finish_reasons", ["stop"])
            try:
                with telemetry.tool("run_program"):
                    raise ValueError("ada-lovelace")
            except ValueError:
                continue


def values(span: Span) -> dict[str, Any]:
    return {item.key: getattr(item.value, item.value.WhichOneof("value") or "") for item in span.attributes}


def test_a_collector_gets_the_spans_that_the_file_gets(tmp_path: Path, collector: Collector) -> None:
    path = tmp_path / "t.jsonl"
    settings = Settings(data_dir=tmp_path, traces=path, otlp_endpoint=collector.address)
    with recording(settings=settings) as taken:
        runs(3)
    assert (taken.written, taken.lost) == (3, 0)
    assert {place for place, _ in collector.requests} == {"/v1/traces"}
    resource = collector.requests[0][1].resource_spans[0].resource
    assert {item.key: item.value.string_value for item in resource.attributes}["service.name"] == "gradatim"
    sent = {span.span_id.hex(): span for span in collector.spans}
    written = [(trace, span) for trace in read_traces(path) for span in trace.spans]
    assert len(written) == len(sent) == 12
    for trace, span in written:
        other = sent[span.id]
        assert other.name == span.name
        assert other.trace_id.hex() == trace.id
        assert other.parent_span_id.hex() == (span.parent or "")
        assert (other.start_time_unix_nano, other.end_time_unix_nano) == (span.start, span.end)
        assert (other.status.code == Status.STATUS_CODE_ERROR) is not span.ok
        held = values(other)
        assert {key: held[key] for key in span.attributes if not isinstance(span.attributes[key], list)} == {
            key: value for key, value in span.attributes.items() if not isinstance(value, list)
        }
    chat = next(span for span in sent.values() if span.name == "chat qwen")
    assert chat.kind == Span.SPAN_KIND_CLIENT
    assert values(chat)["gen_ai.usage.input_tokens"] == 12
    root = next(span for span in sent.values() if not span.parent_span_id)
    assert values(root)["gradatim.content"] == "none"
    event = next(span for span in sent.values() if span.name == "invoke_agent decide").events[0]
    assert event.name == "gen_ai.evaluation.result"
    assert "ada-lovelace" not in str(collector.requests)


def test_an_address_with_a_path_is_taken_as_it_is(tmp_path: Path, collector: Collector) -> None:
    with recording(settings=Settings(data_dir=tmp_path), endpoint=f"{collector.address}/mine/traces"):
        runs(1)
    assert [place for place, _ in collector.requests] == ["/mine/traces"]


def test_a_collector_that_is_down_fails_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recorders, "_GOODBYE", 0.5)
    gone = Collector()
    address = gone.address
    gone.close()
    path = tmp_path / "t.jsonl"
    began = time.monotonic()
    with recording(path, settings=Settings(data_dir=tmp_path), endpoint=address) as taken:
        runs(20)
        in_block = time.monotonic() - began
    assert in_block < 0.5
    assert time.monotonic() - began < 6
    assert len(list(read_traces(path))) == taken.written == 20
    assert taken.lost == 20
    told = [item.message for item in caplog.records if item.message.startswith(f"traces to {address}/v1/traces: ")]
    assert told
    assert len(set(told)) == len(told), "each thing is said once"
    assert "20 recorded runs are missing" in caplog.text


def test_a_collector_that_hangs_slows_no_run_and_keeps_no_process(
    tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recorders, "_GOODBYE", 0.3)
    collector.hang.clear()
    path = tmp_path / "t.jsonl"
    began = time.monotonic()
    with recording(path, settings=Settings(data_dir=tmp_path), endpoint=collector.address) as taken:
        runs(50)
        assert time.monotonic() - began < 1
    assert time.monotonic() - began < 3
    assert len(list(read_traces(path))) == taken.written == 50
    assert taken.lost > 0


def test_without_the_exporter_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("opentelemetry.exporter"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(SettingsError, match=r"gradatim\[evals\]"):
        recording(settings=Settings(data_dir=tmp_path), endpoint="http://127.0.0.1:1").__enter__()


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no address like http"):
        Settings(data_dir=tmp_path, otlp_endpoint="localhost:4318")


def test_a_password_in_the_address_is_told_nowhere() -> None:
    collector = otlp.Collector("http://ada:secret@127.0.0.1:1/base?key=hidden")
    assert collector.endpoint == "http://127.0.0.1:1/base"
    collector.close()
