"""What the README shows works: its Python runs, its task loads, its commands exist, its figures of data are true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from gradatim.app.cli import COMMANDS
from gradatim.kg import packaged_curriculum
from gradatim.tools.taskfile import parse_task

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("code", blocks("python"), ids=["one-agent-alone", "graph-in-a-graph"])
def test_python_runs(code: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "GRADATIM_DATA_DIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip()


def test_the_task_loads() -> None:
    text, _ = blocks("yaml")
    assert parse_task(text).id == "fibonacci"


def test_the_workflow_is_that_of_the_tutorial() -> None:
    _, text = blocks("yaml")
    tutorial = (ROOT / "docs/first-workflow.md").read_text(encoding="utf-8")
    assert yaml.safe_load(text) in [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", tutorial, re.S)]


def test_every_command_exists() -> None:
    named = set(re.findall(r"^\$ gradatim (\w+)", "\n".join(blocks("console")), re.MULTILINE))
    assert named
    assert named <= set(COMMANDS)


def test_figures_of_the_curriculum() -> None:
    graph = packaged_curriculum()
    shown = re.search(r"([\d,]+) concepts, ([\d,]+) relations, (\d+) misconceptions", README)
    assert shown
    figures = [int(figure.replace(",", "")) for figure in shown.groups()]
    assert figures == [len(graph.concepts), len(graph.relations), len(graph.misconceptions)]


def test_every_file_that_is_linked_exists() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    missing = [target for target in targets if not target.startswith("http") and not (ROOT / target).exists()]
    assert not missing
