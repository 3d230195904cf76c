"""Folders of results as people leave them: edited by hand, cut off, of another program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from gradatim.errors import InputError
from gradatim.evals.reports.gathering import gather
from gradatim.evals.results import SCORES, cut_off, open_results
from tests.evals.reports.making import scored, write_folder


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("key", 7, "its key is no text"),
        ("variant", ["x"], "its variant is no text"),
        ("comment", None, "its comment is no text"),
        ("groups", 3, "its groups is no object"),
        ("metadata", "x", "its metadata is no object"),
        ("seed", "1", "its seed is no whole number"),
        ("seed", True, "its seed is no whole number"),
        ("score", "0.5", "its score is no number"),
        ("more", 1, "unexpected keyword argument 'more'"),
    ],
)
def test_a_score_of_the_wrong_form_is_told_with_its_line(tmp_path: Path, part: str, value: Any, said: str) -> None:
    folder = write_folder(tmp_path / "a", [scored(n, "leak", 0.0) for n in range(3)])
    lines = (folder / SCORES).read_bytes().splitlines(keepends=True)
    lines[1] = orjson.dumps(orjson.loads(lines[1]) | {part: value}) + b"\n"
    (folder / SCORES).write_bytes(b"".join(lines))
    with pytest.raises(InputError, match=said) as caught:
        gather(folder)
    assert str(caught.value.place).endswith("scores.jsonl:2")


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", [])
    (folder / SCORES).write_bytes(
        b'{"trace": "t", "variant": "v", "model": "m", "seed": 1, "sample": "s", "key": "k"}\n'
    )
    with pytest.raises(InputError, match="'score' is missing"):
        list(open_results(folder).scores())


def test_metadata_may_be_nothing(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", [scored(1, "leak", 0.0)])
    line = orjson.loads((folder / SCORES).read_bytes()) | {"metadata": None, "groups": None, "score": True}
    (folder / SCORES).write_bytes(orjson.dumps(line) + b"\n")
    (found,) = open_results(folder).scores()
    assert (found.metadata, found.groups, found.score) == ({}, {}, 1.0)


def test_a_last_line_that_was_cut_off_is_known_from_one_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b'{"a": 1}\n{"b"')
    assert cut_off(path, InputError("x", place=f"{path}:2"))
    assert not cut_off(path, InputError("x", place=f"{path}:1"))
    path.write_bytes(b'{"a": 1}\n{"b"\n')
    assert not cut_off(path, InputError("x", place=f"{path}:2"))
