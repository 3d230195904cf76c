"""`gradatim learner next` and `gradatim learner path`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from gradatim.domain import LearnerEvent, Observation
from gradatim.memory import open_memory
from gradatim.settings import load_settings
from tests.app.conftest import Invoke

CURRICULUM = """\
topic: loops
title: Loops
concepts:
  - id: value
    name: value
    definition: What a program works with.
  - id: loop
    name: loop
    definition: Repeats statements.
    prerequisites: [value]
  - id: for-loop
    name: for loop
    aliases: [counting loop]
    definition: Repeats once for each item.
    prerequisites: [loop]
  - id: nested-loop
    name: nested loop
    definition: A loop in a loop.
    prerequisites: [for-loop]
  - id: text
    name: text
    definition: Characters in a row.
    prerequisites: [value]
misconceptions:
  - id: off-by-one
    concepts: [text]
    belief: The last number is included.
    correction: It is not.
    looks_like: range(n)
    evidence: One round is missing.
    talk: Count the rounds.
    errors: [logical]
"""


def event(number: int, learner: str, concept: str, correct: bool, **payload: Any) -> LearnerEvent:
    return LearnerEvent(
        id=f"{learner}-{number}-{concept}",
        learner_id=learner,
        kind="assessment",
        at=f"2026-01-0{number}T10:00:00Z",
        task_id="task",
        observations=(Observation(concept=concept, correct=correct),),
        payload=payload,
    )


def consent(learner: str, purpose: str, given: bool) -> LearnerEvent:
    return LearnerEvent(
        id=f"{learner}-{purpose}-{given}",
        learner_id=learner,
        kind="consent",
        at="2026-01-09T00:00:00Z",
        payload={"purpose": purpose, "given": given},
    )


def store(*events: LearnerEvent) -> None:
    async def fill() -> None:
        async with open_memory(load_settings()) as memory:
            await memory.append(events)

    asyncio.run(fill())


@pytest.fixture
def remembered(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Anna masters values and loops; Ben and Cleo did more, Finn failed; Ben and Finn consent to research."""
    made = workspace / "mine"
    made.mkdir()
    (made / "loops.yaml").write_text(CURRICULUM, "utf-8")
    monkeypatch.setenv("GRADATIM_CURRICULUM", str(made))
    events = [
        event(number, who, concept, True)
        for number in range(1, 7)
        for who, concepts in (("anna", "value loop"), ("ben", "value loop for-loop"), ("cleo", "value for-loop"))
        for concept in concepts.split()
    ]
    events += [
        event(number, "finn", concept, False) for number in range(1, 7) for concept in ("value", "loop", "for-loop")
    ]
    store(
        *events,
        consent("ben", "research", True),
        consent("finn", "research", True),
        consent("cleo", "research", False),
    )
    return workspace


@pytest.mark.usefixtures("remembered")
def test_next(invoke: Invoke) -> None:
    result = invoke("learner", "next", "anna", "--json")
    assert result.exit_code == 0, result.stderr
    data = json.loads(result.stdout)
    found = {item["concept"]: item for item in data["recommendations"]}
    assert {"for-loop", "text"} <= set(found)
    assert "nested-loop" not in found
    for item in found.values():
        assert item["score"] == pytest.approx(sum(why["contribution"] for why in item["reasons"]))
    assert found["for-loop"]["name"] == "for loop"
    # two first answers, both right
    assert data["ability"]["responses"] == 2
    assert data["ability"]["mean"] > 0.0
    assert found["for-loop"]["inferred"] is True


@pytest.mark.usefixtures("remembered")
def test_only_learners_who_consented_are_compared_with(invoke: Invoke) -> None:
    data = json.loads(invoke("learner", "next", "anna", "--json").stdout)
    assert data["compared_with"] == 2
    (loop,) = [item for item in data["recommendations"] if item["concept"] == "for-loop"]
    assert any("1 learner with a similar record" in why["text"] for why in loop["reasons"])
    store(consent("ben", "research", False).model_copy(update={"at": "2026-01-10T00:00:00Z"}))
    data = json.loads(invoke("learner", "next", "anna", "--json").stdout)
    assert data["compared_with"] == 1
    assert not any(why["name"] == "peers" for item in data["recommendations"] for why in item["reasons"])


