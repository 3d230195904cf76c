"""Slips of spelling are mended and told; words that are merely alike stay."""

from __future__ import annotations

import pytest

from gradatim.graphs.planning import Planner
from gradatim.graphs.planning.spelling import spelled


@pytest.mark.parametrize(
    ("word", "meant"),
    [("feedbak", "feedback"), ("exercize", "exercise"), ("studnets", "students"), ("hintss", "hints")],
)
def test_a_slip_is_read_as_what_was_meant(word: str, meant: str) -> None:
    assert spelled(f"about {word}, please") == (f"about {meant}, please", ((word, meant),))


@pytest.mark.parametrize("word", ["recursion", "overnight", "grace", "market", "photosynthesis", "feed", "反馈"])
def test_other_words_stay(word: str) -> None:
    assert spelled(word) == (word, ())


async def test_what_was_mended_is_told() -> None:
    plan = await Planner().plan("give feedbak, at most 3 hintss, dont ask me anything")
    assert {step.pattern: step.numbers for step in plan.steps} == {"feedback": {}, "hint_rounds": {"rounds": 3}}
    assert [step.words for step in plan.denied] == ["dont ask me"]
    assert any("“hintss” → “hints”" in note for note in plan.notes)
