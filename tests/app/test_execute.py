from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gradatim.app.console import json_line
from tests.app.conftest import RIGHT, TASK, WRONG, Invoke, objects

GRADATIM = (sys.executable, "-c", "from gradatim.app.cli import main; main()")


def test_a_right_and_a_wrong_program(invoke: Invoke, files: Path) -> None:
    result = invoke("execute", "task.yaml", "right.py", "wrong.py")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "pass  right.py  (2 of 2 tests passed)"
    assert lines[1] == "FAIL  wrong.py  (0 of 2 tests passed)"
    assert lines[2].startswith("      t1 sum_up_to(3): expected 6, got 3")
    assert lines[-1] == "2 programs: 1 passed, 1 failed"


def test_all_right(invoke: Invoke, files: Path) -> None:
    result = invoke("execute", "task.yaml", "right.py")
    assert (result.exit_code, result.stderr) == (0, "")


def test_one_json_object_a_program(invoke: Invoke, files: Path) -> None:
    result = invoke("execute", "task.yaml", "wrong.py", "right.py", "--json")
    wrong, right = objects(result.stdout)
    assert result.exit_code == 1
    assert set(wrong) == {"submission", "passed", "outcomes", "tier", "seconds"}
    assert (wrong["submission"], wrong["passed"]) == ("wrong.py", False)
    assert [outcome["test"] for outcome in wrong["outcomes"]] == ["t1", "t2"]
    assert set(wrong["outcomes"][0]) == {"test", "status", "detail"}
    assert wrong["outcomes"][0]["status"] == "failed"
    assert (right["passed"], right["tier"] in ("bubblewrap", "landlock")) == (True, True)
    assert right["seconds"] > 0


def test_the_file_of_results_has_the_same_lines(invoke: Invoke, files: Path) -> None:
    result = invoke("execute", "task.yaml", "wrong.py", "right.py", "--json", "--jsonl", "out.jsonl")
    assert (files / "out.jsonl").read_text("utf-8") == result.stdout


def test_results_come_in_the_order_of_the_programs(invoke: Invoke, files: Path) -> None:
    slow = "import time\ntime.sleep(0.3)\n"
    rows = [{"file": f"{n}.py", "code": (slow if n % 4 == 0 else "") + (RIGHT if n % 2 else WRONG)} for n in range(12)]
    (files / "many.jsonl").write_text("".join(json_line(row) + "\n" for row in rows), "utf-8")
    found = objects(invoke("execute", "task.yaml", "many.jsonl", "--json", "--workers", "3").stdout)
    assert [row["submission"] for row in found] == [row["file"] for row in rows]
    assert [row["passed"] for row in found] == [n % 2 == 1 for n in range(12)]


def test_a_folder_and_standard_input(invoke: Invoke, files: Path) -> None:
    (files / "class").mkdir()
    (files / "class" / "b.py").write_text(RIGHT)
    (files / "class" / "a.py").write_text(WRONG)
    found = objects(invoke("execute", "task.yaml", "class", "-", "--json", stdin=RIGHT).stdout)
    assert [(row["submission"], row["passed"]) for row in found] == [
        ("class/a.py", False),
        ("class/b.py", True),
        ("<stdin>", True),
    ]


def test_a_program_that_cannot_be_read_does_not_stop_the_others(invoke: Invoke, files: Path) -> None:
    (files / "bytes.py").write_bytes(b"x = 1\ny = '\xff'\n")
    result = invoke("execute", "task.yaml", "none.py", "bytes.py", "right.py", "--json", "--jsonl", "out.jsonl")
    assert result.exit_code == 2
    none, raw, right = objects(result.stdout)
    assert (none["submission"], none["passed"], none["outcomes"]) == ("none.py", None, [])
    assert none["error"]["message"] == "does not exist"
    assert (raw["submission"], raw["error"]["place"]) == ("bytes.py", "bytes.py:2")
    assert right["passed"] is True
    assert "error: none.py: does not exist\nremedy: " in result.stderr
    assert "3 programs: 1 passed, 0 failed, 2 could not be read" in result.stderr
    assert objects((files / "out.jsonl").read_text("utf-8")) == [none, raw, right]


