"""Folders that an earlier version wrote are taken over whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gradatim.domain import stable_id
from gradatim.memory import ChromaRecall
from gradatim.serving.vectors import ChromaFolder
from tests.memory.material import HashingEmbedder


def write_old(folder: Path, learners: Sequence[str], embedder: HashingEmbedder, suffix: str = "") -> None:
    """Three items for each learner, as gradatim 0.1 stored them."""
    place = ChromaFolder(folder)
    with closing(place), place.opened(write=True) as client:
        for learner in learners:
            collection = client.get_or_create_collection(
                f"recall-{int(stable_id(learner), 16) % 8}{suffix}",
                embedding_function=None,
                metadata={"embedder": embedder.name, "dimensions": embedder.dimensions},
            )
            texts = [f"text {number} of {learner}" for number in range(3)]
            metadatas: list[dict[str, Any]] = [
                {
                    "learner": learner, "item": f"r{number}", "kind": "error", "text": text, "task": "t",
                    "concepts": json.dumps(["loops"]), "misconceptions": "[]", "at": "2026-03-01T00:00:00Z",
                    "concept:loops": True,
                }
                for number, text in enumerate(texts)
            ]  # fmt: skip
            collection.upsert(
                ids=[stable_id(learner, f"r{number}", length=32) for number in range(3)],
                embeddings=embedder.embed(texts),  # type: ignore[arg-type]
                metadatas=metadatas,  # type: ignore[arg-type]
            )


LEARNERS = [f"learner {number}" for number in range(20)]


def names(folder: Path) -> set[str]:
    place = ChromaFolder(folder)
    with closing(place), place.opened(write=False) as client:
        return {collection.name for collection in client.list_collections()}


@pytest.mark.parametrize("suffix", ["", "-next"])
async def test_everything_is_found_as_before(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "recall"
    write_old(folder, LEARNERS, HashingEmbedder(), suffix)
    embedder = HashingEmbedder()
    recall = ChromaRecall(folder, lambda: embedder)
    for learner in LEARNERS:
        found = await recall.recall(learner, f"text 1 of {learner}", concepts=["loops"])
        assert len(found) == 3
        assert (found[0].id, found[0].text, found[0].task_id) == ("r1", f"text 1 of {learner}", "t")
    assert embedder.texts == len(LEARNERS)  # the questions alone: vectors were kept
    await recall.forget(LEARNERS[7])
    assert await recall.traces([f'"{LEARNERS[7]}"'.encode(), f"of {LEARNERS[7]}\x00".encode()]) == []
    await recall.aclose()
    assert all(name.startswith("recall-texts-") for name in names(folder))


async def test_vectors_of_another_embedder_are_computed_anew(tmp_path: Path) -> None:
    folder = tmp_path / "recall"
    write_old(folder, LEARNERS[:2], HashingEmbedder(32))
    recall = ChromaRecall(folder, HashingEmbedder)
    assert (await recall.recall(LEARNERS[0], f"text 2 of {LEARNERS[0]}"))[0].id == "r2"
    await recall.aclose()


async def test_an_interrupted_migration_goes_on(tmp_path: Path) -> None:
    class Failing(HashingEmbedder):
        left = 2

        def embed(self, texts: Sequence[str]) -> list[list[float]]:
            if (left := self.left) == 0:
                raise KeyboardInterrupt
            self.left = left - 1
            return super().embed(texts)

    folder = tmp_path / "recall"
    write_old(folder, LEARNERS, HashingEmbedder(32))
    write_old(folder, LEARNERS[:1], HashingEmbedder(32), "-next")  # and a copy that was never completed
    broken = Failing()
    recall = ChromaRecall(folder, lambda: broken)
    with pytest.raises(KeyboardInterrupt):
        recall.prepare()
    await recall.aclose()
    again = ChromaRecall(folder, HashingEmbedder)
    for learner in LEARNERS:
        assert len(await again.recall(learner, "text")) == 3
    await again.aclose()
    assert all(name.startswith("recall-texts-") for name in names(folder))
