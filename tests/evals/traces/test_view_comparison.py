"""Where two runs part."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gradatim.evals.traces import Span, Trace
from gradatim.evals.traces.view import Comparison, compare
from tests.evals.traces.formats_material import MS, assessment, dialogue, evaluation, span, statement

Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> Trace:
    """The assessment with its outputs changed."""
    outputs = copy.deepcopy(dict(assessment().outputs))
    change(outputs)
    return replace(assessment(), outputs=outputs)


def parted(other: Trace) -> list[tuple[str, str, str, str]]:
    found = compare(assessment(), other)
    assert not found.same
    return [(item.aspect, item.place, item.first, item.second) for item in found.differences if item.counts]


def test_a_run_and_itself() -> None:
    for trace in (assessment(), dialogue()):
        assert compare(trace, trace) == Comparison(
            compare(trace, trace).first, compare(trace, trace).second, differences=()
        )


def test_times_are_told_and_do_not_count() -> None:
    spans = tuple(replace(item, end=item.end + 3 * MS) for item in assessment().spans)
    found = compare(assessment(), replace(assessment(), id="other", spans=spans))
    assert found.same
    assert {item.aspect for item in found.differences} == {"times"}
    assert ("times", "decide", "0.100 s", "0.103 s") in [
        (item.aspect, item.place, item.first, item.second) for item in found.differences
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda out: out["diagnosis"].update(verdict="correct"), [("verdict", "verdict", "incorrect", "correct")]),
        (lambda out: out["confidence"].update(value=0.9), [("confidence", "confidence", "0.42", "0.9")]),
        (lambda out: out["confidence"]["components"].update(consistency=1), [("confidence", "consistency", "", "1")]),
        (lambda out: out["confidence"].update(route="deliver"), [("route", "route", "review", "deliver")]),
        (
            lambda out: out["diagnosis"]["evidence"].pop(),
            [("evidence", "line:3", "Line 3 ends before n.", "")],
        ),
        (
            lambda out: out["execution"]["outcomes"][0].update(status="passed", detail=""),
            [("tests", "t1", "failed expected 6, got 3", "passed")],
        ),
        (
            lambda out: out["feedback"]["encouragement"].append(statement("Well done.")),
            [("statements", "encouragement", "", "Well done.")],
        ),
        (
            lambda out: out["feedback"].update(explanation=[statement("Line 3 is wrong.", "supported")]),
            [("statements", "explanation", "Line 1 is wrong.", "Line 3 is wrong.")],
        ),
        (
            lambda out: out["feedback"]["explanation"][0]["checks"][0].update(verdict="supported"),
            [("checks", "Line 1 is wrong.", "refuted", "supported")],
        ),
        (
            lambda out: out["feedback"]["encouragement"][0].update(evidence=["test:t2"]),
            [("citations", "One test passes.", "test:t1", "test:t2")],
        ),
        (
            lambda out: out["diagnosis"].update(misconceptions=[]),
            [("misconceptions", "range-stop-included", "0.70", "")],
        ),
    ],
)
def test_outputs(change: Change, expected: list[tuple[str, str, str, str]]) -> None:
    assert parted(changed(change)) == expected


def test_one_claim_of_several_checked_otherwise() -> None:
    def change(out: dict[str, Any]) -> None:
        sentence = out["feedback"]["error_identification"][0]
        sentence["checks"][0]["verdict"] = "unchecked"
        sentence["checks"][1]["verdict"] = "supported"

    assert parted(changed(change)) == [
        ("checks", "The sum is too small. [fault line: line 1]", "supported", "unchecked"),
        ("checks", "The sum is too small. [fault line: line 2]", "unchecked", "supported"),
    ]


def with_spans(*spans: Span) -> Trace:
    return replace(assessment(), spans=spans)


def test_an_agent_left_out_and_one_more() -> None:
    spans = assessment().spans
    without = with_spans(*(item for item in spans if item.subject != "critique"))
    found = parted(without)
    assert ("path", "after verify", "critique", "") in found
    assert ("scores", "critique: consistency", "0.8", "") in found
    assert {item[0] for item in found} == {"path", "scores"}
    again = with_spans(*spans, span(20, 1, "invoke_agent", "generate", 1000, 1100))
    assert [item for item in parted(again) if item[0] == "path"] == [("path", "after decide", "", "generate")]


def test_the_order_of_what_ran_side_by_side_is_chance() -> None:
    first = with_spans(span(1, None, "invoke_agent", "a", 0, 9), span(2, None, "invoke_agent", "b", 1, 8))
    second = with_spans(span(2, None, "invoke_agent", "b", 0, 8), span(1, None, "invoke_agent", "a", 1, 9))
    assert not [item for item in compare(first, second).differences if item.aspect == "path"]
    later = with_spans(span(2, None, "invoke_agent", "b", 0, 8), span(1, None, "invoke_agent", "a", 9, 12))
    assert not [item for item in compare(first, later).differences if item.aspect == "path"]
    one = with_spans(span(1, None, "invoke_agent", "a", 0, 1), span(2, None, "invoke_agent", "b", 1, 8))
    found = compare(one, later)
    assert [(item.place, item.first, item.second) for item in found.differences if item.aspect == "path"] == [
        ("after the beginning", "", "b"),
        ("after a", "b", ""),
    ]


def test_scores_calls_tokens_and_errors() -> None:
    spans = list(assessment().spans)
    spans[8] = replace(spans[8], events=(evaluation(890, "claims", 0.5003, "refuted"),))
    assert compare(assessment(), with_spans(*spans)).same  # within the tolerance
    assert not compare(assessment(), with_spans(*spans), tolerance=1e-6).same
    spans[8] = replace(spans[8], events=(evaluation(890, "claims", 0.5, "supported"),))
    assert parted(with_spans(*spans)) == [("scores", "verify: claims", "0.5 refuted", "0.5 supported")]
    spans = list(assessment().spans)
    spans[9] = replace(spans[9], ok=True, message="")
    assert parted(with_spans(*spans)) == [("errors", "execute_tool sandbox", "TimeoutError took too long", "")]
    spans = list(assessment().spans)
    spans[7] = replace(spans[7], attributes=dict(spans[7].attributes) | {"gen_ai.usage.output_tokens": 121})
    assert parted(with_spans(*spans)) == [("tokens", "output", "120", "121")]
    del spans[2]
    assert ("calls", "execute: sandbox", "1×", "") in parted(with_spans(*spans))


def test_a_dialogue_that_went_on_otherwise() -> None:
    outputs = copy.deepcopy(dict(dialogue().outputs))
    outputs["messages"][3]["content"] = "3 is missing."
    found = compare(dialogue(), replace(dialogue(), outputs=outputs))
    assert [(item.aspect, item.place, item.second) for item in found.differences] == [
        ("dialogue", "4 assistant", "3 is missing.")
    ]
    assert found.plain()["same"] is False
    assert found.plain()["differences"][0]["first"] == "And which one is missing?"
