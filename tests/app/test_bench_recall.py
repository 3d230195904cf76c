"""The benchmark of recall, on a few learners."""

from __future__ import annotations

from pathlib import Path

import pytest

import gradatim.app.bench.recall.bench as bench
from gradatim.app.bench import BenchRequest
from gradatim.app.bench.recall import recall
from gradatim.errors import ServiceError
from gradatim.settings import Settings


@pytest.fixture
def request_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BenchRequest:
    monkeypatch.setattr(bench, "ONES_ITEMS", 300)
    monkeypatch.setattr(bench, "QUESTIONS", 10)
    return BenchRequest(Settings(data_dir=tmp_path), None, lambda text: None, sample=6)


def test_both_sides_find_and_forget(request_: BenchRequest) -> None:
    figures = recall(request_)
    for side in ("embedded", "server"):
        if side == "server" and "note" in figures:
            pytest.skip(str(figures["note"]))
        assert figures[f"{side}_recall_at_5"] == 1.0
        assert figures[f"{side}_forget_traces"] == 0
        for name in ("recall_p50_ms", "remember_one_ms", "forget_seconds", "similar_learners_p50_ms"):
            assert isinstance(figures[f"{side}_{name}"], float)
    assert (figures["learners"], figures["recollections"]) == (6, 312)


def test_without_a_server_its_figures_are_none(request_: BenchRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise ServiceError("the program chroma is not there")

    monkeypatch.setattr(bench, "own_chroma", none)
    figures = recall(request_)
    assert figures["server_recall_p50_ms"] is figures["server_over_embedded_recall"] is None
    assert "chroma is not there" in str(figures["note"])
    assert figures["embedded_recall_at_5"] == 1.0
