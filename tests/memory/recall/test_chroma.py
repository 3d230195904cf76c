"""Recall in Chroma: lazy, exact, loss-free under another embedder, and broken only by itself."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from gradatim.domain import LearnerEvent, Recollection
from gradatim.errors import ModelError, StorageError
from gradatim.memory import ChromaRecall, open_memory
from gradatim.memory.recall import learner_key
from gradatim.memory.recall.texts import Texts
from gradatim.serving.embeddings import default_embedder
from gradatim.serving.vectors import ChromaFolder
from gradatim.settings import Settings
from tests.memory.material import HashingEmbedder, event, recollection
from tests.memory.recall.conformance import RecallConformance, Reopen, Reversing, features


class TestChromaRecall(RecallConformance):
    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Reopen:
        return lambda: ChromaRecall(tmp_path / "recall", HashingEmbedder)


async def test_sealed_items_are_found_as_open_ones(folder: Path) -> None:
    def reopen() -> ChromaRecall:
        return ChromaRecall(folder, HashingEmbedder, cipher=Reversing())

    recall, suite = reopen(), RecallConformance()
    await suite.test_filters(recall)
    await suite.test_similar_learners(recall)
    await recall.forget("anna")
    await suite.test_finds_the_nearest_with_everything_it_had(recall)
    assert await recall.traces([b"anna", b"the loop stops", b"off-by-one"]) == []
    await recall.aclose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recall"


@pytest.fixture
async def recall(folder: Path) -> AsyncIterator[ChromaRecall]:
    recall = ChromaRecall(folder, HashingEmbedder)
    yield recall
    await recall.aclose()


async def test_asking_an_empty_memory_makes_nothing(folder: Path) -> None:
    def refuse() -> HashingEmbedder:
        raise AssertionError("the embedder is not needed")

    recall = ChromaRecall(folder, refuse)
    assert await recall.recall("anna", "text") == []
    await recall.forget("anna")
    await recall.remember([])
    await recall.aclose()
    assert list(folder.parent.iterdir()) == []


def test_events_and_empty_recall_never_import_chroma(tmp_path: Path) -> None:
    program = f"""
import asyncio, sys
from gradatim.memory import open_memory
from gradatim.settings import Settings
from tests.memory.material import event

async def main():
    async with open_memory(Settings(data_dir={str(tmp_path)!r})) as memory:
        await memory.record(event(1, ("loops", True)))
        await memory.state("anna")
        await memory.recall("anna", "text")
        await memory.forget("anna")

asyncio.run(main())
heavy = {{"chromadb", "numpy", "onnxruntime"}} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], check=True)


async def test_another_embedder_loses_nothing(folder: Path, recall: ChromaRecall) -> None:
    items = [recollection(f"r{number}", f"text {number}", concepts=("loops",)) for number in range(20)]
    await recall.remember(items)
    wider = HashingEmbedder(96)
    other = ChromaRecall(folder, lambda: wider)
    found = await other.recall("anna", "text 7", limit=99, concepts=["loops"])
    assert {item.id for item in found} == {item.id for item in items}
    assert found[0].id == "r7"
    assert found[0].similarity == pytest.approx(1.0)
    assert wider.texts == 21
    await other.recall("anna", "text 8")
    assert wider.texts == 22  # embedded anew once, not at every question
    await other.aclose()
    assert len(await recall.recall("anna", "text 7", limit=99)) == 20  # and back again


@pytest.mark.parametrize("kept", [True, False])
async def test_a_rewrite_that_was_broken_off_is_completed(folder: Path, recall: ChromaRecall, kept: bool) -> None:
    learners = [f"learner {number}" for number in range(3)]
    await recall.remember([recollection("r", f"text of {name}", learner_id=name) for name in learners])
    name = recall.texts.shards.name(learner_key(learners[0]))
    with ChromaFolder(folder).opened(write=True) as client:  # ended after setting aside, or while copying
        old = client.get_collection(name, embedding_function=None)
        metadata = dict(old.metadata or {})
        old.modify(
            name=f"{name}-old-1", metadata=metadata if kept else metadata | {"without": learner_key(learners[0])}
        )
        if not kept:
            client.create_collection(name, embedding_function=None, metadata=metadata)
    found = await recall.recall(learners[0], "text")
    assert [item.text for item in found] == ([f"text of {learners[0]}"] if kept else [])
    for other in learners[1:]:
        assert len(await recall.recall(other, "text")) == 1
    assert f"{name}-old-1" not in {collection.name for collection in collections(folder)}


