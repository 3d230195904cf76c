"""`gradatim learner draw`."""

from __future__ import annotations

import asyncio
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from gradatim.memory import open_memory
from gradatim.settings import load_settings
from tests.app.conftest import Invoke
from tests.memory.material import event

Draw = Callable[..., Result]


@pytest.fixture
def draw(invoke: Invoke) -> Draw:
    async def fill() -> None:
        async with open_memory(load_settings()) as memory:
            await memory.append(
                [event(n, ("for-loop", n % 3 > 0), ("while-loop", n > 8)) for n in range(20)]
                + [event(90, kind="review")]
            )

    asyncio.run(fill())

    return lambda *arguments: invoke("learner", "draw", *map(str, arguments))


@pytest.mark.parametrize("what", ["mastery", "map", "calibration"])
@pytest.mark.parametrize("ending", ["svg", "PNG"])
def test_draws(draw: Draw, tmp_path: Path, what: str, ending: str) -> None:
    target = tmp_path / f"picture.{ending}"
    result = draw("anna", "--what", what, "--out", target)
    assert result.exit_code == 0, result.output
    content = target.read_bytes()
    if ending == "svg":
        texts = [element.text or "" for element in ET.fromstring(content).iter("{http://www.w3.org/2000/svg}text")]
        assert ("for loop" in texts) is (what != "calibration")
        assert ("anna" in " ".join(texts)) is True
    else:
        assert content.startswith(b"\x89PNG")
    assert str(target) in result.output


def test_json(draw: Draw, tmp_path: Path) -> None:
    target = tmp_path / "p.svg"
    made = json.loads(draw("anna", "--out", target, "--json").stdout)
    assert made == {"file": str(target), "what": "mastery", "bytes": target.stat().st_size}


def test_calibration_of_a_file(draw: Draw, tmp_path: Path) -> None:
    table = tmp_path / "predictions.csv"
    rows = "".join(f"l{n},{n / 100},{n % 2}\n" for n in range(101))
    table.write_bytes(("\ufefflearner, Probability ,correct\r\n" + rows + "\n").encode())
    target = tmp_path / "p.svg"
    result = draw("--predictions", table, "--out", target)
    assert result.exit_code == 0, result.output
    assert "101 predictions" in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "probability"),
        (b"probability\n0.5\n", "no column 'correct'"),
        (b"probability,correct\n", "no predictions"),
        (b"probability,correct\n0.5,1\n1.5,1\n", "predictions.csv:3"),
        (b"probability,correct\nnan,1\n", "no probability"),
        (b"probability,correct\n,1\n", "no probability"),
        (b"probability,correct\n0.5,2\n", "neither 1 nor 0"),
        (b"probability,correct\n0.5\n", "too few values"),
        (b"probability,correct\n0.5,\xff\n", "not UTF-8"),
        (b"probability,correct\n" + b"9" * 10_000_000 + b",1\n", "predictions.csv:"),
    ],
)
def test_a_file_that_holds_no_predictions(draw: Draw, tmp_path: Path, content: bytes, told: str) -> None:
    table = tmp_path / "predictions.csv"
    table.write_bytes(content)
    result = draw("--predictions", table, "--out", tmp_path / "p.svg")
    assert result.exit_code == 2
    assert told in result.output
    assert len(result.output) < 1000
    assert not (tmp_path / "p.svg").exists()


def test_what_cannot_be_drawn(draw: Draw, tmp_path: Path) -> None:
    for arguments, told in (
        (("nobody", "--out", tmp_path / "p.svg"), "nothing is remembered"),
        (("anna", "--out", tmp_path / "p.gif"), ".svg nor .png"),
        (("--out", tmp_path / "p.svg"), "nobody is named"),
        (("anna", "--out", tmp_path / "missing" / "p.svg"), "cannot be written"),
        (("anna", "--predictions", tmp_path / "x", "--out", tmp_path / "p.svg"), "belong to no learner"),
        (("--predictions", tmp_path / "x", "--out", tmp_path / "p.svg"), "cannot be read"),
    ):
        result = draw(*arguments)
        assert result.exit_code == 2, result.output
        assert told in result.output
