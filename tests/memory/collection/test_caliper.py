"""Caliper envelopes: items, grades, sessions, questionnaires and all the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from gradatim.domain import LearnerEvent
from gradatim.memory.collection import ConceptMap, Item
from tests.memory.collection.material import lines, read

ANNA = {"id": "https://school.example/users/anna", "type": "Person"}
ITEM = {
    "id": "https://school.example/quiz/1/items/3",
    "type": "AssessmentItem",
    "isPartOf": {"id": "https://school.example/quiz/1", "type": "Assessment"},
    "learningObjectives": [{"id": "loops", "type": "LearningObjective"}],
}
ATTEMPT = {
    "id": "https://school.example/attempts/1", "type": "Attempt", "assignee": ANNA["id"], "assignable": ITEM,
    "count": 1, "startedAtTime": "2026-03-01T10:00:00.000Z", "endedAtTime": "2026-03-01T10:01:30.500Z",
}  # fmt: skip


def event(kind: str, action: str, **other: Any) -> dict[str, Any]:
    return {
        "@context": "http://purl.imsglobal.org/ctx/caliper/v1p2",
        "id": f"urn:uuid:{kind}-{action}",
        "type": kind,
        "actor": ANNA,
        "action": action,
        "object": ITEM,
        "eventTime": "2026-03-01T10:02:00.000Z",
        "edApp": "https://school.example",
    } | other


def envelope(*data: dict[str, Any]) -> dict[str, Any]:
    return {
        "sensor": "https://school.example/sensors/1",
        "sendTime": "2026-03-01T10:02:05.000Z",
        "dataVersion": "http://purl.imsglobal.org/ctx/caliper/v1p2",
        "data": list(data),
    }


def one(tmp_path: Path, given: dict[str, Any], **options: Any) -> LearnerEvent:
    path = tmp_path / "envelope.json"
    path.write_bytes(orjson.dumps(envelope(given), option=orjson.OPT_INDENT_2))
    (found,), rejected, skipped = read("caliper", path, **options)
    assert not rejected
    assert not skipped
    return found


def test_a_grade(tmp_path: Path) -> None:
    score = {"id": "https://school.example/scores/1", "type": "Score", "maxScore": 15.0, "scoreGiven": 12.0}
    grader = {"id": "https://school.example/autograder", "type": "SoftwareApplication"}
    found = one(tmp_path, event("GradeEvent", "Graded", actor=grader, object=ATTEMPT, generated=score))
    assert (found.learner_id, found.kind, found.task_id, found.source) == (
        ANNA["id"], "assessment", ITEM["id"], "https://school.example"
    )  # fmt: skip
    assert found.payload == {"score": 0.8, "seconds": 90.5, "passed": True}
    assert [(seen.concept, seen.correct) for seen in found.observations] == [("loops", True)]
    strict = one(tmp_path, event("GradeEvent", "Graded", object=ATTEMPT, generated=score), pass_mark=0.9)
    assert strict.payload["passed"] is False
    unscored = one(tmp_path, event("GradeEvent", "Graded", object=ATTEMPT, generated={"type": "Score"}))
    assert unscored.payload == {"seconds": 90.5}
    assert unscored.observations == ()


def test_an_item_without_and_with_a_verdict(tmp_path: Path) -> None:
    response = {"id": "urn:r", "type": "FillinBlankResponse", "values": ["range"], "duration": "PT12S"}
    found = one(tmp_path, event("AssessmentItemEvent", "Completed", generated=response))
    assert (found.kind, found.payload, found.observations) == ("assessment", {"seconds": 12.0, "response": "range"}, ())
    concepts = ConceptMap({str(ITEM["id"]): Item(("ranges", "loops"))})
    judged = event("AssessmentItemEvent", "Completed", generated=response, extensions={"correct": False})
    found = one(tmp_path, judged, concepts=concepts)
    assert [(seen.concept, seen.correct) for seen in found.observations] == [("ranges", False), ("loops", False)]


@pytest.mark.parametrize(
    ("kind", "action", "other", "told"),
    [
        ("SessionEvent", "LoggedIn", {}, "login"), ("SessionEvent", "LoggedOut", {}, "logout"),
        ("NavigationEvent", "NavigatedTo", {}, "open"), ("ViewEvent", "Viewed", {}, "open"),
        ("ToolUseEvent", "Used", {}, "use"), ("MediaEvent", "ForwardedTo", {}, "forwarded-to"),
        ("MessageEvent", "Posted", {"object": {"id": "urn:m", "type": "Message"}}, "message"),
        ("MessageEvent", "Posted", {"object": {"id": "urn:m", "replyTo": "urn:n"}}, "reply"),
        ("AssessmentItemEvent", "Started", {}, "start"), ("AssessmentItemEvent", "Skipped", {}, "skip"),
        ("AssignableEvent", "http://purl.imsglobal.org/vocab/caliper/v1/action#Abandoned", {}, "abandon"),
    ],
)  # fmt: skip
def test_actions(tmp_path: Path, kind: str, action: str, other: dict[str, Any], told: str) -> None:
    found = one(tmp_path, event(kind, action, **other))
    assert (found.kind, found.payload["action"]) == ("interaction", told)
    assert ("resource" in found.payload) == (kind != "SessionEvent")


def test_submitted_work_tells_how_many_items_it_has(tmp_path: Path) -> None:
    quiz = {"id": "https://school.example/quiz/1", "type": "Assessment", "items": [ITEM, "urn:i2"]}
    found = one(
        tmp_path, event("AssessmentEvent", "Submitted", object=quiz, generated=ATTEMPT, extensions={"items_done": 1})
    )
    assert (found.kind, found.task_id) == ("submission", quiz["id"])
    assert found.payload == {"seconds": 90.5, "items_total": 2, "items_done": 1}


def test_a_rating_is_a_survey_answer(tmp_path: Path) -> None:
    item = {
        "id": "urn:q:1", "type": "QuestionnaireItem", "isPartOf": {"id": "urn:affect", "type": "Questionnaire"},
        "question": {"type": "RatingScaleQuestion", "scale": {"type": "LikertScale", "itemValues": ["-1", "0", "1"]}},
    }  # fmt: skip
    answer = {"type": "RatingScaleResponse", "selections": ["1"]}
    found = one(tmp_path, event("QuestionnaireItemEvent", "Completed", object=item, generated=answer))
    assert found.kind == "survey"
    assert found.payload == {"instrument": "urn:affect", "answers": {"urn:q:1": 1.0}, "scale": [-1.0, 1.0]}


def test_a_session_that_timed_out_is_the_learners(tmp_path: Path) -> None:
    session = {"id": "urn:s", "type": "Session", "user": ANNA}
    actor = {"id": "https://school.example", "type": "SoftwareApplication"}
    found = one(tmp_path, event("SessionEvent", "TimedOut", actor=actor, object=session))
    assert (found.learner_id, found.payload["action"]) == (ANNA["id"], "logout")


def test_what_tells_of_no_event_and_what_is_wrong(tmp_path: Path) -> None:
    graded = {"type": "Score", "scoreGiven": 1, "maxScore": 1}
    bad = [
        event("ViewEvent", "Viewed", eventTime="now"), event("ViewEvent", "Viewed", actor=None),
        event("GradeEvent", "Graded", object={"type": "Attempt"}, generated=graded),
        event("GradeEvent", "Graded", object=ATTEMPT, generated={"scoreGiven": -1, "maxScore": 5}),
        event("GradeEvent", "Graded", object=ATTEMPT, generated={"scoreGiven": "1", "maxScore": 5}),
        event("GradeEvent", "Graded", object=ATTEMPT | {"endedAtTime": "2026-02-01T00:00:00Z"}, generated=graded),
    ]  # fmt: skip
    group = event("ViewEvent", "Viewed", actor={"id": "urn:g", "type": "Group"})
    path = tmp_path / "envelopes.jsonl"
    path.write_bytes(lines(orjson.dumps(envelope(ANNA, group, *bad)), orjson.dumps(event("ViewEvent", "Viewed"))))
    events, rejected, skipped = read("caliper", path)
    assert [found.payload for found in events] == [{"action": "open", "resource": ITEM["id"]}]
    assert [row.reason for row in skipped] == ["it describes an entity", "its actor is a group"]
    assert len(rejected) == len(bad)
    assert all(row.context["sensor"] == "https://school.example/sensors/1" for row in rejected)
    for row, part in zip(
        rejected, ("'now'", "learner id", "whose attempt", "out of range", "no number", "before"), strict=True
    ):
        assert part in row.reason
