from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gradatim.errors import InputError, StorageError
from gradatim.kg.passages import Passage, PassageIndex
from gradatim.kg.passages.chroma import ChromaPassages
from gradatim.kg.passages.opening import open_passages
from gradatim.serving.embeddings import default_embedder
from tests.kg.graphs import small_graph


class Drawn:
    """Gives each text a vector drawn from its letters; counts the texts."""

    def __init__(self, name: str = "drawn", dimensions: int = 8) -> None:
        self.name, self.dimensions = name, dimensions
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.embedded += texts
        vectors: list[list[float]] = []
        for text in texts:
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
            vector = np.random.default_rng(seed).normal(size=self.dimensions)
            vectors.append((vector / np.linalg.norm(vector)).tolist())
        return vectors


LOOP = Passage(
    id="1",
    text="A loop repeats — „immer“.",
    concepts=("loop", "for-loop"),
    heading="Control › Loops",
    place="week1.md:3",
    source="passages/week1.md",
    errors=("IndexError",),
    relevance=0.123,
)
LIST = Passage("2", "A list grows.", ("list",), "Lists", "week1.md:9", "passages/week1.md")
CLASS = Passage("3", "A class makes objects.", ("class",), "Classes", "week2.md:1", "passages/week2.md")
WEEK1, WEEK2 = "passages/week1.md", "passages/week2.md"


@pytest.fixture
def embedder() -> Drawn:
    return Drawn()


@pytest.fixture
def folder(tmp_path: Path, embedder: Drawn) -> Iterator[ChromaPassages]:
    opened = ChromaPassages(tmp_path / "passages", lambda: embedder)
    yield opened
    opened.close()


def reopened(folder: ChromaPassages, embedder: Drawn | None = None) -> ChromaPassages:
    """The folder as the next process finds it."""
    folder.close()
    return ChromaPassages(folder.path, lambda: embedder or Drawn())


def loaded(folder: ChromaPassages) -> list[Passage]:
    return sorted(folder.load(), key=lambda passage: passage.id)


def test_passages_come_back_as_they_were(folder: ChromaPassages) -> None:
    assert folder.replace([LOOP, LIST, CLASS], sources=[WEEK1, WEEK2]) == 3
    assert loaded(folder) == [LOOP, LIST, CLASS]
    again = reopened(folder)
    assert loaded(again) == [LOOP, LIST, CLASS]
    assert [item.id for item in PassageIndex(again.load()).about(["loop"])] == ["1"]
    again.close()


def test_asking_makes_no_folder(folder: ChromaPassages, embedder: Drawn) -> None:
    assert folder.load() == folder.search("loops") == []
    assert not folder.path.exists()
    assert embedder.embedded == []


def test_a_changed_document_is_brought_up_to_date(folder: ChromaPassages, embedder: Drawn) -> None:
    folder.replace([LOOP, LIST, CLASS], sources=[WEEK1, WEEK2])
    embedder.embedded.clear()
    new = Passage("4", "A tuple is fixed.", ("tuple",), "Tuples", "week1.md:9", WEEK1)
    assert folder.replace([LOOP, new], sources=[WEEK1]) == 1
    assert loaded(folder) == [LOOP, CLASS, new]
    assert embedder.embedded == ["Tuples. A tuple is fixed."]
    assert folder.replace([LOOP, new], sources=[WEEK1]) == 0
    assert len(embedder.embedded) == 1


def test_what_stands_elsewhere_or_is_about_other_concepts_now_is_brought_up_to_date(
    folder: ChromaPassages, embedder: Drawn
) -> None:
    folder.replace([LOOP, LIST], sources=[WEEK1])
    embedder.embedded.clear()
    moved = replace(LOOP, place="week1.md:40", concepts=("loop",), relevance=0.5)
    assert folder.replace([moved, LIST], sources=[WEEK1]) == 0
    assert loaded(folder) == [moved, LIST]
    assert embedder.embedded == []
    ((found, _), *_) = folder.search("Control › Loops. A loop repeats — „immer“.")
    assert found == moved


def test_a_document_without_passages_has_none_any_more(folder: ChromaPassages) -> None:
    folder.replace([LOOP, LIST, CLASS], sources=[WEEK1, WEEK2])
    assert folder.replace([], sources=[WEEK1]) == 0
    assert loaded(folder) == [CLASS]


def test_progress_and_many_passages(folder: ChromaPassages) -> None:
    many = [Passage(f"p{number:04}", f"Text {number}.", ("loop",), source=WEEK1) for number in range(1203)]
    told: list[tuple[int, int]] = []
    folder.replace(many, sources=[WEEK1], on_progress=lambda done, total: told.append((done, total)))
    assert told == [(500, 1203), (1000, 1203), (1203, 1203)]
    assert loaded(folder) == many
    folder.replace(many[:10], sources=[WEEK1])
    assert loaded(folder) == many[:10]


def test_search_gives_the_closest_first(folder: ChromaPassages, embedder: Drawn) -> None:
    many = [Passage(f"p{number:03}", f"Text {number}.", ("loop",), "H", source=WEEK1) for number in range(300)]
    folder.replace(many, sources=[WEEK1])
    found = folder.search("something", limit=4)
    (query,) = embedder.embed(["something"])
    cosines = {
        item.id: float(np.dot(query, vector))
        for item, vector in zip(many, embedder.embed([f"H. {item.text}" for item in many]), strict=True)
    }
    best = sorted(cosines, key=lambda key: -cosines[key])[:4]
    assert [item.id for item, _ in found] == best
    assert [similarity for _, similarity in found] == pytest.approx([cosines[key] for key in best], abs=1e-5)
    assert folder.search("  ") == []
    with pytest.raises(InputError, match="at least 1"):
        folder.search("something", limit=0)


def test_the_packaged_embedder_finds_by_meaning(tmp_path: Path) -> None:
    folder = ChromaPassages(tmp_path / "passages", default_embedder)
    folder.replace([LOOP, LIST, CLASS], sources=[WEEK1, WEEK2])
    ((found, similarity), *_) = folder.search("object-oriented programming")
    assert found == CLASS
    assert 0.2 < similarity <= 1
    folder.close()


@pytest.mark.parametrize("other", [Drawn("other"), Drawn(dimensions=9)], ids=["name", "dimensions"])
def test_vectors_of_another_embedder_are_refused(folder: ChromaPassages, other: Drawn) -> None:
    folder.replace([LOOP], sources=[WEEK1])
    again = reopened(folder, other)
    for ask in (again.load, lambda: again.search("x"), lambda: again.replace([LIST], sources=[WEEK1])):
        with pytest.raises(InputError, match="another embedder") as caught:
            ask()
        assert "kg index" in (caught.value.remedy or "")
    again.close()
    still = reopened(again)
    assert loaded(still) == [LOOP]
    still.close()


def test_a_damaged_folder_is_a_storage_error(folder: ChromaPassages) -> None:
    folder.path.mkdir()
    (folder.path / "chroma.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(StorageError) as caught:
        folder.load()
    assert str(folder.path) in str(caught.value)


async def test_assessments_can_cite_what_was_indexed(tmp_path: Path) -> None:
    folder = ChromaPassages(tmp_path / "passages", default_embedder)
    folder.replace([LOOP], sources=[WEEK1])
    folder.close()
    index = await open_passages(small_graph(), tmp_path / "passages")
    assert index.about(["for-loop"]) == (LOOP,)
