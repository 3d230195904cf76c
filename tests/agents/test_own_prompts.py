"""Prompts in somebody else's words: what has to be said stays, and the version names the words."""

from __future__ import annotations

import pytest

from gradatim.agents.prompts import load_prompt, load_prompts, worded
from gradatim.languages import speaking


def test_own_words_hold_inside_the_block_and_are_named() -> None:
    packaged, other = load_prompt("case"), load_prompt("system")
    with worded({"case": "Like a pirate. Costs $5."}):
        own = load_prompt("case")
        assert own.version.startswith("own+")
        assert own.ask == packaged.ask
        text = own.render(**dict.fromkeys(packaged.placeholders, "material"))
        assert load_prompt("system") == other
    assert load_prompt("case") == packaged
    assert text.startswith("Like a pirate. Costs $5.\n")
    for block in packaged.text.split("\n\n"):
        if "<<<" in block:
            assert own.text.count(block) == 1, "material stays, between its marks"
    with worded({"case": "Other words."}):
        assert load_prompt("case").version != own.version


@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_placeholder_of_every_prompt_stays_whatever_the_words(code: str) -> None:
    with speaking(code):
        for packaged in load_prompts():
            names = packaged.placeholders
            with worded({packaged.name: "Own words."}):
                own = load_prompt(packaged.name)
            assert own.text.startswith("Own words.")
            assert own.placeholders == names, packaged.name
            values = {name: f"<{name}>" for name in names}
            assert all(value in own.render(**values) for value in values.values())
        with worded({"system": "Mine: $reveal_rule"}):
            assert load_prompt("system").text == "Mine: $reveal_rule"
