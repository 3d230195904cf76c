"""A real assessment of a program with a fault in its loop."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gradatim.domain import Assessment, Submission
from gradatim.graphs import open_assessor
from gradatim.settings import Settings
from gradatim.tools.taskfile import load_task

TASK = """\
id: sum
title: Sum up to n
statement: Write sum_up_to(n), the sum of 1 to n.
entry_point: sum_up_to
concepts: [for-loop]
reference: |
  def sum_up_to(n):
      return sum(range(1, n + 1))
tests:
  - call: sum_up_to(3)
    expect: "6"
  - call: sum_up_to(1)
    expect: "1"
  - call: sum_up_to(10)
    expect: "55"
    hidden: true
"""
WRONG = "def sum_up_to(n):\n    total = 0\n    for i in range(1, n):\n        total += i\n    return total\n"


@pytest.fixture(scope="session")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    """The assessment, without a model."""
    folder: Path = tmp_path_factory.mktemp("assessed")
    (folder / "task.yaml").write_text(TASK, "utf-8")
    task = load_task(folder / "task.yaml")

    async def run() -> Assessment:
        async with open_assessor(Settings(data_dir=folder / "data", model="none")) as assessor:
            return await assessor.assess(task, Submission.of("sum", WRONG, learner_id="anna"))

    return asyncio.run(run())
