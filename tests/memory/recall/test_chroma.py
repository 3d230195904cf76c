"""Recall in Chroma: lazy, exact, loss-free under another embedder, and broken only by itself."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from gradatim.domain import LearnerEvent, Recollection
from gradatim.errors import ModelError, StorageError
from gradatim.memory import ChromaRecall, open_memory
from gradatim.serving.embeddings import default_embedder
from gradatim.serving.vectors import ChromaFolder
from gradatim.settings import Settings
from tests.memory.material import HashingEmbedder, event, recollection

WORDS = [
    "loop",
    "list",
    "index",
    "range",
    "return",
    "value",
    "error",
    "name",
    "string",
    "integer",
    "recursion",
    "base",
    "case",
    "missing",
    "call",
]


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


async def test_finds_the_true_neighbours(recall: ChromaRecall) -> None:
    chance = random.Random(5)
    embedder = HashingEmbedder()
    texts = {
        learner: [" ".join(chance.choices(WORDS, k=9)) + f" {learner}{number}" for number in range(150)]
        for learner in ("anna", "ben", "cleo")
    }
    for learner, theirs in texts.items():
        await recall.remember(
            [recollection(str(number), text, learner_id=learner) for number, text in enumerate(theirs)]
        )
    hits = 0
    for _ in range(10):
        query = " ".join(chance.choices(WORDS, k=5))
        vector = embedder.embed([query])[0]
        exact = sorted(
            (sum(a * b for a, b in zip(vector, other, strict=True)) for other in embedder.embed(texts["ben"])),
            reverse=True,
        )
        found = [item.similarity for item in await recall.recall("ben", query, limit=5)]
        hits += sum(a == pytest.approx(b, abs=1e-6) for a, b in zip(found, exact, strict=False))
    assert hits >= 48  # of 50


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


async def test_a_rewrite_that_was_broken_off_is_finished_or_undone(folder: Path, recall: ChromaRecall) -> None:
    await recall.remember([recollection("r", "text")])
    name = next(collection.name for collection in collections(folder))
    with ChromaFolder(folder).opened(write=True) as client:  # ended while copying
        client.create_collection(name + "-next", embedding_function=None)
    await recall.remember([recollection("s", "text", learner_id="anna")])
    await recall.forget("nobody at all")
    assert len(await recall.recall("anna", "text")) == 2
    with ChromaFolder(folder).opened(write=True) as client:  # ended before the new name was given
        if (name + "-next") in {collection.name for collection in client.list_collections()}:
            client.delete_collection(name + "-next")
        client.get_collection(name, embedding_function=None).modify(name=name + "-next")
    assert len(await recall.recall("anna", "text")) == 2
    assert [collection.name for collection in collections(folder)] == [name]


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
    original = ChromaRecall._remember

    def counted(self: ChromaRecall, items: Sequence[Recollection]) -> None:
        sizes.append(len(items))
        original(self, items)

    monkeypatch.setattr(ChromaRecall, "_remember", counted)
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
