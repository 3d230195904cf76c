"""`gradatim workflow plan`, as people and scripts use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gradatim.app.cli import cli
from gradatim.graphs.workflow import load_workflow

EXAMPLE = "assess a loop exercise, two hint rounds, ask me before grades go out"


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs the command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADATIM_MODEL", "none")

    def run(*arguments: str, typed: str | bytes = "") -> Result:
        return CliRunner().invoke(cli, ["workflow", "plan", *arguments], input=typed)

    return run


def test_it_shows_asks_and_saves(plan, tmp_path: Path) -> None:
    result = plan(EXAMPLE, typed="y\n")
    assert result.exit_code == 0
    assert "“two hint rounds”" in result.stderr or "“hint rounds”" in result.stderr
    assert "at most 2×" in result.stderr
    (saved,) = tmp_path.glob("*.yaml")
    assert f"saved: {saved.name}" in result.stderr
    assert load_workflow(saved).name == saved.stem


def test_no_saves_nothing(plan, tmp_path: Path) -> None:
    result = plan(EXAMPLE, typed="n\n")
    assert result.exit_code == 0
    assert list(tmp_path.iterdir()) == []
    assert result.stdout == ""


def test_a_change_is_taken_in_before_it_is_saved(plan, tmp_path: Path) -> None:
    result = plan(EXAMPLE, "--out", "lab.yaml", typed="change: five hint rounds, in Chinese\ny\n")
    assert result.exit_code == 0
    text = (tmp_path / "lab.yaml").read_text(encoding="utf-8")
    assert "at_most: 5" in text
    assert "language: zh" in text
    assert load_workflow(tmp_path / "lab.yaml").name == "lab"


def test_what_was_not_understood_is_asked_back(plan, tmp_path: Path) -> None:
    result = plan("assess, and zorble the frobnicator", typed="record it in the memory\ny\n")
    assert result.exit_code == 0
    assert "zorble the frobnicator" in result.stderr
    assert len(list(tmp_path.glob("*.yaml"))) == 1


def test_what_stays_unknown_ends_with_one(plan, tmp_path: Path) -> None:
    result = plan("assess, and zorble the frobnicator", typed="\ny\n")
    assert result.exit_code == 1
    assert len(list(tmp_path.glob("*.yaml"))) == 1


def test_a_pipe_gets_the_file(plan, tmp_path: Path) -> None:
    result = plan("-", typed=EXAMPLE)
    assert result.exit_code == 0
    assert "workflow: feedback-hints-approval" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_all_files_of_a_batch_are_saved_beside_each_other(plan, tmp_path: Path) -> None:
    result = plan("assess all submissions", "--yes", "--out", "batch.yaml")
    assert result.exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["batch-one.yaml", "batch.yaml"]
    assert load_workflow(tmp_path / "batch.yaml").children


def test_json_asks_nothing(plan, tmp_path: Path) -> None:
    result = plan("评估作业，两轮提示", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert found["language"] == "zh"
    assert [step["pattern"] for step in found["steps"]] == ["feedback", "hint_rounds"]
    assert found["saved"] == []
    assert list(tmp_path.iterdir()) == []


def test_nothing_that_is_there_is_replaced(plan, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("mine", encoding="utf-8")
    result = plan(EXAMPLE, "--yes", "--out", "mine.yaml")
    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["no ending", "1.yaml", "a/b c.yaml", "x.json"])
def test_a_name_that_cannot_be_used_is_refused(plan, name: str) -> None:
    result = plan(EXAMPLE, "--yes", "--out", name)
    assert result.exit_code == 2
    assert "--out" in result.stderr


def test_a_folder_that_is_not_there_is_told(plan) -> None:
    result = plan(EXAMPLE, "--yes", "--out", "nowhere/lab.yaml")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize(("arguments", "typed"), [(["make me a sandwich"], ""), ([""], ""), (["-"], b"\xff\xfe\x00")])
def test_what_is_no_instruction_is_refused_with_a_remedy(plan, arguments: list[str], typed: str | bytes) -> None:
    result = plan(*arguments, typed=typed)
    assert result.exit_code == 2
    assert "remedy:" in result.stderr


def test_a_model_that_is_not_there_is_done_without(plan, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRADATIM_CACHE_DIR", str(tmp_path / "cache"))
    result = plan(EXAMPLE, "--model", "qwen2.5-coder-1.5b", typed="n\n")
    assert result.exit_code == 0
    assert "the words alone were read" in result.stderr
