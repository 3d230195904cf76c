"""The saver that writes checkpoints of several runs together."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from gradatim.graphs.checkpoints import GroupedSqliteSaver
from gradatim.graphs.persistence import open_persistence
from gradatim.settings import Settings


def place(thread: str, checkpoint: str | None = None) -> RunnableConfig:
    named = {} if checkpoint is None else {"checkpoint_id": checkpoint}
    return {"configurable": {"thread_id": thread, "checkpoint_ns": "", **named}}


async def put(saver: Any, thread: str, step: int) -> RunnableConfig:
    checkpoint = empty_checkpoint() | {"channel_values": {"step": step, "text": "ä" * 100}}
    return await saver.aput(place(thread), checkpoint, {"source": "loop", "step": step}, {})


def rows(path: Path, table: str) -> list[Any]:
    with sqlite3.connect(path) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4").fetchall()


async def test_what_was_written_is_read_back_as_the_original_saver_does(settings: Settings) -> None:
    async with open_persistence(settings) as (saver, _):
        assert isinstance(saver, GroupedSqliteSaver)
        assert await saver.aget_tuple(place("a")) is None
        first = await put(saver, "a", 1)
        await saver.aput_writes(first, [("x", {"n": 1}), ("__interrupt__", ["ask"])], "task", "path")
        found = await saver.aget_tuple(place("a"))
        assert found is not None
        assert found.checkpoint["channel_values"] == {"step": 1, "text": "ä" * 100}
        pending = {channel: value for _, channel, value in found.pending_writes or []}
        assert pending == {"x": {"n": 1}, "__interrupt__": ["ask"]}
        plain = AsyncSqliteSaver(saver.conn, serde=saver.serde)
        assert await plain.aget_tuple(place("a")) == found
        await put(saver, "b", 1)
        await saver.adelete_thread("a")
        assert await saver.aget_tuple(place("a")) is None
        assert await saver.aget_tuple(place("b")) is not None


async def test_writes_are_on_disk_when_the_call_returns(settings: Settings) -> None:
    async with open_persistence(settings) as (saver, _):
        await put(saver, "a", 1)
        assert len(rows(settings.checkpoint_path, "checkpoints")) == 1  # another connection sees it


async def test_many_runs_share_few_transactions(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    original = GroupedSqliteSaver._commit

    def commit(self: GroupedSqliteSaver, group: Any) -> Any:
        sizes.append(len(group))
        return original(self, group)

    monkeypatch.setattr(GroupedSqliteSaver, "_commit", commit)
    async with open_persistence(settings) as (saver, _):
        await asyncio.gather(*(put(saver, f"run{number}", 1) for number in range(50)))
    assert sum(sizes) == 50
    assert len(sizes) < 10
    assert len({row[0] for row in rows(settings.checkpoint_path, "checkpoints")}) == 50


async def test_what_cannot_be_written_spoils_nothing_else(settings: Settings) -> None:
    async with open_persistence(settings) as (saver, _):
        good = [put(saver, f"run{number}", 1) for number in range(3)]
        bad = saver._write(("INSERT INTO nowhere VALUES (?)", [(1,)]))  # type: ignore[attr-defined]
        results = await asyncio.gather(good[0], bad, *good[1:], return_exceptions=True)
        assert isinstance(results[1], sqlite3.OperationalError)
        assert not any(isinstance(item, BaseException) for item in (results[0], *results[2:]))
        await put(saver, "later", 1)
    assert len(rows(settings.checkpoint_path, "checkpoints")) == 4


async def test_who_stops_waiting_leaves_the_others_alone(settings: Settings) -> None:
    async with open_persistence(settings) as (saver, _):
        leaving, staying = (asyncio.create_task(put(saver, name, 1)) for name in ("leaving", "staying"))
        await asyncio.sleep(0)
        leaving.cancel()
        await staying
        with pytest.raises(asyncio.CancelledError):
            await leaving
    assert {row[0] for row in rows(settings.checkpoint_path, "checkpoints")} >= {"staying"}


async def test_everything_is_written_before_it_closes(settings: Settings) -> None:
    async with open_persistence(settings) as (saver, _):
        tasks = [asyncio.create_task(put(saver, f"run{number}", 1)) for number in range(20)]
        await asyncio.sleep(0.001)
    await asyncio.gather(*tasks)
    assert len(rows(settings.checkpoint_path, "checkpoints")) == 20


async def test_a_file_that_another_process_holds_is_waited_for(settings: Settings) -> None:
    async with open_persistence(settings) as (saver, _):
        await put(saver, "a", 1)
        other = sqlite3.connect(settings.checkpoint_path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(put(saver, "b", 1))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        other.execute("COMMIT")
        other.close()
        await asyncio.wait_for(waiting, 5)
