"""Folders of tasks and submissions, with what is known of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gradatim.errors import GradatimError, InputError
from gradatim.evals.datasets import load


def test_examples_say_what_the_file_of_truths_says() -> None:
    found = {example.id: example for example in load("examples")}
    truths = yaml.safe_load((Path(__file__).parents[3] / "examples" / "expected.yaml").read_text("utf-8"))
    listed = {f"{task}/{name}": facts for task, files in truths.items() for name, facts in files.items()}
    assert found.keys() == listed.keys()
    for name, facts in listed.items():
        reference = found[name].reference
        assert reference["verdict"] == facts["verdict"]
        assert reference.get("lines") == facts.get("lines")
        assert reference.get("misconceptions") == facts.get("misconception")
    example = found["fibonacci/02.py"]
    assert example.task is not None
    assert example.submission is not None
    assert example.task.id == example.submission.task_id == "fibonacci"
    assert list(example.reference["objectives"]) == list(example.task.concepts)


def test_a_folder_of_ones_own(folder: Path) -> None:
    found = list(load("folder", folder))
    assert [example.id for example in found] == ["first/a.py", "first/b.py", "second/a.py"]
    assert found[1].reference["misconceptions"] == ["wrong-operator"]
    assert [example.id for example in load("folder", folder, tasks="second")] == ["second/a.py"]
    assert [example.id for example in load("folder", folder, held_out=True)] == ["first/b.py"]
    assert [example.id for example in load("folder", folder, held_out=False)] == ["first/a.py", "second/a.py"]


def test_without_truths_only_the_objectives_are_known(folder: Path) -> None:
    (folder / "expected.yaml").unlink()
    assert [dict(example.reference) for example in load("folder", folder)] == [
        {"objectives": ["arithmetic-operators"]}
    ] * 3


def test_groups_beside_the_programs(folder: Path) -> None:
    (folder / "groups.csv").write_text("submission;language;course\nfirst/a.py;en;1\nfirst/b.py;;2\n", "utf-8-sig")
    assert [dict(example.groups) for example in load("folder", folder)] == [
        {"language": "en", "course": "1"},
        {"course": "2"},
        {},
    ]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("first:\n  a.py: {verdict: right}\n", 2, "'right' is no verdict"),
        ("first:\n  a.py: {verdict: correct}\n  b.py: {lines: 3}\n", 3, "not a list of line numbers"),
        ("first:\n  a.py: {verdikt: correct}\n", 2, "'verdikt' is not known"),
        ("first:\n  a.py: {lines: [0]}\n", 2, "not a list of line numbers"),
        ("first:\n  c.py: {verdict: correct}\n", 2, "first/c.py, which is not there"),
        ("third:\n  a.py: {verdict: correct}\n", 2, "third/a.py, which is not there"),
        ("first: [a.py]\n", 1, "not a mapping of the programs"),
        ("first:\n  a.py: {verdict: correct}\n  a.py: {verdict: correct}\n", 3, "given twice"),
    ],
)
def test_wrong_truths_are_told_with_their_line(folder: Path, text: str, line: int, told: str) -> None:
    (folder / "expected.yaml").write_text(text)
    with pytest.raises(InputError) as caught:
        list(load("folder", folder))
    assert f"expected.yaml:{line}" in str(caught.value)
    assert told in str(caught.value)
    assert caught.value.remedy


def test_what_cannot_be_read_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "submissions" / "first" / "b.py").write_bytes(b"x = '\xff\xfe'\n")
    with pytest.raises(GradatimError, match=r"b\.py") as caught:
        list(load("folder", folder))
    assert caught.value.remedy
    with pytest.raises(InputError, match="tasks"):
        list(load("folder", tmp_path / "nowhere"))
    with pytest.raises(InputError, match="no task 'fourth'"):
        list(load("folder", folder, tasks=["fourth"]))