@pytest.mark.usefixtures("remembered")
def test_next_for_a_person(invoke: Invoke) -> None:
    result = invoke("learner", "next", "anna", "--limit", "1", "--goal", "counting loop")
    lines = result.stdout.splitlines()
    assert lines[0] == "anna: next on the way to for loop"
    assert lines[2].startswith("1. for loop [for-loop]  score ")
    assert lines[3].split()[0].startswith("+0.")
    assert lines[-1] == "compared with 2 learners who consented to research"


@pytest.mark.usefixtures("remembered")
def test_a_misconception_is_named(invoke: Invoke) -> None:
    store(event(8, "anna", "text", False, misconceptions=["off-by-one"]))
    found = json.loads(invoke("learner", "next", "anna", "--json").stdout)["recommendations"]
    (text,) = [item for item in found if item["concept"] == "text"]
    assert any(why["name"] == "misconception" and "off-by-one" in why["text"] for why in text["reasons"])


@pytest.mark.usefixtures("remembered")
def test_without_consent_to_personalisation_there_is_none(invoke: Invoke) -> None:
    store(consent("anna", "personalisation", False))
    for command in (("next", "anna"), ("path", "anna", "--goal", "text")):
        result = invoke("learner", *command)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "has not consented to personalisation" in result.stderr


@pytest.mark.usefixtures("remembered")
def test_nothing_left(invoke: Invoke) -> None:
    store(*(event(9, "dora", concept, True) for concept in ("value", "loop")))
    store(*(event(number, "dora", "value", True) for number in range(1, 9)))
    result = invoke("learner", "next", "dora", "--goal", "value")
    assert result.exit_code in (0, 1)
    result = invoke("learner", "next", "nobody")
    assert result.exit_code == 2


@pytest.mark.usefixtures("remembered")
def test_path(invoke: Invoke) -> None:
    result = invoke("learner", "path", "anna", "--goal", "nested loop", "--json")
    assert result.exit_code == 0, result.stderr
    data = json.loads(result.stdout)
    assert [step["concept"] for step in data["steps"]] == ["for-loop", "nested-loop"]
    assert data["practices"] == pytest.approx(sum(step["practices"] for step in data["steps"]))
    assert data["steps"][0]["opens"] == ["nested-loop"]
    assert data["mastered"] is False
    shown = invoke("learner", "path", "anna", "--goal", "nested-loop").stdout.splitlines()
    assert shown[0].startswith("anna: 2 concepts to nested loop, about ")
    assert shown[3].split()[:3] == ["1.", "for", "loop"]


@pytest.mark.usefixtures("remembered")
def test_what_was_never_observed_but_follows_is_told(invoke: Invoke) -> None:
    data = json.loads(invoke("learner", "path", "cleo", "--goal", "nested-loop", "--json").stdout)
    assert [step["concept"] for step in data["steps"]] == ["nested-loop"]
    assert data["taken_as_met"] == []
    store(
        event(1, "eva", "nested-loop", True), event(2, "eva", "nested-loop", True), event(3, "eva", "nested-loop", True)
    )
    shown = invoke("learner", "path", "eva", "--goal", "text").stdout
    assert "taken as met because of what was: value" in shown


@pytest.mark.usefixtures("remembered")
def test_a_goal_that_is_mastered(invoke: Invoke) -> None:
    assert invoke("learner", "path", "anna", "--goal", "value").stdout == "value is mastered already\n"


@pytest.mark.usefixtures("remembered")
@pytest.mark.parametrize("command", ["next", "path"])
@pytest.mark.parametrize(
    ("learner", "goal", "said"),
    [("anna", "looop", "did you mean"), ("ana", "loop", "did you mean 'anna'?"), ("", "loop", "learner id is empty")],
)
def test_who_and_what_is_not_known(invoke: Invoke, command: str, learner: str, goal: str, said: str) -> None:
    result = invoke("learner", command, learner, "--goal", goal)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
