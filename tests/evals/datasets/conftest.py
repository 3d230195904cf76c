"""A small folder of the shape of `examples/`."""

from __future__ import annotations

from pathlib import Path

import pytest

TASK = """\
id: {name}
title: {name}
statement: Write double(n), twice n.
entry_point: double
concepts: [arithmetic-operators]
tests:
  - {{call: double(2), expect: 4}}
"""
EXPECTED = """\
first:
  a.py: {verdict: correct}
  b.py: {verdict: incorrect, lines: [2], misconception: [wrong-operator], held_out: true}
second:
  a.py: {verdict: incorrect, lines: [1, 2]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "course"
    (root / "tasks").mkdir(parents=True)
    for name in ("first", "second"):
        (root / "tasks" / f"{name}.yaml").write_text(TASK.format(name=name))
        (root / "submissions" / name).mkdir(parents=True)
    for place, code in (("first/a", "n * 2"), ("first/b", "n + 3"), ("second/a", "n ** 3")):
        (root / "submissions" / f"{place}.py").write_text(f"def double(n):\n    return {code}\n")
    (root / "expected.yaml").write_text(EXPECTED)
    return root
