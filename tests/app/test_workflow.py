"""`gradatim workflow`: begin, check, draw, run, resume, kinds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.app.conftest import Invoke, objects

INPUTS = ("--input", "task=task.yaml", "--input", "submission=wrong.py")


@pytest.fixture
def starter(invoke: Invoke, files: Path) -> Path:
    """`lab.yaml` and `lab_nodes.py`, as `new` writes them."""
    done = invoke("workflow", "new", "lab")
    assert done.exit_code == 0, done.output
    return files / "lab.yaml"


def test_a_new_workflow_runs_as_it_stands_and_replaces_nothing(invoke: Invoke, starter: Path) -> None:
    assert starter.read_text().startswith("workflow: lab\n")
    assert "lab_nodes.py" in starter.read_text()
    assert invoke("workflow", "check", "lab.yaml").exit_code == 0
    again = invoke("workflow", "new", "lab")
    assert again.exit_code != 0
    other = invoke("workflow", "new", "second", "--from", "assessment")
    assert other.exit_code == 0
    assert Path("second.yaml").read_text().startswith("workflow: second\n")
    assert invoke("workflow", "new", "1st").exit_code != 0
    assert invoke("workflow", "new", "third", "--from", "asessment").exit_code != 0
    assert {"assessment", "starter"} <= set(invoke("workflow", "new", "--list").output.split())
    files = Path("own")
    files.mkdir()
    assert invoke("workflow", "new", "own/third", "--from", "lab.yaml").exit_code == 0
    assert "imports: [third_nodes.py]" in (files / "third.yaml").read_text()
    assert (files / "third_nodes.py").read_text() == Path("lab_nodes.py").read_text()
    assert invoke("workflow", "check", "own/third.yaml").exit_code == 0


def test_check_tells_all_mistakes_with_line_and_remedy(invoke: Invoke, starter: Path) -> None:
    starter.write_text(starter.read_text().replace("execute: {retry: 2}", "exectue: {retry: 2}"))
    told = invoke("workflow", "check", "lab.yaml", "packaged:assessment")
    assert told.exit_code == 1
    assert "lab.yaml:10: there is no kind 'exectue'" in told.output
    assert "did you mean 'execute'?" in told.output
    assert "packaged:assessment: assessment can run" in told.output
    found = objects(invoke("workflow", "check", "lab.yaml", "no.yaml", "--json").stdout)
    assert [item["ok"] for item in found] == [False, False]
    assert found[0]["problems"][0]["path"] == ["nodes", "exectue"]
    assert found[1]["problems"][0]["message"] == "does not exist"
    good = invoke("workflow", "check", "packaged:starter", "--set", "pass_mark=200")
    assert good.exit_code == 1
    assert "above 100" in good.output


def test_draw_in_the_terminal_and_as_files(invoke: Invoke, starter: Path) -> None:
    assert "execute + word_count → grade" in invoke("workflow", "draw", "lab.yaml").output
    for name in ("a.svg", "a.html", "a.mmd"):
        assert invoke("workflow", "draw", "lab.yaml", "--out", name).exit_code == 0
        assert "word_count" in Path(name).read_text("utf-8")
    assert invoke("workflow", "draw", "lab.yaml", "--out", "a.gif").exit_code != 0


def test_kinds_are_listed_and_told(invoke: Invoke, starter: Path) -> None:
    assert "ask_person" in invoke("workflow", "kinds").output
    told = invoke("workflow", "kinds", "grade").output
    assert "tests" in told
    assert "execution  Execution" in told
    (found,) = objects(invoke("workflow", "kinds", "word_count", "--from", "lab_nodes.py", "--json").stdout)
    assert found["reads"] == {"submission": "Submission"}
    assert invoke("workflow", "kinds", "grad").exit_code != 0


def run(invoke: Invoke, *more: str) -> tuple[int, dict[str, Any]]:
    done = invoke("workflow", "run", "lab.yaml", *INPUTS, "--model", "none", "--json", *more)
    return done.exit_code, json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}


def test_a_run_stops_at_a_question_and_is_resumed(invoke: Invoke, starter: Path) -> None:
    shown = invoke("workflow", "run", "lab.yaml", *INPUTS, "--model", "none", "--thread", "t", "--learner", "ada")
    assert shown.exit_code == 1
    assert "look asks: May this low grade go out?" in shown.output
    assert "gradatim workflow resume t --approve | --edit FILE" in shown.output
    code, found = run(invoke, "--thread", "t", "--learner", "ada")
    assert (code, found["finished"], found["questions"][0]["allowed"][-1]) == (1, False, "edit")
    grade = found["questions"][0]["shown"]["grade"]
    Path("edit.yaml").write_text(json.dumps({"grade": {**grade, "points": 49.5}}))
    Path("bad.yaml").write_text("grade: 3\n")
    refused = invoke("workflow", "resume", "t", "--edit", "bad.yaml", "--json")
    assert refused.exit_code != 0
    done = invoke("workflow", "resume", "t", "--edit", "edit.yaml", "--reviewer", "grace", "--json")
    assert done.exit_code == 0, done.output
    (row,) = objects(done.stdout)
    assert row["finished"]
    assert row["outputs"]["grade"]["points"] == 49.5
    assert invoke("workflow", "resume", "t", "--approve").exit_code != 0
    assert invoke("workflow", "resume", "nix", "--approve").exit_code != 0


def test_a_run_can_be_decided_at_once_and_takes_parameters(invoke: Invoke, starter: Path) -> None:
    code, found = run(invoke, "--decide", "reject")
    assert (code, found["outputs"]["word_count"]) == (0, 15)
    starter.write_text(starter.read_text().replace("edits: [grade]", "allowed: [respond]"))
    code, found = run(invoke, "--decide", "reject")
    assert (code, found["finished"]) == (1, False), "what does not take the answer waits"
    code, found = run(invoke, "--set", "pass_mark=0")
    assert (code, found["finished"]) == (0, True)
    assert found["seconds"].keys() == {"intake", "execute", "word_count", "grade"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--input", "task=task.yaml"),
        ("--input", "submission=wrong.py"),
        ("--input", "task=no.yaml", "--input", "submission=wrong.py"),
        ("--input", "task=task.yaml", "--input", "submission=no.py"),
        ("--input", "task=task.yaml", "--input", "sub=wrong.py"),
        ("--input", "task"),
        (*INPUTS, "--input", "task=task.yaml"),
        (*INPUTS, "--set", "pass_mark=low"),
        (*INPUTS, "--set", "mark=3"),
        (*INPUTS, "--set", "pass_mark=.nan"),
        (*INPUTS, "--language", "xx"),
    ],
)
def test_what_is_given_wrongly_is_refused_before_anything_runs(
    invoke: Invoke, starter: Path, arguments: tuple[str, ...]
) -> None:
    done = invoke("workflow", "run", "lab.yaml", *arguments, "--model", "none", "--data-dir", "never")
    assert done.exit_code != 0
    assert not Path("never/checkpoints.sqlite3").exists()


def test_a_class_is_given_as_a_folder_and_values_as_files(invoke: Invoke, files: Path) -> None:
    Path("class.yaml").write_text(
        "workflow: class\ninputs: [task, submissions, remark, numbers]\noutputs: [executions, collected]\nnodes:\n"
        "  execute: {for_each: submissions, as: submission, writes: {execution: executions}}\n"
        "  collect: {with: {of: [remark, numbers]}}\n"
        "edges: [START -> execute -> collect -> END]\n"
    )
    Path("programs").mkdir()
    for name in ("right.py", "wrong.py"):
        (Path("programs") / name).write_text(Path(name).read_text())
    Path("numbers.json").write_text("[1, 2]")
    given = ("task=task.yaml", "submissions=programs", "remark=2026-01-01", "numbers=@numbers.json")
    options = [part for text in given for part in ("--input", text)]
    done = invoke("workflow", "run", "class.yaml", *options, "--model", "none", "--json")
    assert done.exit_code == 0, done.output
    (row,) = objects(done.stdout)
    statuses = [[item["status"] for item in one["outcomes"]] for one in row["outputs"]["executions"]]
    assert sorted(statuses) == [["failed", "failed"], ["passed", "passed"]]
    assert row["outputs"]["collected"] == {"remark": "2026-01-01", "numbers": [1, 2]}
    mistaken = invoke("workflow", "run", "class.yaml", *options, "--input", "submissions=task.yaml")
    assert mistaken.exit_code == 2
    assert "--input" in mistaken.stderr
    swapped = [text if "=programs" not in text else "submissions=task.yaml" for text in options]
    mistaken = invoke("workflow", "run", "class.yaml", *swapped, "--model", "none")
    assert mistaken.exit_code == 2
    assert "is no program" in mistaken.stderr


def test_what_a_workflow_asks_is_listed_shown_and_decided_like_any_review(invoke: Invoke, starter: Path) -> None:
    Path("gradatim.toml").write_text("deliver_threshold = 1.0\nrepair_seconds = 0.0\n")
    Path("class.yaml").write_text(
        "workflow: class\ninputs: [task, submissions]\noutputs: [outcomes]\nnodes:\n  one: {workflow: "
        "'packaged:assessment', for_each: submissions, as: submission, writes: {outcome: outcomes}}\n"
        "edges: [START -> one -> END]\n"
    )
    given = ("--input", "task=task.yaml", "--input", "submissions=wrong.py", "--model", "none", "--json")
    done = invoke("workflow", "run", "class.yaml", *given, "--thread", "c", "--learner", "ada")
    assert done.exit_code == 1, done.output
    run(invoke, "--thread", "l")
    (listed,) = objects(invoke("review", "list", "--json").stdout)
    assert [item["id"] for item in listed["reviews"]] == ["c/one.0"]
    assert [(item["run"], item["workflow"]) for item in listed["questions"]] == [("l", "lab")]
    told = invoke("review", "list").stdout
    assert "lab asks: May this low grade go out?" in told
    assert "c/one.0" in told
    shown = invoke("review", "show", "c/one.0").stdout
    assert "for i in range(1, n):" in shown, "the program of the part that asks"
    shown = invoke("review", "show", "l")
    assert "waits since" in shown.stdout
    assert "points: 0.0" in shown.stdout
    assert "gradatim workflow resume l --approve" in shown.stderr

    Path("edit.yaml").write_text('explanation: ["`sum_up_to(3)` returns 99."]\n')
    refused = invoke("review", "decide", "c/one.0", "--edit", "edit.yaml", "--reviewer", "grace")
    assert refused.exit_code == 2
    assert "returns 99" in refused.stderr
    Path("edit.yaml").write_text('explanation: ["Look at the last value of `i`."]\n')
    done = invoke("review", "decide", "c/one.0", "--edit", "edit.yaml", "--reviewer", "grace", "--json")
    assert done.exit_code == 0, done.output
    (row,) = objects(done.stdout)
    (outcome,) = row["outputs"]["outcomes"]
    assert (outcome["delivered"], outcome["reviewed_by"]) == (True, "grace")
    assert outcome["feedback"]["explanation"][0]["text"] == "Look at the last value of `i`."
    again = invoke("review", "decide", "c/one.0", "--approve", "--reviewer", "alan")
    assert again.exit_code == 2
    assert "already decided by grace" in again.stderr
    assert invoke("review", "decide", "l", "--reject", "--reviewer", "grace").exit_code == 0
    again = invoke("review", "decide", "l", "--reject", "--reviewer", "grace")
    assert (again.exit_code, "waits for nobody" in again.stderr) == (2, True)
    assert "nothing waits" in invoke("review", "list").stdout


def test_what_composing_costs_is_measured_side_by_side(invoke: Invoke, workspace: Path) -> None:
    done = invoke("bench", "compose", "--json", "--sample", "3")
    assert done.exit_code == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["pairs"] == 3
    assert 0 < figures["empty_by_hand_cpu_ms"] < figures["by_hand_cpu_ms"]
    expected = 100 * (figures["composed_ms"] / figures["by_hand_ms"] - 1)
    assert abs(figures["cost_percent"] - expected) < 0.1
    assert figures["within_limit"] is (figures["cost_percent"] <= 3)
