"""Byte strings are found in files, wherever they lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.memory.storage import traces
from gradatim.memory.storage.traces import found_in_file, found_in_files


def test_across_the_borders_of_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "CHUNK", 16)
    file = tmp_path / "file"
    for place in range(0, 60, 3):
        file.write_bytes(b"." * place + b"needle" + b"." * 20)
        assert found_in_file(file, [b"other", b"needle"])
        assert not found_in_file(file, [b"needlework", b"other"])
        assert not found_in_file(file, [])


def test_in_several_files(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a b", "ö", "missing")]
    files[0].write_bytes(b"\x00one\xff")
    files[1].write_bytes(b"two")
    assert found_in_files(files, [b"\x00one"]) == [files[0]]
    assert found_in_files(files, [b"one", b"two"]) == files[:2]
    assert found_in_files(files, [b"three"]) == []
    assert found_in_files(files, []) == []


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        found_in_files([tmp_path], [b"x"])
