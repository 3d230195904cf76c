"""`gradatim assess` and `gradatim review`, without a language model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from gradatim.domain import Assessment
from tests.app.conftest import Invoke, objects

HELD = ("assess", "task.yaml", "wrong.py", "--model", "none", "--learner", "ada", "--thread", "run")


@pytest.fixture
def held(invoke: Invoke, files: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """One feedback that waits for a person."""
    monkeypatch.setenv("GRADATIM_DELIVER_THRESHOLD", "1")
    result = invoke(*HELD)
    assert result.exit_code == 1, result.stderr
    assert "gradatim review list" in result.stderr
    return invoke


def test_an_assessment_as_json(invoke: Invoke, files: Path) -> None:
    result = invoke("assess", "task.yaml", "wrong.py", "--model", "none", "--learner", "ada", "--json")
    assert result.exit_code == 0, result.stderr
    (row,) = objects(result.stdout)
    assert (row["submission"], row["verdict"], row["route"], row["author"]) == (
        "wrong.py", "incorrect", "deliver", "realiser",
    )  # fmt: skip
    assessment = Assessment.model_validate(row["assessment"])
    assert assessment.delivered
    known = {item.id for item in assessment.diagnosis.evidence}
    assert all(set(item.evidence) <= known for item in assessment.feedback.statements())
    shown = invoke("learner", "show", "ada", "--json")
    assert objects(shown.stdout)[0]["events"] == 1


def test_a_report_for_people_names_verdict_parts_and_route(invoke: Invoke, files: Path) -> None:
    result = invoke("assess", "task.yaml", "wrong.py", "--model", "none", "--html", "report.html")
    assert result.exit_code == 0, result.stderr
    for word in ("incorrect", "What is wrong", "What to try next", "Confidence", "Delivered"):
        assert word in result.stdout
    assert "record" in result.stderr
    page = (files / "report.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "sum_up_to" in page


def test_several_programs_go_on_after_one_that_cannot_be_read(invoke: Invoke, files: Path) -> None:
    (files / "broken.py").write_bytes(b"x = '\xff\xfe'")
    result = invoke(
        "assess", "task.yaml", "right.py", "broken.py", "wrong.py", "--model", "none", "--jsonl", "out.jsonl",
        "--html", "reports",
    )  # fmt: skip
    assert result.exit_code == 2
    rows = [json.loads(line) for line in (files / "out.jsonl").read_text("utf-8").splitlines()]
    assert [row["verdict"] for row in rows] == ["correct", None, "incorrect"]
    assert "broken.py" in result.stderr
    assert len(list((files / "reports").glob("*.html"))) == 2


def test_the_same_thread_gives_the_same_assessment_and_one_record(invoke: Invoke, files: Path) -> None:
    arguments = (*HELD, "--json")
    first, second = invoke(*arguments), invoke(*arguments)
    assert objects(first.stdout) == objects(second.stdout)
    assert objects(invoke("learner", "show", "ada", "--json").stdout)[0]["events"] == 1
    other = invoke("assess", "task.yaml", "right.py", "--model", "none", "--learner", "ada", "--thread", "run")
    assert other.exit_code == 2
    assert "another submission" in other.stderr


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (("task.yaml", "wrong.py", "--model", "no-such-model"), "no-such-model"),
        (("task.yaml", "wrong.py", "--model", "http://127.0.0.1:9/v1"), "http://127.0.0.1:9/v1"),
        (("task.yaml", "absent.py", "--model", "none"), "absent.py"),
        (("absent.yaml", "wrong.py", "--model", "none"), "absent.yaml"),
        (("task.yaml", "wrong.py", "right.py", "--model", "none", "--thread", "t"), "--thread"),
        (("task.yaml", "wrong.py", "--model", "none", "--html", "absent/report.html"), "absent/report.html"),
        (("task.yaml", "wrong.py", "--model", "none", "--learner", "a\nb"), "learner"),
    ],
)
def test_bad_input_names_place_and_remedy(invoke: Invoke, files: Path, arguments: tuple[str, ...], place: str) -> None:
    result = invoke("assess", *arguments)
    assert result.exit_code in (2, 3)
    assert place in result.stderr
    assert "remedy:" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_model_that_is_down_degrades_with_the_reason(invoke: Invoke, files: Path) -> None:
    result = invoke("assess", "task.yaml", "wrong.py", "--model", "http://127.0.0.1:9/v1#m", "--json")
    (row,) = objects(result.stdout)
    assert row["author"] == "realiser"
    assert any("127.0.0.1:9" in item["reason"] for item in row["degradations"])


def test_a_review_is_listed_shown_and_decided_once(held: Invoke) -> None:
    (listed,) = objects(held("review", "list", "--json").stdout)[0]["reviews"]
    assert (listed["id"], listed["status"], listed["learner_id"]) == ("run", "open", "ada")
    assert "below 1.00" in held("review", "list").stdout
    shown = held("review", "show", "run")
    assert "error identification" in shown.stdout
    assert "gradatim review decide run" in shown.stdout
    decided = held("review", "decide", "run", "--approve", "--reviewer", "grace", "--json")
    assert decided.exit_code == 0, decided.stderr
    (row,) = objects(decided.stdout)
    assert row["delivered"]
    assert row["assessment"]["reviewed_by"] == "grace"
    again = held("review", "decide", "run", "--reject", "--reviewer", "alan")
    assert again.exit_code == 2
    assert "already decided by grace" in again.stderr
    assert "nothing waits" in held("review", "list").stdout
    assert "decided by grace" in held("review", "show", "run").stdout


def test_an_edit_reaches_the_learner_and_keeps_the_evidence_of_kept_sentences(held: Invoke, files: Path) -> None:
    template = held("review", "show", "run", "--template").stdout
    edited = yaml.safe_load(template)
    kept = edited["error_identification"][0]
    edited["encouragement"] = "You are nearly there."
    (files / "edit.yaml").write_text(yaml.safe_dump(edited), "utf-8")
    result = held("review", "decide", "run", "--edit", "edit.yaml", "--reviewer", "grace", "--json")
    assert result.exit_code == 0, result.stderr
    feedback = Assessment.model_validate(objects(result.stdout)[0]["assessment"]).feedback
    assert feedback.author == "person:grace"
    assert feedback.encouragement[0].text == "You are nearly there."
    assert feedback.error_identification[0].text == kept
    assert feedback.error_identification[0].evidence


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"- a\n- b\n", "not a mapping"),
        (b"praise: x\n", "edit.yaml:1: the file has an unknown key 'praise'"),
        (b"explanation: [1, 2]\n", "neither a text"),
        (b"explanation: [\n", "not YAML"),
        (
            b"explanation:\n  - {text: Yes., evidence: [test:t9]}\n",
            "edit.yaml:2: explanation[1].evidence names 'test:t9'",
        ),
        (b"explanation: ''\n", "has no sentence"),
        (b"\xff\xfe\xff", "is not UTF-8"),
    ],
)
def test_a_broken_edit_is_refused_and_the_request_stays_open(
    held: Invoke, files: Path, content: bytes, message: str
) -> None:
    (files / "edit.yaml").write_bytes(content)
    result = held("review", "decide", "run", "--edit", "edit.yaml", "--reviewer", "grace")
    assert result.exit_code == 2
    assert message in result.stderr
    assert "edit.yaml" in result.stderr
    assert len(objects(held("review", "list", "--json").stdout)[0]["reviews"]) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("decide", "nobody", "--approve", "--reviewer", "grace"),
        ("decide", "run", "--reviewer", "grace"),
        ("decide", "run", "--approve", "--reject", "--reviewer", "grace"),
        ("decide", "run", "--approve", "--reviewer", " "),
        ("decide", "run", "--approve"),
        ("decide", "run", "--respond", " ", "--reviewer", "grace"),
        ("show", "nobody"),
    ],
)
def test_unusable_decisions_are_refused(held: Invoke, arguments: tuple[str, ...]) -> None:
    result = held("review", *arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    assert len(objects(held("review", "list", "--json").stdout)[0]["reviews"]) == 1
