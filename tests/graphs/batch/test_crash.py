"""Killed at any step: the next run writes what is missing and nothing twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.graphs.batch.crash import COUNT, STEPS

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("crash")
    done = subprocess.run(
        [sys.executable, "-m", "tests.graphs.batch.crash", str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return {item["step"]: item for item in json.loads(done.stdout.splitlines()[-1])}


@pytest.mark.parametrize("step", STEPS)
def test_every_line_is_there_once(report: dict[str, dict[str, Any]], step: str) -> None:
    item = report[step]
    assert item["died"]
    assert item["again"] == 0
    assert item["positions"] == list(range(COUNT))
    assert item["delivered"] == COUNT
    assert item["remaining"] == 0
    assert item["left"] == []


@pytest.mark.parametrize(
    ("step", "asked"),
    [("before the line", 3), ("inside the line", 3), ("after the line", 2), ("after the note", 2)],
)
def test_what_stands_in_the_output_is_not_done_again(report: dict[str, dict[str, Any]], step: str, asked: int) -> None:
    assert report[step]["asked"] == asked
