"""The tutorial works as it stands, from an empty folder, and is as short as it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gradatim.app.cli import cli

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "first-workflow.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w.]+)`\n\n```\w+\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE))
COMMANDS = [
    line for block in re.findall(r"^```sh\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE) for line in block.splitlines()
]
MISTAKE = re.findall(r"^```text\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with the tutorial's files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADATIM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GRADATIM_REPAIR_SECONDS", "1")
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def called(command: str) -> Result:
    name, *arguments = shlex.split(command)
    assert name == "gradatim"
    return CliRunner().invoke(cli, arguments)


def test_it_is_at_most_40_lines() -> None:
    assert set(FILES) == {"task.yaml", "program.py", "nodes.py", "tidy.yaml"}
    assert sum(bool(line.strip()) for content in FILES.values() for line in content.splitlines()) <= 40


def test_its_commands_work(folder: Path) -> None:
    assert len(COMMANDS) == 4
    results = [called(command) for command in COMMANDS[:3]]  # the last one answers a question; see below
    assert [result.exit_code for result in results] == [0] * 3, [result.output for result in results]
    assert "can run" in results[0].output
    assert "asks a person" in results[1].output
    assert "A change was tried that makes all 2 tests pass" in results[2].stdout


def test_its_node_is_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "def double_all(numbers):\n" + "".join(
        f"    x{n} = 'a line that is a good deal too long'\n" for n in range(3)
    )
    (folder / "program.py").write_text(long)
    monkeypatch.setenv("GRADATIM_REPAIR_SECONDS", "0")
    waiting = called(COMMANDS[2])
    assert waiting.exit_code == 1
    assert "Style first?" in waiting.output
    assert re.search(r"long_lines:\s+- 2\s+- 3\s+- 4\s", waiting.output)
    assert called(COMMANDS[3]).exit_code == 0


def test_its_mistake_is_told_so(folder: Path) -> None:
    wrong = FILES["tidy.yaml"].replace("when: len(long_lines)", "when: len(long_line)")
    (folder / "tidy.yaml").write_text(wrong)
    told = called(COMMANDS[0])
    assert told.exit_code != 0
    assert MISTAKE[0].splitlines()[0] in told.output
    assert MISTAKE[0].splitlines()[1].strip() in told.output
