"""`gradatim bench forget` makes what it says, and is not blind to what is left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradatim.app.bench.forget import bench
from gradatim.app.bench.forget.store import somebody
from tests.app.conftest import Invoke


def test_on_a_small_store(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "KILLED", 1)
    result = invoke("bench", "forget", "--sample", "60", "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout.splitlines()[-1])
    assert (figures["learners"], figures["killed"], figures["killed_complete_afterwards"]) == (60, 1, 1)
    assert figures["forgotten"] == figures["complete"] == 1
    assert figures["traces_by_scan"] == figures["traces_by_search"] == figures["killed_traces_by_search"] == 0
    assert figures["others_kept"]
    assert 0 < figures["forget_seconds_median"] <= figures["forget_seconds_max"]


def test_its_own_search_finds_every_line(tmp_path: Path) -> None:
    learner = somebody(3)
    assert len(set(learner.texts())) == len(learner.texts()) > 5
    for text in learner.texts():
        (tmp_path / "left").write_bytes(b"\0" + text + b"\0")
        assert f"{tmp_path / 'left'}: {text.decode()}" in bench.traces(tmp_path, [learner])
        assert bench.traces(tmp_path, [somebody(4)]) == []
