"""`gradatim learner processing`."""

from __future__ import annotations

import asyncio
import csv
import json
import random
from pathlib import Path

import pytest

from gradatim.domain import LearnerEvent
from gradatim.memory import open_memory
from gradatim.settings import load_settings
from tests.app.conftest import Invoke

ITEMS = [f"q{number}" for number in range(1, 25)]


def events(number: int, *, research: bool = True) -> list[LearnerEvent]:
    """A submission, a survey with a gap for the first learner, and consent."""
    learner = f"l{number:02}"
    draw = random.Random(number)
    answers = {item: draw.randint(1, 5) for item in ITEMS}
    made = [
        LearnerEvent(
            id=f"{learner}-a", learner_id=learner, kind="submission", at="2026-03-01T10:00:00Z", task_id="t",
            payload={"score": 0.5, "items_done": 1, "items_total": 2, "seconds": 10_000},
        ),
        LearnerEvent(
            id=f"{learner}-s", learner_id=learner, kind="survey", at="2026-03-01T10:01:00Z",
            payload={
                "instrument": "affect", "scale": [1, 5], "answers": answers | ({"q3": None} if number == 1 else {}),
            },
        ),
    ]  # fmt: skip
    if research:
        consent = LearnerEvent(
            id=f"{learner}-c", learner_id=learner, kind="consent", at="2026-03-01T10:02:00Z",
            payload={"purpose": "research", "given": True},
        )  # fmt: skip
        made.append(consent)
    return made


@pytest.fixture
def remembered(workspace: Path) -> Path:
    """Forty learners who agreed to research and one who did not."""

    async def fill() -> None:
        async with open_memory(load_settings()) as memory:
            for number in range(1, 41):
                await memory.append(events(number))
            await memory.append(events(41, research=False))

    asyncio.run(fill())
    return workspace


def test_an_empty_memory(invoke: Invoke) -> None:
    result = invoke("learner", "processing")
    assert result.exit_code == 0
    assert result.stdout.startswith("0 learners: 0 decisions")
    data = json.loads(invoke("learner", "processing", "--json").stdout)
    assert (data["learners"], data["decisions"], data["surveys"]) == ([], [], [])


@pytest.mark.usefixtures("remembered")
def test_all_learners(invoke: Invoke) -> None:
    data = json.loads(invoke("learner", "processing", "--json").stdout)
    assert len(data["learners"]) == 41
    assert data["counts"]["scored on what is complete"] == data["counts"]["capped"] == 41
    (survey,) = data["surveys"]
    assert survey["instrument"] == "affect"
    gap = [item for item in data["decisions"] if item["learner"] == "l01" and item["what"].startswith("survey")]
    assert len(gap) == 1
    assert gap[0]["kind"] == "imputed"
    assert gap[0]["what"] == "survey affect, item q3"
    assert (survey["scored"], survey["imputed"], survey["mcar"]["cases"]) == (41, 1, 40)
    assert gap[0]["figures"]["p"] == survey["mcar"]["p"] > 0.05
    text = invoke("learner", "processing").stdout
    assert text.startswith("41 learners: ")
    assert "1 imputed" in text.splitlines()[0]
    assert "survey affect: Little's MCAR test χ² = " in text


@pytest.mark.usefixtures("remembered")
def test_one_learner(invoke: Invoke) -> None:
    data = json.loads(invoke("learner", "processing", "l02", "--json").stdout)
    assert data["learners"] == ["l02"]
    assert {item["learner"] for item in data["decisions"]} == {"l02"}
    partial = next(item for item in data["decisions"] if item["kind"] == "scored on what is complete")
    assert partial["figures"]["items_done"] == 1
    assert partial["figures"]["items_total"] == 2
    lines = invoke("learner", "processing", "l02").stdout.splitlines()
    assert lines[0].startswith("l02: 3 decisions (1 coded 0, 1 scored on what is complete, 1 capped)")
    assert any(line.startswith("coded 0") and "practice" in line for line in lines)
    unknown = invoke("learner", "processing", "l2")
    assert (unknown.exit_code, unknown.stdout) == (2, "")


def test_the_table_holds_those_who_agreed(invoke: Invoke, remembered: Path) -> None:
    path = remembered / "features.csv"
    data = json.loads(invoke("learner", "processing", "--features", str(path), "--json").stdout)
    assert (data["features"]["learners"], data["features"]["left_out"]) == (40, 1)
    scale = data["features"]["scales"]["response_latency"]
    assert scale["of_logarithm"]
    assert scale["values"] == 40
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["learner"]: row for row in csv.DictReader(file)}
    assert len(rows) == 40
    assert "l41" not in rows
    assert float(rows["l02"]["assessment_score"]) == 0.5
    assert rows["l02"]["count_hint"] == "0"
    assert rows["l02"]["hesitation"] == ""
    text = invoke("learner", "processing", "--features", str(path)).stdout
    assert "features of 40 learners written" in text
    assert "1 learner without consent to research left out" in text
    nowhere = invoke("learner", "processing", "--features", str(remembered / "no" / "f.csv"))
    assert nowhere.exit_code == 3
    assert "cannot be written" in nowhere.stderr


def test_who_is_forgotten_leaves_the_table(invoke: Invoke, remembered: Path) -> None:
    path = remembered / "features.csv"
    invoke("learner", "processing", "--features", str(path))
    assert "l07" in path.read_text("utf-8")
    assert invoke("learner", "forget", "l07", "--yes").exit_code == 0
    kept = path.read_text("utf-8")
    assert "l07" not in kept
    assert "l08" in kept


def test_many_decisions_are_counted(invoke: Invoke) -> None:
    async def fill() -> None:
        async with open_memory(load_settings()) as memory:
            await memory.append([event for number in range(70) for event in events(number, research=False)])

    asyncio.run(fill())
    lines = invoke("learner", "processing").stdout.splitlines()
    assert lines[0].startswith("70 learners: 211 decisions")
    assert lines[2].split() == ["decision", "about", "times", "rule"]
    kinds = {line.split("  ")[0] for line in lines[3:7]}
    assert kinds == {"coded 0", "scored on what is complete", "capped", "excluded"}
    assert any("no imputation without consent to research" in line for line in lines)
    assert lines[-1] == "name a learner, or add --json, to see each"
