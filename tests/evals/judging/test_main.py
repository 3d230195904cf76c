"""`python -m gradatim.evals.judging`: a report as text and as JSON, exit codes, and errors that name the place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradatim.evals.judging import read_report
from gradatim.evals.judging.__main__ import main
from gradatim.serving import models
from tests.evals.judging.replies import constant, model


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GRADATIM_CACHE_DIR", str(tmp_path / "cache"))


def test_evidence_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--model", "none", "--limit", "12", "--out", str(tmp_path / "report.json")]) == 0
    written = capsys.readouterr()
    assert "figures at first sight" in written.err  # its rules were made with this set at hand
    shown = written.out
    assert "Judge evidence" in shown
    assert "people (rows) by judge (columns)" in shown
    assert read_report(tmp_path / "report.json").dimensions["actionability"].n == 12


def test_a_model(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chat = model(constant("Yes"))
    monkeypatch.setattr(models, "open_chat_model", lambda *args, **more: chat)
    arguments = ["--model", "x", "--limit", "4", "--language", "zh", "--dimensions", "tutor_tone", "--json"]
    assert main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert json.loads(lines[0])["overall"]["n"] == 4
    asked = len(chat.requests)
    assert main([*arguments, "--strict"]) == 1  # four replies validate nobody
    assert len(chat.requests) == asked  # what was judged is kept
    assert (tmp_path / "cache" / "judging" / "judgements.jsonl").exists()


def test_published_dialogues(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "mrbench.json"
    answer = {"response": "The answer is 4.", "annotation": {"Actionability": "No", "Tutor_Tone": "Neutral"}}
    record = {
        "conversation_id": "1",
        "conversation_history": "Tutor: 2+2?\nStudent: 5",
        "tutor_responses": {"A": answer},
    }
    path.write_text(json.dumps([record]))
    assert main(["--model", "none", "--labelled", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dimensions"]["actionability"]["confusion"][2] == [0, 0, 1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--labelled", "/nowhere.json"], "/nowhere.json: cannot be read"),
        (["--limit", "0"], "--limit"),
        (["--language", "xx"], "nothing that people have labelled"),
        (["--model", "x", "--rubrics", "/nowhere.yaml"], "/nowhere.yaml: cannot be read"),
    ],
)
def test_errors_name_the_place(capsys: pytest.CaptureFixture[str], arguments: list[str], says: str) -> None:
    assert main(["--model", "none", *arguments]) == 2
    assert says in capsys.readouterr().err
