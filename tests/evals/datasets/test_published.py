"""Data sets in the formats in which they are published: Refactory, ProgSnap2, responses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradatim.domain import LearnerEvent
from gradatim.errors import InputError
from gradatim.evals.datasets import load
from gradatim.memory.collection.progsnap2 import write_progsnap2

QUESTION = {
    "statement": "Double n.",
    "setup": "",
    "tests": [{"call": "double(2)", "expect": "4"}],
    "reference": ["def double(n):\r\n    return 2 * n"],
}


def _refactory(folder: Path, rows: list[object]) -> Path:
    folder.mkdir()
    (folder / "question_1.json").write_text(json.dumps(QUESTION))
    (folder / "question_1.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder


def test_refactory(tmp_path: Path) -> None:
    wrong = {"file": "wrong_1.py", "label": "wrong", "code": "def double(n):\r\n    return n\r\n"}
    rows = [wrong, {**wrong, "file": "correct_1.py", "label": "correct", "code": "double = lambda n: n + n"}]
    folder = _refactory(tmp_path / "r", [*rows, {**wrong, "label": "fail"}])
    found = list(load("refactory", folder))
    assert [(item.id, item.reference["verdict"]) for item in found] == [
        ("question-1/wrong_1.py", "incorrect"),
        ("question-1/correct_1.py", "correct"),
    ]
    task, submission = found[0].task, found[0].submission
    assert task is not None
    assert submission is not None
    assert task.entry_point == "double"
    assert task.reference == "def double(n):\n    return 2 * n"
    assert "\r" not in submission.code
    assert [item.id for item in load("refactory", folder, label="correct")] == ["question-1/correct_1.py"]
    assert len(list(load("refactory", folder, questions=1))) == 2


def test_refactory_programs_of_one_name_keep_ids_of_their_own(tmp_path: Path) -> None:
    rows = [
        {"file": "a.py", "label": label, "code": code} for label, code in (("wrong", "x"), ("fail", "y"), ("fail", "x"))
    ]
    found = list(load("refactory", _refactory(tmp_path / "r", list(rows))))
    assert [item.inputs["submission"]["code"] for item in found] == ["x", "y"]
    assert found[0].id == "question-1/a.py"
    assert found[1].id.startswith("question-1/a.py#")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"file": "a.py", "label": "good", "code": "x"}, "label 'good'"),
        ({"file": "a.py", "label": "wrong"}, "not a labelled program"),
        (["a.py"], "not a labelled program"),
        ({"file": "a.py", "label": "wrong", "code": "y" * (1024 * 1024 + 1)}, "not a labelled program"),
        ({"file": "a.py", "label": "wrong", "code": "y" * (4 * 1024 * 1024)}, "longer than 4 MiB"),
    ],
)
def test_refactory_rows_that_are_wrong(tmp_path: Path, row: object, told: str) -> None:
    fine = {"file": "fine.py", "label": "correct", "code": "x = 1"}
    folder = _refactory(tmp_path / "r", [fine, row])
    with pytest.raises(InputError) as caught:
        list(load("refactory", folder))
    assert told in caught.value.message
    assert "question_1.jsonl" in (caught.value.place or "")


def test_refactory_folders_and_options_that_are_wrong(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no question_N"):
        list(load("refactory", tmp_path))
    folder = _refactory(tmp_path / "r", [])
    with pytest.raises(InputError, match="did you mean 'wrong'"):
        list(load("refactory", folder, label="wrnog"))
    with pytest.raises(InputError, match=r"no question_7\.json"):
        list(load("refactory", folder, questions="1,7"))
    (folder / "question_1.json").write_text("[]")
    with pytest.raises(InputError, match="not a question"):
        list(load("refactory", folder))
    (folder / "question_1.jsonl").unlink()
    (folder / "question_1.json").write_text(json.dumps(QUESTION))
    with pytest.raises(InputError, match="cannot be read"):
        list(load("refactory", folder))


def _event(number: int, code: str | None, passed: bool, learner: str = "l1") -> LearnerEvent:
    payload = {"passed": passed, "score": 1.0 if passed else 0.5} | ({} if code is None else {"code": code})
    return LearnerEvent(
        id=f"e{number}",
        learner_id=learner,
        kind="submission",
        at=f"2026-01-0{number}T10:00:00Z",
        task_id="first",
        payload=payload,  # type: ignore[arg-type]
    )


def test_progsnap2(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "ps2"
    write_progsnap2([_event(1, "a = 1", False), _event(2, "a = 2", True), _event(3, "b", True, "l2")], data)
    found = list(load("progsnap2", data))
    assert [
        (item.inputs["learner"], item.inputs["submission"]["code"], item.reference["verdict"]) for item in found
    ] == [
        ("l1", "a = 1", "incorrect"),
        ("l1", "a = 2", "correct"),
        ("l2", "b", "correct"),
    ]
    assert found[0].reference["score"] == 0.5
    assert found[0].inputs["task_id"] == "first"
    assert "task" not in found[0].inputs
    with_tasks = list(load("progsnap2", data, tasks=folder / "tasks", attempts="last"))
    assert [item.inputs["submission"]["code"] for item in with_tasks] == ["a = 2", "b"]
    assert with_tasks[0].task is not None
    first = [item.inputs["submission"]["code"] for item in load("progsnap2", data, attempts="first")]
    assert first == ["a = 1", "b"]


def test_progsnap2_that_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no MainTable\.csv"):
        list(load("progsnap2", tmp_path))
    data = tmp_path / "ps2"
    write_progsnap2([_event(1, "a = 1", False)], data)
    with pytest.raises(InputError, match="attempts is 'best'"):
        list(load("progsnap2", data, attempts="best"))
    main = data / "MainTable.csv"
    main.write_text(main.read_text() + "Submit,1,1\n")
    with pytest.raises(InputError, match=r"MainTable\.csv:3"):
        list(load("progsnap2", data))
    assert len(list(load("progsnap2", data, skip_bad=True))) == 1
    bare = tmp_path / "bare"
    write_progsnap2([_event(1, None, True)], bare)
    with pytest.raises(InputError, match="no programs"):
        list(load("progsnap2", bare))


def test_responses(tmp_path: Path) -> None:
    (tmp_path / "three.txt").write_text("2\n7,9\n1,0\n3\n7,7,8\n0,1,1\n")
    found = list(load("responses", tmp_path / "three.txt"))
    assert [item.reference["correct"] for item in found] == [[True, False], [False, True, True]]
    assert [row["skill"] for row in found[1].inputs["responses"]] == ["7", "7", "8"]
    assert len(list(load("responses", tmp_path / "three.txt", least=3))) == 1
    with pytest.raises(InputError, match="no learner with 4"):
        list(load("responses", tmp_path / "three.txt", least=4))
    (tmp_path / "bad.txt").write_text("2\n7,9\n1\n")
    with pytest.raises(InputError, match=r"bad\.txt:3"):
        list(load("responses", tmp_path / "bad.txt"))
    (tmp_path / "r.csv").write_text("learner,skill,correct,item\na,s1,1,i1\na,s2,0,i2\nb,s1,1,i1\n")
    assert [row["item"] for row in next(load("responses", tmp_path / "r.csv")).inputs["responses"]] == ["i1", "i2"]
