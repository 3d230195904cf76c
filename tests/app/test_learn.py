"""`gradatim learn`: fitting, predicting and evaluating from the command line."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import pytest

from tests.app.conftest import Invoke
from tests.memory.tracing.material import comma_separated, simulated, three_lines

LEARNERS = simulated(40, 6, seed=1, copies=True)
ITEMS = simulated(40, 6, seed=1, items=True, times=True, copies=True)


@pytest.fixture
def data(workspace: Path) -> Path:
    """`lines.txt` and `table.csv` in the working directory."""
    (workspace / "lines.txt").write_text(three_lines(LEARNERS))
    (workspace / "table.csv").write_text(comma_separated(ITEMS))
    return workspace


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


@pytest.mark.parametrize("file", ["lines.txt", "table.csv"])
@pytest.mark.parametrize("model", ["bkt", "combined"])
def test_fit_and_predict(invoke: Invoke, data: Path, file: str, model: str) -> None:
    result = invoke("learn", "fit", "--train", file, "--model", model, "--out", "model.json", "--json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert (told["model"], told["learners"], told["responses"], told["skills"]) == (model, 40, 960, 4)
    assert told["parameters_version"]
    result = invoke("learn", "predict", "--model", "model.json", "--data", file, "--out", "out.csv")
    assert result.exit_code == 0, result.stderr
    assert "960 predictions" in result.stdout
    written = rows(data / "out.csv")
    assert len(written) == 960
    assert all(0.0 < float(row["predicted"]) < 1.0 for row in written)
    assert ("item" in written[0]) == (file == "table.csv")
    brier = sum((float(row["predicted"]) - int(row["correct"])) ** 2 for row in written) / 960
    assert brier < 0.23


@pytest.mark.parametrize("file", ["lines.txt", "table.csv"])
def test_explanations_add_up_to_what_is_predicted(invoke: Invoke, data: Path, file: str) -> None:
    assert invoke("learn", "fit", "--train", file, "--out", "model.json").exit_code == 0
    for out, extra in (("plain.csv", ()), ("explained.csv", ("--explain",))):
        result = invoke("learn", "predict", "--model", "model.json", "--data", file, "--out", out, *extra)
        assert result.exit_code == 0, result.stderr
    plain, explained = rows(data / "plain.csv"), rows(data / "explained.csv")
    for one, other in list(zip(plain, explained, strict=True))[:200]:
        assert one["predicted"] == other["predicted"]
        odds = float(other["log_odds"])
        assert 1.0 / (1.0 + math.exp(-odds)) == pytest.approx(float(other["predicted"]), abs=2e-6)
        parts = json.loads(other["contributions"])
        assert sum(part[3] for part in parts) == pytest.approx(odds, abs=1e-4)
        assert all(isinstance(part[0], str) for part in parts)


def test_evaluate_on_folds_prints_flat_figures_in_both_columns(invoke: Invoke, data: Path) -> None:
    result = invoke("learn", "evaluate", "--train", "lines.txt", "--model", "copy-rule", "--folds", "3", "--json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert all(not isinstance(value, dict | list) for value in told.values())
    assert (told["model"], told["folds"], told["responses"], told["responses_honest"]) == ("copy-rule", 3, 960, 720)
    assert told["auc"] > told["auc_honest"] > 0.5
    assert told["copies_share"] == 0.25
    for name in ("rmse", "log_loss", "ece", "fit_seconds", "predictions_per_second", "update_and_prediction_us"):
        assert told[name] is not None
        assert told[f"{name}_honest"] is not None
    assert "fold 3 of 3" in result.stderr


def test_evaluate_on_a_test_file_for_a_person(invoke: Invoke, data: Path) -> None:
    (data / "test.csv").write_text(three_lines(simulated(20, 6, seed=5, copies=True)))
    result = invoke("learn", "evaluate", "--train", "lines.txt", "--test", "test.csv", "--model", "bkt")
    assert result.exit_code == 0, result.stderr
    assert "all rows" in result.stdout
    assert "honest" in result.stdout
    assert "25.0% of the rows repeat the answer before" in result.stdout
    assert "0.9 to 1.0" in result.stdout


def test_evaluate_needs_a_learner_a_fold(invoke: Invoke, data: Path) -> None:
    result = invoke("learn", "evaluate", "--train", "lines.txt", "--model", "bkt", "--folds", "50")
    assert result.exit_code == 2
    assert "40 learners cannot be dealt into 50 folds" in result.stderr


def test_prerequisites_become_evidence(invoke: Invoke, data: Path) -> None:
    (data / "graph.csv").write_text("skill,prerequisite\ns1,s0\ns2,s0\n\n")
    asked = ("learn", "fit", "--train", "lines.txt", "--out", "model.json", "--prerequisites", "graph.csv")
    assert invoke(*asked).exit_code == 0
    assert len(json.loads((data / "model.json").read_text())["basis"]["prerequisites"]) == 2
    (data / "graph.csv").write_text("s1,s0\ns2\n")
    result = invoke(*asked)
    assert result.exit_code == 2
    assert "graph.csv:2: does not name a skill and a prerequisite" in result.stderr


def test_bad_rows_are_named_or_left_out(invoke: Invoke, data: Path) -> None:
    with (data / "table.csv").open("a") as file:
        file.write("learner 1,s0,perhaps,item 1,5\n")
    asked = ("learn", "fit", "--train", "table.csv", "--model", "skill-mean", "--out", "model.json")
    result = invoke(*asked)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "table.csv:962: 'perhaps' is no outcome" in result.stderr
    assert not (data / "model.json").exists()
    result = invoke(*asked, "--skip-bad-rows")
    assert result.exit_code == 0
    assert "1 bad rows left out" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (("fit", "--train", "nowhere.csv", "--out", "m.json"), "nowhere.csv: cannot be read", 2),
        (("fit", "--train", "lines.txt", "--model", "oracle", "--out", "m.json"), "'oracle' is not one of", 2),
        (("fit", "--train", "lines.txt", "--model", "bkt", "--out", "no/m.json"), "the model cannot be written", 3),
        (("predict", "--model", "lines.txt", "--data", "lines.txt", "--out", "o.csv"), "lines.txt: is not JSON", 2),
        (("evaluate", "--train", "."), "is a directory", 2),
        (("evaluat",), "did you mean 'evaluate'", 2),
    ],
)
def test_what_is_wrong_is_told(invoke: Invoke, data: Path, arguments: tuple[str, ...], said: str, code: int) -> None:
    result = invoke("learn", *arguments)
    assert result.exit_code == code, result.stderr
    assert said in result.stderr


def test_predictions_that_cannot_be_written(invoke: Invoke, data: Path) -> None:
    assert invoke("learn", "fit", "--train", "lines.txt", "--model", "bkt", "--out", "m.json").exit_code == 0
    result = invoke("learn", "predict", "--model", "m.json", "--data", "lines.txt", "--out", "no/where.csv")
    assert result.exit_code == 3
    assert "no/where.csv: predictions cannot be written" in result.stderr


def test_bench_tracing_measures_all_models(invoke: Invoke, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradatim.app.bench.tracing.beside.peer_python", lambda *_: None)
    (data / "bench").mkdir()
    (data / "bench" / "train.csv").write_text(three_lines(LEARNERS))
    result = invoke("bench", "tracing", "--data", "bench", "--json", "--sample", "2")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout.splitlines()[-1])
    assert all(not isinstance(value, dict | list) for value in told.values())
    assert told["combined_auc"] > told["bkt_auc_honest"] - 0.05
    assert told["copy_rule_auc"] > told["bkt_auc"]
    assert told["largest_skills"] == 2
    assert 0.5 < told["largest_auc"] < 1.0
    assert told["pybkt_plain_fit_time_ratio"] is None


def test_bench_tracing_needs_its_data(invoke: Invoke, workspace: Path) -> None:
    assert invoke("bench", "tracing").exit_code == 2
    (workspace / "empty").mkdir()
    result = invoke("bench", "tracing", "--data", "empty")
    assert result.exit_code == 2
    assert "train.csv: cannot be read" in result.stderr


def test_the_memory_traces_with_a_fitted_model(
    invoke: Invoke, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "\n".join(f"l{learner},loops,{int(step > 0)}" for learner in range(40) for step in range(3))
    (workspace / "answers.csv").write_text(f"learner,skill,correct\n{rows}\n")
    assert invoke("learn", "fit", "--train", "answers.csv", "--model", "bkt", "--out", "model.json").exit_code == 0
    (workspace / "grades.csv").write_text("learner,item,score,at\nada,t1,0,2026-01-01T10:00:00Z\n")
    (workspace / "concepts.csv").write_text("item,concepts\nt1,loops\n")
    invoke("learner", "collect", "grades.csv", "--concepts", "concepts.csv")

    def mastery() -> float:
        (item,) = json.loads(invoke("learner", "show", "ada", "--json").stdout)["mastery"]
        assert json.loads(invoke("learner", "explain", "ada", "loops", "--json").stdout)["value"] == pytest.approx(
            item["probability"]
        )
        return item["probability"]

    without = mastery()
    monkeypatch.setenv("GRADATIM_TRACING_MODEL", "model.json")
    assert mastery() > without + 0.3  # of this data: whoever was wrong once is right from then on
    monkeypatch.setenv("GRADATIM_TRACING_MODEL", "grades.csv")
    broken = invoke("learner", "show", "ada")
    assert (broken.exit_code, "grades.csv" in broken.stderr) == (2, True)
