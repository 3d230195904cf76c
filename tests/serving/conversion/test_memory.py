"""Memory does not grow with the weight files."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

from gradatim.serving.conversion import ConversionRequest, convert_chatglm3
from tests.serving.conversion.tiny import make_checkpoint

WATCHED = "from gradatim.app.bench.conversion import convert_watched; convert_watched()"
BOUND = 1.3
"""Peak memory over what the imports take, in sizes of the largest weight file."""


def test_peak_memory_is_a_small_part_of_the_largest_file(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(
        tmp_path / "source", layers=1, hidden=1024, heads=8, kv_channels=128, ffn=2048, vocab=14_000, shards=1
    )
    largest = (checkpoint.folder / "model.safetensors").stat().st_size
    assert largest > 120e6
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(checkpoint.folder), str(tmp_path / "made")],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    figures = json.loads(done.stdout)
    assert figures["differences"] == 0
    assert max(figures["convert_peak"], figures["verify_peak"]) < 0.3 * largest < BOUND * largest


def test_memory_does_not_grow_where_numbers_become_wider(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "source", layers=1, hidden=512, vocab=40_000, dtype="bfloat16", shards=1)
    largest = (checkpoint.folder / "model.safetensors").stat().st_size
    tracemalloc.start()
    try:
        convert_chatglm3(ConversionRequest(checkpoint.folder, tmp_path / "made", dtype="float32", with_tokenizer=False))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 0.5 * largest
