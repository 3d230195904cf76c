"""Recall on a Chroma server that is really started."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import gradatim.memory.recall.shards as shards_module
import gradatim.serving.vectors.server as server_module
from gradatim.errors import InputError, SettingsError, StorageError
from gradatim.memory import open_memory
from gradatim.memory.recall import ChromaServerRecall
from gradatim.memory.recall.items import learner_key
from gradatim.memory.recall.shards import Shards
from gradatim.serving.vectors import ChromaServer
from gradatim.settings import Settings, load_settings
from tests.memory.material import HashingEmbedder, recollection
from tests.memory.recall.conformance import RecallConformance, Reopen, Reversing, features
from tests.memory.recall.server import OwnServer, chroma_server

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Generator[OwnServer]:
    with chroma_server(tmp_path_factory.mktemp("chroma") / "data") as server:
        yield server


@pytest.fixture
def server(running: OwnServer) -> Iterator[OwnServer]:
    """Empty again after each test."""
    yield running
    place = ChromaServer(running.address)
    with place.opened(write=True) as client:
        for collection in client.list_collections():
            client.delete_collection(collection.name)
    place.close()


def sockets() -> set[str]:
    """Those that this process has open."""
    found: set[str] = set()
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # it was the folder itself, and is closed
            found.add(str(entry.readlink()))
    return {name for name in found if name.startswith("socket:")}


class TestChromaServerRecall(RecallConformance):
    @pytest.fixture
    def reopen(self, server: OwnServer) -> Reopen:
        return lambda: ChromaServerRecall(server.address, HashingEmbedder)


@pytest.mark.parametrize("address", ["chroma.example", "http://", "ftp://host:1", "http://host:port", "http://h/path"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(InputError, match="http://host:8000"):
        ChromaServerRecall(address, HashingEmbedder)


async def test_a_server_that_is_away_is_named(tmp_path: Path) -> None:
    stopped = OwnServer(tmp_path)
    recall = ChromaServerRecall(stopped.address, HashingEmbedder)
    for call in (recall.recall("anna", "text"), recall.forget("anna"), recall.remember([recollection("r", "text")])):
        with pytest.raises(StorageError, match="chroma run") as caught:
            await call
        assert caught.value.place == stopped.address
    await recall.aclose()


async def test_a_server_that_falls_silent_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "REQUEST_SECONDS", 0.3)
    with chroma_server(tmp_path / "data") as server:
        recall = ChromaServerRecall(server.address, HashingEmbedder)
        await recall.remember([recollection("r", "text")])
        server.pause()
        try:
            with pytest.raises(StorageError, match="does not answer"):
                await asyncio.wait_for(recall.recall("anna", "text"), 5)
        finally:
            server.go_on()
        assert len(await recall.recall("anna", "text")) == 1
        server.stop()
        with pytest.raises(StorageError, match="does not answer"):
            await recall.recall("anna", "text")
        server.start()
        assert len(await recall.recall("anna", "text")) == 1  # and is used again when it is back
        await recall.aclose()


async def test_after_forgetting_and_a_vacuum_the_database_holds_nothing(tmp_path: Path) -> None:
    with chroma_server(tmp_path / "data") as server:
        recall = ChromaServerRecall(server.address, HashingEmbedder)
        await recall.remember([recollection("r", f"xylophone {n}", learner_id=f"l{n}") for n in range(10)])
        await recall.remember_features([features(f"l{n}", 1.0, 2.0) for n in range(10)])
        await recall.forget("l7")
        await recall.aclose()
        server.stop()
        server.vacuum()
        database = (server.folder / "chroma.sqlite3").read_bytes()
        for needle in ("xylophone 7", '"l7"', learner_key("l7")):
            assert needle.encode() not in database
        assert b"xylophone 8" in database


async def test_what_is_sealed_leaves_this_process_sealed(server: OwnServer) -> None:
    recall = ChromaServerRecall(server.address, HashingEmbedder, cipher=Reversing())
    await recall.remember([recollection("r", "xylophone", learner_id="anna-42", concepts=("loops",))])
    await recall.remember_features([features("anna-42", 1.0, 2.0)])
    assert await recall.traces([b"xylophone", b"anna-42", b"loops"]) == []
    assert [item.text for item in await recall.recall("anna-42", "xylophone", concepts=["loops"])] == ["xylophone"]
    assert (await recall.similar_learners((1.0, 2.0)))[0].learner_id == "anna-42"
    await recall.aclose()


async def test_whoever_only_read_leaves_no_connection_open(server: OwnServer) -> None:
    before = sockets()  # others of this process may close meanwhile
    recall = ChromaServerRecall(server.address, HashingEmbedder)
    assert await recall.recall("anna", "text") == []
    assert sockets() - before
    await recall.aclose()
    assert not sockets() - before


async def test_nothing_written_while_others_forget_is_lost(server: OwnServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradatim.memory.recall.texts.SHARDS", 1)  # everybody in one collection
    writers = [ChromaServerRecall(server.address, HashingEmbedder) for _ in range(2)]
    forgetters = [ChromaServerRecall(server.address, HashingEmbedder) for _ in range(2)]
    await writers[0].remember([recollection("r", "text", learner_id=f"gone{n}") for n in range(8)])

    async def write(recall: ChromaServerRecall, name: str) -> None:
        for number in range(15):
            await recall.remember([recollection(f"r{number}", f"text {number}", learner_id=name)])
            assert len(await recall.recall(name, "text", limit=99)) == number + 1

    async def forget(recall: ChromaServerRecall, first: int) -> None:
        for number in range(first, 8, 2):
            await recall.forget(f"gone{number}")

    await asyncio.gather(
        *(write(recall, f"kept{n}") for n, recall in enumerate(writers)),
        *(forget(recall, n) for n, recall in enumerate(forgetters)),
    )
    reader = ChromaServerRecall(server.address, HashingEmbedder)
    for number in range(8):
        assert await reader.recall(f"gone{number}", "text") == []
    for number in range(2):
        assert len(await reader.recall(f"kept{number}", "text", limit=99)) == 15
    for recall in (*writers, *forgetters, reader):
        await recall.aclose()


@pytest.mark.parametrize("ask", ["recall", "forget"])
async def test_a_collection_that_another_process_begins_to_copy_is_waited_for(
    server: OwnServer, monkeypatch: pytest.MonkeyPatch, ask: str
) -> None:
    """It is begun between two of the questions that are asked before the answer."""
    monkeypatch.setattr("gradatim.memory.recall.texts.SHARDS", 1)
    first, other = (ChromaServerRecall(server.address, HashingEmbedder) for _ in range(2))
    await first.remember([recollection("r", "text", learner_id=name) for name in ("gone", "asked")])
    loop, real_copy, real_existing = asyncio.get_running_loop(), Shards._copy, shards_module.existing  # pyright: ignore[reportPrivateUsage]
    begun, copying, answered = threading.Event(), threading.Event(), threading.Event()
    forgetting: list[Future[None]] = []

    def copy(self: Shards, *args: Any, **options: Any) -> None:
        copying.set()
        answered.wait(0.5)  # who sees what is under way waits for the end, which then has to come
        real_copy(self, *args, **options)

    def existing(client: Client, name: str) -> Collection | None:
        found = real_existing(client, name)
        if not begun.is_set():
            begun.set()
            forgetting.append(asyncio.run_coroutine_threadsafe(other.forget("gone"), loop))
            copying.wait(2)  # in vain where the question keeps others from beginning
        return found

    monkeypatch.setattr(Shards, "_copy", copy)
    monkeypatch.setattr(shards_module, "existing", existing)
    if ask == "recall":
        assert len(await first.recall("asked", "text")) == 1
    else:
        await first.forget("asked")
    answered.set()
    await asyncio.wrap_future(forgetting[0])
    assert len(await first.recall("asked", "text")) == (1 if ask == "recall" else 0)
    assert await first.recall("gone", "text") == []
    for recall in (first, other):
        await recall.aclose()


def test_the_lock_is_held_by_one_and_taken_from_the_dead(server: OwnServer, monkeypatch: pytest.MonkeyPatch) -> None:
    place = ChromaServer(server.address)
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        with place.opened(write=True) as client, place.alone(client, "recall-x"):
            inside += 1
            most = max(most, inside)
            threading.Event().wait(0.02)
            inside -= 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    monkeypatch.setattr(server_module, "LOCK_SECONDS", 0.2)
    with place.opened(write=True) as client:
        client.create_collection("recall-x-lock", embedding_function=None)  # of a process that was killed
        with place.alone(client, "recall-x"):
            assert [item.name for item in client.list_collections()] == ["recall-x-lock"]
        assert client.list_collections() == []
    place.close()


async def test_the_setting_names_the_server(server: OwnServer, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", recall=server.address)
    async with open_memory(settings, HashingEmbedder()) as memory:
        await memory.remember([recollection("r", "text")])
        assert len(await memory.recall("anna", "text")) == 1
        await memory.forget("anna")
        assert await memory.recall("anna", "text") == []
    assert not settings.recall_path.exists()


def test_a_setting_that_names_no_server() -> None:
    with pytest.raises(SettingsError, match="http://host:8000"):
        load_settings(recall="chroma")
