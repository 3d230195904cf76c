"""The example tasks and submissions are well formed and fit together."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import jsonschema
import pytest
import yaml

from gradatim.domain import Task
from gradatim.settings import Settings
from gradatim.tools.submissions import HandedIn, read_submissions
from gradatim.tools.taskfile import task_schema
from tests.examples.catalogue import EXAMPLES, curriculum_ids, examples, expected, tasks

FILES = sorted((EXAMPLES / "tasks").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_task_fits_the_schema(path: Path) -> None:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(task_schema()).validate(data)


@pytest.mark.parametrize("task", tasks().values(), ids=tasks())
def test_task_is_complete(task: Task) -> None:
    assert (EXAMPLES / "tasks" / f"{task.id}.yaml").exists()
    assert task.reference
    assert len(task.tests) >= 5
    assert any(test.hidden for test in task.tests)
    assert not all(test.hidden for test in task.tests)
    assert set(task.concepts) <= curriculum_ids("concepts")
    assert len(task.concepts) >= 3


def test_every_form_of_test_is_shown_somewhere() -> None:
    cases = [test for task in tasks().values() for test in task.tests]
    assert {test.form for test in cases} == {"call", "program", "check", "suite"}
    assert any(test.raises for test in cases)
    assert any(test.name for test in cases)
    assert {test.weight for test in cases} >= {0.5, 1, 2}
    assert any(task.setup for task in tasks().values())
    assert {task.reveal_solution for task in tasks().values()} == {True, False}


def test_expected_names_every_submission_and_no_other() -> None:
    on_disk = {
        path.relative_to(EXAMPLES / "submissions").as_posix() for path in (EXAMPLES / "submissions").rglob("*.py")
    }
    assert {example.name for example in examples()} == on_disk
    assert set(expected()) == set(tasks())


def test_submissions_are_varied() -> None:
    verdicts = Counter(example.verdict for example in examples())
    assert set(verdicts) == {"correct", "incorrect"}
    assert verdicts["correct"] >= 15
    assert verdicts["incorrect"] >= 48
    assert {example.task_id for example in examples() if example.verdict == "correct"} == set(tasks())
    assert len({example.code for example in examples()}) == len(examples())
    assert len({example.misconceptions[0] for example in examples() if example.misconceptions}) >= 40


def test_expectations_can_be_met() -> None:
    for example in examples():
        count = len(example.code.splitlines())
        if example.verdict == "correct":
            assert (example.lines, example.misconceptions) == ((), ()), example.name
        else:
            assert example.lines, example.name
            assert all(1 <= line <= count for line in example.lines), example.name
            assert example.misconceptions, example.name
            assert set(example.misconceptions) <= curriculum_ids("misconceptions"), example.name


def test_submissions_are_taken_in() -> None:
    items = list(read_submissions([EXAMPLES / "submissions"], Settings()))
    assert len(items) == len(examples())
    assert all(isinstance(item, HandedIn) for item in items)
