"""`gradatim eval judge` and `gradatim eval score --judge`: figures, what is said of a judge, exit codes, errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gradatim.app.cli import cli
from gradatim.errors import ModelError
from gradatim.evals.judging import JudgeReport, packaged_labelled, read_report, validate_judge
from gradatim.evals.judging.judge import PATIENCE
from gradatim.evals.traces import Trace, write_traces
from gradatim.serving import models
from gradatim.serving.scripted import ScriptedChat
from gradatim.testing import scripted
from tests.evals.judging.replies import Table, constant, judge, model

Use = Callable[[ScriptedChat], ScriptedChat]


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GRADATIM_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Have a scripted model stand for every name of a model."""

    def put(chat: ScriptedChat) -> ScriptedChat:
        monkeypatch.setattr(models, "open_chat_model", lambda *args, **more: chat)
        return chat

    return put


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Three dialogues of two turns of a tutor each, and a run without any."""
    path = tmp_path / "runs.jsonl"
    said = ("What did you expect?", "Which line prints it?")
    traces = [
        Trace(
            str(number),
            "tutoring",
            {
                "submission": {"code": f"print({number} * 2)\n"},
                "messages": [{"role": "user", "content": "It prints 4."}],
            },
            {"messages": [{"role": "assistant", "content": text} for text in said]},
            {"verdict": "incorrect", "lines": [1]},
        )
        for number in range(3)
    ]
    write_traces(path, [*traces, Trace("other", "assessment")])
    return path


def command(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["eval", *map(str, arguments)])


def score(path: Path, *arguments: object) -> dict[str, Any]:
    done = command("score", path, "--judge", "x", "--json", *arguments)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


class TestJudge:
    def test_evidence_alone(self, tmp_path: Path) -> None:
        done = command("judge", "--model", "none", "--limit", 12, "--out", tmp_path / "report.json")
        assert done.exit_code == 0
        assert "figures at first sight" in done.stderr  # its rules were made with this set at hand
        assert "Judge evidence" in done.stdout
        assert "people (rows) by judge (columns)" in done.stdout
        assert read_report(tmp_path / "report.json").dimensions["actionability"].n == 12

    def test_a_model(self, use: Use, tmp_path: Path) -> None:
        chat = use(model(constant("Yes")))
        arguments = ["judge", "--model", "x", "--limit", 4, "--language", "zh", "--dimensions", "tutor_tone", "--json"]
        done = command(*arguments)
        assert done.exit_code == 0
        assert json.loads(done.stdout)["overall"]["n"] == 4
        assert len(chat.requests) == 8
        assert command(*arguments, "--strict").exit_code == 1  # four replies validate nobody
        assert len(chat.requests) == 8  # what was judged is kept
        assert (tmp_path / "cache" / "judging" / "judgements.jsonl").exists()

    def test_published_dialogues(self, tmp_path: Path) -> None:
        path = tmp_path / "mrbench.json"
        answer = {"response": "The answer is 4.", "annotation": {"Actionability": "No", "Tutor_Tone": "Neutral"}}
        record = {
            "conversation_id": "1",
            "conversation_history": "Tutor: 2+2?\nStudent: 5",
            "tutor_responses": {"A": answer},
        }
        path.write_text(json.dumps([record]))
        done = command("judge", "--model", "none", "--labelled", path, "--json")
        assert json.loads(done.stdout)["dimensions"]["actionability"]["confusion"][2] == [0, 0, 1]

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["--labelled", "/nowhere.json"], "/nowhere.json: cannot be read"),
            (["--limit", "0"], "--limit"),
            (["--language", "xx"], "nothing that people have labelled"),
            (["--model", "x", "--rubric", "/nowhere.yaml"], "/nowhere.yaml: cannot be read"),
            (["--dimensions", "tone"], "there is no dimension 'tone'"),
        ],
    )
    def test_errors_name_the_place(self, arguments: list[str], says: str) -> None:
        done = command("judge", "--model", "none", *arguments)
        assert done.exit_code == 2
        assert says in done.stderr


class TestScore:
    def test_without_a_report_every_score_says_so(self, use: Use, runs: Path, tmp_path: Path) -> None:
        use(model(constant("Yes")))
        out = tmp_path / "scores.jsonl"
        done = command("score", runs, "--judge", "x", "--scorers", "judged_tutor_tone", "--out", out)
        assert done.exit_code == 0
        assert done.stderr.count("is not validated as a judge") == 1
        row = next(line for line in done.stdout.splitlines() if line.startswith("judged_tutor_tone"))
        assert row.split()[1] == "1.000"
        assert row.endswith("(not validated)")
        assert "6 judgements by scripted" in done.stdout
        scores = [json.loads(line) for line in out.read_text().splitlines()]
        assert [item["score"] for item in scores] == [1, 1, 1, None]
        assert {item["metadata"]["validity"] for item in scores} == {"not validated"}

    def test_all_dimensions_stand_beside_the_scorers_of_their_family(self, use: Use, runs: Path) -> None:
        use(model(constant("No")))
        keys = [figure["key"] for figure in score(runs, "--scorers", "tutoring")["figures"]]
        assert "talk_ratio" in keys
        assert len([key for key in keys if key.startswith("judged_")]) == 8
        assert len({figure["key"] for figure in score(runs)["figures"]}) > 60  # and beside all of them

    def test_a_validated_judge_is_told_apart_from_a_refused_one(self, use: Use, runs: Path, tmp_path: Path) -> None:
        asked = use(model(constant("Yes")))
        report = _report(
            tmp_path, lambda dimension, item: "Yes" if dimension == "coherence" else item.labels[dimension]
        )
        found = score(runs, "--scorers", "judged", "--judge-report", report)
        assert "judged_coherence" not in {figure["key"] for figure in found["figures"]}
        assert set(found["judge"]["standings"].values()) == {"validated"}
        assert {figure["standing"] for figure in found["figures"]} == {"validated"}
        assert any("coherence" in note for note in found["judge"]["notes"])
        assert len(asked.requests) == 2 * 6 * 7
        done = command("score", runs, "--judge", "x", "--scorers", "judged_coherence", "--judge-report", report)
        assert done.exit_code == 2
        assert "agrees too little with people" in done.stderr

    def test_a_report_of_another_judge(self, use: Use, runs: Path, tmp_path: Path) -> None:
        use(model(constant("Yes"), name="another"))
        report = _report(tmp_path, lambda dimension, item: item.labels[dimension])
        done = command("score", runs, "--judge", "x", "--scorers", "judged", "--judge-report", report)
        assert done.exit_code == 2
        assert "not of another" in done.stderr

    def test_what_was_judged_is_not_asked_again(self, use: Use, runs: Path) -> None:
        chat = use(model(constant("Yes")))
        first = score(runs, "--scorers", "judged_coherence")
        second = score(runs, "--scorers", "judged_coherence")
        assert len(chat.requests) == 12
        assert (first["judge"]["known_before"], second["judge"]["known_before"]) == (0, 6)
        assert first["figures"] == second["figures"]

    def test_a_judge_that_is_down_costs_its_own_scores(self, use: Use, runs: Path) -> None:
        chat = use(scripted(otherwise=ModelError("down")))
        done = command("score", runs, "--judge", "x", "--scorers", "judged,talk_ratio", "--json")
        assert done.exit_code == 0
        figures = {figure["key"]: figure for figure in json.loads(done.stdout)["figures"]}
        assert figures["talk_ratio"]["n"] == 3
        assert figures["judged_coherence"]["value"] is None
        assert figures["judged_coherence"]["missing"] == 4
        assert "without a label, the last: " in done.stderr
        # two judgements of each of three runs may be under way when the last one of the row fails
        assert 2 * PATIENCE <= len(chat.requests) <= 2 * (PATIENCE + 3) < 2 * 3 * 2 * 8

    def test_garbage_costs_no_other_score(self, use: Use, runs: Path) -> None:
        use(scripted(otherwise="banana"))
        figures = {figure["key"]: figure for figure in score(runs, "--scorers", "judged,talk_ratio")["figures"]}
        assert figures["talk_ratio"]["n"] == 3
        assert "no usable answer" in str(figures["judged_coherence"]["reasons"])

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["--scorers", "judged_tutor_tone"], "needs a judge"),
            (["--judge", "none", "--scorers", "judged"], "needs a judge"),
            (["--judge-report", "x.json"], "--judge-report"),
            (["--judge", "x", "--judge-report", "/nowhere.json"], "gradatim eval judge"),
            (["--judge", "x", "--scorers", "trust"], "none of these scorers is for a judge"),
            (["--judge", "x", "--scorers", "judged_tone"], "there is no scorer 'judged_tone'"),
            (["--judge", "x", "--judge-rubric", "/nowhere.yaml"], "/nowhere.yaml"),
        ],
    )
    def test_errors_name_the_place(self, use: Use, runs: Path, arguments: list[str], says: str) -> None:
        chat = use(model(constant("Yes")))
        done = command("score", runs, *arguments)
        assert done.exit_code == 2
        assert says in done.stderr
        assert not chat.requests

    def test_none_asks_nobody(self, runs: Path) -> None:
        assert command("score", runs, "--judge", "none", "--scorers", "talk_ratio").exit_code == 0


def _report(tmp_path: Path, labels: Any) -> Path:
    """A report of the scripted model, with labels that a function gives."""
    found: JudgeReport = validate_judge(Table(labels), packaged_labelled())
    path = tmp_path / "report.json"
    replace(found, digest=judge(constant("Yes")).digest, judge="scripted").save(path)
    return path
