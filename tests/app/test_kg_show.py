from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.conftest import Invoke
from tests.app.kg_curriculum import GOOD, WRONG, write_curriculum


@pytest.fixture
def curriculum(workspace: Path) -> Path:
    return write_curriculum(workspace)


@pytest.mark.parametrize("name", ["for-loop", "For Loop", "counting loops"])
def test_show_a_concept(invoke: Invoke, curriculum: Path, name: str) -> None:
    result = invoke("kg", "show", name, "--curriculum", str(curriculum))
    assert result.exit_code == 0
    for part in (
        "for loop  (for-loop, topic loops)",
        "also called counting loop",
        "Repeats once for each item.",
        "    for i in range(2):\n        print(i)\nprints\n    0\n    1\n",
        "Needs first: loop\n",
        "Kind or part of: loop\n",
        "off-by-one: The last number is included.",
    ):
        assert part in result.stdout
    assert "Counterexample" not in result.stdout


def test_show_a_counterexample(invoke: Invoke, workspace: Path) -> None:
    text = GOOD.replace("      0\n      1\n", f"      0\n      1\n{WRONG}")
    curriculum = write_curriculum(workspace, text)
    shown = invoke("kg", "show", "for-loop", "--curriculum", str(curriculum)).stdout
    assert (
        "Counterexample\n    for i in 3:\n        print(i)\nprints\n    nothing\nand ends in TypeError\n"
        "Why: A number has no items.\n"
    ) in shown
    data = json.loads(invoke("kg", "show", "for-loop", "--json", "--curriculum", str(curriculum)).stdout)
    assert data["counterexample"]["error"] == "TypeError"


def test_show_a_concept_as_json(invoke: Invoke, curriculum: Path) -> None:
    data = json.loads(invoke("kg", "show", "for-loop", "--json", "--curriculum", str(curriculum)).stdout)
    assert data["id"] == "for-loop"
    assert data["prerequisites"] == [{"concept": "loop", "distance": 1, "weight": 1.0}]
    assert data["parents"] == ["loop"]
    assert data["misconceptions"] == [{"id": "off-by-one", "belief": "The last number is included."}]


def test_the_chain_is_shown_nearest_first(invoke: Invoke) -> None:
    result = invoke("kg", "show", "range")
    chain = next(line for line in result.stdout.splitlines() if line.startswith("Needs first: "))
    assert "for-loop" in chain.split("←")[0]
    assert "program" in chain.split("←")[-2]


def test_show_a_misconception(invoke: Invoke, curriculum: Path) -> None:
    result = invoke("kg", "show", "off-by-one", "--curriculum", str(curriculum))
    assert "In truth: It is not." in result.stdout


def test_near_misses_are_proposed(invoke: Invoke) -> None:
    result = invoke("kg", "show", "rnage")
    assert result.exit_code == 2
    assert "did you mean range" in result.stderr


def test_an_ambiguous_name_is_not_guessed(invoke: Invoke, workspace: Path) -> None:
    text = GOOD.replace("    definition: Repeats statements.", "    aliases: [counting loop]\n    definition: Repeats.")
    result = invoke("kg", "show", "counting loop", "--curriculum", str(write_curriculum(workspace, text)))
    assert result.exit_code == 2
    assert "did you mean loop, for-loop?" in result.stderr


def test_help_imports_no_command() -> None:
    """What makes `gradatim kg --help` answer at once."""
    program = (
        "import sys\n"
        "from gradatim.app.commands.kg import COMMANDS, kg\n"
        "kg.main(['--help'], standalone_mode=False)\n"
        "heavy = [name for name in sys.modules if name.startswith('gradatim.kg') or name in ('pydantic', 'yaml')]\n"
        "assert not heavy, heavy\n"
        "assert 'draw' in COMMANDS\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_can_be_loaded(invoke: Invoke) -> None:
    from gradatim.app.commands.kg import COMMANDS

    for name, command in COMMANDS.items():
        assert command.load().name == name
        assert invoke("kg", name, "--help").exit_code == 0
