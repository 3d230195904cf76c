"""The policy kind by kind, and every decision with its reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gradatim.domain import LearnerEvent
from gradatim.memory.processing.decisions import Decision, ProcessingReport, merged
from gradatim.memory.processing.policy import COUNTED, Processor, process
from gradatim.memory.profile.reading import IDLE_SECONDS
from tests.memory.material import event


def action(number: int, name: object, **other: Any) -> LearnerEvent:
    return event(number, kind="interaction", payload={"action": name}, **other)


def survey(number: int, answers: object, instrument: object = "affect", scale: object = (1, 5)) -> LearnerEvent:
    ends = list(scale) if isinstance(scale, tuple) else scale
    return event(number, kind="survey", payload={"instrument": instrument, "answers": answers, "scale": ends})


def decided(*events: LearnerEvent) -> dict[tuple[str, str], Decision]:
    return {(item.kind, item.what): item for item in process([("anna", events)]).report.decisions}


def test_absent_actions_are_coded_zero_and_counted_ones_are_not() -> None:
    processed = process([("anna", [action(1, "hint"), action(2, "hint"), action(3, 7)]), ("bo", [])])
    assert processed.counts["anna"] == {name: 2 if name == "hint" else 0 for name in COUNTED}
    assert processed.counts["bo"] == dict.fromkeys(COUNTED, 0)
    first, second = processed.report.decisions
    assert (first.kind, first.learner, second.learner) == ("coded 0", "anna", "bo")
    assert first.figures["interactions"] == 2
    assert "hint" not in str(first.figures["actions"]).split(", ")
    assert "practice" in str(first.figures["actions"])
    assert "never imputed" in first.rule


def test_a_learner_who_did_everything_needs_no_zero() -> None:
    assert decided(*(action(number, name) for number, name in enumerate(COUNTED))) == {}


def test_silent_days_are_coded_zero() -> None:
    found = decided(event(1, at="2026-03-01T10:00:00Z"), event(2, at="2026-03-05T10:00:00Z"))
    days = found["coded 0", "days without an event"]
    assert (days.figures["days"], days.figures["silent_days"]) == (5, 3)


def test_missing_scores_stay_missing() -> None:
    found = decided(event(1), event(2, payload={"score": 0.5}), event(3, payload={"score": 1.5}))
    missing = found["left missing", "score"]
    assert missing.figures == {"events": 2, "of": 3, "ids": "e0001, e0003"}
    assert "never imputed" in missing.rule


def test_an_incomplete_attempt_is_scored_on_what_is_complete() -> None:
    attempts = [
        event(1, payload={"score": 1.0, "items_done": 3, "items_total": 5}),
        event(2, ("a", True), payload={"items_done": 1, "items_total": 2}),
        event(3, payload={"score": 0.4, "items_done": 5, "items_total": 5}),
    ]
    partial = decided(*attempts)["scored on what is complete", "score of incomplete attempts"]
    assert partial.figures == {"events": 2, "of": 3, "items_done": 4, "items_total": 7, "ids": "e0001, e0002"}


def test_long_and_impossible_times() -> None:
    times: list[object] = [60, 10_000.0, -1, "soon", True, 20_000]
    found = decided(*(event(number, ("a", True), payload={"seconds": time}) for number, time in enumerate(times)))
    assert found["left missing", "time"].figures["events"] == 3
    capped = found["capped", "time"].figures
    assert (capped["events"], capped["cap_seconds"], capped["longest_seconds"]) == (2, IDLE_SECONDS, 20_000.0)


@pytest.mark.parametrize(
    ("answers", "instrument", "scale"),
    [({}, "affect", (1, 5)), ({"a": 1}, 3, (1, 5)), ({"a": 1}, "affect", (5, 1)), ({"a": 1}, "affect", 5),
     ({"a": 1}, "affect", (1, None)), ([1], "affect", (1, 5))],
)  # fmt: skip
def test_surveys_that_cannot_be_read_are_named(answers: object, instrument: object, scale: object) -> None:
    assert decided(survey(1, answers, instrument, scale))["excluded", "survey"].figures["events"] == 1


def test_an_answer_off_the_scale_is_none() -> None:
    found = decided(survey(1, {"a": 9, "b": "x", "c": 3, "d": None}))
    assert found["left missing", "survey affect"].figures["items"] == "a, b"
    assert found["excluded", "survey affect"].figures["missing"] == 3


def test_the_latest_response_counts() -> None:
    processed = process([("anna", [survey(1, {"a": 1}), survey(2, {"a": 5})])])
    assert processed.surveys["affect"].scores["anna"].value == 1.0


def test_without_consent_answers_are_not_looked_at_together() -> None:
    processor = Processor()
    processor.add("anna", [survey(1, {"a": 1, "b": 2})], pooled=False)
    processor.add("bo", [survey(2, {"a": 1, "b": None})], pooled=False)
    processor.add("cem", [survey(3, {"a": 3, "c": 3})])
    processed = processor.finish()
    analysis = processed.surveys["affect"]
    assert analysis.items == ("a", "c")
    assert analysis.scores["anna"].value == pytest.approx(0.125)
    assert analysis.scores.keys() == {"anna", "cem"}
    alone = [item for item in processed.report.decisions if "consent" in item.rule]
    assert [item.learner for item in alone] == ["bo"]


def test_a_report_can_be_listed_counted_and_merged() -> None:
    report = process([("anna", [event(1)]), ("bo", [event(2, payload={"seconds": -1})])]).report
    assert report.of("bo").learners == ("bo",)
    assert {item.learner for item in report.of("bo").decisions} == {"bo"}
    assert sum(report.counts.values()) == len(report.decisions)
    assert report.counts["left missing"] == 3
    plain = json.loads(json.dumps(report.plain(), allow_nan=False))
    assert plain["learners"] == ["anna", "bo"]
    assert set(plain["decisions"][0]) == {"kind", "what", "learner", "rule", "reason", "figures"}
    both = merged([report, ProcessingReport(("bo", "cem"), ())])
    assert (both.learners, both.decisions) == (("anna", "bo", "cem"), report.decisions)
