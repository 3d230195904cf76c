"""`gradatim eval protocol` and `gradatim eval fairness` from beginning to end."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from tests.app.conftest import Invoke
from tests.evals.fairness.material import experiment, run
from tests.evals.protocol.conftest import many_programs


def _json(result: Any, code: int = 0) -> Any:
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.fixture
def study(invoke: Invoke, workspace: Path) -> Path:
    """A study of 60 works that made raters have rated, with made results beside it."""
    many_programs(workspace / "data", 80)
    made = _json(
        invoke("eval", "protocol", "new", "study", "--data", "refactory", "--path", "data", "--sample", "60", "--json")
    )
    assert made["works"] == {"training": 6, "calibration": 14, "main": 60}
    assert made["raters"] == ["R1", "R2", "R3"]
    assert made["masked"] == 80
    done = invoke("eval", "protocol", "rehearse", "study", "--variant", "full=0.9", "--variant", "bare=0.5",
                  "--results", "results")  # fmt: skip
    assert done.exit_code == 0, done.output
    return workspace / "study"


def test_a_study_from_beginning_to_end(invoke: Invoke, study: Path) -> None:
    checked = _json(invoke("eval", "protocol", "check", "study", "--json"))
    assert checked["complete"] is True
    assert [rater["complete"] for rater in checked["raters"]] == [60] * 3

    agreed = _json(invoke("eval", "protocol", "agree", "study", "--json", "--md", "agreement.md"))
    assert [item["dimension"] for item in agreed["agreement"]][-1] == "composite"
    correctness = agreed["agreement"][0]
    assert correctness["icc_one"]["low"] < 0.7 / (1 + 1 / 12) < correctness["icc_one"]["high"]
    assert "## Does it suffice?" in (study.parent / "agreement.md").read_text("utf-8")

    result = _json(invoke("eval", "protocol", "evaluate", "study", "results", "--json", "--md", "results.md"))
    rows = {row["variant"]: row for row in result["rows"] if row["dimension"] == "composite"}
    assert rows["full"]["r"]["value"] > rows["bare"]["r"]["value"]
    assert rows["bare"]["p"] < 0.001
    assert rows["bare"]["difference"]["high"] < 0
    assert any("Training and calibration works" in text for text in result["exclusions"])
    assert "| bare   | 60  |" in (study.parent / "results.md").read_text("utf-8")


def test_what_is_missing_or_wrong_gives_exit_code_1(invoke: Invoke, study: Path) -> None:
    path = study / "ratings" / "R2.csv"
    lines = path.read_text("utf-8-sig").splitlines()
    cells = lines[30].split(",")
    path.write_text("\n".join([*lines[:30], ",".join([*cells[:4], "9", "", *cells[6:]]), *lines[31:]]), "utf-8")
    checked = _json(invoke("eval", "protocol", "check", "study", "--json"), 1)
    assert [problem["place"].rpartition(":")[2] for problem in checked["problems"]] == ["31"]
    assert checked["missing"]["R2"] == [{"work": cells[0], "dimensions": ["correctness", "code_quality"]}]
    told = invoke("eval", "protocol", "check", "study")
    assert told.exit_code == 1
    assert "'9' is outside the scale" in told.stdout


def test_a_work_is_taken_out(invoke: Invoke, study: Path) -> None:
    code = (study / "raters" / "R1" / "form.csv").read_text("utf-8-sig").splitlines()[1].split(",")[0]
    told = invoke("eval", "protocol", "withdraw", "study", code)
    assert told.exit_code == 0, told.output
    assert "79 are left" in told.stdout
    assert code not in (study / "raters" / "R1" / "form.html").read_text("utf-8")
    assert invoke("eval", "protocol", "check", "study").exit_code == 0
    assert invoke("eval", "protocol", "withdraw", "study", code).exit_code == 2


def test_a_folder_of_tasks_is_a_data_set_by_itself(invoke: Invoke, workspace: Path) -> None:
    examples = Path(__file__).parents[2] / "examples"
    told = invoke("eval", "protocol", "new", "s", "--data", str(examples), "--raters", "A, B", "--sample", "200")
    assert told.exit_code == 0, told.output
    assert "137 programs" in told.stderr
    assert "2 raters" in told.stdout
    assert sorted(path.name for path in (workspace / "s" / "raters").iterdir()) == ["A", "B"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("check", "nowhere"), "holds no study"),
        (("new", "s", "--data", "exampels"), "did you mean 'examples'?"),
        (("new", "study", "--data", "examples"), "is there already"),
        (("rehearse", "study"), "holds ratings already"),
        (("agree", "study", "--exclude-rater", "R9"), "no rater 'R9'"),
        (("evaluate", "study", "nowhere"), "holds no results"),
        (("evaluate", "study", "results", "--baseline", "ful"), "no variant 'ful'"),
        (("agree", "study", "--encoding", "utf-9"), "utf-9"),
    ],
)
def test_errors_name_what_to_do(invoke: Invoke, study: Path, arguments: tuple[str, ...], told: str) -> None:
    result = invoke("eval", "protocol", *arguments)
    output = result.stdout + result.stderr
    assert told in output
    assert result.exit_code in (1, 2)
    assert "Traceback" not in output


def test_an_audit(invoke: Invoke, workspace: Path) -> None:
    draw = random.Random(2)
    runs = [run(draw, at, {"language": "zh" if at % 2 else "en"}, review=0.5 if at % 2 else 0.1) for at in range(300)]
    experiment(workspace / "e", runs)
    found = _json(invoke("eval", "fairness", "e", "--by", "language", "--json", "--md", "audit.md"))
    (review,) = [item for item in found["divided"][0]["comparisons"] if item["measure"] == "review"]
    assert review["holm"] < 0.001
    assert any("share sent to a reviewer is" in line for line in found["summary"])
    text = (workspace / "audit.md").read_text("utf-8")
    assert text.startswith("# Fairness audit: made")
    assert invoke("eval", "fairness", "e", "--by", "language").stdout.strip() == text.strip()
    assert invoke("eval", "fairness", "e", "--by", "language", "--md", "audit.html").exit_code == 0
    page = (workspace / "audit.html").read_text("utf-8")
    assert page.count("<table>") == 2
    assert "<script" not in page
    assert invoke("eval", "fairness", "e", "--by", "language", "--md", ".").exit_code == 2
    wrong = invoke("eval", "fairness", "e", "--by", "age")
    assert wrong.exit_code == 2
    assert "attributes: language" in wrong.stderr


def _block(name: str) -> str:
    """The Python of a page."""
    text = (Path(__file__).parents[2] / name).read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.S)
    return code


def test_the_pages_show_code_that_runs(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exec(_block("docs/rating-protocol.md"), {})
    assert "correctness" in capsys.readouterr().out
    draw = random.Random(2)
    runs = [run(draw, at, {}) for at in range(60)]
    experiment(study.parent / "results", runs)
    rows = [f"task/{at}.py,{'xy'[at % 2]},{'pq'[at // 2 % 2]}\n" for at in range(60)]
    (study.parent / "learners.csv").write_text("submission,language,course\n" + "".join(rows))
    exec(_block("docs/fairness.md"), {})
    assert "## By language & course" in capsys.readouterr().out
    (study.parent / "data" / "refactory").mkdir()
    for number in (1, 2):
        for ending in ("json", "jsonl"):
            text = (study.parent / "data" / f"question_1.{ending}").read_text()
            (study.parent / "data" / "refactory" / f"question_{number}.{ending}").write_text(text)
    exec(_block("docs/datasets.md"), {})
    assert "question-1/correct_000.py correct question 1" in capsys.readouterr().out
