"""`gradatim batch` as a person calls it: once, again, and killed on the way."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from gradatim.app.commands.assess import assessment_row
from gradatim.domain import Assessment
from gradatim.memory import open_memory
from gradatim.settings import Settings
from tests.app.conftest import RIGHT, WRONG, Invoke, objects

COMMAND = "from gradatim.app.cli import main; main()"


def rows(path: Path) -> list[dict[str, Any]]:
    return objects(path.read_text("utf-8"))


def test_programs_of_every_kind(invoke: Invoke, files: Path) -> None:
    (files / "more").mkdir()
    (files / "more/empty.py").write_text("", "utf-8")
    (files / "more/latin.py").write_bytes(b"# caf\xe9\n")
    lines = [{"file": "same.py", "code": RIGHT, "learner": "ada"}, {"file": "big.py", "code": "#" * 10_000_000}]
    (files / "lines.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    arguments = ["batch", "task.yaml", "right.py", "wrong.py", "more", "lines.jsonl", "--out", "out.jsonl"]
    result = invoke(*arguments, "--model", "none", "--learner-from", "file", "--in-order")
    assert result.exit_code == 2, result.output
    found = rows(files / "out.jsonl")
    assert [(row["status"], row["learner"]) for row in found] == [
        ("delivered", "right"), ("delivered", "wrong"), ("refused", None), ("refused", None), ("delivered", "ada"),
        ("refused", None),
    ]  # fmt: skip
    assert "6 programs: 3 delivered, 3 refused" in result.stdout
    again = invoke(*arguments, "--model", "none", "--learner-from", "file", "--in-order", "--json")
    (summary,) = objects(again.stdout)
    assert (summary["total"], summary["written"], summary["delivered"], summary["refused"]) == (6, 0, 3, 3)


def test_a_row_is_that_of_assess(invoke: Invoke, files: Path) -> None:
    invoke("batch", "task.yaml", "wrong.py", "--out", "out.jsonl", "--model", "none")
    (row,) = rows(files / "out.jsonl")
    told = assessment_row("wrong.py", Assessment.model_validate(row["assessment"]))
    assert {key: row[key] for key in told} == told
    brief = invoke("batch", "task.yaml", "wrong.py", "--out", "brief.jsonl", "--model", "none", "--brief")
    assert brief.exit_code == 0
    assert "assessment" not in rows(files / "brief.jsonl")[0]


def test_a_manifest_of_two_tasks(invoke: Invoke, files: Path) -> None:
    task = (files / "task.yaml").read_text("utf-8")
    (files / "other.yaml").write_text(task.replace("id: sum-up-to", "id: other"), "utf-8")
    lines = [{"task": name, "program": "right.py", "learner": "ada"} for name in ("task.yaml", "other.yaml")]
    (files / "m.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    result = invoke("batch", "--manifest", "m.jsonl", "--out", "out.jsonl", "--model", "none", "--in-order")
    assert result.exit_code == 0, result.output
    assert [row["task"] for row in rows(files / "out.jsonl")] == ["sum-up-to", "other"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "o.jsonl"], "needs a TASK"),
        (["task.yaml", "--out", "o.jsonl"], "needs a PROGRAM"),
        (["task.yaml", "right.py"], "--out"),
        (["task.yaml", "-", "--out", "o.jsonl"], "twice"),
        (["missing.yaml", "right.py", "--out", "o.jsonl"], "missing.yaml"),
        (["task.yaml", "right.py", "--out", "."], "is a folder"),
        (["task.yaml", "right.py", "--out", "no/o.jsonl"], "folder does not exist"),
        (["task.yaml", "right.py", "--out", "right.py"], "is an input as well"),
        (["task.yaml", "right.py", "--out", "wrong.py"], "not a line of this batch"),
        (["task.yaml", "right.py", "--manifest", "m.jsonl", "--out", "o.jsonl"], "names the tasks"),
        (["--manifest", "m.jsonl", "--out", "o.jsonl"], "cannot be read"),
        (["task.yaml", "right.py", "--out", "o.jsonl", "--learner-from", "("], "regular expression"),
        (["task.yaml", "right.py", "--out", "o.jsonl", "--address", "auto"], "--engine ray"),
    ],
)
def test_bad_command_lines(invoke: Invoke, files: Path, arguments: list[str], words: str) -> None:
    result = invoke("batch", *arguments, "--model", "none")
    assert result.exit_code == 2, result.output
    assert words in result.stderr
    assert (files / "wrong.py").read_text("utf-8") == WRONG


def test_a_model_that_is_not_there_stops_it(invoke: Invoke, files: Path) -> None:
    result = invoke("batch", "task.yaml", "right.py", "--out", "o.jsonl", "--model", "no-such.gguf")
    assert result.exit_code in (2, 3)
    assert "remedy" in result.stderr


PROGRAMS = 12


@pytest.fixture
def many(files: Path) -> Path:
    """Programs of three learners."""
    lines = [
        {"file": f"p{n}.py", "code": f"{RIGHT if n % 2 else WRONG}# {n}\n", "learner": f"l{n % 3}"}
        for n in range(PROGRAMS)
    ]
    (files / "many.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return files


def started(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", COMMAND, "batch", "task.yaml", "many.jsonl", "--out", "out.jsonl"]
    return subprocess.Popen(
        [*command, "--model", "none", "--workers", "1", *options],
        cwd=folder,
        env={**os.environ, "GRADATIM_REPAIR_SECONDS": "0.1", "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def wait_for_lines(path: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while process.poll() is None and time.monotonic() < deadline:
        if path.exists() and path.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.01)


async def events(folder: Path) -> Counter[str]:
    async with open_memory(Settings(data_dir=folder / "data")) as memory:
        return Counter({item.learner_id: item.events for item in await memory.learners()})


def test_killed_twice_it_ends_with_each_line_and_each_event_once(many: Path) -> None:
    for lines in (2, 7):
        process = started(many)
        wait_for_lines(many / "out.jsonl", lines, process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    with started(many, "--json") as process:
        output, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints.decode()
    assert json.loads(output)["delivered"] == PROGRAMS
    assert sorted(row["position"] for row in rows(many / "out.jsonl")) == list(range(PROGRAMS))
    assert asyncio.run(events(many)) == {"l0": 4, "l1": 4, "l2": 4}


def test_ctrl_c_finishes_what_is_under_way_and_can_be_gone_on_with(many: Path) -> None:
    process = started(many)
    wait_for_lines(many / "out.jsonl", 2, process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of its processes
    output, complaints = process.communicate(timeout=60)
    assert process.returncode == 130, complaints.decode()
    assert "finishing what is under way" in complaints.decode()
    assert "still to be done" in output.decode()
    before = rows(many / "out.jsonl")
    assert 2 <= len(before) < PROGRAMS
    with started(many, "--json") as process:
        output, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints.decode()
    assert json.loads(output)["written"] == PROGRAMS - len(before)
    assert rows(many / "out.jsonl")[: len(before)] == before


def test_decisions_are_taken_in(invoke: Invoke, files: Path) -> None:
    (files / "policy.yaml").write_text("rules:\n  always: {active: true}\n", "utf-8")
    (files / "gradatim.toml").write_text('policy = "policy.yaml"\n', "utf-8")
    arguments = ["batch", "task.yaml", "right.py", "wrong.py", "--out", "out.jsonl", "--model", "none", "--in-order"]
    assert invoke(*arguments).exit_code == 1
    held = rows(files / "out.jsonl")
    assert [row["status"] for row in held] == ["held", "held"]
    decided = invoke("review", "decide", held[1]["id"], "--approve", "--reviewer", "grace")
    assert decided.exit_code == 0, decided.output
    assert invoke(*arguments, "--again", "held").exit_code == 1
    after = rows(files / "out.jsonl")
    assert [(row["id"], row["status"]) for row in after] == [(held[0]["id"], "held"), (held[1]["id"], "delivered")]
