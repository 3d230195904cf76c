"""Settings as everybody shares them."""

from __future__ import annotations

from pathlib import Path

from gradatim.settings import Settings


def test_a_copy_in_another_folder_keeps_nothing_of_the_first(tmp_path: Path) -> None:
    first = Settings(data_dir=tmp_path / "first", cache_dir=tmp_path / "cache")
    names = ("memory_path", "checkpoint_path", "recall_path", "passages_path")
    assert all(getattr(first, name).is_relative_to(tmp_path / "first") for name in names)
    other = first.model_copy(update={"data_dir": tmp_path / "other"})
    assert all(getattr(other, name).is_relative_to(tmp_path / "other") for name in names)
