"""`gradatim learner indicators` and `gradatim learner sensitivity`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from gradatim.app.indicators import read_indicator_rows
from gradatim.domain import LearnerEvent, Observation
from gradatim.errors import InputError
from gradatim.memory import open_memory
from gradatim.settings import load_settings
from tests.app.conftest import Invoke


@pytest.fixture
def remembered(tmp_path: Path) -> Path:
    events = [
        LearnerEvent(
            id=f"e{number}",
            learner_id="anna",
            kind="assessment",
            at=f"2026-03-0{number}T10:00:00Z",
            task_id="a",
            observations=(
                Observation(concept="for-loop", correct=passed),
                Observation(concept="range", correct=passed),
            ),
            payload={"passed": passed, "misconceptions": [] if passed else ["off-by-one-loop"]},
        )
        for number, passed in ((1, False), (2, False), (3, True))
    ]

    async def fill() -> None:
        async with open_memory(load_settings(data_dir=tmp_path)) as memory:
            await memory.append(events)

    asyncio.run(fill())
    return tmp_path


def test_indicators_of_a_learner(invoke: Invoke, remembered: Path) -> None:
    shown = invoke("learner", "indicators", "anna", "--data-dir", str(remembered), "--json")
    assert shown.exit_code == 0
    found = json.loads(shown.stdout)
    values = {item["name"]: item["value"] for item in found["measures"]}
    assert values["persistence_under_difficulty"] == 1.0
    assert values["critical_thinking"] == 0.5
    assert values["prerequisite_completion"] is not None
    assert values["resource_exploration"] is None
    assert 0 < found["measured"] < 1
    text = invoke("learner", "indicators", "anna", "--data-dir", str(remembered))
    assert "not measured: it needs" in text.stdout
    assert "of the whole weight" in text.stdout


def test_sensitivity_says_how_many_learners_it_needs(invoke: Invoke, remembered: Path) -> None:
    shown = invoke("learner", "sensitivity", "--data-dir", str(remembered))
    assert shown.exit_code == 2
    assert "a correlation needs 3" in shown.stderr


def test_sensitivity_of_a_file(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "scores.jsonl"
    rows = [(0.1, 0.9, 2.0), (0.4, 0.2, 3.0), (0.9, 0.5, 9.0), (0.7, 0.7, 6.5)]
    with file.open("w") as lines:
        for comprehension, thinking, score in rows:
            values = {
                "concept_comprehension": comprehension,
                "critical_thinking": thinking,
                "resource_exploration": None,
            }
            lines.write(json.dumps({"indicators": values, "expert": score}) + "\n")
    shown = invoke("learner", "sensitivity", "--data", str(file), "--json")
    assert shown.exit_code == 0
    found = json.loads(shown.stdout)
    assert found["against"] == "expert"
    assert found["learners"] == 4
    assert found["largest_indicator"] in ("concept_comprehension", "critical_thinking")
    assert len(found["effects"]) == 20


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('{"indicators": {"concept_comprehension": 2}}', "less than or equal to 1"),
        ('{"indicators": {"wit": 0.5}}', "no indicator 'wit'"),
        ("{", "is not a line of indicators"),
        ('{"expert": 3}', "Field required"),
        ('{"indicators": {}, "expert": NaN}', "finite"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    file = tmp_path / "scores.jsonl"
    file.write_text(f'{{"indicators": {{}}}}\n{line}\n')
    with pytest.raises(InputError, match=complaint) as raised:
        read_indicator_rows(file)
    assert raised.value.place == f"{file}:2"