def test_hostile_programs_end_and_are_told(invoke: Invoke, files: Path) -> None:
    programs = {
        "exit.py": "import os\nos._exit(0)\n",
        "syntax.py": "def sum_up_to(n)\n    return 0\n",
        "paint.py": "def sum_up_to(n):\n    raise ValueError('\\x1b[2J gone')\n",
    }
    for name, code in programs.items():
        (files / name).write_text(code)
    result = invoke("execute", "task.yaml", *programs)
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout
    assert result.stdout.count("FAIL  ") == 3
    assert result.stdout.count("SyntaxError") == 1
    found = objects(invoke("execute", "task.yaml", *programs, "--json").stdout)
    assert [row["outcomes"][0]["status"] for row in found] == ["crashed", "not-run", "error"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "task.yaml"),
        ("id: [", "task.yaml:1"),
        (TASK.replace('"6"', "six"), "task.yaml:7"),
        (TASK.split("tests:")[0], "tests"),
    ],
)
def test_a_wrong_task_file(invoke: Invoke, files: Path, content: str | None, said: str) -> None:
    (files / "out.jsonl").write_text("kept")
    if content is None:
        (files / "task.yaml").unlink()
    else:
        (files / "task.yaml").write_text(content, "utf-8")
    result = invoke("execute", "task.yaml", "right.py", "--json", "--jsonl", "out.jsonl")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert said in result.stderr
    assert json.loads(result.stdout)["error"]["type"] == "TaskFileError"
    assert (files / "out.jsonl").read_text() == "kept"


@pytest.mark.parametrize("target", [".", "no/out.jsonl", "programs.jsonl"])
def test_results_that_cannot_be_written(invoke: Invoke, files: Path, target: str) -> None:
    (files / "programs.jsonl").write_text(json_line({"file": "a.py", "code": RIGHT}))
    result = invoke("execute", "task.yaml", "programs.jsonl", "--jsonl", target)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {target}: ")
    assert objects((files / "programs.jsonl").read_text())[0]["file"] == "a.py"


def test_the_tier_can_be_chosen(invoke: Invoke, files: Path) -> None:
    (row,) = objects(invoke("execute", "task.yaml", "right.py", "--json", "--sandbox", "landlock").stdout)
    assert row["tier"] == "landlock"


def test_settings_that_cannot_be_used(invoke: Invoke, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_WORKERS", "many")
    result = invoke("execute", "task.yaml", "right.py")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: setting workers: ")


def test_a_name_that_is_no_text(files: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    try:
        (files / name).write_text(RIGHT)
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    result = subprocess.run([*GRADATIM, "execute", "task.yaml", name, "--json"], capture_output=True, check=False)
    assert json.loads(result.stdout)["submission"] == name
    assert (result.returncode, result.stderr) == (0, b"")


def test_nothing_heavy_is_imported(files: Path) -> None:
    code = (
        "import sys\n"
        "from gradatim.app.cli import cli\n"
        "try:\n    cli(['execute', 'task.yaml', 'right.py', '--json'])\n"
        "except SystemExit as end:\n    print(end.code, file=sys.stderr)\n"
        "heavy = ('chromadb', 'langgraph', 'langchain', 'langchain_core', 'xllamacpp', 'numpy', 'httpx', 'rich')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stderr.splitlines() == ["0", "[]"]


def test_an_interrupt_ends_quietly_with_whole_lines(files: Path) -> None:
    slow = "import time\ndef sum_up_to(n):\n    time.sleep(0.2)\n    return 0\n"
    rows = [{"file": f"{n}.py", "code": slow if n else RIGHT} for n in range(200)]
    (files / "many.jsonl").write_text("".join(json_line(row) + "\n" for row in rows), "utf-8")
    out = files / "out.jsonl"
    running = subprocess.Popen(
        [*GRADATIM, "execute", "task.yaml", "many.jsonl", "--json", "--jsonl", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 30
    while not (out.exists() and out.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    printed, said = running.communicate(timeout=30)
    assert (running.returncode, said.strip()) == (130, b"interrupted")
    assert objects(printed.decode()) == objects(out.read_text("utf-8"))
    assert 1 <= len(objects(printed.decode())) < 200
