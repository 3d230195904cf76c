"""Where items come from: manifests, learners from names, keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradatim.errors import InputError, SubmissionError, TaskFileError
from gradatim.graphs.batch import Item, LearnerRule, Manifest, Programs
from gradatim.graphs.batch.circumstances import circumstances, differences, model_identity
from gradatim.settings import Settings
from tests.app.conftest import TASK as TASK_FILE
from tests.graphs.batch.support import entry, write_programs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks/one.yaml").write_text(TASK_FILE, "utf-8")
    (tmp_path / "tasks/two.yaml").write_text(TASK_FILE.replace("id: sum-up-to", "id: other"), "utf-8")
    (tmp_path / "a.py").write_text("x = 1\n", "utf-8")
    return tmp_path


def manifest(folder: Path, *lines: object) -> list[Item]:
    path = folder / "manifest.jsonl"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), "utf-8")
    return list(Manifest(path, Settings()).items())


def test_a_manifest_names_tasks_programs_and_learners(folder: Path) -> None:
    items = manifest(
        folder,
        {"task": "tasks/one.yaml", "program": "a.py", "learner": "ada"},
        {"task": "tasks/two.yaml", "file": "a.py"},
        {"task": "tasks/two.yaml", "file": "b.py", "code": "y = 2\r\n", "learner": "ben"},
    )
    assert [item.task.task.id for item in items if item.task] == ["sum-up-to", "other", "other"]
    assert [(item.name, item.code, item.learner_id) for item in items] == [
        ("a.py", "x = 1\n", "ada"), ("a.py", "x = 1\n", None), ("b.py", "y = 2\n", "ben"),
    ]  # fmt: skip
    assert [item.position for item in items] == [0, 1, 2]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nonsense", "not JSON"),
        ("[1]", "not a JSON object"),
        ({"program": "a.py"}, "names no task"),
        ({"task": "tasks/one.yaml"}, "names no program"),
        ({"task": "tasks/one.yaml", "program": "missing.py"}, "does not exist"),
        ({"task": "tasks/one.yaml", "program": "tasks"}, "not one program"),
        ({"task": "tasks/one.yaml", "code": 3}, "code is int"),
        ({"task": "tasks/one.yaml", "code": "x = 1\0"}, "characters"),
        ({"task": "tasks/one.yaml", "code": "x" * 300_000}, "larger"),
        ({"task": "tasks/one.yaml", "code": "x" * 3_000_000}, "longer"),
        ({"task": "tasks/one.yaml", "code": "  "}, "empty"),
    ],
)
def test_a_bad_line_is_an_item_with_its_reason(folder: Path, line: object, words: str) -> None:
    good = {"task": "tasks/one.yaml", "program": "a.py"}
    first, bad, last = manifest(folder, good, line, good)
    assert first.error is None
    assert last.error is None
    assert bad.error is not None
    assert words in bad.error.message


def test_a_bad_task_stops_everything(folder: Path) -> None:
    with pytest.raises(TaskFileError):
        manifest(folder, {"task": "tasks/missing.yaml", "program": "a.py"})


@pytest.mark.parametrize("lines", [[], ["", "  "]])
def test_an_empty_manifest_is_refused(folder: Path, lines: list[str]) -> None:
    with pytest.raises(InputError, match="holds no line"):
        manifest(folder, *lines)


def test_a_manifest_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(InputError, match="cannot be read"):
            list(Manifest(path, Settings()).items())


def test_learners_come_from_names() -> None:
    assert LearnerRule("file").learner("hand-in/week1/ada.py") == "ada"
    assert LearnerRule("folder").learner("hand-in/ada/main.py") == "ada"
    assert LearnerRule(r"hand-in/(\w+)-\d+").learner("hand-in/ada-17/main.py") == "ada"
    with pytest.raises(SubmissionError, match="does not say whose"):
        LearnerRule(r"hand-in/(\w+)-\d+").learner("elsewhere/main.py")
    for rule in ("(", "no group", "(two)(groups)"):
        with pytest.raises(InputError):
            LearnerRule(rule)


def test_a_line_that_names_its_learner_is_believed(tmp_path: Path) -> None:
    write_programs(
        tmp_path / "p.jsonl",
        [{"file": "x/ada.py", "code": "a = 1"}, {"file": "x/ben.py", "code": "a = 1", "learner": "chris"}],
    )
    items = Programs(entry(), [str(tmp_path / "p.jsonl")], Settings(), LearnerRule("file")).items()
    assert [item.learner_id for item in items] == ["ada", "chris"]


def test_standard_input_cannot_be_read_twice() -> None:
    with pytest.raises(InputError, match="twice"):
        Programs(entry(), ["-"], Settings())


def test_keys_differ_by_place_and_works_by_what_is_to_be_done() -> None:
    one = Item(0, "a.py", entry(), "x = 1\n", "ada")
    again = Item(1, "a.py", entry(), "x = 1\n", "ada")
    other = Item(2, "a.py", entry(), "x = 1\n", "ben")
    assert one.work("c") == again.work("c")
    assert one.key("c") != again.key("c")
    assert one.work("c") != other.work("c")
    assert one.work("c") != one.work("d")


def test_circumstances_see_the_content_of_files(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("costs: {review: 1}\n")
    before = circumstances(Settings(policy=policy))
    assert differences(before, circumstances(Settings(policy=policy, workers=7))) == []
    policy.write_text("costs: {review: 2}\n")
    (changed,) = differences(before, circumstances(Settings(policy=policy)))
    assert changed.startswith("policy was ")


def test_a_models_identity_is_not_its_address() -> None:
    assert model_identity("http://a/v1,http://b/v1#glm") == model_identity("vllm:models/x#glm") == "glm"
    assert model_identity("none") == "none"
