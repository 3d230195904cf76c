"""`gradatim eval run`, `ablate`, `sensitivity` and `list`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gradatim.errors import ModelError
from gradatim.evals.experiments import json_schema
from gradatim.evals.experiments.cells import Cell
from gradatim.evals.experiments.cohorts.cells import Cohorts
from gradatim.evals.experiments.making import Made
from gradatim.evals.results import TRACES, open_results
from gradatim.evals.traces import Trace
from gradatim.memory.profile.indicators import INDICATORS
from tests.app.conftest import Invoke
from tests.evals.reports.making import write_folder

EXAMPLES = Path(__file__).parents[2] / "examples"
GAIN = """\
experiment: gain
design: pre-post
variants:
  control: {treatment: none}
  lesson: {treatment: lesson}
cohort: {learners: 40, effect: 1.0}
"""


@pytest.fixture
def gain(workspace: Path) -> Path:
    (workspace / "gain.yaml").write_text(GAIN, "utf-8")
    return workspace / "gain.yaml"


def test_an_experiment_is_run_told_and_gone_on_with(invoke: Invoke, gain: Path, workspace: Path) -> None:
    planned = invoke("eval", "run", "gain.yaml", "--plan", "--out", "planned")
    assert (planned.exit_code, planned.stdout) == (0, "")
    assert not (workspace / "planned").exists()  # only told, nothing begun
    first = invoke("eval", "run", "gain.yaml")
    assert first.exit_code == 0, first.output
    assert "40 learners, 2 variants, 1 model, 1 seed: 40 cells" in first.stderr
    assert "Hedges' g" in first.stdout
    assert "40 cells of 40 in results/gain" in first.stdout
    assert open_results(workspace / "results" / "gain").manifest["finished"]
    anew = json.loads(invoke("eval", "run", "gain.yaml", "--again", "--json").stdout)
    assert (anew["before"], anew["ran"]) == (0, 40)
    assert (workspace / "results" / "gain" / "earlier-1.jsonl").read_bytes().count(b"\n") == 40
    again = json.loads(invoke("eval", "run", "gain.yaml", "--json").stdout)
    assert (again["cells"], again["before"], again["ran"], again["failed"]) == (40, 40, 0, 0)
    assert again["gains"][0]["recovered"] in (True, False)
    assert again["gains"][0]["truth"] > 0.1


def test_failed_cells_are_told_and_end_with_one(invoke: Invoke, gain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = Cohorts.make

    async def sometimes(self: Cohorts, cell: Cell) -> Made:
        if cell.example.inputs["place"] < 3:
            raise ModelError("is away", place="model")
        return await make(self, cell)

    monkeypatch.setattr(Cohorts, "make", sometimes)
    result = invoke("eval", "run", "gain.yaml", "--out", "out")
    assert result.exit_code == 1
    assert "3 cells failed: model: is away" in result.stderr
    assert "37 cells of 40 in out" in result.stdout
    monkeypatch.undo()
    monkeypatch.chdir(gain.parent)
    assert invoke("eval", "run", "gain.yaml", "--out", "out").exit_code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [(None, "does not exist"), ("experiment: x\n", "'variants' is missing"), ("{", "not YAML")],
)
def test_a_wrong_file_is_told(invoke: Invoke, workspace: Path, text: str | None, message: str) -> None:
    if text is not None:
        (workspace / "wrong.yaml").write_text(text, "utf-8")
    result = invoke("eval", "run", "wrong.yaml")
    assert result.exit_code == 2
    assert message in result.stderr
    assert "wrong.yaml" in result.stderr


def test_an_ablation_is_run_and_looked_at(invoke: Invoke, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_REPAIR_SECONDS", "0")
    given = ("--model", "none", "--sample", "2", "--seeds", "1", "--data", str(EXAMPLES), "--out", "out")
    done = invoke("eval", "ablate", *given, "--json")
    assert done.exit_code == 0, done.output
    assert "2 samples, 5 variants, 1 model, 1 seed: 10 cells" in done.stderr
    assert "are left out" in done.stderr
    assert json.loads(done.stdout)["ran"] == 10
    scores = list(open_results(workspace / "out").scores())
    variants = {"full", "no-graph", "no-profile", "no-critic", "no-verifier"}
    assert {item.variant for item in scores if item.key == "claim_support_audited"} == variants
    few = invoke("eval", "sensitivity", "out")
    assert few.exit_code == 2
    assert "a correlation needs 3" in few.stderr
    assert invoke("eval", "sensitivity", "out", "--variant", "nothing").exit_code == 2


def test_sensitivity_of_a_file_of_indicators(invoke: Invoke, workspace: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"indicators": {item.name: ((n * 7 + place * 3) % 11) / 10 for place, item in enumerate(INDICATORS)},
         "expert": float((n * 5) % 9)}
        for n in range(12)
    ]  # fmt: skip
    (workspace / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", "utf-8")
    shown = invoke("eval", "sensitivity", "--data", "rows.jsonl")
    assert shown.exit_code == 0, shown.output
    assert "r against expert" in shown.stdout
    mine = json.loads(invoke("eval", "sensitivity", "--data", "rows.jsonl", "--json").stdout)["sensitivity"][0]
    theirs = json.loads(invoke("learner", "sensitivity", "--data", "rows.jsonl", "--json").stdout)
    assert mine["baseline"] == theirs["baseline_r"]
    assert [item["r"] for item in mine["effects"]] == [item["r"] for item in theirs["effects"]]
    assert invoke("eval", "sensitivity", "out", "--data", "rows.jsonl").exit_code == 2


def test_what_there_is_is_listed(invoke: Invoke, gain: Path) -> None:
    found = json.loads(invoke("eval", "list", "--json").stdout)
    assert list(found) == ["scorers", "data", "variants", "experiments"]
    assert {"claim_support_audited", "diagnosis_named"} <= {item["key"] for item in found["scorers"]}
    assert {"no-evidence", "base", "full"} <= {item["name"] for item in found["variants"]}
    assert found["experiments"] == [{"path": "gain.yaml", "name": "gain", "summary": ""}]
    assert "examples" in invoke("eval", "list", "data").stdout
    listed = invoke("eval", "list", "experiments", str(EXAMPLES / "experiments"))
    assert "learning-gain" in listed.stdout
    assert json.loads(invoke("eval", "list", "schema").stdout) == json_schema()


def test_a_broken_experiment_is_listed_as_such(invoke: Invoke, gain: Path, workspace: Path) -> None:
    (workspace / "broken.yaml").write_text("experiment: broken\nvariants: [\n", "utf-8")
    (workspace / "other.yaml").write_text("services: {web: {}}\n", "utf-8")
    found = json.loads(invoke("eval", "list", "experiments", "--json").stdout)["experiments"]
    assert [item["path"] for item in found] == ["broken.yaml", "gain.yaml"]
    assert "cannot be read: broken.yaml:3: not YAML" in found[0]["summary"]
    assert invoke("eval", "list", "experiments", "nowhere").exit_code == 2


def test_data_that_are_wrong_leave_no_folder_behind(invoke: Invoke, workspace: Path) -> None:
    (workspace / "empty").mkdir()
    text = "experiment: none\ndata: {loader: folder, path: empty}\nvariants: {full: null}\n"
    (workspace / "none.yaml").write_text(text, "utf-8")
    assert invoke("eval", "run", "none.yaml").exit_code == 2
    assert not (workspace / "results").exists()


def _assessed(place: int) -> Trace:
    value = 0.3 + 0.1 * place
    names = ("correctness", "code quality")
    measures = [{"name": name, "weight": 0.5, "value": value * (1 + at)} for at, name in enumerate(names)]
    return Trace(f"t{place}", "assessment", outputs={"rubric": {"measures": measures}}, attributes={"variant": "full"})


def test_sensitivity_of_results_whose_last_line_is_cut_off(invoke: Invoke, workspace: Path) -> None:
    folder = write_folder(workspace / "out", [], [_assessed(place) for place in range(5)], variants=["full"])
    whole = (folder / TRACES).read_bytes()
    (folder / TRACES).write_bytes(whole[:-20])
    found = invoke("eval", "sensitivity", "out")
    assert found.exit_code == 0, found.output
    assert "cut off and was left out" in found.stderr
    assert "(4 assessments)" in found.stdout
    (folder / TRACES).write_bytes(b"{\n" + whole)
    broken = invoke("eval", "sensitivity", "out")
    assert broken.exit_code == 2
    assert "traces.jsonl:1" in broken.stderr
