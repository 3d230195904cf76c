"""The repair benchmark on a small question of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradatim.app.bench import BENCHMARKS, BenchRequest
from gradatim.errors import InputError
from gradatim.settings import Settings

REFERENCE = "def double(n):\r\n    return 2 * n\r\n"
RIGHT = ("def double(x):\n    return x + x\n", "def double(n):\n    result = 2 * n\n    return result\n")
WRONG = ("def double(n):\n    print(2 * n)\n", "def double(n):\n    return n - n\n", "import os\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tests = [{"call": f"double({n})", "expect": str(2 * n)} for n in (0, 1, 2, 7)]
    question = {"question": 1, "statement": "", "setup": "", "tests": tests, "reference": [REFERENCE]}
    (tmp_path / "question_1.json").write_text(json.dumps(question))
    programs = [("correct", code) for code in RIGHT] + [("wrong", code) for code in WRONG]
    lines = [json.dumps({"file": f"{n}.py", "label": label, "code": code}) for n, (label, code) in enumerate(programs)]
    (tmp_path / "question_1.jsonl").write_text("\n".join(lines))
    return tmp_path


def test_shares_with_and_without_a_pool(folder: Path) -> None:
    figures = BENCHMARKS["repair"].load()(BenchRequest(Settings(), folder, lambda _: None))
    assert figures["programs"] == 3
    assert figures["search_sees_reference"] is False
    assert figures["repaired_no_pool"] == 2
    assert figures["agreeing_share_no_pool"] == 1.0
    assert isinstance(figures["repaired_pool_all"], int)
    assert figures["repaired_pool_all"] >= 2
    assert all(isinstance(value, str | int | float | bool | None) for value in figures.values())


def test_a_sample_is_smaller(folder: Path) -> None:
    figures = BENCHMARKS["repair"].load()(BenchRequest(Settings(), folder, lambda _: None, sample=1))
    assert figures["programs"] == 1


def test_a_folder_is_needed() -> None:
    with pytest.raises(InputError, match="labelled programs"):
        BENCHMARKS["repair"].load()(BenchRequest(Settings(), None, lambda _: None))
