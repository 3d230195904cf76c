from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradatim.app.bench import BENCHMARKS
from gradatim.app.console import json_line
from tests.app.conftest import RIGHT, WRONG, Invoke

QUESTION = {
    "question": 1,
    "statement": "Sum of 1 to n",
    "setup": "import math\r\n",
    "tests": [{"call": "sum_up_to(3)", "expect": "6"}, {"call": "sum_up_to(1)", "expect": "1"}],
}


@pytest.fixture
def labelled(workspace: Path) -> Path:
    """Four programs; the label of the last one is not what its tests show."""
    folder = workspace / "labelled"
    folder.mkdir()
    (folder / "question_1.json").write_text(json.dumps(QUESTION))
    rows = [("correct", RIGHT), ("wrong", WRONG), ("fail", "import"), ("wrong", RIGHT.replace("\n", "\r\n"))]
    lines = [json_line({"file": f"{n}.py", "label": label, "code": code}) for n, (label, code) in enumerate(rows)]
    (folder / "question_1.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def test_without_a_name_the_benchmarks_are_listed(invoke: Invoke) -> None:
    assert list(json.loads(invoke("bench", "--json").stdout)) == list(BENCHMARKS)
    shown = invoke("bench").stdout
    assert all(name in shown and entry.measures in shown for name, entry in BENCHMARKS.items())


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_of_the_table_is_there(name: str) -> None:
    assert callable(BENCHMARKS[name].load())


def test_an_unknown_benchmark(invoke: Invoke) -> None:
    result = invoke("bench", "sandbx")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean 'sandbox'?" in result.stderr


def test_sandbox_measures_speed_agreement_and_both_sides(invoke: Invoke, labelled: Path) -> None:
    result = invoke("bench", "sandbox", "--json", "--data", str(labelled))
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout.splitlines()[-1])
    assert all(not isinstance(value, dict | list) for value in figures.values())
    assert (figures["benchmark"], figures["programs"], figures["tests"]) == ("sandbox", 4, 8)
    assert (figures["labelled_correct"], figures["labelled_correct_but_failed"]) == (1, 0)
    assert (figures["labelled_wrong"], figures["labelled_wrong_but_passed"]) == (3, 1)
    assert figures["agreement"] == 0.75
    assert (figures["sample"], figures["sample_plain_python_ended_well"]) == (1, 1)
    assert 0 < figures["run_ms_best_decile"] <= figures["run_ms_median"]
    assert (figures["docker_run_ms_median"] is None) == (figures["docker_reason"] is not None)
    assert figures["plain_to_fork_server"] == pytest.approx(
        figures["sample_plain_python_ms"] / figures["sample_fork_server_ms"], rel=0.01
    )
    assert figures["programs_per_second"] > 1


def test_figures_for_a_person(invoke: Invoke, labelled: Path) -> None:
    result = invoke("bench", "sandbox", "--data", str(labelled))
    assert result.exit_code == 0
    assert "agreement" in result.stdout
    assert "{" not in result.stdout


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("question_1.json", "{}", "question_1.json: is not a question with tests"),
        ("question_1.json", "{", "question_1.json: is not JSON"),
        ("question_1.jsonl", '{"file": "a.py", "code": ""}', "question_1.jsonl:1: None is no label"),
        ("question_1.jsonl", '{"label": "wrong", "code": 3}', "question_1.jsonl:1: "),
        ("question_1.jsonl", "", "holds no programs"),
    ],
)
def test_wrong_data(invoke: Invoke, labelled: Path, name: str, content: str, said: str) -> None:
    (labelled / name).write_text(content)
    result = invoke("bench", "sandbox", "--json", "--data", str(labelled))
    assert result.exit_code == 2
    assert said in result.stderr
    assert json.loads(result.stdout)["error"]["exit_code"] == 2


@pytest.mark.parametrize("arguments", [(), ("--data", "nowhere"), ("--data", ".")])
def test_missing_data(invoke: Invoke, arguments: tuple[str, ...]) -> None:
    result = invoke("bench", "sandbox", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "question_N.json" in result.stderr