async def test_an_interrupted_change_of_embedder_followed_by_another_loses_nothing(folder: Path) -> None:
    class Failing(HashingEmbedder):
        def embed(self, texts: Sequence[str]) -> list[list[float]]:
            if len(texts) > 1:
                raise ModelError("ran out of memory")
            return super().embed(texts)

    first = ChromaRecall(folder, HashingEmbedder)
    await first.remember([recollection(f"r{number}", f"text {number}") for number in range(20)])
    await first.aclose()
    second = ChromaRecall(folder, lambda: Failing(32))
    with pytest.raises(ModelError):
        await second.recall("anna", "text 3")
    await second.aclose()
    third = ChromaRecall(folder, lambda: HashingEmbedder(96))
    await third.remember([recollection("r3", "newer text")])
    found = {item.id: item.text for item in await third.recall("anna", "text", limit=99)}
    assert len(found) == 20
    assert found["r3"] == "newer text"
    assert len(collections(folder)) == 1
    await third.aclose()


async def test_forgetting_finishes_what_a_killed_process_began(folder: Path, recall: ChromaRecall) -> None:
    await recall.remember([recollection("r", "xylophone", learner_id="anna"), recollection("r", "t", learner_id="ben")])
    name = recall.texts.shards.name(learner_key("anna"))
    with ChromaFolder(folder).opened(write=True) as client:
        old = client.get_collection(name, embedding_function=None)
        old.modify(name=f"{name}-old-1", metadata={**(old.metadata or {}), "without": learner_key("anna")})
    (folder / "chroma.sqlite3-anew").write_bytes(b"xylophone")  # killed while cleaning
    assert await recall.traces([b"xylophone"])
    await recall.forget("anna")
    assert await recall.traces([b"xylophone", learner_key("anna").encode()]) == []
    assert len(await recall.recall("ben", "t")) == 1


async def test_forgetting_needs_neither_embedder_nor_key(folder: Path) -> None:
    def refuse() -> HashingEmbedder:
        raise ModelError("cannot be loaded")

    recall = ChromaRecall(folder, HashingEmbedder, cipher=Reversing())
    await recall.remember([recollection(f"r{n}", f"text {n}", learner_id=f"l{n % 40}") for n in range(400)])
    await recall.aclose()
    without = ChromaRecall(folder, refuse)
    await without.forget("l7")
    assert await without.traces([learner_key("l7").encode()]) == []
    await without.aclose()
    again = ChromaRecall(folder, HashingEmbedder, cipher=Reversing())
    assert await again.recall("l7", "text") == []
    for n in (6, 8):
        assert len(await again.recall(f"l{n}", "text", limit=99)) == 10
    await again.aclose()


async def test_traces_count_what_is_left(folder: Path, recall: ChromaRecall) -> None:
    assert await recall.traces([b"anything"]) == []
    await recall.remember([recollection("r", "xylophone", learner_id="anna")])
    (found,) = await recall.traces([b"xylophone", b""])
    assert found.startswith("recall/chroma.sqlite3: ")


async def test_what_was_replaced_is_gone_after_forgetting(folder: Path, recall: ChromaRecall) -> None:
    for text in ("xylophone " * 40, "piano"):
        await recall.remember([recollection("r", text, concepts=("glockenspiel",))])
    await recall.forget("anna")
    assert await recall.traces([b"xylophone", b"piano", b"anna", b"glockenspiel"]) == []


