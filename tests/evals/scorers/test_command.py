"""`gradatim eval score`: the table, the JSON, the exit codes; and the traces that assessments become."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gradatim.app.bench.traces import scoring
from gradatim.app.bench.traces.speed import _varied
from gradatim.app.cli import cli
from gradatim.domain import Submission
from gradatim.evals.scorers import SCORERS, score_trace
from gradatim.evals.traces import read_traces, write_traces
from gradatim.evals.traces.formats import write_as
from gradatim.evals.traces.of import trace_of_assessment
from gradatim.evals.traces.recording import recording
from gradatim.graphs import open_assessor
from gradatim.testing.offline import offline_services
from gradatim.testing.samples import TASK, WRONG
from tests.evals.scorers.test_running import traces


def command(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["eval", "score", *map(str, arguments)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "runs.jsonl"
    write_traces(path, traces(24))
    return path


def test_table(file: Path) -> None:
    done = command(file, "--scorers", "claim_support,calibration,path_strict")
    assert done.exit_code == 0
    header, first, *rest = done.stdout.splitlines()
    assert header.split()[:3] == ["score", "figure", "95"]
    assert first.split()[0] == "claim_support"
    assert "…" in first
    assert any("Brier" in line for line in rest)
    assert "24 runs scored; 1 scorer had nothing to judge by" in rest[-1]
    shown = command(file, "--scorers", "path_strict", "--all")
    assert "outputs.spans" in shown.stdout


def test_json(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.jsonl"
    done = command(
        file, "--scorers", "outcome,calibration,coverage_at_precision", "--json", "--out", out, "--level", 0.9
    )
    found = json.loads(done.stdout)
    assert found["runs"] == 24
    assert found["level"] == 0.9
    figures = {figure["key"]: figure for figure in found["figures"]}
    assert figures["precision_rubric"]["value"] < 1.0
    assert figures["fault_line_top1"]["method"].endswith("(Wilson, 1927)")
    assert figures["coverage_at_precision"]["curve"]
    assert all(
        figure["low"] <= figure["value"] <= figure["high"] for figure in figures.values() if figure["low"] is not None
    )
    assert len(out.read_bytes().splitlines()) == 24 * len(figures)


def test_exit_codes(file: Path, tmp_path: Path) -> None:
    with file.open("ab") as more:
        more.write(b"{half\n")
    done = command(file, "--scorers", "claim_support", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["unread"] == 1
    assert f"{file}:25" in done.stderr
    assert command(tmp_path / "none.jsonl").exit_code == 2
    assert "did you mean" in command(file, "--scorers", "claim_suport").stderr
    file.write_bytes(b'{"gradatim_trace": 7}\n')
    assert command(file).exit_code == 2


def test_thresholds_decide(file: Path) -> None:
    kept, missed, open_ = "leak <= 0", "claim_support.low >= 0.99", "path_strict >= 0.5"
    chosen = ("--scorers", "leak,claim_support,path_strict")
    assert command(file, *chosen, "--threshold", kept).exit_code == 0
    done = command(file, *chosen, "--threshold", kept, "--threshold", missed)
    assert done.exit_code == 1
    assert [line.split(":")[0] for line in done.stdout.splitlines()[-2:]] == ["kept", "MISSED"]
    done = command(file, *chosen, "--threshold", open_, "--json")
    assert done.exit_code == 1  # what was not measured has not passed
    (verdict,) = json.loads(done.stdout)["thresholds"]
    assert verdict["kept"] is False
    assert "outputs.spans" in verdict["why"]


@pytest.mark.parametrize(
    ("threshold", "says"),
    [("leak", "is no threshold"), ("latency <= 1", "not among"), ("leek <= 0", "did you mean 'leak'?")],
)
def test_thresholds_of_nothing(file: Path, threshold: str, says: str) -> None:
    done = command(file, "--scorers", "leak", "--threshold", threshold)
    assert done.exit_code == 2
    assert says in done.stderr


def test_the_format_may_be_named(file: Path, tmp_path: Path) -> None:
    write_as("otlp", tmp_path / "runs.json", read_traces(file))
    named = command(tmp_path / "runs.json", "--from", "otlp", "--scorers", "claim_support", "--json")
    assert (
        json.loads(named.stdout)["figures"]
        == json.loads(command(file, "--from", "jsonl", "--scorers", "claim_support", "--json").stdout)["figures"]
    )
    assert command(tmp_path / "runs.json", "--from", "inspect").exit_code == 2


def test_which_way_is_better_is_told(file: Path) -> None:
    done = command(file, "--scorers", "leak,claim_support")
    assert [line.split("  ")[0] for line in done.stdout.splitlines()[1:3]] == ["leak ↓", "claim_support"]
    found = json.loads(command(file, "--scorers", "leak,talk_ratio", "--json").stdout)["figures"]
    assert [figure["higher_is_better"] for figure in found] == [False, None]


async def test_a_real_assessment_is_scored(tmp_path: Path) -> None:
    recorded = tmp_path / "recorded.jsonl"
    async with offline_services(repair_seconds=0) as services, open_assessor(services=services) as assessor:
        with recording(recorded, settings=services.settings, content="pseudonymised"):
            assessment = await assessor.assess(TASK, Submission.of(TASK.id, WRONG, learner_id="ann"))
    reference: dict[str, Any] = {"verdict": "incorrect", "lines": [4], "objectives": list(TASK.concepts)}
    trace = trace_of_assessment(assessment, reference, {"sample": "wrong"})
    write_traces(tmp_path / "runs.jsonl", [trace])
    again = next(iter(read_traces(tmp_path / "runs.jsonl")))
    assert again == trace
    assert again.inputs["learner"] == "ann"
    assert again.attributes["model"] == assessment.model
    scores = {score["key"]: score["score"] for score in score_trace(again, list(SCORERS.values()))}
    assert scores["verdict_agreement"] is True
    assert scores["verdict_by_execution"] is True
    assert scores["fault_line_top3"] is True
    assert scores["hallucination_told"] is False
    assert scores["leak"] is False
    assert scores["completeness"] == 1.0
    assert scores["grounding"] == 1.0
    assert scores["tokens_input"] == 0
    # what was recorded of the same run says the same, and how it went besides
    run = next(iter(read_traces(recorded)))
    known = replace(run, reference=reference | {"path": list(run.path)})
    again = {score["key"]: score for score in score_trace(known, list(SCORERS.values()))}
    for key in ("verdict_agreement", "claim_support", "leak", "completeness", "objective_coverage", "calibration"):
        assert again[key]["score"] == scores[key], key
    assert again["path_strict"]["score"] is True
    assert {"execute", "diagnose", "generate", "deliver"} <= set(again["latency"]["metadata"]["nodes"])
    assert 0 < (again["first_text"]["score"] or 0) <= (again["latency"]["score"] or 0)
    assert again["tool_errors"]["metadata"]["calls"] > 0
    assert again["needless_calls"]["metadata"]["known"] > 0
    assert again["loops"]["score"] == again["retries"]["score"] == 0


def test_benchmark_scores_runs_that_differ(capsys: Any, tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    write_traces(path, _varied(list(traces(2)), 6))
    read = list(read_traces(path))
    assert len({trace.inputs["submission"]["code"] for trace in read}) == 6
    scoring.main(str(path), "1")
    told = json.loads(capsys.readouterr().out)
    assert told["runs"] == 6
    assert told["scores"] == 6 * told["scorers"]
    assert told["given"] > 6 * 20
    assert told["peak_mb"] > 1
