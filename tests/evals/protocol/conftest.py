"""A data set of many small programs, and a study of it that made raters have rated."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from gradatim.evals.protocol import Design, Simulated, Study, make_study, rehearse
from gradatim.evals.protocol.rehearsal import Truth

QUESTION = {
    "statement": "Double n. </script><script>alert(1)</script>",
    "tests": [{"call": "double(2)", "expect": "4"}],
    "reference": ["def double(n):\n    return 2 * n"],
}


@dataclass(frozen=True)
class Rated:
    """A study in a folder, with the truth behind its made ratings."""

    folder: Path
    study: Study
    truth: Truth


def many_programs(folder: Path, count: int) -> Path:
    folder.mkdir(parents=True)
    (folder / "question_1.json").write_text(json.dumps(QUESTION))
    rows = [
        {
            "file": f"{'wrong' if at % 4 else 'correct'}_{at:03}.py",
            "label": "wrong" if at % 4 else "correct",
            "code": f"# Author: Ann Other\ndef double(n):\n    return n * {at}  # <b>\n",
        }
        for at in range(count)
    ]
    (folder / "question_1.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return many_programs(tmp_path_factory.mktemp("data") / "refactory", 240)


@pytest.fixture(scope="session")
def rated(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Rated:
    """200 works, three raters of reliability .7; nobody may change its files."""
    folder = tmp_path_factory.mktemp("study") / "rated"
    made = make_study(folder, Design(sample=200, seed=3), "refactory", programs)
    return Rated(folder, made.study, rehearse(made.study, folder, Simulated(reliability=0.7, seed=11)))


@pytest.fixture
def small(programs: Path, tmp_path: Path) -> Rated:
    """30 works, three raters, to be changed at will."""
    folder = tmp_path / "small"
    design = Design(raters=["A", "B", "C"], sample=30, training=2, calibration=3, seed=3)
    made = make_study(folder, design, "refactory", programs)
    return Rated(folder, made.study, rehearse(made.study, folder, Simulated(reliability=0.8, seed=2)))
