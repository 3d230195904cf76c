"""`--traces FILE` and the settings behind it, as commands take them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gradatim.app.cli import cli
from gradatim.evals.traces import read_traces
from gradatim.memory.rights.artefacts import Artefacts
from gradatim.settings import Settings
from gradatim.telemetry import recorder_at_work
from tests.app.conftest import TASK, WRONG


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    settings = {"DATA_DIR": str(tmp_path / "data"), "MODEL": "none", "REPAIR_SECONDS": "0", "WORKERS": "1"}
    for name, value in settings.items():
        monkeypatch.setenv(f"GRADATIM_{name}", value)
    (tmp_path / "task.yaml").write_text(TASK, "utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, "utf-8")
    return tmp_path


def call(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, list(arguments), input=stdin)


def test_an_assessment_that_waits_and_the_decision_are_two_traces(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADATIM_DELIVER_THRESHOLD", "1")
    found = call("assess", "task.yaml", "wrong.py", "--thread", "t1", "--learner", "ada", "--traces", "t.jsonl")
    assert found.exit_code == 1, found.output
    assert "traces: 1 run added to t.jsonl" in found.stderr
    decided = call("review", "decide", "t1", "--approve", "--reviewer", "grace", "--traces", "t.jsonl")
    assert decided.exit_code == 0, decided.output
    traces = list(read_traces(folder / "t.jsonl"))
    assert [item.attributes["conversation"] for item in traces] == ["t1", "t1"]
    assert [item.outputs["waiting"] for item in traces] == [True, False]
    assert recorder_at_work() is None


def test_the_setting_records_without_the_option_and_registers_what_holds_texts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADATIM_TRACES", str(folder / "t.jsonl"))
    monkeypatch.setenv("GRADATIM_TRACE_CONTENT", "pseudonymised")
    found = call("tutor", "task.yaml", "--code", "wrong.py", "--learner", "ada", stdin="can I have a hint?\n")
    assert found.exit_code == 0, found.output
    opening, turn = read_traces(folder / "t.jsonl")
    assert opening.attributes["conversation"] == turn.attributes["conversation"]
    assert turn.outputs["messages"][0]["content"] == "can I have a hint?"
    assert [(item.path.name, item.kind) for item in Artefacts.of(Settings()).of_learner("ada")] == [
        ("t.jsonl", "traces")
    ]


@pytest.mark.parametrize("name", ["t.jsonl", "t.jsonl.gz"])
def test_who_is_forgotten_is_taken_out_of_recorded_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("GRADATIM_TRACE_CONTENT", "pseudonymised")
    for learner in ("ada", "grace"):
        (folder / "own.py").write_text(f"{WRONG}# by {learner}\n", "utf-8")
        found = call("assess", "task.yaml", "own.py", "--learner", learner, "--traces", name, "--json")
        assert found.exit_code in (0, 1), found.output
    before = list(read_traces(folder / name))
    assert len({item.inputs["learner"] for item in before}) == 2
    # what a killed writer left of a line: part of a program, without a name
    half = b'{"inputs": {"submission": {"code": "def half_of_a_program' * 99
    with (folder / name).open("ab") as file:
        file.write(gzip.compress(half)[:-12] if name.endswith(".gz") else half)
    forgotten = call("learner", "forget", "ada", "--yes", "--json")
    assert forgotten.exit_code == 0, forgotten.output
    data = (folder / name).read_bytes()
    assert b"half_of_a_program" not in (gzip.decompress(data) if name.endswith(".gz") else data)
    (file,) = json.loads(forgotten.stdout.splitlines()[-1])["files"]
    assert (file["kind"], file["fate"], file["rows"]) == ("traces", "cleaned", 1)
    assert [item.inputs["learner"] for item in read_traces(folder / name)] == [before[1].inputs["learner"]]


def test_a_file_that_cannot_be_used_is_told_before_anything_is_done(folder: Path) -> None:
    (folder / "t.jsonl").write_text("my thesis", "utf-8")
    found = call("assess", "task.yaml", "wrong.py", "--json", "--traces", "t.jsonl")
    assert found.exit_code == 2
    assert "something else than traces" in found.stderr
    assert (folder / "t.jsonl").read_text("utf-8") == "my thesis"
    assert not (folder / "data").exists()


def test_without_option_and_setting_nothing_is_written(folder: Path) -> None:
    found = call("assess", "task.yaml", "wrong.py", "--json")
    assert found.exit_code in (0, 1)
    assert json.loads(found.stdout.splitlines()[-1])["verdict"] == "incorrect"
    assert "traces" not in found.stderr
    assert {item.name for item in folder.iterdir()} <= {"task.yaml", "wrong.py", "data"}