async def test_setting_a_key_seals_what_was_there(folder: Path, recall: ChromaRecall) -> None:
    await recall.remember([recollection("r", "xylophone", learner_id=name) for name in ("anna-1", "ben-2")])
    await recall.remember_features([features("anna-1", 1.0, 2.0)])
    await recall.aclose()
    sealed = ChromaRecall(folder, HashingEmbedder, cipher=Reversing())
    assert [item.text for item in await sealed.recall("anna-1", "xylophone")] == ["xylophone"]
    await sealed.refresh()
    assert await sealed.traces([b"xylophone", b"anna-1", b"ben-2"]) == []
    assert len(await sealed.recall("ben-2", "xylophone")) == 1
    assert (await sealed.similar_learners((1.0, 2.0)))[0].learner_id == "anna-1"
    await sealed.aclose()
    without = ChromaRecall(folder, HashingEmbedder)
    with pytest.raises(StorageError, match="GRADATIM_MEMORY_KEY"):
        await without.recall("anna-1", "xylophone")
    await without.aclose()
    again = ChromaRecall(folder, HashingEmbedder, cipher=Reversing())
    assert len(await again.recall("anna-1", "xylophone")) == 1
    await again.aclose()


async def test_thousands_of_learners_are_forgotten_quickly(folder: Path, recall: ChromaRecall) -> None:
    items = [recollection(f"r{n % 2}", f"text {n}", learner_id=f"learner-{n // 2:05}") for n in range(1200)]
    await recall.remember(items)
    await recall.remember_features([features(f"learner-{n:05}", float(n), 1.0) for n in range(600)])
    began = time.perf_counter()
    await recall.forget("learner-00077")
    assert time.perf_counter() - began < 5  # about 0.2 s where nothing else runs
    assert await recall.traces([b"learner-00077", learner_key("learner-00077").encode()]) == []
    assert len(await recall.recall("learner-00078", "text")) == 2


def collections(folder: Path) -> list[object]:
    opened = ChromaFolder(folder)
    with closing(opened), opened.opened(write=False) as client:
        return list(client.list_collections())


@pytest.mark.parametrize("broken", ["database", "file"])
async def test_a_broken_folder_stops_recall_alone(tmp_path: Path, broken: str) -> None:
    folder = Settings(data_dir=tmp_path).recall_path
    if broken == "file":
        folder.write_text("in the way")
    else:
        folder.mkdir()
        (folder / "chroma.sqlite3").write_bytes(b"junk" * 1000)
    async with open_memory(Settings(data_dir=tmp_path), HashingEmbedder()) as memory:
        for _ in range(2):
            with pytest.raises(StorageError) as caught:
                await memory.recall("anna", "text")
            assert caught.value.place == str(folder)
            assert caught.value.remedy
            assert "bindings" not in caught.value.message
        with pytest.raises(StorageError):
            await memory.remember([recollection("r", "text")])
        stored: LearnerEvent = event(1, ("loops", True))
        await memory.record(stored)
        assert await memory.events("anna") == (stored,)
        with pytest.raises(StorageError):
            await memory.forget("anna")
        assert await memory.events("anna") == ()  # what could be forgotten is
        if broken == "database":
            (folder / "chroma.sqlite3").unlink()
            await memory.remember([recollection("r", "text")])
            assert len(await memory.recall("anna", "text")) == 1


async def test_the_index_holds_nothing_of_what_was_in_memory(folder: Path, recall: ChromaRecall) -> None:
    await recall.remember([recollection("r", "text")])
    await recall.recall("anna", "text")
    assert unused_bytes(folder)
    assert set(unused_bytes(folder)) == {0}
    await recall.aclose()
    again, again_later = ChromaRecall(folder, HashingEmbedder), ChromaRecall(folder, HashingEmbedder)
    assert len(await again.recall("anna", "text")) == 1
    await again.remember([recollection(f"r{number}", f"text {number}") for number in range(1100)])
    await again.aclose()
    assert len(await again_later.recall("anna", "text 5", limit=99)) == 99
    await again_later.aclose()


