"""xAPI statements: who, what, when, and with which outcome."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from gradatim.domain import LearnerEvent
from gradatim.memory.collection import ConceptMap, Item
from tests.memory.collection.material import lines, read, statement

ADL = "http://adlnet.gov/expapi/verbs"


def one(tmp_path: Path, given: dict[str, Any], **options: Any) -> LearnerEvent:
    path = tmp_path / "one.jsonl"
    path.write_bytes(orjson.dumps(given))
    (event,), rejected, skipped = read("xapi", path, **options)
    assert not rejected
    assert not skipped
    return event


def test_an_answered_question(tmp_path: Path) -> None:
    event = one(tmp_path, statement())
    assert event.plain() == {
        "id": "00000000-0000-4000-8000-000000000001",
        "learner_id": "anna",
        "kind": "assessment",
        "at": "2026-03-01T10:00:00Z",
        "task_id": "https://lms.example/q/1",
        "observations": [{"concept": "loops", "correct": True}, {"concept": "range", "correct": True}],
        "source": "Moodle",
        "payload": {"score": 0.75, "seconds": 90.5, "response": "42", "passed": True},
    }


@pytest.mark.parametrize(
    ("actor", "learner"),
    [
        ({"mbox": "mailto:anna@example.org"}, "anna@example.org"),
        ({"mbox_sha1sum": "ab12"}, "sha1:ab12"),
        ({"openid": "https://id.example/anna"}, "https://id.example/anna"),
        ({"account": {"homePage": "https://a.example", "name": "7"}}, "7"),
    ],
)
def test_who(tmp_path: Path, actor: dict[str, Any], learner: str) -> None:
    assert one(tmp_path, statement(actor=actor)).learner_id == learner


def test_accounts_of_several_systems_can_be_kept_apart(tmp_path: Path) -> None:
    actor = {"account": {"homePage": "https://a.example", "name": "7"}}
    assert one(tmp_path, statement(actor=actor), qualify=True).learner_id == "https://a.example#7"


@pytest.mark.parametrize(
    ("verb", "kind", "action"),
    [
        (f"{ADL}/launched", "interaction", "open"),
        (f"{ADL}/experienced", "interaction", "open"),
        (f"{ADL}/initialized", "interaction", "open"),
        (f"{ADL}/terminated", "interaction", "close"),
        (f"{ADL}/asked", "interaction", "message"),
        (f"{ADL}/interacted", "interaction", "interact"),
        (f"{ADL}/attempted", "interaction", "attempt"),
        (f"{ADL}/completed", "interaction", "complete"),
        ("https://w3id.org/xapi/adl/verbs/logged-in", "interaction", "login"),
        ("https://x.example/verbs#Juggled", "interaction", "juggled"),
    ],
)
def test_verbs_without_an_outcome(tmp_path: Path, verb: str, kind: str, action: str) -> None:
    event = one(tmp_path, statement(verb={"id": verb}, result=None))
    assert (event.kind, event.payload["action"], event.payload["resource"]) == (kind, action, "https://lms.example/q/1")
    assert event.observations == ()


@pytest.mark.parametrize(
    ("verb", "result", "passed"),
    [
        ("passed", {}, True), ("failed", {}, False), ("mastered", {}, True), ("answered", {}, None),
        ("completed", {"success": False}, False), ("attempted", {"success": True}, True),
        ("answered", {"score": {"scaled": 0.9}}, None), ("failed", {"success": True}, True),
    ],
)  # fmt: skip
def test_verdicts_come_from_the_result_and_else_from_the_verb(
    tmp_path: Path, verb: str, result: dict[str, Any], passed: bool | None
) -> None:
    event = one(tmp_path, statement(verb={"id": f"{ADL}/{verb}"}, result=result))
    assert event.kind == "assessment"
    assert event.payload.get("passed") is passed
    assert {seen.correct for seen in event.observations} == (set() if passed is None else {passed})


def test_a_pass_mark_turns_a_score_into_a_verdict(tmp_path: Path) -> None:
    given = statement(result={"score": {"raw": 7, "min": 0, "max": 10}})
    assert "passed" not in one(tmp_path, given).payload
    assert one(tmp_path, given, pass_mark=0.7).payload == {"score": 0.7, "passed": True}
    concepts = ConceptMap({"https://lms.example/q/1": Item(("sums",), pass_mark=0.8)})
    event = one(tmp_path, given, pass_mark=0.7, concepts=concepts)
    assert [(seen.concept, seen.correct) for seen in event.observations] == [("sums", False)]


@pytest.mark.parametrize(
    ("score", "payload"),
    [
        ({"scaled": 1}, {"score": 1}), ({"raw": 3}, {"points": 3}), ({"scaled": -0.5}, {"points": -0.5}),
        ({"raw": 5, "min": 5, "max": 10, "scaled": None}, {"score": 0.0}), ({"raw": 12, "max": 10}, {"score": 1.0}),
    ],
)  # fmt: skip
def test_scores(tmp_path: Path, score: dict[str, Any], payload: dict[str, Any]) -> None:
    assert one(tmp_path, statement(result={"score": score})).payload == payload


def test_what_else_is_known_stands_in_the_extensions(tmp_path: Path) -> None:
    context = {"extensions": {"https://x.example/confidence": 0.5, "https://x.example/items-done": 3}}
    result = {"completion": False, "duration": "P1M", "extensions": {"https://x.example/items_total": 5}}
    event = one(tmp_path, statement(context=context, result=result))
    assert event.payload == {"confidence": 0.5, "items_done": 3, "items_total": 5, "complete": False}
    assert event.source == "xapi"
    assert one(tmp_path, statement(result={"extensions": [1]})).payload == {}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"actor": None}, "no actor"), ({"actor": {"name": "Anna"}}, "identifier of the actor is missing"),
        ({"actor": {"account": {"name": 7}}}, "account name is no text"), ({"verb": None}, "no verb"),
        ({"object": None}, "object"), ({"object": {"id": ""}}, "activity id"), ({"timestamp": "soon"}, "'soon'"),
        ({"timestamp": 5}, "no timestamp"), ({"id": 5}, "event id"), ({"id": "a\nb"}, "control character"),
        ({"result": {"success": "yes"}}, "'yes' is not a boolean"), ({"result": {"score": {"scaled": 2}}}, "scaled 2"),
        ({"result": {"score": {"raw": "7"}}}, "'7' is no number"),
        ({"result": {"score": {"raw": -1, "max": 5}}}, "out of"),
        ({"result": {"duration": "90 s"}}, "'90 s'"), ({"result": [1]}, "result is no JSON object"),
        ({"context": {"extensions": {"https://x.example/confidence": 85}}}, "confidence 85"),
        ({"actor": {"account": {"name": "x" * 201}}}, "201 characters"),
    ],
)  # fmt: skip
def test_bad_statements(tmp_path: Path, change: dict[str, Any], reason: str | None) -> None:
    path = tmp_path / "statements.jsonl"
    path.write_bytes(lines(orjson.dumps(statement(1, **change)), orjson.dumps(statement(2))))
    events, rejected, _ = read("xapi", path)
    assert events[-1].id.endswith("2")
    if reason is not None:
        assert len(events) == 1
        assert reason in rejected[0].reason
        assert orjson.loads(rejected[0].raw) == statement(1, **change)


@pytest.mark.parametrize(("response", "answer"), [("b", 2), ("d", None), (None, None)])
def test_a_likert_item_is_a_survey(tmp_path: Path, response: str | None, answer: int | None) -> None:
    definition = {"interactionType": "likert", "scale": [{"id": step} for step in "abc"]}
    given = statement(
        object={"id": "urn:q1", "definition": definition}, result={"response": response},
        context={"contextActivities": {"parent": [{"id": "urn:affect"}]}},
    )  # fmt: skip
    event = one(tmp_path, given)
    assert (event.kind, event.task_id, event.observations) == ("survey", None, ())
    assert event.payload == {"instrument": "urn:affect", "answers": {"urn:q1": answer}, "scale": [1, 3]}


def test_voided_statements_and_groups_tell_of_no_event(tmp_path: Path) -> None:
    voiding = statement(
        3, verb={"id": f"{ADL}/voided"}, object={"objectType": "StatementRef", "id": statement(1)["id"]}
    )
    group = statement(4, actor={"objectType": "Group", "mbox": "mailto:team@example.org"})
    path = tmp_path / "statements.json"
    path.write_bytes(orjson.dumps({"statements": [statement(1), statement(2), voiding, group]}))
    events, rejected, skipped = read("xapi", path)
    assert [event.id for event in events] == [statement(2)["id"]]
    assert not rejected
    assert [row.reason for row in skipped] == [
        "a later statement voids it", "it voids another statement", "its actor is a group"
    ]  # fmt: skip


def test_a_statement_without_an_id_gets_the_same_one_each_time(tmp_path: Path) -> None:
    given = statement()
    del given["id"]
    assert one(tmp_path, given).id == one(tmp_path, dict(reversed(given.items()))).id
    assert one(tmp_path, given).id != one(tmp_path, given | {"timestamp": "2026-03-02T10:00:00Z"}).id
