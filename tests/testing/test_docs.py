"""What docs/testing.md shows is so."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import gradatim.testing

DOC = Path(__file__).resolve().parents[2] / "docs" / "testing.md"
TEXT = DOC.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def module() -> dict[str, Any]:
    scope: dict[str, Any] = {"__name__": "docs_testing"}
    for block in BLOCKS:
        exec(compile(block, str(DOC), "exec"), scope)
    return scope


TESTS = {name: value for name, value in module().items() if name.startswith("test_")}


def test_there_are_tests_in_it() -> None:
    assert len(TESTS) >= 3


@pytest.mark.parametrize("name", sorted(TESTS))
async def test_its_tests_pass(name: str) -> None:
    await TESTS[name]()


def test_every_assertion_is_listed() -> None:
    public = {name for name in gradatim.testing.__all__ if name.startswith("assert_")}
    assert {name for name in public if f"`{name}" not in TEXT} == set()
    for name in public:
        assert inspect.getdoc(getattr(gradatim.testing, name))
