"""A curriculum of two concepts, for tests of `gradatim kg`."""

from __future__ import annotations

from pathlib import Path

GOOD = """\
topic: loops
title: Loops
concepts:
  - id: loop
    name: loop
    definition: Repeats statements.
  - id: for-loop
    name: for loop
    aliases: [counting loop]
    definition: Repeats once for each item.
    example: |
      for i in range(2):
          print(i)
    output: |
      0
      1
    prerequisites: [loop]
    parents: [loop]
misconceptions:
  - id: off-by-one
    concepts: [for-loop]
    belief: The last number is included.
    correction: It is not.
    looks_like: range(n)
    evidence: One round is missing.
    talk: Count the rounds.
    errors: [logical]
"""
WRONG = """\
    counterexample:
      code: |
        for i in 3:
            print(i)
      output: |
        nothing
      error: TypeError
      why: A number has no items.
"""
"""To be put behind the output of the for loop."""
ALONE = """\
  - id: alone
    name: alone
    definition: Hangs together with nothing.
"""
"""To be put before the misconceptions."""


def write_curriculum(folder: Path, text: str = GOOD) -> Path:
    """The curriculum in a folder `mine`."""
    made = folder / "mine"
    made.mkdir()
    (made / "loops.yaml").write_text(text, "utf-8")
    return made
