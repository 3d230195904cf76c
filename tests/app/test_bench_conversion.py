"""`gradatim bench conversion`, on a model of the same form and a smaller size."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gradatim.app.bench import conversion
from tests.app.conftest import Invoke

SMALL = {
    "ffn_hidden_size": 96,
    "hidden_size": 64,
    "kv_channels": 16,
    "num_attention_heads": 4,
    "padded_vocab_size": 1000,
}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "_CONFIG", {**conversion._CONFIG, **SMALL})
    monkeypatch.setattr(conversion, "SHARD_BYTES", 150_000)


def test_the_shape_is_that_of_the_published_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert conversion._size(conversion.LAYERS) == 6_243_584_032
    assert len(conversion._shapes(28)) == 4 + 28 * 7


def test_it_converts_verifies_and_cleans_up(invoke: Invoke, workspace: Path) -> None:
    (workspace / "room").mkdir()
    result = invoke("bench", "conversion", "--sample", "3", "--data", "room", "--json")
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout.splitlines()[-1])
    assert (figures["layers"], figures["tensors"], figures["differences"]) == (3, 3 + 3 * 11, 0)
    assert 0 < figures["share_of_6b"] < 1
    assert figures["peak_over_largest_file"] > 0
    assert list((workspace / "room").iterdir()) == []


def test_what_fits_the_disk_is_taken(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used = shutil.disk_usage(workspace)
    free = 2 * 2 * conversion._size(5) + (1 << 30) + 1
    monkeypatch.setattr(conversion.shutil, "disk_usage", lambda _: used._replace(free=free))
    assert (conversion._layers(workspace, None), conversion._layers(workspace, 2)) == (5, 2)
    monkeypatch.setattr(conversion.shutil, "disk_usage", lambda _: used._replace(free=1000))
    with pytest.raises(conversion.StorageError, match="one layer needs"):
        conversion._layers(workspace, None)


def test_a_folder_that_is_none(invoke: Invoke) -> None:
    assert invoke("bench", "conversion", "--data", "nowhere").exit_code == 2
