from __future__ import annotations

import asyncio
import itertools
import json
import math
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
    told = json.loads(result.stdout)
    assert (told["learner_id"], told["deleted_events"], told["deleted_assessments"]) == ("anna", 3, 0)
    assert told["complete"]
    assert told["proof"]["files"] > 0
    assert invoke("learner", "show", "anna").exit_code == 2
    again = invoke("learner", "forget", "anna", "--yes")
    assert (again.exit_code, again.stdout.splitlines()[0]) == (0, "nothing was remembered about anna")


def test_the_data_folder_can_be_given(invoke: Invoke, remembered: Path) -> None:
    assert json.loads(invoke("learner", "list", "--json", "--data-dir", "other").stdout) == {"learners": []}
    data = json.loads(invoke("learner", "list", "--json", "--data-dir", str(remembered / "data")).stdout)
    assert len(data["learners"]) == 2


def test_a_data_folder_that_is_a_file(invoke: Invoke, workspace: Path) -> None:
    (workspace / "data").write_text("no folder")
    result = invoke("learner", "list")
    assert result.exit_code == 3
    assert result.stderr.startswith("error: ")


# ------------------------------------------------------------------------- labels, history, explanations


@pytest.fixture
def diligent(workspace: Path) -> Path:
    """A learner who masters `range` and struggles with `recursion`, over two weeks."""

    async def fill() -> None:
        async with open_memory(load_settings()) as memory:
            for day in range(1, 7):
                await memory.append(
                    LearnerEvent(
                        id=f"{concept}{day}",
                        learner_id="anna",
                        kind="assessment",
                        at=f"2026-01-{day:02}T{hour}:00:00Z",
                        task_id=f"{concept}-{day}",
                        observations=(Observation(concept=concept, correct=correct),),
                        payload={"passed": correct},
                    )
                    for concept, correct, hour in (("range", True, 10), ("recursion", False, 12))
                )

    asyncio.run(fill())
    return workspace


def shown_labels(invoke: Invoke) -> dict[str, str]:
    shown = json.loads(invoke("learner", "show", "anna", "--json").stdout)
    return {label["key"]: label["status"] for label in shown["labels"]}


@pytest.mark.usefixtures("diligent")
def test_labels_consents_and_uncertainty_are_shown(invoke: Invoke) -> None:
    labels = shown_labels(invoke)
    assert labels["masters:range"] == labels["struggles-with:recursion"] == "holds"
    text = invoke("learner", "show", "anna").stdout
    assert "struggles with recursion" in text
    assert "personalisation  yes  assumed, not asked" in text
    assert "research         no" in text
    shown = json.loads(invoke("learner", "show", "anna", "--json").stdout)
    rate = next(item for item in shown["features"] if item["name"] == "success_rate")
    assert rate["observations"] == 12
    assert rate["error"] > 0
    assert f"{rate['value']:.2f}" in text


@pytest.mark.usefixtures("diligent")
def test_history_tells_what_each_event_changed(invoke: Invoke) -> None:
    found = json.loads(invoke("learner", "history", "anna", "--json").stdout)["history"]
    assert [item["event"]["id"] for item in found[:3]] == ["range1", "recursion1", "range2"]
    for item in found:
        (change,) = item["changes"]
        assert (change["after"] > change["before"]) == (change["concept"] == "range" or change["before"] < 0.13)
    own = json.loads(
        invoke("learner", "history", "anna", "--json", "--concept", "range", "--since", "2026-01-04").stdout
    )["history"]
    assert [item["event"]["id"] for item in own] == ["range4", "range5", "range6"]
    chain = [item["changes"][0] for item in found if item["changes"][0]["concept"] == "range"]
    assert all(one["after"] == next_["before"] for one, next_ in itertools.pairwise(chain))
    latest = json.loads(invoke("learner", "history", "anna", "--json", "--limit", "1").stdout)["history"]
    assert latest == found[-1:]
    assert invoke("learner", "history", "anna", "--kind", "survey").stdout == "no event fits\n"
    assert invoke("learner", "history", "anna", "--since", "yesterday").exit_code == 2
    assert "range 25% → 64%" in invoke("learner", "history", "anna").stdout


@pytest.mark.usefixtures("diligent")
def test_a_concept_is_explained_step_by_step(invoke: Invoke) -> None:
    told = json.loads(invoke("learner", "explain", "anna", "recursion", "--json").stdout)
    state = json.loads(invoke("learner", "show", "anna", "--json").stdout)
    believed = next(item["probability"] for item in state["mastery"] if item["concept"] == "recursion")
    assert told["value"] == pytest.approx(believed)
    assert len(told["steps"]) == 6
    own = told["parameters"]
    before = own["prior"]
    for step in told["steps"]:
        assert step["before"] == pytest.approx(before)
        seen = before * own["slip"] / (before * own["slip"] + (1 - before) * (1 - own["guess"]))
        before = seen * (1 - own["forget"]) + (1 - seen) * own["learn"]
        assert (step["seen"], step["after"]) == (pytest.approx(seen), pytest.approx(before))
    parts = told["propagation"]
    odds = sum(part["log_odds"] for part in parts)
    assert 1 / (1 + math.exp(-odds)) == pytest.approx(parts[0]["propagated"])
    text = invoke("learner", "explain", "anna", "Recursion").stdout
    assert "Bayesian knowledge tracing" in text
    assert "recursion6" in text


