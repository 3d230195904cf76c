"""`gradatim learner collect` and `publish`: files in, files out."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.app.conftest import TASK, Invoke
from tests.memory.collection.material import lines, statement
from tests.memory.collection.test_progsnap2 import data_set


@pytest.fixture
def files(workspace: Path) -> Path:
    """A data set, statements with one bad line, and a grade book."""
    data_set(workspace / "set")
    (workspace / "statements.jsonl").write_bytes(
        lines(json.dumps(statement(1)), json.dumps(statement(1)), "{broken", json.dumps(statement(2, timestamp="soon")))
    )
    (workspace / "grades.csv").write_text(
        "learner,item,score,max,at\nanna,sum-up-to,9,10,2026-03-02T10:00:00Z\nanna,x,,10,\n"
    )
    return workspace


def test_a_summary_that_adds_up(invoke: Invoke, files: Path) -> None:
    result = invoke("learner", "collect", "statements.jsonl", "grades.csv", "set")
    assert result.exit_code == 1
    lines_ = result.stdout.splitlines()
    assert lines_[0].split() == ["file", "format", "read", "stored", "duplicates", "quarantined", "without", "event"]
    assert lines_[1].split() == ["statements.jsonl", "xapi", "4", "1", "1", "2", "0"]
    assert lines_[2].split() == ["grades.csv", "gradebook", "2", "1", "0", "0", "1"]
    assert lines_[3].split() == ["set", "progsnap2", "9", "8", "0", "0", "1"]
    assert lines_[4] == "15 rows read = 10 stored + 1 duplicates + 2 quarantined + 2 without an event"
    assert lines_[-1].startswith("quarantine: quarantine.jsonl")
    assert len((files / "quarantine.jsonl").read_text().splitlines()) == 2
    assert "anna" in invoke("learner", "list").stdout


def test_the_same_again_and_mended(invoke: Invoke, files: Path) -> None:
    assert invoke("learner", "collect", "statements.jsonl", "set").exit_code == 1
    again = json.loads(invoke("learner", "collect", "statements.jsonl", "set", "--json").stdout)
    assert (again["stored"], again["duplicates"], again["quarantined"]) == (0, 10, 2)
    assert again["quarantine"] == "quarantine-2.jsonl"
    assert again["read"] == again["stored"] + again["duplicates"] + again["quarantined"] + again["without_event"]
    mended = files / "quarantine.jsonl"
    mended.write_text(mended.read_text().replace("soon", "2026-03-01T11:00:00Z"))
    mended_lines = [line for line in mended.read_text().splitlines() if "broken" not in line]
    mended.write_text("\n".join(mended_lines))
    result = invoke("learner", "collect", "quarantine.jsonl", "--json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert (data["read"], data["stored"], data["quarantine"]) == (1, 1, None)
    assert data["files"][0]["format"] == "quarantine"


def test_concepts_of_tasks_and_of_a_table(invoke: Invoke, files: Path) -> None:
    (files / "tasks").mkdir()
    (files / "tasks" / "sum.yaml").write_text(TASK.replace("title:", "concepts: [range]\ntitle:"))
    (files / "concepts.csv").write_text("item,concepts,pass\nsum-up-to,loops;range,0.95\n")
    assert invoke("learner", "collect", "grades.csv", "--concepts", "tasks").exit_code == 0
    shown = json.loads(invoke("learner", "show", "anna", "--json").stdout)
    assert [item["concept"] for item in shown["mastery"]] == ["range"]
    arguments = ("grades.csv", "--concepts", "concepts.csv", "--source", "again", "--data-dir", "other", "--json")
    assert invoke("learner", "collect", *arguments).exit_code == 0
    shown = json.loads(invoke("learner", "show", "anna", "--json", "--data-dir", "other").stdout)
    (event,) = shown["recent_events"]
    assert event["observations"] == [{"concept": "loops", "correct": False}, {"concept": "range", "correct": False}]
    assert event["source"] == "again"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing.csv"], "cannot be read"),
        ([], "at least one file"),
        (["grades.csv", "--at", "noon"], "ISO 8601"),
        (["grades.csv", "--concepts", "grades.csv"], "names no item"),
        (["grades.csv", "--concepts", "set"], "no task file"),
        (["grades.csv", "--quarantine", "grades.csv"], "is an input as well"),
        (["grades.csv", "--quarantine", "statements.jsonl"], "there already"),
        (["grades.csv", "--format", "progsnap2"], "lacks the column"),
        (["statements.jsonl", "--pass-mark", "2"], "pass-mark"),
    ],
)
def test_what_cannot_be_done_is_said(invoke: Invoke, files: Path, arguments: list[str], words: str) -> None:
    before = sorted(path.name for path in files.iterdir())
    result = invoke("learner", "collect", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert [name for name in sorted(path.name for path in files.iterdir()) if name != "data"] == before


def test_clocks_are_listed(invoke: Invoke, files: Path) -> None:
    assert invoke("learner", "collect", "--list-clocks").stdout == "no clock was compared with another yet\n"
    rows = [f"Run.Program,s1,2026-03-01T12:{n:02}:00,2026-03-01T10:{n:02}:00" for n in range(40)]
    (files / "set" / "MainTable.csv").write_text(
        "\n".join(["EventType,SubjectID,ClientTimestamp,ServerTimestamp", *rows]), "utf-8"
    )
    result = invoke("learner", "collect", "set")
    assert result.exit_code == 0
    assert "40 instants put on the time line of the server" in result.stdout
    assert "-7,200.000 s" in result.stdout
    (clock,) = json.loads(invoke("learner", "collect", "--list-clocks", "--json").stdout)["clocks"]
    assert (clock["offset_seconds"], clock["applied"], clock["pairs"]) == (-7200.0, True, 40)


@pytest.mark.parametrize(("form", "out"), [("xapi", "out.jsonl"), ("progsnap2", "out")])
def test_what_is_published_is_collected_without_loss(invoke: Invoke, files: Path, form: str, out: str) -> None:
    invoke("learner", "collect", "statements.jsonl", "grades.csv", "set")
    nobody = invoke("learner", "publish", "--format", form, "--out", out)
    assert (nobody.exit_code, "none of 3 learners has consented" in nobody.stderr) == (2, True)
    for learner in ("anna", "s1"):
        invoke("learner", "consent", learner, "--give", "research")
    result = invoke("learner", "publish", "--format", form, "--out", out, "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    events = told.pop("events")
    assert told == {"out": out, "format": form, "learners": 2, "without_consent": 1}
    assert invoke("learner", "collect", out, "--data-dir", "other").exit_code == 0
    for learner in ("anna", "s1"):
        here = json.loads(invoke("learner", "export", learner, "--json").stdout)
        there = json.loads(invoke("learner", "export", learner, "--json", "--data-dir", "other").stdout)
        assert here["events"] == there["events"]
    again = json.loads(invoke("learner", "collect", out, "--json").stdout)
    assert (again["stored"], again["duplicates"]) == (0, events)
    assert invoke("learner", "publish", "--format", form, "--out", out).exit_code == 2
    assert invoke("learner", "forget", "anna", "--yes").exit_code == 0
    assert not any(path.is_file() for path in (files / out, *(files / out).rglob("*")))


def test_one_learner_is_published_alone(invoke: Invoke, files: Path) -> None:
    invoke("learner", "collect", "statements.jsonl", "set")
    result = invoke("learner", "publish", "anna", "--format", "xapi", "--out", "anna.jsonl")
    assert result.stdout == "1 event of 1 learner written to anna.jsonl\n"
    assert (files / "anna.jsonl").stat().st_mode & 0o077 == 0
    assert "s1" not in (files / "anna.jsonl").read_text()
    unknown = invoke("learner", "publish", "ana", "--format", "xapi", "--out", "ana.jsonl")
    assert unknown.exit_code == 2
    assert "did you mean 'anna'?" in unknown.stderr
    assert not (files / "ana.jsonl").exists()


def test_a_file_is_followed_until_the_process_is_told_to_end(invoke: Invoke, workspace: Path) -> None:
    path = workspace / "lrs.jsonl"
    path.write_bytes(lines(json.dumps(statement(1))))
    command = ["learner", "collect", "lrs.jsonl", "--follow", "--json"]
    call = f"from gradatim.app.cli import cli; cli.main({command!r})"
    with subprocess.Popen([sys.executable, "-c", call], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_for(invoke, 1)
        with path.open("ab") as file:
            file.write(lines(json.dumps(statement(2)), "{"))
        wait_for(invoke, 2)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    data = json.loads(out)
    assert process.returncode == 1
    assert (data["read"], data["stored"], data["quarantined"]) == (3, 2, 1)


def wait_for(invoke: Invoke, events: int) -> None:
    for _ in range(300):
        learners = json.loads(invoke("learner", "list", "--json").stdout)["learners"]
        if learners and learners[0]["events"] >= events:
            return
        time.sleep(0.1)
    raise AssertionError("it was never stored")


def test_an_export_of_a_learner_can_be_collected(invoke: Invoke, files: Path) -> None:
    invoke("learner", "collect", "set")
    (files / "s1.json").write_text(invoke("learner", "export", "s1").stdout)
    data = json.loads(invoke("learner", "collect", "s1.json", "--data-dir", "other", "--json").stdout)
    assert (data["files"][0]["format"], data["stored"], data["quarantined"]) == ("gradatim", 5, 0)


def test_who_does_not_agree_is_left_out_and_counted(invoke: Invoke, files: Path) -> None:
    invoke("learner", "consent", "anna", "--withdraw", "personalisation")
    told = json.loads(invoke("learner", "collect", "statements.jsonl", "grades.csv", "set", "--json").stdout)
    left_out = told["without_event_reasons"]["the learner has not consented to personalisation"]
    assert left_out > 0
    assert told["read"] == told["stored"] + told["duplicates"] + told["quarantined"] + told["without_event"]
    kinds = [event["kind"] for event in json.loads(invoke("learner", "export", "anna", "--json").stdout)["events"]]
    assert kinds == ["consent"]
    invoke("learner", "consent", "anna", "--give", "personalisation")
    again = json.loads(invoke("learner", "collect", "statements.jsonl", "grades.csv", "set", "--json").stdout)
    assert again["stored"] > 0
    assert again["stored"] + again["duplicates"] == told["stored"] + told["duplicates"] + left_out


def test_ids_become_pseudonyms_where_they_are_asked_for(
    invoke: Invoke, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADATIM_PSEUDONYMS", "true")
    assert json.loads(invoke("learner", "collect", "statements.jsonl", "--json").stdout)["stored"] > 0
    (known,) = json.loads(invoke("learner", "list", "--json").stdout)["learners"]
    assert known["learner_id"].startswith("learner-")
    by_name = json.loads(invoke("learner", "export", "anna", "--json").stdout)
    assert by_name["learner_id"] == known["learner_id"]
    assert "anna" not in json.dumps(by_name)
