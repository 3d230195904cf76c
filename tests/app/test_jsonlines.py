from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradatim.app.jsonlines import JsonLines
from gradatim.errors import InputError, StorageError


def test_a_line_is_on_disk_as_soon_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("old\n")
    with JsonLines(path) as lines:
        lines.write({"a": "ü\n"})
        assert json.loads(path.read_text("utf-8")) == {"a": "ü\n"}
        lines.write({"a": "\udce9"})
    first, second = path.read_text("utf-8").splitlines()
    assert json.loads(first) == {"a": "ü\n"}
    assert json.loads(second) == {"a": "\udce9"}


def test_nowhere() -> None:
    with JsonLines(None) as lines:
        lines.write({"a": 1})


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"), JsonLines(tmp_path):
        pass


def test_standard_output_is_refused_with_the_way_to_have_it() -> None:
    with pytest.raises(InputError, match="use --json"), JsonLines(Path("-")):
        pass


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="mkdir -p"), JsonLines(tmp_path / "no" / "out.jsonl"):
        pass


def test_an_input_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "programs.jsonl"
    path.write_text("kept")
    with pytest.raises(InputError, match="is an input as well"), JsonLines(path, ["-", str(path)]):
        pass
    assert path.read_text() == "kept"


def test_a_full_disk_is_told() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(StorageError, match="No space left"), JsonLines(Path("/dev/full")) as lines:
        lines.write({"a": 1})
