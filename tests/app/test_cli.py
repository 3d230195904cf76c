from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from gradatim import __version__
from gradatim.app.cli import COMMANDS, Gradatim, cli
from gradatim.app.lazy import LazyCommand
from gradatim.app.options import SANDBOX_CHOICES
from tests.app.conftest import Invoke


def fail(*arguments: str) -> Result:
    """Run a command that ends in the given way, below the real outermost group."""
    group = Gradatim("gradatim", table={"fail": LazyCommand("tests.app.failing:fail", "End.")}, params=cli.params)
    return CliRunner().invoke(group, list(arguments))


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, env={**os.environ, **environment}, check=False, timeout=60
    )


def test_the_overview_names_every_command(invoke: Invoke) -> None:
    result = invoke("--help")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_loaded_and_says_what_it_does(invoke: Invoke, name: str) -> None:
    result = invoke(name, "--help")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(f"Usage: gradatim {name}")


def test_the_version(invoke: Invoke) -> None:
    assert invoke("--version").stdout == f"gradatim {__version__}\n"


def test_without_a_command_the_overview_goes_to_stderr(invoke: Invoke) -> None:
    result = invoke()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Commands:" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("exekute",), "did you mean 'execute'?"),
        (("execute",), "Missing argument"),
        (("execute", "t.yaml", "a.py", "--workers", "0"), "--workers"),
        (("execute", "t.yaml", "a.py", "--sandbox", "paper"), "--sandbox"),
        (("kg", "shwo"), "shwo"),
        (("--dbug",), "--dbug"),
    ],
)
def test_a_wrong_command_line(invoke: Invoke, arguments: tuple[str, ...], said: str) -> None:
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert said in result.stderr
    assert "remedy: see `gradatim" in result.stderr


def test_a_wrong_command_line_is_told_as_json_too(invoke: Invoke) -> None:
    result = invoke("execute", "--json")
    error = json.loads(result.stdout)["error"]
    assert (result.exit_code, error["type"], error["exit_code"]) == (2, "UsageError", 2)


def test_wrong_input() -> None:
    result = fail("fail", "input")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: task.yaml:3: has no tests\nremedy: write some\n"


def test_wrong_input_as_json() -> None:
    result = fail("fail", "input", "--json")
    assert json.loads(result.stdout) == {
        "error": {
            "type": "TaskFileError",
            "message": "has no tests",
            "place": "task.yaml:3",
            "remedy": "write some",
            "exit_code": 2,
        }
    }
    assert result.stderr.startswith("error: ")


def test_an_error_of_a_service_without_place_and_remedy() -> None:
    result = fail("fail", "service")
    assert (result.exit_code, result.stderr) == (3, "error: does not answer\n")


def test_exit_code_1_is_for_what_the_work_found() -> None:
    result = fail("fail", "found")
    assert (result.exit_code, result.output) == (1, "")


def test_a_bug_is_admitted_without_a_traceback() -> None:
    result = fail("fail", "bug")
    assert result.exit_code == 70
    assert f"a bug in gradatim {__version__}: KeyError: 'surprise'" in result.stderr
    assert "--debug" in result.stderr
    assert "Traceback" not in result.stderr


def test_debug_shows_the_traceback() -> None:
    result = fail("--debug", "fail", "bug")
    assert result.exit_code == 70
    assert "Traceback" in result.stderr
    assert 'raise KeyError("surprise")' in result.stderr
    assert "Traceback" in fail("--debug", "fail", "input").stderr


def test_debug_in_the_wrong_place_is_told_where_it_belongs(invoke: Invoke) -> None:
    assert "remedy: write it before the command" in invoke("kg", "check", "--debug").stderr


def test_a_bug_as_json() -> None:
    assert json.loads(fail("fail", "bug", "--json").stdout)["error"]["exit_code"] == 70


def test_an_interrupt_has_no_traceback() -> None:
    result = fail("fail", "interrupt")
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr.strip() == "interrupted"


def test_a_pipe_that_breaks_elsewhere_is_a_bug() -> None:
    result = fail("fail", "pipe")
    assert result.exit_code == 70
    assert "a pipe to another process broke" in result.stderr


def test_json_after_two_dashes_is_an_argument() -> None:
    assert fail("fail", "--", "--json").stdout == "done\n"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from gradatim.app.cli import cli\n"
        "try:\n    cli(['--help'])\n"
        "except SystemExit:\n    pass\n"
        "heavy = ['rich', 'pydantic', 'pydantic_settings', 'langgraph', 'chromadb', 'yaml', 'asyncio', 'httpx']\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)\n"
    )
    result = python("-c", code)
    assert result.stderr.decode().strip() == "[]"


def test_a_reader_that_stops_reading_hears_nothing() -> None:
    """What `gradatim … | head -1` does."""
    reading = subprocess.Popen(
        [sys.executable, "-c", "from gradatim.app.cli import main; main()", "kg", "check", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert reading.stdout is not None
    assert reading.stderr is not None
    reading.stdout.close()
    said = reading.stderr.read()
    reading.stderr.close()
    assert (reading.wait(), said) == (141, b"")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_text_can_be_printed_in_any_encoding(encoding: str) -> None:
    command = "from gradatim.app.cli import main; main()"
    result = python("-c", command, "kg", "show", "naïve → 範囲", PYTHONIOENCODING=encoding)
    assert result.returncode == 2
    assert b"Traceback" not in result.stderr
    assert b"this names no concept" in result.stderr


def test_json_stays_json_where_the_terminal_knows_no_unicode() -> None:
    command = "from gradatim.app.cli import main; main()"
    result = python("-c", command, "kg", "show", "naïve 範囲", "--json", PYTHONIOENCODING="latin-1")
    assert "naïve 範囲" in json.loads(result.stdout)["error"]["place"]


def test_sandbox_choices_are_those_of_the_settings() -> None:
    from typing import get_args

    from gradatim.settings import SandboxChoice

    assert get_args(SandboxChoice) == SANDBOX_CHOICES


def test_a_disk_without_room_is_told() -> None:
    command = f"{shlex.quote(sys.executable)} -c 'from gradatim.app.cli import main; main()' kg stats > /dev/full"
    result = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert result.returncode == 3
    assert result.stderr == b"error: nothing more can be written: No space left on device\n"


def test_closed_streams_are_no_bug() -> None:
    command = f"{shlex.quote(sys.executable)} -c 'from gradatim.app.cli import main; main()' kg stats"
    assert subprocess.run(["sh", "-c", f"{command} >&-"], capture_output=True, check=False).returncode == 0
    assert subprocess.run(["sh", "-c", f"{command} >&- 2>&-"], check=False).returncode == 0
