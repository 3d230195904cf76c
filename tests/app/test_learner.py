from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from gradatim.domain import LearnerEvent, Observation
from gradatim.memory import open_memory
from gradatim.memory.storage.decisions import DecisionRecord, SQLiteDecisions
from gradatim.settings import load_settings
from tests.app.conftest import Invoke


@pytest.fixture
def remembered(workspace: Path) -> Path:
    """Two learners in the data folder of the settings."""

    async def fill() -> None:
        async with open_memory(load_settings()) as memory:
            for number, correct in enumerate((False, True, True), start=1):
                event = LearnerEvent(
                    id=f"e{number}",
                    learner_id="anna",
                    kind="assessment",
                    at=f"2026-01-0{number}T10:00:00Z",
                    task_id="sum-up-to",
                    observations=(Observation(concept="range", correct=correct),),
                )
                await memory.record(event)
            await memory.record(event.model_copy(update={"id": "b", "learner_id": "bo\x1b[31m".replace("\x1b", "→")}))

    asyncio.run(fill())
    return workspace


def test_an_empty_memory(invoke: Invoke) -> None:
    assert invoke("learner", "list").stdout == "the memory holds no learner\n"
    assert json.loads(invoke("learner", "list", "--json").stdout) == {"learners": []}


@pytest.mark.usefixtures("remembered")
def test_list(invoke: Invoke) -> None:
    data = json.loads(invoke("learner", "list", "--json").stdout)
    anna = {"learner_id": "anna", "events": 3, "last_at": "2026-01-03T10:00:00Z"}
    assert data["learners"][0] == anna
    assert len(data["learners"]) == 2
    assert "bo→[31m" in invoke("learner", "list").stdout


@pytest.mark.usefixtures("remembered")
def test_show(invoke: Invoke) -> None:
    result = invoke("learner", "show", "anna")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "anna: 3 events"
    assert any(line.startswith("range") and "%" in line and "█" in line for line in lines)
    assert any(line.startswith("breadth ") for line in lines)
    latest = lines.index("Latest events")
    assert lines[latest + 1].split() == ["2026-01-03T10:00:00Z", "assessment", "sum-up-to", "+range"]
    assert lines[latest + 3].endswith("-range")


@pytest.mark.usefixtures("remembered")
def test_show_as_json(invoke: Invoke) -> None:
    data = json.loads(invoke("learner", "show", "anna", "--json", "--events", "1").stdout)
    assert (data["learner_id"], data["events"], data["mastery"][0]["concept"]) == ("anna", 3, "range")
    assert [event["id"] for event in data["recent_events"]] == ["e3"]


@pytest.mark.usefixtures("remembered")
@pytest.mark.parametrize("command", ["show", "export"])
def test_somebody_never_heard_of(invoke: Invoke, command: str) -> None:
    result = invoke("learner", command, "ana")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean 'anna'?" in result.stderr


@pytest.mark.usefixtures("remembered")
def test_export_holds_every_event_in_order(invoke: Invoke) -> None:
    data = json.loads(invoke("learner", "export", "anna").stdout)
    assert [LearnerEvent.model_validate(event).id for event in data["events"]] == ["e1", "e2", "e3"]
    assert data["state"]["learner_id"] == "anna"
    line = invoke("learner", "export", "anna", "--json").stdout
    assert line.count("\n") == 1
    assert json.loads(line)["events"] == data["events"]


@pytest.mark.usefixtures("remembered")
def test_export_holds_what_was_decided_about_the_learner_alone(invoke: Invoke, workspace: Path) -> None:
    async def decide() -> None:
        decisions = SQLiteDecisions(load_settings().memory_path)
        for learner in ("anna", "ben"):
            record = DecisionRecord(
                id=f"run-{learner}", learner_id=learner, task_id="sum", at="2026-03-01T10:00:00Z", kind="approve",
                reviewer="ines", author="realiser", value=0.8, features={}, right=True,
            )  # fmt: skip
            await decisions.add(record)
        await decisions.aclose()

    asyncio.run(decide())
    data = json.loads(invoke("learner", "export", "anna").stdout)
    assert [record["id"] for record in data["decisions"]] == ["run-anna"]


@pytest.mark.usefixtures("remembered")
def test_forgetting_needs_a_yes(invoke: Invoke) -> None:
    result = invoke("learner", "forget", "anna")
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert invoke("learner", "show", "anna").exit_code == 0


@pytest.mark.usefixtures("remembered")
def test_forget(invoke: Invoke) -> None:
    result = invoke("learner", "forget", "anna", "--yes", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"learner_id": "anna", "deleted_events": 3, "deleted_assessments": 0}
    assert invoke("learner", "show", "anna").exit_code == 2
    again = invoke("learner", "forget", "anna", "--yes")
    assert (again.exit_code, again.stdout) == (0, "nothing was remembered about anna\n")


def test_the_data_folder_can_be_given(invoke: Invoke, remembered: Path) -> None:
    assert json.loads(invoke("learner", "list", "--json", "--data-dir", "other").stdout) == {"learners": []}
    data = json.loads(invoke("learner", "list", "--json", "--data-dir", str(remembered / "data")).stdout)
    assert len(data["learners"]) == 2


def test_a_data_folder_that_is_a_file(invoke: Invoke, workspace: Path) -> None:
    (workspace / "data").write_text("no folder")
    result = invoke("learner", "list")
    assert result.exit_code == 3
    assert result.stderr.startswith("error: ")
