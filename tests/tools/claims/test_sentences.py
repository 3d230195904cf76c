"""Texts are split into sentences, and nothing is lost."""

from __future__ import annotations

import pytest

from gradatim.tools.claims import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It gives 2.5. That is wrong.", ["It gives 2.5.", "That is wrong."]),
        ("Use a loop, e.g. a for loop. Done.", ["Use a loop, e.g. a for loop.", "Done."]),
        ("Call `f(1. )` now. Then stop.", ["Call `f(1. )` now.", "Then stop."]),
        ("The text is `a. b. c`. Next.", ["The text is `a. b. c`.", "Next."]),
        ("1. Change this. 2. Change that.", ["1. Change this.", "2. Change that."]),
        ("See line 1. Then line 2.", ["See line 1.", "Then line 2."]),
        ("First point\n- second point\n- third point", ["First point", "- second point", "- third point"]),
        ("A paragraph\n\nanother one", ["A paragraph", "another one"]),
        ("One line\ngoes on here.", ["One line goes on here."]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("循环少了一次。应该加一！对吗？", ["循环少了一次。", "应该加一！", "对吗？"]),
        ("Wait... what?", ["Wait...", "what?"]),
        ("An open ` backtick. Next.", ["An open ` backtick.", "Next."]),
        ("So:\n```python\nx = 1\n\ny = 2.\nz = 3\n```\nDone.", ["So: ```python\nx = 1\n\ny = 2.\nz = 3\n``` Done."]),
        ("", []),
        (" \n ", []),
        ("No end", ["No end"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected
