"""`gradatim tutor`: a conversation through a pipe, taken up again, and answered by a person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradatim.app.lazy import LazyGroup
from gradatim.graphs.workflow.kinds.registry import known_kinds
from gradatim.graphs.workflow.kinds.tutoring import KINDS
from tests.app.conftest import Invoke

TALK = ("--model", "none")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_REPAIR_SECONDS", "0.3")
    monkeypatch.setenv("GRADATIM_WORKERS", "1")


def test_a_conversation_through_a_pipe_and_taken_up_again(invoke: Invoke, files: Path) -> None:
    said = "3\n:why\n:nonsense\n:run missing.py\n:paste\ndef sum_up_to(n)\n    return n\n.\n:hint\n\xe9\n"
    done = invoke("tutor", "task.yaml", "--code", "wrong.py", "--session", "s", *TALK, stdin=said.encode("latin-1"))
    assert "tests pass" in done.output
    assert "checked by execution" in done.output
    assert "There is no command :nonsense" in done.output
    assert "missing.py" in done.output
    assert "cannot run the program any more: SyntaxError" in done.output
    assert "session s" in done.output
    assert "range(1, n + 1)" not in done.output
    again = invoke("tutor", "--session", "s", *TALK, stdin=":run right.py\nbecause n itself was left out\n:quit\n")
    assert again.exit_code == 0, again.output
    assert "All 2 tests pass now" in again.output
    assert "done with this task" in again.output
    other = invoke("tutor", "task.yaml", "--session", "s", "--learner", "bob", *TALK, stdin="")
    assert other.exit_code == 2
    assert "another learner" in other.output


def test_each_turn_is_an_object_with_json(invoke: Invoke, files: Path) -> None:
    done = invoke("tutor", "--concept", "range", "--language", "zh", "--json", *TALK, stdin="不知道\n我想问老师\n")
    turns = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [turn["number"] for turn in turns] == [0, 1, 2]
    assert all(turn["language"] == "zh" for turn in turns)
    assert (turns[2]["held"], turns[2]["understood"]) == (True, "person-request")
    listed = json.loads(invoke("tutor", "--held", "--json").stdout)
    (held,) = listed["held"]
    assert (held["reason"], held["concept"]) == ("asked", "range")
    assert "range" in invoke("tutor", "--held").output
    answered = invoke("tutor", "--answer", held["session"], "--say", "我来了", "--reviewer", "Eve")
    assert answered.exit_code == 0, answered.output
    assert "我来了" in answered.output
    assert "no session waits" in invoke("tutor", "--held").output
    assert invoke("tutor", "--answer", held["session"], "--say", "x", "--reviewer", "Eve").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "give a TASK"),
        (("task.yaml", "--concept", "range"), "not both"),
        (("missing.yaml",), "missing.yaml"),
        (("task.yaml", "--code", "missing.py"), "missing.py"),
        (("--concept", "flibbertigibbet", "--model", "none"), "no concept"),
        (("--session", "nobody", "--model", "none"), "no such session"),
        (("task.yaml", "--watch"), "--watch needs"),
        (("task.yaml", "--language", "xx"), "no language"),
        (("--answer", "s"), "--reviewer"),
    ],
)
def test_what_cannot_be_used_is_told(invoke: Invoke, files: Path, arguments: tuple[str, ...], told: str) -> None:
    done = invoke("tutor", *arguments, stdin="")
    assert done.exit_code == 2, done.output
    assert told in done.output


def test_workflow_files_can_name_the_tutor_s_agents(invoke: Invoke, workspace: Path) -> None:
    assert {kind.key for kind in KINDS} <= set(known_kinds())
    text = """\
workflow: one-turn
description: One turn of a tutoring session.
inputs: [session, heard, task, number, learner_id, language, began]
outputs: [turn]
nodes: {tutor_understand: , tutor_examine: , tutor_plan: , tutor_compose: , tutor_check: , tutor_remember: }
edges:
  - START -> tutor_understand
  - tutor_understand -> tutor_examine
  - tutor_examine -> tutor_plan
  - tutor_plan -> tutor_compose
  - tutor_compose -> tutor_check
  - tutor_check -> tutor_remember
  - tutor_remember -> END
"""
    (workspace / "turn.yaml").write_text(text, "utf-8")
    done = invoke("workflow", "check", "turn.yaml")
    assert done.exit_code == 0, done.output
    (workspace / "bad.yaml").write_text(
        text.replace("  - tutor_plan -> tutor_compose\n", "  - tutor_plan -> END\n"), "utf-8"
    )
    assert invoke("workflow", "check", "bad.yaml").exit_code != 0


def test_the_command_is_listed() -> None:
    from gradatim.app.cli import cli

    assert isinstance(cli, LazyGroup)
    assert "tutor" in cli.list_commands(None)  # type: ignore[arg-type]