@pytest.mark.usefixtures("diligent")
def test_an_attribute_is_explained_by_its_events(invoke: Invoke) -> None:
    told = json.loads(invoke("learner", "explain", "anna", "success rate", "--json").stdout)
    assert told["attribute"] == "success_rate"
    assert [shift["observations"] for shift in told["shifts"]] == list(range(1, 13))
    assert told["shifts"][-1]["after"] == pytest.approx(told["value"])
    assert told["formula"] in invoke("learner", "explain", "anna", "success_rate").stdout


@pytest.mark.usefixtures("diligent")
def test_what_is_not_there_cannot_be_explained(invoke: Invoke) -> None:
    result = invoke("learner", "explain", "anna", "recursionn")
    assert result.exit_code == 2
    assert "did you mean 'recursion'?" in result.stderr


@pytest.mark.usefixtures("diligent")
def test_a_label_can_be_disputed_and_restored(invoke: Invoke) -> None:
    key = "struggles-with:recursion"
    assert "rule: holds from 90% certainty" in invoke("learner", "explain", "anna", key).stdout
    result = invoke("learner", "correct", "anna", key, "--text", "the tests were wrong")
    assert result.exit_code == 0
    assert "you said: the tests were wrong" in result.stdout
    assert shown_labels(invoke)[key] == "disputed"
    assert "dispute struggles-with:recursion: the tests were wrong" in invoke("learner", "history", "anna").stdout
    assert invoke("learner", "correct", "anna", key, "--restore").exit_code == 0
    assert shown_labels(invoke)[key] == "holds"
    told = json.loads(invoke("learner", "correct", "anna", key, "--set", "I can", "--json").stdout)
    assert (told["label"]["status"], told["label"]["value"]) == ("disputed", "I can")
    wrong = invoke("learner", "correct", "anna", "struggles-with recursion")
    assert wrong.exit_code == 2
    assert f"did you mean '{key}'?" in wrong.stderr
    assert invoke("learner", "correct", "anna", key, "--restore", "--set", "x").exit_code == 2
    assert invoke("learner", "correct", "nobody", key).exit_code == 2


@pytest.mark.usefixtures("diligent")
def test_own_judgements_change_no_belief(invoke: Invoke) -> None:
    before = json.loads(invoke("learner", "show", "anna", "--json").stdout)["mastery"]
    result = invoke("learner", "label", "anna", "--can", "Recursion", "--cannot", "range", "--note", "practised a lot")
    assert result.stdout == "noted: 2 judgements and a note\n"
    shown = json.loads(invoke("learner", "show", "anna", "--json").stdout)
    assert shown["mastery"] == before
    assert shown["recent_events"][0]["observations"] == [
        {"concept": "recursion", "correct": True}, {"concept": "range", "correct": False},
    ]  # fmt: skip
    assert "can recursion; cannot range; practised a lot" in invoke("learner", "history", "anna").stdout
    assert invoke("learner", "label", "anna").exit_code == 2
    assert invoke("learner", "label", "anna", "--note", "  ").exit_code == 2
    assert invoke("learner", "label", "anna", "--can", "range", "--cannot", "range").exit_code == 2


# ------------------------------------------------------------------------------------------ consent


def test_consent_is_given_and_withdrawn(invoke: Invoke) -> None:
    def given() -> dict[str, bool]:
        told = json.loads(invoke("learner", "consent", "anna", "--json").stdout)
        return {item["purpose"]: item["given"] for item in told["consents"]}

    assert given() == {"personalisation": True, "improvement": False, "research": False}
    result = invoke("learner", "consent", "anna", "--give", "research", "--withdraw", "personalisation")
    assert result.exit_code == 0
    assert given() == {"personalisation": False, "improvement": False, "research": True}
    assert "said on" in invoke("learner", "consent", "anna").stdout
    assert invoke("learner", "consent", "anna", "--give", "research", "--withdraw", "research").exit_code == 2
    assert invoke("learner", "consent", "anna", "--give", "advertising").exit_code == 2


def test_without_consent_an_assessment_uses_and_adds_nothing(
    invoke: Invoke, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADATIM_REPAIR_SECONDS", "0")
    assess = ("assess", "task.yaml", "wrong.py", "--model", "none", "--learner", "anna")
    assert invoke(*assess).exit_code == 0
    assert invoke("learner", "consent", "anna", "--withdraw", "personalisation").exit_code == 0
    result = invoke(*assess, "--json")
    assert result.exit_code == 0
    (row,) = [json.loads(line) for line in result.stdout.splitlines()]
    told = {item["node"]: item for item in row["degradations"]}
    assert set(told) == {"recall", "record"}
    assert "has not consented to personalisation" in told["recall"]["reason"]
    assert told["recall"]["fallback"] == "assessed without history"
    assert not [item for item in row["assessment"]["diagnosis"]["evidence"] if item["kind"] in ("history", "mastery")]
    assert row["assessment"]["changes"] == []
    shown = json.loads(invoke("learner", "show", "anna", "--json").stdout)
    assert [event["kind"] for event in shown["recent_events"]] == ["consent", "assessment"]
    assert invoke("learner", "consent", "anna", "--give", "personalisation").exit_code == 0
    again = json.loads(invoke(*assess, "--json").stdout)
    assert again["degradations"] == []
    assert again["assessment"]["changes"]


def test_strict_opt_in(invoke: Invoke, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_ASSUMED_CONSENT", "none")
    assert invoke("assess", "task.yaml", "wrong.py", "--model", "none", "--learner", "anna").exit_code == 0
    assert json.loads(invoke("learner", "list", "--json").stdout) == {"learners": []}
