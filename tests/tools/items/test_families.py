"""Templates: what they draw runs, is about concepts of the graph, and is said in every language."""

from __future__ import annotations

import random
import re

import pytest

from gradatim.kg import ConceptGraph
from gradatim.languages import available, speaking
from gradatim.tools.items.arguments import calls
from gradatim.tools.items.families import FAMILIES, Family
from gradatim.tools.items.source import canonical, shape

DRAWS = 10


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.id)
def test_a_template_is_sound(family: Family, graph: ConceptGraph) -> None:
    concepts = {concept.id for concept in graph.concepts}
    for seed in range(DRAWS):
        program = family.draw(random.Random(seed))
        assert program.code == family.draw(random.Random(seed)).code
        assert program.concepts
        assert set(program.concepts) <= concepts
        assert program.code == canonical(program.code)
        assert f"def {program.name}(" in program.code
        for code in available():
            with speaking(code):
                said = f"{program.title} {program.does}"
            assert said.strip()
            assert not re.search(r"[{}]", said)


def test_there_is_enough_to_draw() -> None:
    drawn = [family.draw(random.Random(seed)) for family in FAMILIES for seed in range(DRAWS)]
    assert len(FAMILIES) >= 30
    assert len({concept for program in drawn for concept in program.concepts}) >= 25
    assert len({shape(program.code) for program in drawn}) >= 200


def test_calls_hold_the_edges_and_repeat_none() -> None:
    program = next(family for family in FAMILIES if family.id == "count-matching").draw(random.Random(1))
    drawn = calls(program.name, program.arguments, 30, random.Random(2))
    assert f"{program.name}([])" in drawn
    assert len(drawn) == len(set(drawn)) == 30


def test_chinese_items_speak_chinese() -> None:
    for family in FAMILIES:
        with speaking("zh"):
            said = str(family.draw(random.Random(3)).does)
        assert re.search(r"[一-鿿]", said), family.id
