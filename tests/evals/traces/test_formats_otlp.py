"""OTLP JSON: OpenTelemetry's own reader takes what is written, and other instrumentations are read sensibly."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToJson, ParseDict
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Status, StatusCode

from gradatim.errors import InputError
from gradatim.evals.traces.formats import open_traces, write_as
from tests.evals.traces.formats_material import assessment, bare, dialogue, hostile


def written(path: Path) -> dict[str, Any]:
    return json.loads(path.read_bytes())


def key_values(held: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in held.items()]


def foreign(number: int, parent: int | None, name: str, held: dict[str, Any], **more: Any) -> dict[str, Any]:
    values = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}
    attributes = [{"key": key, "value": {values[type(value)]: value}} for key, value in held.items()]
    made = {
        "traceId": "5B8EFFF798038103D269B633813FC60C",
        "spanId": f"{number:016X}",
        "name": name,
        "startTimeUnixNano": str(1_700_000_000_000_000_000 + number),
        "endTimeUnixNano": str(1_700_000_000_000_500_000 + number),
        "attributes": attributes,
    }
    return made | ({"parentSpanId": f"{parent:016X}"} if parent else {}) | more


def document(*spans: dict[str, Any], service: str = "their-agent") -> dict[str, Any]:
    resource = {"attributes": key_values({"service.name": service})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "theirs"}, "spans": [*spans]}]}]}


def test_what_is_written_is_otlp_by_its_own_schema(tmp_path: Path) -> None:
    """Protocol buffers refuse fields and types that the schema does not have."""
    path = tmp_path / "x.json"
    write_as("otlp", path, [assessment(), dialogue(), bare(), hostile()])
    data = written(path)
    for group in data["resourceSpans"]:
        for span in group["scopeSpans"][0]["spans"]:
            for key in ("traceId", "spanId", "parentSpanId"):
                if key in span:  # OTLP has hexadecimal digits where JSON for protocol buffers has base 64
                    assert len(span[key]) == (32 if key == "traceId" else 16)
                    span[key] = base64.b64encode(bytes.fromhex(span[key])).decode()
    parsed = ParseDict(data, TracesData())
    spans = parsed.resource_spans[0].scope_spans[0].spans
    assert spans[0].trace_id.hex() == assessment().id
    assert [span.name for span in spans] == [span.name for span in assessment().spans]
    assert spans[7].kind == 3  # a question to a model is asked as a client
    assert spans[9].status.code == 2
    assert spans[9].status.message == "took too long"
    assert spans[8].events[0].name == "gen_ai.evaluation.result"
    assert spans[0].start_time_unix_nano == assessment().spans[0].start


def test_spans_of_opentelemetrys_own_exporter_are_read(tmp_path: Path) -> None:
    memory = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    tracer = provider.get_tracer("their.instrumentation", "1.0")
    with tracer.start_as_current_span("invoke_agent helper") as outer:
        outer.set_attributes({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "helper"})
        with tracer.start_as_current_span("chat gpt-x") as span:
            span.set_attributes({"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 12, "x": [1.5, 2.0]})
            span.add_event("gen_ai.evaluation.result", {"gen_ai.evaluation.name": "tone"})
            span.set_status(Status(StatusCode.ERROR, "too slow"))
    provider.shutdown()
    made = memory.get_finished_spans()
    path = tmp_path / "x.json"
    path.write_text(MessageToJson(encode_spans(made)), "utf-8")  # with ids in base 64
    (trace,) = open_traces(path)
    context = made[0].get_span_context()
    assert context is not None
    assert trace.id == f"{context.trace_id:032x}"
    assert trace.name == "helper"
    assert trace.path == ("helper",)
    outer_span, chat = trace.spans
    assert chat.parent == outer_span.id
    assert (chat.ok, chat.message, chat.operation) == (False, "too slow", "chat")
    assert chat.attributes["gen_ai.usage.input_tokens"] == 12
    assert chat.attributes["x"] == [1.5, 2.0]
    assert chat.events[0].attributes == {"gen_ai.evaluation.name": "tone"}
    assert chat.start == made[0].start_time


def test_the_conventions_older_names_and_messages(tmp_path: Path) -> None:
    said = [{"role": "user", "parts": [{"type": "text", "content": "Weather?"}]}]
    told = [{"role": "assistant", "parts": [{"type": "text", "content": "Rain."}], "finish_reason": "stop"}]
    held = {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": "openai",
        "gen_ai.request.model": "gpt-x",
        "gen_ai.usage.prompt_tokens": 9,
        "gen_ai.conversation.id": "c7",
        "gen_ai.input.messages": json.dumps(said),
        "gen_ai.output.messages": json.dumps(told),
        "gen_ai.system_instructions": json.dumps([{"type": "text", "content": "Be brief."}]),
    }
    path = tmp_path / "x.json"
    path.write_text(json.dumps(document(foreign(1, None, "chat gpt-x", held))), "utf-8")
    (trace,) = open_traces(path)
    assert trace.id == "5b8efff798038103d269b633813fc60c"
    assert trace.name == "gpt-x"
    assert trace.attributes["conversation"] == "c7"
    assert trace.attributes["resource"] == {"service.name": "their-agent"}
    assert trace.attributes["instrumentation"] == "theirs"
    assert trace.inputs == {
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Weather?"}]
    }
    assert trace.outputs == {"messages": [{"role": "assistant", "content": "Rain."}]}
    assert trace.spans[0].attributes["gen_ai.provider.name"] == "openai"
    assert trace.spans[0].attributes["gen_ai.usage.input_tokens"] == 9
    assert trace.spans[0].attributes["gen_ai.system"] == "openai"


def test_openinference_and_openllmetry(tmp_path: Path) -> None:
    spans = (
        foreign(1, None, "LangGraph", {"openinference.span.kind": "CHAIN", "input.value": '{"question": "Q"}'}),
        foreign(2, 1, "agent", {"openinference.span.kind": "AGENT"}),
        foreign(
            3,
            2,
            "ChatOpenAI",
            {
                "openinference.span.kind": "LLM",
                "llm.model_name": "gpt-x",
                "llm.token_count.prompt": 5,
                "llm.input_messages.0.message.role": "user",
                "llm.input_messages.0.message.content": "Q",
                "llm.output_messages.0.message.role": "assistant",
                "llm.output_messages.0.message.content": "A",
            },
        ),
        foreign(4, 2, "search", {"traceloop.span.kind": "tool", "traceloop.entity.input": "q"}),
        foreign(5, 2, "openai.chat", {"llm.request.type": "chat", "gen_ai.prompt.0.content": "hello"}),
        foreign(6, 2, "GET /", {"http.request.method": "GET"}),
        foreign(7, 2, "docs", {"openinference.span.kind": "RETRIEVER"}),
    )
    path = tmp_path / "x.json"
    path.write_text(json.dumps(document(*spans)), "utf-8")
    (trace,) = open_traces(path)
    kinds = [span.operation for span in trace.spans]
    assert kinds == ["other", "invoke_agent", "chat", "execute_tool", "chat", "other", "retrieval"]
    assert trace.inputs == {"messages": [{"role": "user", "content": "Q"}]}
    assert trace.outputs == {}  # of the last question no answer is known, and no other is made up
    assert trace.attributes["model"] == "gpt-x"
    assert trace.spans[2].attributes["gen_ai.usage.input_tokens"] == 5


def test_spans_of_a_trace_may_lie_in_any_lines(tmp_path: Path) -> None:
    """As a collector writes them: in batches, the parts before the whole, traces mixed."""
    path = tmp_path / "x.jsonl"
    write_as("otlp", path, [assessment(), dialogue()])
    groups = [json.loads(line)["resourceSpans"][0] for line in path.read_bytes().splitlines()]
    pieces = [
        {**group, "scopeSpans": [{"spans": [span]}]} for group in groups for span in group["scopeSpans"][0]["spans"]
    ]
    mixed = pieces[1::2] + pieces[::2]
    path.write_text("".join(json.dumps({"resourceSpans": [piece]}) + "\n" for piece in mixed), "utf-8")
    found = {trace.id: trace for trace in open_traces(path)}
    assert found.keys() == {assessment().id, dialogue().id}
    for trace in (assessment(), dialogue()):
        assert found[trace.id].outputs == trace.outputs
        assert {span.id: span for span in found[trace.id].spans} == {span.id: span for span in trace.spans}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"traceId": "abc"}, "traceId is no 32 hexadecimal digits"),
        ({"spanId": None}, "spanId is no 16 hexadecimal digits"),
        ({"startTimeUnixNano": "now"}, "startTimeUnixNano is no number"),
        ({"attributes": {"a": 1}}, "attributes are no list"),
        ({"attributes": [{"value": {}}]}, "an attribute has no key"),
        ({"attributes": [{"key": "a", "value": {"intValue": "x"}}]}, "invalid literal"),
        ({"attributes": [{"key": "a", "value": 3}]}, "is no object"),
        ({"events": {"a": 1}}, "events is no list"),
        ({"status": 4}, "int"),
        ({"attributes": key_values({"gradatim.trace": "{"})}, "is no JSON"),
        ({"attributes": key_values({"gradatim.trace": '{"inputs": 3}'})}, "does not hold a trace"),
    ],
)
def test_bad_spans_name_their_place(change: dict[str, Any], wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(document(foreign(1, None, "a", {}), foreign(2, None, "b", {}) | change)), "utf-8")
    with pytest.raises(InputError, match=wrong) as caught:
        list(open_traces(path))
    assert "resourceSpans[0] scopeSpans[0] spans[1]" in str(caught.value.place)


def test_logs_are_no_spans(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"resourceLogs": []}\n', "utf-8")
    with pytest.raises(InputError, match="holds logs or metrics and no spans"):
        list(open_traces(path))


def test_numbers_that_json_has_not(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    held = [
        {"key": "a", "value": {"doubleValue": "NaN"}},
        {"key": "b", "value": {"doubleValue": "-Infinity"}},
        {"key": "c", "value": {"bytesValue": "AA=="}},
        {"key": "d", "value": {"kvlistValue": {}}},
        {"key": "e", "value": {"arrayValue": {}}},
        {"key": "f", "value": {}},
    ]
    path.write_text(json.dumps(document(foreign(1, None, "a", {}) | {"attributes": held})), "utf-8")
    (trace,) = open_traces(path)
    assert str(dict(trace.spans[0].attributes)) == ("{'a': nan, 'b': -inf, 'c': 'AA==', 'd': {}, 'e': [], 'f': None}")
