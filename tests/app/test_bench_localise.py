"""The benchmark of fault localisation on a small folder of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradatim.app.bench.localise import rank_of, read_faulty
from gradatim.errors import InputError
from tests.app.conftest import Invoke

TASK = """\
id: double
title: Double
statement: Write double(n), which gives two times n.
entry_point: double
concepts: [return-statement]
tests:
  - {call: double(0), expect: 0}
  - {call: double(2), expect: 4}
  - {call: double(5), expect: 10}
"""
EXPECTED = """\
double:
  01.py: {verdict: correct}
  02.py: {verdict: incorrect, lines: [3], misconception: [x]}
  03.py: {verdict: incorrect, lines: [1], misconception: [missing-colon], held_out: true}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "submissions" / "double").mkdir(parents=True)
    (tmp_path / "tasks" / "double.yaml").write_text(TASK)
    (tmp_path / "expected.yaml").write_text(EXPECTED)
    programs = {
        "01.py": "def double(n):\n    return 2 * n\n",
        "02.py": "def double(n):\n    factor = 2\n    return factor + n\n",
        "03.py": "def double(n)\n    return 2 * n\n",
    }
    for name, code in programs.items():
        (tmp_path / "submissions" / "double" / name).write_text(code)
    return tmp_path


def test_wrong_programs_are_read_with_their_lines(folder: Path) -> None:
    found = list(read_faulty(folder))
    assert [(item.submission.filename, item.lines, item.held_out) for item in found] == [
        ("02.py", {3}, False),
        ("03.py", {1}, True),
    ]


def test_a_program_that_is_not_there(folder: Path) -> None:
    (folder / "submissions" / "double" / "03.py").unlink()
    with pytest.raises(InputError, match=r"03\.py"):
        list(read_faulty(folder))


@pytest.mark.parametrize(("ranked", "size", "rank"), [([4, 3, 2], 5, 2.0), ([4], 5, 3.5), ([], 4, 2.5), ([3], 1, 1.0)])
def test_a_line_that_is_left_out_stands_among_the_rest(ranked: list[int], size: int, rank: float) -> None:
    assert rank_of({3}, ranked, size) == rank


def test_figures_of_all_methods_side_by_side(invoke: Invoke, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_REPAIR_SECONDS", "0.5")
    result = invoke("bench", "localise", "--json", "--data", str(folder))
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout.splitlines()[-1])
    assert (figures["programs"], figures["syntax_programs"], figures["logical_programs"]) == (2, 1, 1)
    assert figures["full_top3"] == 1.0
    assert figures["held_out_programs"] == 1
    assert figures["ochiai_top1"] <= figures["full_top1"]
    assert "top-1" in result.stderr


def test_a_folder_without_known_faults(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("bench", "localise", "--data", str(tmp_path))
    assert result.exit_code == 2
    assert "expected.yaml" in result.stderr
