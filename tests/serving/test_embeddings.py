from __future__ import annotations

import math
import statistics
import time
from importlib.metadata import distribution
from pathlib import Path

import pytest

from gradatim.errors import DigestMismatch, ModelError
from gradatim.serving import embeddings
from gradatim.serving.embeddings import Embedder, MiniLMEmbedder, default_embedder


def cosine(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def test_vectors_have_length_one_and_the_promised_dimensions() -> None:
    embedder = default_embedder()
    assert isinstance(embedder, Embedder)
    vectors = embedder.embed(["A loop that stops too early.", "", "x " * 2000, "Größe 学生 🙂"])
    assert [len(vector) for vector in vectors] == [embedder.dimensions] * 4
    assert all(math.isclose(cosine(vector, vector), 1, abs_tol=1e-5) for vector in vectors)


def test_the_models_published_example_comes_out() -> None:
    # Sentence pairs of the model's own documentation: cosine 0.7553 and -0.1052 with 32-bit weights.
    eating, bread, baby = default_embedder().embed(
        ["A man is eating food.", "A man is eating a piece of bread.", "The girl is carrying a baby."]
    )
    assert cosine(eating, bread) == pytest.approx(0.7553, abs=0.02)
    assert cosine(eating, baby) == pytest.approx(-0.1052, abs=0.02)


def test_a_text_has_one_vector_whatever_stands_beside_it() -> None:
    alone = default_embedder().embed(["A missing return."])[0]
    among = default_embedder().embed(["Something else entirely, and much longer.", "A missing return.", "b"])[1]
    assert alone == among == MiniLMEmbedder().embed(["A missing return."])[0]


def test_meaning_counts_more_than_words() -> None:
    query, near, far = default_embedder().embed(
        [
            "the list is changed while the loop goes over it",
            "Removing items from a list during iteration skips elements.",
            "The variable is printed, not returned.",
        ]
    )
    assert cosine(query, near) > cosine(query, far) + 0.2


def test_a_text_takes_little_time() -> None:
    embedder = default_embedder()
    embedder.embed(["warm up"])
    times: list[float] = []
    for _ in range(9):
        started = time.process_time()
        embedder.embed(["The loop stops one step too early, so the last element is never added."])
        times.append(time.process_time() - started)
    assert statistics.median(times) < 0.05  # processor time, so that a busy machine does not matter


def test_missing_and_foreign_files_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = embeddings._PackagedFile("gradatim-no-such-package", "x", "0")
    monkeypatch.setattr(embeddings, "_VOCABULARY", missing)
    with pytest.raises(ModelError, match="missing") as caught:
        MiniLMEmbedder().embed(["a"])
    assert "pip install" in (caught.value.remedy or "")
    name = str(next(file for file in distribution("pytest").files or [] if Path(str(file)).suffix == ".py"))
    monkeypatch.setattr(embeddings, "_VOCABULARY", embeddings._PackagedFile("pytest", name, "0"))
    with pytest.raises(DigestMismatch):
        MiniLMEmbedder().embed(["a"])
