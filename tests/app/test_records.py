"""Assessments, reviews and unfinished runs of a learner can be seen and leave no trace when forgotten."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gradatim.app.records import erase_records, open_records
from gradatim.errors import StorageError
from gradatim.graphs.persistence import open_persistence
from gradatim.settings import Settings, load_settings
from tests.app.conftest import Invoke


def submission(learner: str) -> dict[str, str]:
    return {"id": f"s-{learner}", "task_id": "t", "code": f"print('by {learner}')", "learner_id": learner}


@pytest.fixture
async def settings(workspace: Path) -> Settings:
    """Kept records of 150 runs of anna and bo, and an unfinished run of each."""
    from langgraph.graph import END, START, StateGraph

    settings = load_settings()
    async with open_persistence(settings) as (checkpoints, store):
        for number in range(75):
            for learner in ("anna", "bo"):
                run = f"{learner}-{number}"
                await store.aput(("assessments",), run, {"id": run, "submission": submission(learner)}, index=False)
        await store.aput(("reviews",), "anna-1", {"id": "anna-1", "learner_id": "anna"}, index=False)
        await store.aput(("review-decisions",), "anna-1", {"message": "well done, anna"}, index=False)

        graph = StateGraph(dict)
        graph.add_node("wait", lambda state: state)
        graph.add_edge(START, "wait")
        graph.add_edge("wait", END)
        compiled = graph.compile(checkpointer=checkpoints, interrupt_before=["wait"])
        for learner in ("anna", "bo"):
            await compiled.ainvoke(
                {"submission": submission(learner)}, {"configurable": {"thread_id": f"waiting-{learner}"}}
            )
    return settings


def holds(folder: Path, text: str) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file() and text.encode() in path.read_bytes()]


async def test_everything_of_one_learner_is_found(settings: Settings) -> None:
    async with open_records(settings) as records:
        assert records is not None
        kept = await records.of("anna")
    assert len(kept) == 77
    assert {record["kind"] for record in kept} == {"assessments", "reviews", "review-decisions"}
    assert not [record for record in kept if record["id"].startswith("bo")]


async def test_erasing_leaves_no_trace_and_nobody_else_is_touched(settings: Settings) -> None:
    assert holds(settings.data_dir, "by anna")
    assert await erase_records(settings, "anna") == 76
    assert not holds(settings.data_dir, "anna")
    async with open_records(settings) as records:
        assert records is not None
        assert len(await records.of("bo")) == 75
    assert holds(settings.data_dir, "waiting-bo")
    assert await erase_records(settings, "anna") == 0


async def test_where_nothing_was_assessed_nothing_is_made(workspace: Path) -> None:
    assert await erase_records(load_settings(), "anna") == 0
    assert not os.listdir(workspace)


async def test_a_damaged_file_is_told_and_left(workspace: Path) -> None:
    settings = load_settings()
    settings.data_dir.mkdir()
    settings.checkpoint_path.write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError):
        await erase_records(settings, "anna")
    assert settings.checkpoint_path.read_bytes() == b"no database" * 1000


@pytest.mark.usefixtures("settings")
def test_on_the_command_line(invoke: Invoke) -> None:
    exported = json.loads(invoke("learner", "export", "anna", "--json").stdout)
    assert len(exported["records"]) == 77
    result = invoke("learner", "forget", "anna", "--yes")
    assert result.stdout.splitlines()[0] == "forgot anna: 76 assessments deleted"
    assert result.stdout.splitlines()[1].endswith(": nothing found")
    assert invoke("learner", "export", "anna").exit_code == 2


async def test_a_run_about_a_whole_class_is_found_by_everybody_in_it_and_forgotten(workspace: Path) -> None:
    from langgraph.graph import END, START, StateGraph

    settings = load_settings()
    async with open_persistence(settings) as (checkpoints, store):
        graph = StateGraph(dict)
        graph.add_node("wait", lambda state: state)
        graph.add_edge(START, "wait")
        graph.add_edge("wait", END)
        compiled = graph.compile(checkpointer=checkpoints, interrupt_before=["wait"])
        await store.aput(("workflow-runs",), "class", {"workflow": "regrade", "finished": False}, index=False)
        for thread, learners in (("class", ("anna", "bo")), ("other", ("cy", "dan"))):
            given = {"submissions": [submission(learner) for learner in learners], "grades": [1, None]}
            await compiled.ainvoke(given, {"configurable": {"thread_id": thread}})
    async with open_records(settings) as records:
        assert records is not None
        found = [set(await records.unfinished(learner)) for learner in ("anna", "bo", "cy", "eve")]
    assert found == [{"class"}, {"class"}, {"other"}, set()]
    assert await erase_records(settings, "bo") == 1
    assert not holds(settings.data_dir, "by anna")
    assert not holds(settings.data_dir, "by bo")
    assert holds(settings.data_dir, "by cy")


async def test_whoever_is_cut_off_finds_the_rest_the_next_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_persistence(settings) as (_, store):
        await store.aput(("generations", "0"), "anna-3", {"text": "what a model said about her program"}, index=False)
    async with open_records(settings) as records:
        assert records is not None
        delete, left = records._store.adelete, 40

        async def some(namespace: tuple[str, ...], key: str) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise StorageError("the lights went out")
            await delete(namespace, key)

        monkeypatch.setattr(records._store, "adelete", some)
        with pytest.raises(StorageError, match="lights"):
            await records.erase("anna")
    assert await erase_records(settings, "anna") > 0
    assert not holds(settings.data_dir, "anna")
    assert not holds(settings.data_dir, "what a model said")
