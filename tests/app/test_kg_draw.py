from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.app.conftest import Invoke
from tests.app.kg_curriculum import write_curriculum


@pytest.fixture
def curriculum(workspace: Path) -> Path:
    return write_curriculum(workspace)


def test_a_picture_is_drawn_where_one_stands(invoke: Invoke, curriculum: Path, workspace: Path) -> None:
    result = invoke("kg", "draw", "counting loop", "--curriculum", str(curriculum))
    assert (result.exit_code, result.stdout) == (0, "for-loop.svg: 2 concepts, 2 relations\n")
    assert ElementTree.parse(workspace / "for-loop.svg").getroot().tag.endswith("svg")


def test_a_page_is_drawn(invoke: Invoke, curriculum: Path, workspace: Path) -> None:
    data = json.loads(invoke("kg", "draw", "loop", "--out", "l.HTML", "--json", "--curriculum", str(curriculum)).stdout)
    assert data == {
        "file": "l.HTML",
        "concept": "loop",
        "drawn": [{"id": "loop", "role": "focus"}, {"id": "for-loop", "role": "dependent"}],
        "left_out": {},
    }
    assert (workspace / "l.HTML").read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("lop",), "did you mean loop"),
        (("loop", "--out", "l.png"), "--out l.png: is neither .svg nor .html"),
        (("loop", "--out", "no/l.svg"), "no/l.svg: cannot be written"),
        (("loop", "--depth", "0"), "--depth"),
    ],
)
def test_what_cannot_be_drawn(invoke: Invoke, curriculum: Path, arguments: tuple[str, ...], part: str) -> None:
    result = invoke("kg", "draw", *arguments, "--curriculum", str(curriculum))
    assert (result.exit_code, result.stdout) == (2, "")
    assert part in result.stderr
    assert "remedy: " in result.stderr


def test_what_is_left_out_is_told(invoke: Invoke) -> None:
    assert ", 33 left out" in invoke("kg", "draw", "for-loop").stdout