def unused_bytes(folder: Path) -> bytes:
    """What a new index holds in the room for elements that are not written yet: all of it."""
    return b"".join(file.read_bytes() for file in folder.rglob("data_level0.bin"))


def damage_index(folder: Path) -> None:
    files = list(folder.rglob("*.bin"))
    assert files  # written out after a thousand items
    for file in files:
        file.write_bytes(b"\xff" * file.stat().st_size)


async def test_a_damaged_index_names_the_folder(folder: Path, recall: ChromaRecall) -> None:
    await recall.remember([recollection(f"r{number}", f"text {number}") for number in range(1100)])
    await recall.recall("anna", "text 1")
    await recall.aclose()
    damage_index(folder)
    again = ChromaRecall(folder, HashingEmbedder)
    with pytest.raises(StorageError, match=r"recall.*move the folder away"):
        await again.recall("anna", "text 1")
    await again.aclose()


class Faulty(HashingEmbedder):
    def embed(self, texts: object) -> list[list[float]]:
        raise ModelError("no model")


class Short(HashingEmbedder):
    def embed(self, texts: object) -> list[list[float]]:
        return [[1.0, 0.0]]


async def test_errors_of_the_embedder_are_told_as_they_are(folder: Path) -> None:
    faulty = ChromaRecall(folder, Faulty)
    with pytest.raises(ModelError, match="no model"):
        await faulty.remember([recollection("r", "text")])
    await faulty.aclose()
    short = ChromaRecall(folder, Short)
    with pytest.raises(StorageError, match="hashing-64"):
        await short.remember([recollection("r", "text")])
    await short.aclose()


async def test_texts_without_direction_resemble_nothing(recall: ChromaRecall) -> None:
    class Flat(HashingEmbedder):
        def embed(self, texts: object) -> list[list[float]]:
            return [[0.0] * self.dimensions]

    flat = ChromaRecall(recall.path.with_name("flat"), Flat)
    await flat.remember([recollection("r", "text")])
    assert [item.similarity for item in await flat.recall("anna", "text")] == [0.0]
    await flat.aclose()


async def test_the_packaged_embedder_recalls_by_meaning(folder: Path) -> None:
    recall = ChromaRecall(folder, default_embedder)
    await recall.remember(
        [
            recollection("bounds", "The loop stops one step too early and misses the last element."),
            recollection("types", "A string is added to an integer, which raises a TypeError."),
            recollection("scope", "The variable is assigned inside the function and unknown outside."),
        ]
    )
    found = await recall.recall("anna", "off-by-one error: the final item is never visited")
    assert found[0].id == "bounds"
    await recall.aclose()


async def test_what_is_remembered_at_the_same_time_is_written_together(
    folder: Path, recall: ChromaRecall, monkeypatch: pytest.MonkeyPatch
) -> None:
    await recall.remember([recollection("first", "a loop")])
    sizes: list[int] = []
    original = Texts.write

    def counted(self: Texts, items: Sequence[Recollection]) -> None:
        sizes.append(len(items))
        original(self, items)

    monkeypatch.setattr(Texts, "write", counted)
    texts = [f"a loop over item {number}" for number in range(30)]
    await asyncio.gather(*(recall.remember([recollection(f"r{n}", text)]) for n, text in enumerate(texts)))
    assert sum(sizes) == 30
    assert len(sizes) < 15
    for number in (0, 17, 29):
        found = await recall.recall("anna", texts[number], limit=1)
        assert [item.text for item in found] == [texts[number]]


async def test_an_error_is_told_to_everybody_whose_items_it_took_along(folder: Path) -> None:
    def broken() -> HashingEmbedder:
        raise ModelError("no embedder")

    recall = ChromaRecall(folder, broken)
    made = await asyncio.gather(
        *(recall.remember([recollection(f"r{n}", "text")]) for n in range(5)), return_exceptions=True
    )
    assert all(isinstance(item, ModelError) for item in made)
    await recall.aclose()
