"""The checker of the GenAI conventions: names agree with OpenTelemetry's own package, departures are found."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes

from gradatim.evals.traces import Event, Span
from gradatim.evals.traces.formats import check_conventions, check_trace
from tests.evals.traces.formats_material import assessment, bare, dialogue, span

CHAT = span(1, None, "chat", "m", 0, 1)


def changed(base: Span, **held: Any) -> Span:
    """A span with attributes added, or taken away where they are `None`; dots are written as two underscores."""
    attributes = dict(base.attributes) | {key.replace("__", "."): value for key, value in held.items()}
    return replace(base, attributes={key: value for key, value in attributes.items() if value is not None})


def kinds(made: Span) -> list[tuple[str, str]]:
    return [(problem.kind, problem.attribute) for problem in check_conventions(made)]


def test_every_name_that_opentelemetry_has_is_known() -> None:
    """Names and deprecations as in the installed package of OpenTelemetry."""
    source = inspect.getsource(gen_ai_attributes)
    found = re.findall(r'^GEN_AI_\w+: Final = "([\w.]+)"\n"""\n(.*?)"""', source, re.MULTILINE | re.DOTALL)
    assert len(found) > 50
    for name, text in found:
        problems = {kind for kind, attribute in kinds(changed(CHAT, **{name: "x"})) if attribute == name}
        if text.lstrip().startswith("Deprecated") and "Moved to" not in text:
            assert problems == {"deprecated"}, name
        else:
            assert "unknown" not in problems, name
            assert "deprecated" not in problems, name


def test_traces_that_keep_to_them() -> None:
    for trace in (assessment(), dialogue(), bare()):
        assert check_trace(trace) == []


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (changed(CHAT, gen_ai__operation__name=None), [("missing", "gen_ai.operation.name")]),
        (changed(CHAT, gen_ai__provider__name=None), [("missing", "gen_ai.provider.name")]),
        (
            changed(span(1, None, "invoke_agent", "a", 0, 1), gen_ai__provider__name=None),
            [("missing", "gen_ai.provider.name")],
        ),
        (
            changed(span(1, None, "execute_tool", "t", 0, 1), gen_ai__tool__name=None),
            [("missing", "gen_ai.tool.name")],
        ),
        (replace(CHAT, name="asking m"), [("name", "")]),
        (replace(CHAT, ok=False), [("missing", "error.type")]),
        (changed(CHAT, server__address="host"), [("missing", "server.port")]),
        (changed(CHAT, server__address="host", server__port="80"), [("type", "server.port")]),
        (changed(CHAT, **{"gen_ai.usage.input_tokens": 1.5}), [("type", "gen_ai.usage.input_tokens")]),
        (changed(CHAT, **{"gen_ai.usage.input_tokens": True}), [("type", "gen_ai.usage.input_tokens")]),
        (changed(CHAT, **{"gen_ai.request.temperature": 1}), []),
        (changed(CHAT, **{"gen_ai.response.finish_reasons": "stop"}), [("type", "gen_ai.response.finish_reasons")]),
        (changed(CHAT, **{"gen_ai.usage.prompt_tokens": 3}), [("deprecated", "gen_ai.usage.prompt_tokens")]),
        (changed(CHAT, **{"gen_ai.usage.total_tokens": 3}), [("unknown", "gen_ai.usage.total_tokens")]),
        (changed(CHAT, **{"gradatim.anything": 3}), []),
        (changed(CHAT, **{"gen_ai.input.messages": "{"}), [("value", "gen_ai.input.messages")]),
        (changed(CHAT, **{"gen_ai.input.messages": [{"role": "user"}]}), [("value", "gen_ai.input.messages")]),
        (
            changed(CHAT, **{"gen_ai.output.messages": [{"role": "user", "parts": []}]}),
            [("value", "gen_ai.output.messages")],
        ),
        (
            changed(CHAT, **{"gen_ai.input.messages": [{"role": "user", "parts": ["x"]}]}),
            [("value", "gen_ai.input.messages")],
        ),
        (Span("1", None, "GET /", "other", 0, 1, attributes={"http.method": "GET"}), []),
    ],
)
def test_departures(made: Span, expected: list[tuple[str, str]]) -> None:
    assert kinds(made) == expected


def test_events() -> None:
    def with_event(name: str, **held: Any) -> Span:
        return replace(CHAT, events=(Event(name, 0, {key.replace("__", "."): value for key, value in held.items()}),))

    evaluation = "gen_ai.evaluation.result"
    name = {"gen_ai__evaluation__name": "tone"}
    assert kinds(with_event(evaluation, **name, gen_ai__evaluation__score__value=0.5)) == []
    assert kinds(with_event(evaluation, **name, gen_ai__evaluation__score__label="good")) == []
    assert kinds(with_event(evaluation, **name)) == [("missing", "gen_ai.evaluation.score.value")]
    assert kinds(with_event(evaluation, gen_ai__evaluation__score__value="high")) == [
        ("missing", "gen_ai.evaluation.name"),
        ("type", "gen_ai.evaluation.score.value"),
    ]
    assert kinds(with_event("exception")) == [("missing", "exception.type")]
    assert kinds(with_event("exception", exception__type="ValueError")) == []
    assert kinds(with_event("anything else")) == []


def test_a_problem_tells_where() -> None:
    (problem,) = check_conventions(changed(CHAT, gen_ai__provider__name=None))
    assert str(problem) == f"span {CHAT.id}: gen_ai.provider.name is required of chat"
