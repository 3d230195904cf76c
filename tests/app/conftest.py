"""A command line to call in this process, with data and caches in a folder of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gradatim.app.cli import cli

Invoke = Callable[..., Result]

TASK = """\
id: sum-up-to
title: Sum up to n
statement: Write sum_up_to(n), the sum of 1 to n.
entry_point: sum_up_to
tests:
  - call: sum_up_to(3)
    expect: "6"
  - call: sum_up_to(1)
    expect: "1"
"""
RIGHT = "def sum_up_to(n):\n    return sum(range(1, n + 1))\n"
WRONG = "def sum_up_to(n):\n    total = 0\n    for i in range(1, n):\n        total += i\n    return total\n"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory with settings that touch nothing outside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADATIM_DATA_DIR", str(tmp_path / "data"))
    for name in ("GRADATIM_MODEL", "GRADATIM_SANDBOX", "GRADATIM_CURRICULUM", "GRADATIM_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def invoke(workspace: Path) -> Invoke:
    """Run `gradatim ARGUMENTS…` as the console script would."""

    def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(cli, list(arguments), input=stdin)

    return run


@pytest.fixture
def files(workspace: Path) -> Path:
    """`task.yaml`, `right.py` and `wrong.py` in the working directory."""
    (workspace / "task.yaml").write_text(TASK, "utf-8")
    (workspace / "right.py").write_text(RIGHT, "utf-8")
    (workspace / "wrong.py").write_text(WRONG, "utf-8")
    return workspace


def objects(text: str) -> list[dict[str, Any]]:
    """Every line of a text as a JSON object."""
    return [json.loads(line) for line in text.splitlines()]
