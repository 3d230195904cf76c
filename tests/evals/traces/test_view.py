"""One run as data: times and lanes, sentences with their claims, costs, and traces of any other shape."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.evals.traces import Event, Span, Trace
from gradatim.evals.traces.view import compare, timeline_of, view_of
from gradatim.evals.traces.view.statements import claim_words
from tests.evals.traces.formats_material import assessment, bare, dialogue, hostile, span, statement

_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_KEYS = {
    "outputs": ("feedback", "diagnosis", "confidence", "messages", "execution", "usage", "delivered", "degradations"),
    "inputs": ("task", "submission", "messages"),
}
_INNER = ("error_identification", "evidence", "components", "outcomes", "checks", "claims", "misconceptions", "value")


def odd(keys: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    inner = st.dictionaries(st.sampled_from(_INNER), _json | st.lists(st.dictionaries(st.sampled_from(_INNER), _json)))
    return st.dictionaries(st.sampled_from(keys), _json | inner | st.lists(inner, max_size=2))


def test_the_view_of_an_assessment() -> None:
    view = view_of(assessment())
    assert (view.title, view.verdict, view.category, view.route) == ("Sum", "incorrect", "logical", "review")
    assert view.confidence == 0.42
    assert view.components == (("checks", 0.5), ("consistency", None))
    assert view.waiting
    assert view.delivered is False
    assert [(item.id, item.cited) for item in view.evidence] == [("test:t1", 2), ("line:3", 1)]
    assert [(item.part, item.mark) for item in view.sentences] == [
        ("error_identification", "unchecked"),
        ("explanation", "refuted"),
        ("corrective_suggestion", "none"),
        ("encouragement", "supported"),
    ]
    assert [finding.mark for finding in view.sentences[0].findings] == ["supported", "unchecked"]
    assert view.sentences[1].findings[0].detail == "found refuted"
    assert [(item.by, item.name, item.value, item.label) for item in view.judgements] == [
        ("verify", "claims", 0.5, "refuted"),
        ("critique", "consistency", 0.8, ""),
        ("decide", "route", None, "review"),
    ]
    (asked,) = view.asked
    assert (asked.by, asked.model, asked.input_tokens, asked.cached_tokens) == ("generate", "qwen", 900, 700)
    assert asked.finished == ("stop", "stop", "length")
    assert asked.messages == (("user", "What is wrong?"), ("assistant", "Line 3."))
    assert dict(asked.settings) == {"temperature": "0.7", "seed": "7", "choices": "3"}
    assert [(call.by, call.tool, call.ok) for call in view.ran] == [
        ("execute", "sandbox", True),
        ("verify", "sandbox", False),
    ]
    assert [(fault.where, fault.kind, fault.message) for fault in view.faults] == [
        ("execute_tool sandbox", "TimeoutError", "took too long")
    ]
    assert (view.costs.seconds, view.costs.requests, view.costs.output_tokens, view.costs.cost) == (1.0, 1, 120, 0.0031)
    json.dumps(view.plain(), allow_nan=False)


def test_what_runs_at_the_same_time_is_one_stage() -> None:
    timeline = timeline_of(assessment())
    assert timeline.stages == (("execute", "recall"), ("diagnose",), ("generate",), ("verify", "critique"), ("decide",))
    assert timeline.seconds == 1.0
    depths = {row.id[-1]: row.depth for row in timeline.rows}
    assert (depths["1"], depths["2"], depths["3"]) == (0, 1, 2)
    names = [row.subject for row in timeline.rows]
    assert names.index("sandbox") == names.index("execute") + 1  # each span is followed by its parts
    assert timeline.rows[-1].offset == 0.9


def test_neighbours_that_do_the_same_share_a_lane() -> None:
    spans = (
        span(1, None, "invoke_agent", "a", 0, 100),
        *(span(number, 1, "execute_tool", "run", number, number + 1) for number in range(2, 6)),
        span(6, 1, "execute_tool", "other", 20, 30),
        span(7, 1, "execute_tool", "run", 30, 40, error="broke"),
        span(8, 1, "execute_tool", "run", 40, 60),
        span(9, 8, "chat", "m", 41, 50),
    )
    lanes = timeline_of(replace(bare(), spans=spans)).lanes()
    assert [(lane.first.subject, len(lane.rows)) for lane in lanes] == [
        ("a", 1), ("run", 4), ("other", 1), ("run", 1), ("run", 1), ("m", 1),
    ]  # fmt: skip
    assert lanes[1].seconds == pytest.approx(0.004)
    assert timeline_of(replace(bare(), spans=(*spans[:2], replace(spans[1], id="x")))).lanes()[1].seconds == 0.001
    assert (lanes[3].ok, lanes[3].note) == (False, "broke")


def test_a_dialogue_and_a_run_of_another_kind() -> None:
    view = view_of(dialogue())
    assert [turn.role for turn in view.turns] == ["user", "assistant", "user", "assistant"]
    assert dict(view.turns[0].notes)["passed"] == "false"
    assert [(item.part, item.mark) for item in view.sentences] == [("turn 4", "supported")]
    other = view_of(bare())
    assert other.given == (("question", "2 + 2?"),)
    assert other.came == (("answer", "4"),)
    assert other.costs.seconds is None
    assert not other.timeline.timed


def test_a_check_of_the_whole_sentence_stands_for_its_claims() -> None:
    held = statement("It stops early.")
    held["claims"] = [{"kind": "fault_line", "line": 3}, {"kind": "prose", "text": "It stops early."}]
    held["checks"] = [{"claim": held["claims"][1], "verdict": "supported", "method": "evidence", "detail": "said so"}]
    trace = replace(bare(), outputs={"feedback": {"explanation": [held]}})
    (sentence,) = view_of(trace).sentences
    assert sentence.mark == "supported"
    assert [(finding.claim, finding.mark) for finding in sentence.findings] == [("fault line: line 3", "supported")]
    held["checks"] = []
    (sentence,) = view_of(trace).sentences
    assert sentence.mark == "unchecked"


def test_claims_in_words() -> None:
    assert claim_words({"kind": "construct", "what": "return", "present": False, "name": None}) == (
        "construct: what return, not present"
    )
    assert claim_words({}) == "claim"


def test_costs_of_runs_whose_questions_were_not_recorded() -> None:
    usage = {"generate": {"input_tokens": 5, "output_tokens": 7, "requests": 2}, "critique": {"input_tokens": 1}}
    costs = view_of(replace(bare(), outputs={"usage": usage})).costs
    assert (costs.requests, costs.input_tokens, costs.output_tokens, costs.cached_tokens) == (2, 6, 7, None)


@settings(max_examples=15, deadline=None)
@given(odd(_KEYS["inputs"]), odd(_KEYS["outputs"]), st.dictionaries(st.text(max_size=5), _json))
def test_any_shape_is_shown_and_compared(inputs: Any, outputs: Any, attributes: Any) -> None:
    events = (Event("gen_ai.evaluation.result", 0, attributes), Event("exception", 0, attributes))
    keys = ("gen_ai.input.messages", "gen_ai.retrieval.documents", "gen_ai.usage.input_tokens", "gen_ai.request.model")
    held = dict(zip(keys, [*attributes.values(), outputs, inputs], strict=False))
    spans = tuple(
        Span(f"{number}", str(number % 3), operation, operation, number, number, bool(number % 2), "", held, events)
        for number, operation in enumerate(("chat", "execute_tool", "retrieval", "invoke_agent"))
    )
    trace = Trace("x", "x", inputs, outputs, attributes, attributes, spans)
    json.dumps(view_of(trace).plain(), allow_nan=False)
    assert compare(trace, trace).same
    assert compare(trace, trace).differences == ()


def test_hostile_texts_are_kept_as_they_are() -> None:
    view = view_of(hostile())
    assert view.title == hostile().name
