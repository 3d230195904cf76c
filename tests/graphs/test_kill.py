"""Kill -9 in every node: the same thread finishes, with one assessment and one review recorded."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    folder = tmp_path_factory.mktemp("kill")
    done = subprocess.run(
        [sys.executable, "-m", "tests.graphs.kill_nodes", str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_every_node_was_killed(report: list[dict[str, object]]) -> None:
    assert len(report) == 25
    assert all(item["died"] for item in report), [item for item in report if not item["died"]]


def test_every_killed_run_finishes_with_one_assessment_and_one_review(report: list[dict[str, object]]) -> None:
    wanted = {
        "delivered": True,
        "reviewed_by": "grace",
        "revisions": 1,
        "events": 2,
        "recollections": 2,
        "open": 0,
    }
    wrong = [item for item in report if any(item.get(key) != value for key, value in wanted.items())]
    assert not wrong
