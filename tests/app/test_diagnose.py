from __future__ import annotations

from pathlib import Path

from tests.app.conftest import Invoke, objects

KEYS = {
    "submission",
    "verdict",
    "error_category",
    "suspicious_lines",
    "misconceptions",
    "repair",
    "repairs",
    "evidence",
    "outcomes",
    "tier",
}


def test_a_wrong_program_as_json(invoke: Invoke, files: Path) -> None:
    result = invoke("diagnose", "task.yaml", "wrong.py", "--json")
    assert result.exit_code == 1, result.stderr
    (row,) = objects(result.stdout)
    assert set(row) == KEYS
    assert (row["submission"], row["verdict"], row["error_category"]) == ("wrong.py", "incorrect", "logical")
    assert all(set(line) == {"line", "score", "why"} for line in row["suspicious_lines"])
    scores = [line["score"] for line in row["suspicious_lines"]]
    assert scores == sorted(scores, reverse=True)
    assert 3 in [line["line"] for line in row["suspicious_lines"]]
    assert all({"id", "lines", "evidence", "confidence", "why"} == set(found) for found in row["misconceptions"])
    assert row["evidence"]
    assert [outcome["status"] for outcome in row["outcomes"]] == ["failed", "failed"]


def test_a_correct_program(invoke: Invoke, files: Path) -> None:
    result = invoke("diagnose", "task.yaml", "right.py", "--json")
    (row,) = objects(result.stdout)
    assert (result.exit_code, row["verdict"], row["error_category"]) == (0, "correct", None)
    assert (row["suspicious_lines"], row["misconceptions"]) == ([], [])


def test_for_a_person(invoke: Invoke, files: Path) -> None:
    result = invoke("diagnose", "task.yaml", "wrong.py", "right.py")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "incorrect  wrong.py: logical"
    assert lines[1].startswith("      line ")
    assert "correct    right.py" in lines


def test_a_program_that_python_cannot_read_and_one_that_is_not_there(invoke: Invoke, files: Path) -> None:
    (files / "broken.py").write_text("def sum_up_to(n)\n    return 0\n")
    result = invoke("diagnose", "task.yaml", "broken.py", "none.py", "--json", "--jsonl", "out.jsonl")
    assert result.exit_code == 2
    broken, none = objects(result.stdout)
    assert (broken["error_category"], broken["suspicious_lines"][0]["line"]) == ("SyntaxError", 1)
    assert (none["verdict"], none["error"]["message"]) == (None, "does not exist")
    assert set(none) == KEYS | {"error"}
    assert objects((files / "out.jsonl").read_text("utf-8")) == [broken, none]


def test_a_change_that_passes_all_tests(invoke: Invoke, files: Path) -> None:
    (row,) = objects(invoke("diagnose", "task.yaml", "wrong.py", "--json").stdout)
    assert row["repair"] == row["repairs"][0]
    assert [edit["line"] for edit in row["repair"]["edits"]] == [3]
    (files / "repaired.py").write_text(row["repair"]["code"])
    assert invoke("execute", "task.yaml", "repaired.py").exit_code == 0
    said = [item["summary"] for item in row["evidence"] if item["kind"] == "repair"]
    assert said
    assert "n + 1" not in said[0]
    shown = invoke("diagnose", "task.yaml", "wrong.py").stdout
    assert "a change that passes all tests: in line 3" in shown


def test_no_time_searches_no_change(invoke: Invoke, files: Path) -> None:
    (row,) = objects(invoke("diagnose", "task.yaml", "wrong.py", "--json", "--repair-seconds", "0").stdout)
    assert row["repair"] is None
    assert row["repairs"] == []


def test_a_pool_of_correct_programs(invoke: Invoke, files: Path) -> None:
    (files / "empty.py").write_text("def sum_up_to(n):\n    result = n * (n + 2) // 3\n    return result\n")
    (files / "good.py").write_text("def sum_up_to(n):\n    result = n * (n + 1) // 2\n    return result\n")
    (row,) = objects(invoke("diagnose", "task.yaml", "empty.py", "--json", "--pool", "good.py").stdout)
    assert "n * (n + 1) // 2" in row["repair"]["code"]
    refused = invoke("diagnose", "task.yaml", "empty.py", "--pool", "wrong.py")
    assert refused.exit_code == 2
    assert "none of 1 program passes every test" in refused.stderr
