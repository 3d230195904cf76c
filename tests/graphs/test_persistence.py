"""Checkpoints and store keep what they are given: in SQLite and in PostgreSQL, plain and encrypted."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.conformance import checkpointer_test, validate
from pydantic import SecretStr

from gradatim.errors import StorageError
from gradatim.graphs.persistence import open_persistence
from gradatim.settings import Settings

KEY = SecretStr(base64.b64encode(bytes(range(32))).decode())
OTHER = SecretStr("quite another passphrase")
HARD = 'NUL \x00, half a pair \ud83d, an emoji 😀, "quotes" and \\ud800'
SECRET = "xylophone-7421"

MakeSettings = Callable[[], Settings]


@pytest.fixture(params=["sqlite", "encrypted sqlite", "postgres", "encrypted postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    fields: dict[str, Any] = {"data_dir": tmp_path}
    if "postgres" in request.param:
        fields["database"] = request.getfixturevalue("postgres_url")
    if "encrypted" in request.param:
        fields["memory_key"] = KEY
    return Settings(**fields)


def place(thread: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def put(saver: Any, thread: str, values: dict[str, Any]) -> RunnableConfig:
    versions = dict.fromkeys(values, "1")
    checkpoint = empty_checkpoint() | {"channel_values": values, "channel_versions": versions}
    return await saver.aput(place(thread), checkpoint, {"source": "loop", "step": 1}, versions)


async def test_the_saver_does_what_langgraph_asks_of_one(where: Settings) -> None:
    @checkpointer_test(name="gradatim")
    async def saver() -> AsyncIterator[Any]:
        async with open_persistence(where) as (checkpoints, _):
            yield checkpoints

    wanted = {"put", "put_writes", "get_tuple", "list", "delete_thread"}
    report = await validate(saver, capabilities=wanted)
    failures = {name: result.failures for name, result in report.results.items() if name in wanted and result.failures}
    assert failures == {}
    assert all(report.results[name].passed for name in wanted)


async def test_any_text_comes_back(where: Settings) -> None:
    async with open_persistence(where) as (saver, store):
        values = {
            "text": "ä \x00 😀 \\ud800",
            "number": 3,
            "nothing": None,
            "list": ["a", {"b": "c\x00"}],
            "true": True,
        }
        config = await put(saver, "a", values)
        await saver.aput_writes(config, [("text", "w\x00")], "task")
        code = HARD if where.database or where.memory_key else HARD.replace("\ud83d", "")  # SQLite's own writes UTF-8
        await store.aput(("assessments",), "run", {"code": code, "n": 1.5}, index=False)
        await store.aput(("assessments",), "plain", {"code": "x"}, index=False)
    async with open_persistence(where) as (saver, store):
        found = await saver.aget_tuple(place("a"))
        assert found is not None
        assert found.checkpoint["channel_values"] == values
        assert [value for _, _, value in found.pending_writes or []] == ["w\x00"]
        item = await store.aget(("assessments",), "run")
        assert item is not None
        assert (item.value, item.key, item.namespace) == ({"code": code, "n": 1.5}, "run", ("assessments",))
        assert {item.key: item.value["code"] for item in await store.asearch(())} == {"run": code, "plain": "x"}
        assert await store.aget(("assessments",), "other") is None
        await store.adelete(("assessments",), "run")
        assert [item.key for item in await store.asearch(("assessments",))] == ["plain"]


async def test_items_are_found_by_their_status(where: Settings) -> None:
    async with open_persistence(where) as (_, store):
        for key, status in (("a", "open"), ("b", "decided"), ("c", "open")):
            await store.aput(("reviews",), key, {"status": status, "feedback": SECRET}, index=False)
        found = await store.asearch(("reviews",), filter={"status": "open"})
        assert sorted(item.key for item in found) == ["a", "c"]
        assert {item.value["feedback"] for item in found} == {SECRET}


async def test_with_a_key_no_text_lies_open(where: Settings, tmp_path: Path) -> None:
    async with open_persistence(where) as (saver, store):
        config = await put(saver, "a", {"text": SECRET, "list": [SECRET]})
        await saver.aput_writes(config, [("text", SECRET)], "task")
        await store.aput(("assessments",), "run", {"code": SECRET, "submission": {"learner_id": "anna"}}, index=False)
    if where.database is None:
        raw = all_bytes(tmp_path)
        assert (SECRET.encode() in raw) == (where.memory_key is None)
        assert b"anna" in raw  # whose it is stays readable
    else:
        from gradatim.memory.storage.opening import open_log

        async with open_log(where) as log:
            tables = {name.split(",")[0] for name in await log.traces([SECRET.encode()]) if name.startswith("table")}
        assert tables == (
            set() if where.memory_key else {"table checkpoint_blobs", "table checkpoint_writes", "table store"}
        )


async def test_another_key_opens_nothing_and_harms_nothing(where: Settings) -> None:
    async with open_persistence(where) as (saver, store):
        await put(saver, "a", {"text": SECRET})
        await store.aput(("x",), "k", {"text": SECRET}, index=False)
    wrong = where.model_copy(update={"memory_key": None if where.memory_key else OTHER})
    if where.memory_key is None:
        from gradatim.memory.storage.opening import open_log
        from tests.memory.material import event

        async with open_log(where) as log:
            await log.record(event(1))
    for settings in (wrong, where.model_copy(update={"memory_key": OTHER})):
        with pytest.raises(StorageError, match=r"key|encrypted") as caught:
            async with open_persistence(settings):
                pass
        assert caught.value.remedy
    async with open_persistence(where) as (saver, store):
        found = await saver.aget_tuple(place("a"))
        assert found is not None
        assert found.checkpoint["channel_values"] == {"text": SECRET}


async def test_processes_make_the_tables_together(where: Settings) -> None:
    async def one(number: int) -> None:
        async with open_persistence(where) as (saver, store):
            await put(saver, f"run{number}", {"text": "x"})
            await store.aput(("x",), f"k{number}", {"n": number}, index=False)

    await asyncio.gather(*(one(number) for number in range(4)))
    async with open_persistence(where) as (saver, store):
        assert len(await store.asearch(("x",))) == 4
        assert len([item async for item in saver.alist(None)]) == 4
