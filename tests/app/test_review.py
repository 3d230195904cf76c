"""`gradatim review`: what a reviewer sees, and what is learnt from decisions."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest

from gradatim.agents.calibration import Calibration
from gradatim.app.edits import edit_template, read_edit
from gradatim.app.exports import FORMATS, export, read_rows, write_export
from gradatim.app.report.review import age, review_text
from gradatim.domain import Check, Feedback, LineQuoteClaim, ReviewRequest, Statement
from gradatim.errors import InputError
from gradatim.memory import open_memory
from gradatim.memory.rights.consent import consent_event
from gradatim.memory.storage.decisions import DecisionRecord, Message, SQLiteDecisions
from gradatim.settings import load_settings
from tests.app.conftest import Invoke, objects
from tests.app.report.factory import assessment

DRAFT = {part: {"text": f"{part}.", "evidence": ["test:t1"]} for part in ("error_identification", "explanation")}
CHOSEN = {**DRAFT, "explanation": {"text": "Better.", "evidence": ["test:t1"]}}


def record(number: int = 1, kind: str = "approve", **fields: Any) -> DecisionRecord:
    return DecisionRecord.model_validate(
        {
            "id": f"run{number}",
            "learner_id": "ada-lovelace",
            "task_id": "loops",
            "at": f"2026-01-01T00:00:{number % 60:02d}+00:00",
            "kind": kind,
            "reviewer": "Grace Hopper",
            "author": "model:m",
            "value": 0.5,
            "features": {"checks": 1.0, "graph": None},
            "right": {"approve": True, "respond": None}.get(kind, False),
            "prompt": (
                Message(role="system", content="s"),
                Message(role="user", content="# by ada-lovelace \ud800\n…"),
            ),
            "draft": json.dumps(DRAFT),
            "shown": json.dumps(DRAFT),
            "chosen": json.dumps(CHOSEN) if kind == "edit" else None,
            "changed": 0.5 if kind == "edit" else None,
            **fields,
        }
    )


def keep(workspace: Path, *records: DecisionRecord, consent: bool = True) -> None:
    """Keep decisions about learners who agree that they are learnt from, or do not."""

    async def add() -> None:
        async with open_memory(load_settings()) as memory:
            learners = {item.learner_id for item in records if item.learner_id}
            await memory.append([consent_event(learner, "improvement", consent) for learner in learners])
        store = SQLiteDecisions(workspace / "data" / "memory.sqlite3")
        for item in records:
            await store.add(item)
        await store.aclose()

    asyncio.run(add())


# ------------------------------------------------------------------------------------------ deciding


@pytest.fixture
def held(invoke: Invoke, files: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """A command line on a data folder in which one feedback waits for a person, as `run`."""
    monkeypatch.setenv("GRADATIM_DELIVER_THRESHOLD", "1")
    result = invoke("assess", "task.yaml", "wrong.py", "--model", "none", "--learner", "ada", "--thread", "run")
    assert result.exit_code == 1, result.stderr
    return invoke


def test_a_refuted_edit_is_only_taken_by_somebody_who_insists(held: Invoke, files: Path) -> None:
    (files / "edit.yaml").write_text("error_identification: ['`sum_up_to(3)` returns 99.']\n")
    refused = held("review", "decide", "run", "--edit", "edit.yaml", "--reviewer", "grace")
    assert refused.exit_code == 2
    assert "edit.yaml" in refused.stderr
    assert "returns 99" in refused.stderr
    assert "--anyway" in refused.stderr
    assert "open" in held("review", "list").stdout
    taken = held("review", "decide", "run", "--edit", "edit.yaml", "--reviewer", "grace", "--anyway", "--json")
    assert taken.exit_code == 0, taken.stderr
    assert "although refuted" in taken.stderr
    (row,) = objects(taken.stdout)
    (said,) = row["assessment"]["feedback"]["error_identification"]
    assert (said["text"], said["author"]) == ("`sum_up_to(3)` returns 99.", "person:grace")
    again = held("review", "decide", "run", "--edit", "edit.yaml", "--reviewer", "alan")
    assert again.exit_code == 2
    assert "already decided by grace" in again.stderr


def test_list_and_show_hold_what_a_reviewer_needs(held: Invoke) -> None:
    listed = held("review", "list").stdout
    assert "priority" in listed
    assert " 50 " in listed
    (row,) = objects(held("review", "list", "--json").stdout)[0]["reviews"]
    assert [cause["kind"] for cause in row["causes"]] == ["low-confidence"]
    shown = objects(held("review", "show", "run", "--json").stdout)[0]
    assert shown["assessment"]["diagnosis"]["verdict"] == "incorrect"
    assert shown["assessment"]["waiting"]
    text = held("review", "show", "run").stdout
    assert "for i in range(1, n):" in text
    assert "[50] low-confidence" in text
    held("review", "decide", "run", "--approve", "--reviewer", "grace")
    after = objects(held("review", "show", "run", "--json").stdout)[0]
    assert (after["decision"]["kind"], after["assessment"]["waiting"]) == ("approve", False)


@pytest.mark.parametrize("width", [60, 160])
def test_the_page_shows_every_sentence_with_its_checks_evidence_repairs_and_what_was_withheld(width: int) -> None:
    done = assessment()
    withheld = Statement(text="Iteration is confusing here.")
    evil = Statement(text="A \x1b[31m sentence [bold].", evidence=("test:t1",))
    feedback = done.feedback.model_copy(update={"withheld": (withheld,), "encouragement": (evil,)})
    request = ReviewRequest(
        id="run", created_at="2026-01-01T00:00:00+00:00", task_id=done.task.id, submission_id=done.submission.id,
        reasons=("why not",), feedback=feedback, confidence=done.confidence,
    )  # fmt: skip
    text = review_text(request, None, done, width=width)
    flat = "".join(text.split())
    for statement in (*feedback.statements(), withheld):
        assert "".join(statement.text.replace("\x1b", "\\x1b").split())[:12] in flat
        for check in statement.checks:
            assert check.claim.kind in text
        for name in statement.evidence:
            assert f"[{name}]"[:20] in flat
    for repair in done.diagnosis.repairs:
        assert "".join(repair.change.split())[:12] in flat
    assert "withheld" in text
    assert "\x1b" not in text
    assert max(map(len, text.split("\n"))) <= width
    assert "feedback" in review_text(request, None, None, width=width)


def test_ages() -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 1, 10, tzinfo=UTC)
    told = {"2026-01-09T23:57:00Z": "3 min", "2026-01-09T20:00:00+00:00": "4 h", "2026-01-01T00:00:00": "9 d", "?": "-"}
    assert {instant: age(instant, now) for instant in told} == told
    assert age("2026-01-10T00:10:00Z", now) == "0 min"


# ------------------------------------------------------------------------------------------ edits

CLAIM = LineQuoteClaim(line=1, text="x")
SAID = Statement(
    text='Line 1 is "x: 1"  # not a comment\nbut a trap.', evidence=("line:1",), claims=(CLAIM,),
    checks=(Check(claim=CLAIM, verdict="supported", method="source", detail="it is\nthere"),),
)  # fmt: skip
ORIGINAL = Feedback(
    error_identification=(SAID,), explanation=(), corrective_suggestion=(), encouragement=(), author="model:m",
    withheld=(Statement(text="Withheld\n- x"),),
)  # fmt: skip


def test_a_template_comes_back_as_the_feedback_it_was_made_from(tmp_path: Path) -> None:
    path = tmp_path / "edit.yaml"
    path.write_text(edit_template(ORIGINAL), encoding="utf-8")
    edit = read_edit(path, ORIGINAL, "grace", {"line:1"})
    assert edit.parts() == ORIGINAL.parts()
    assert edit.author == "person:grace"


def test_an_edit_may_name_the_evidence_of_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "edit.yaml"
    path.write_text("explanation:\n  - {text: New., evidence: [line:1, line:1]}\n  - Withheld\n")
    edit = read_edit(path, ORIGINAL, "grace", {"line:1"})
    assert edit.explanation[0] == Statement(text="New.", evidence=("line:1",))
    with pytest.raises(InputError, match=r"edit\.yaml:2: explanation\[1\]\.evidence names 'line:1'"):
        read_edit(path, ORIGINAL, "grace", set())


# ------------------------------------------------------------------------------------------ exports

RECORDS = (
    record(1),
    record(2, "reject"),
    record(3, "edit"),
    record(4, "respond"),
    record(5, author="realiser"),
    record(6, "edit", chosen=json.dumps(DRAFT)),
)


def test_every_format_says_what_it_can_and_names_what_it_leaves_out() -> None:
    pairs, singles, cases = (export(RECORDS, name) for name in ("trl", "kto", "thresholds"))
    (pair,) = pairs.rows
    assert [item["role"] for item in pair["prompt"]] == ["system", "user"]
    assert json.loads(pair["chosen"][0]["content"]) == CHOSEN
    assert json.loads(pair["rejected"][0]["content"]) == DRAFT
    assert pairs.left_out == {"not an edit": 3, "made from evidence alone, not by a model": 1, "nothing was changed": 1}
    assert [row["label"] for row in singles.rows] == [True, False]
    assert [row["right"] for row in cases.rows] == [True, False, False, True, False]
    assert len(export(RECORDS, "kto", everybody=True).rows) == 3


@pytest.mark.parametrize("name", FORMATS)
def test_no_row_names_anybody_and_every_row_comes_back(name: Any, tmp_path: Path) -> None:
    exported = export(RECORDS, name)
    write_export(exported, tmp_path / "rows.jsonl")
    text = (tmp_path / "rows.jsonl").read_text(encoding="utf-8")
    assert read_rows(text, name) == exported.rows
    assert exported.rows
    for secret in ("ada", "lovelace", "Grace", "Hopper", "run1", "run3"):
        assert secret not in text
    assert [item.name for item in tmp_path.iterdir()] == ["rows.jsonl"]


def test_a_row_of_another_form_is_refused() -> None:
    with pytest.raises(InputError, match="line 1"):
        read_rows('{"prompt": [], "completion": [], "label": 1}\n', "kto")
    same = [{"role": "assistant", "content": "x"}]
    with pytest.raises(InputError, match="the same"):
        read_rows(json.dumps({"prompt": same, "chosen": same, "rejected": same}), "trl")


def test_export_writes_rows_to_stdout_or_a_file(invoke: Invoke, workspace: Path) -> None:
    empty = invoke("review", "export", "--format", "trl")
    assert (empty.exit_code, empty.stdout) == (0, "")
    assert not (workspace / "data").exists()
    keep(workspace, *RECORDS)
    shown = invoke("review", "export", "--format", "trl")
    assert len(objects(shown.stdout)) == 1
    assert "left out 3: not an edit" in shown.stderr
    assert "programs" in shown.stderr
    written = invoke("review", "export", "--format", "thresholds", "--out", "rows.jsonl")
    assert written.stdout == ""
    assert len(objects((workspace / "rows.jsonl").read_text())) == 5
    assert invoke("review", "export", "--format", "trl", "--out", "no/such/rows.jsonl").exit_code == 3


def test_without_consent_nothing_is_learnt_from_a_decision(invoke: Invoke, workspace: Path) -> None:
    keep(workspace, *RECORDS, consent=False)
    anonymous = record(99, learner_id=None)
    keep(workspace, anonymous)
    for format in FORMATS:
        result = invoke("review", "export", "--format", format)
        rows = objects(result.stdout)
        assert len(rows) == (0 if format == "trl" else 1), format  # that of nobody in particular
        assert f"left out {len(RECORDS)}: the learner has not consented to improvement" in result.stderr
    refused = invoke("review", "calibrate", "--dry-run")
    assert refused.exit_code == 2  # one case is too few
    assert f"left out {len(RECORDS)}: " in refused.stderr


def test_consent_can_be_assumed_and_is_overruled_by_the_learner(
    invoke: Invoke, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(workspace, record(1, learner_id="ada"), consent=False)
    keep(workspace, record(2, learner_id="bo"))
    monkeypatch.setenv("GRADATIM_ASSUMED_CONSENT", "personalisation,improvement")
    never_asked = record(3, learner_id="cy")

    async def add() -> None:
        store = SQLiteDecisions(workspace / "data" / "memory.sqlite3")
        await store.add(never_asked)
        await store.aclose()

    asyncio.run(add())
    shown = invoke("review", "export", "--format", "thresholds")
    assert len(objects(shown.stdout)) == 2
    assert "left out 1: the learner has not consented" in shown.stderr


# -------------------------------------------------------------------------------- policy and calibration


def test_calibrate_needs_cases_and_then_changes_the_confidence(invoke: Invoke, workspace: Path) -> None:
    refused = invoke("review", "calibrate")
    assert refused.exit_code == 2
    assert "needs 20 cases of each outcome; there are 0 right and 0 wrong" in refused.stderr
    chance = random.Random(5)
    found: list[DecisionRecord] = []
    for number in range(90):
        firm = chance.random()
        kind = "approve" if chance.random() < firm else "reject"
        features = {"diagnosis": firm, "checks": 1.0}
        found.append(record(number, kind, id=f"case{number}", at="2026-01-01T00:00:00+00:00", features=features))
    keep(workspace, *found)
    tried = invoke("review", "calibrate", "--dry-run", "--json")
    assert tried.exit_code == 0, tried.stderr
    path = workspace / "data" / "calibration.json"
    assert not path.exists()
    (answer,) = objects(tried.stdout)
    assert answer["report"]["after"]["brier"] < answer["report"]["before"]["brier"]
    done = invoke("review", "calibrate")
    assert "ECE (equal mass)" in done.stdout
    fitted = Calibration.model_validate_json(path.read_text())
    assert fitted.probability({"diagnosis": 0.9, "checks": 1.0}) > fitted.probability({"diagnosis": 0.1, "checks": 1.0})
    assert invoke("review", "export", "--format", "thresholds", "--out", "rows.jsonl").exit_code == 0
    again = invoke("review", "calibrate", "--data", "rows.jsonl", "--json")
    assert objects(again.stdout)[0]["calibration"] == fitted.model_dump(mode="json")


def test_a_calibration_is_used_and_shown(invoke: Invoke, files: Path) -> None:
    flat = Calibration(method="isotonic", cases=2, right=1, scores=(0.5,), probabilities=(0.12,))
    (files / "data").mkdir()
    (files / "data" / "calibration.json").write_text(flat.model_dump_json())
    result = invoke("assess", "task.yaml", "wrong.py", "--model", "none", "--thread", "run", "--json")
    assert result.exit_code == 1, result.stderr
    confidence = objects(result.stdout)[0]["assessment"]["confidence"]
    assert (confidence["value"], confidence["calibrated"]) == (0.12, True)
    assert "probability of being right" in invoke("review", "show", "run").stdout


def test_policy_shows_what_is_in_force_and_names_mistakes(invoke: Invoke, workspace: Path) -> None:
    shown = invoke("review", "policy")
    assert shown.exit_code == 0
    assert "deliver from confidence 0.75 on" in shown.stdout
    (workspace / "mine.yaml").write_text("costs: {wrong_feedback: 10}\ntasks:\n  exam: {costs: {review: 5}}\n")
    assert "from confidence 0.9 on" in invoke("review", "policy", "--check", "mine.yaml").stdout
    answer = objects(invoke("review", "policy", "--check", "mine.yaml", "--task", "exam", "--json").stdout)[0]
    assert answer["threshold"] == 0.5
    (workspace / "mine.yaml").write_text("costs:\n  wrong: 1\n")
    wrong = invoke("review", "policy", "--check", "mine.yaml")
    assert wrong.exit_code == 2
    assert "mine.yaml:2" in wrong.stderr
