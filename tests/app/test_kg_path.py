from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradatim.app.commands.kg.ways import shortest, way_between, worded
from gradatim.kg import EmbeddedStore
from tests.app.conftest import Invoke
from tests.app.kg_curriculum import ALONE, GOOD, write_curriculum
from tests.kg.graphs import like, needs, part_of, small_graph


@pytest.fixture
def curriculum(workspace: Path) -> Path:
    return write_curriculum(workspace, GOOD.replace("misconceptions:", f"{ALONE}misconceptions:"))


@pytest.mark.parametrize(("first", "second"), [("loop", "counting loop"), ("for-loop", "loop")])
def test_a_chain_begins_with_what_comes_first(invoke: Invoke, curriculum: Path, first: str, second: str) -> None:
    result = invoke("kg", "path", first, second, "--curriculum", str(curriculum))
    assert result.exit_code == 0
    assert result.stdout == (
        "loop comes before for loop: 1 step, weight 1\n  loop is needed before for loop  1  prerequisite\n"
    )


def test_a_way_over_one_kind_of_relation(invoke: Invoke, curriculum: Path) -> None:
    result = invoke("kg", "path", "loop", "for-loop", "--relation", "hierarchical", "--curriculum", str(curriculum))
    assert "loop has as a kind or part for loop" in result.stdout
    result = invoke("kg", "path", "loop", "for-loop", "--relation", "similarity", "--curriculum", str(curriculum))
    assert (result.exit_code, result.stdout) == (1, "there is no way between loop and for loop over similarity\n")


def test_as_json(invoke: Invoke, curriculum: Path) -> None:
    data = json.loads(invoke("kg", "path", "for-loop", "loop", "--json", "--curriculum", str(curriculum)).stdout)
    assert data == {
        "from": "for-loop",
        "to": "loop",
        "found": True,
        "kind": "prerequisites",
        "concepts": ["loop", "for-loop"],
        "weight": 1.0,
        "steps": [
            {
                "relation": "prerequisite",
                "source": "loop",
                "target": "for-loop",
                "weight": 1.0,
                "words": "loop is needed before for loop",
            }
        ],
    }
    result = invoke("kg", "path", "alone", "loop", "--json", "--curriculum", str(curriculum))
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"from": "alone", "to": "loop", "found": False}


def test_two_names_of_one_concept(invoke: Invoke, curriculum: Path) -> None:
    result = invoke("kg", "path", "for loop", "counting loop", "--curriculum", str(curriculum))
    assert (result.exit_code, result.stdout) == (0, "both name the same concept: for loop (for-loop)\n")


def test_a_name_that_is_not_known(invoke: Invoke, curriculum: Path) -> None:
    result = invoke("kg", "path", "loop", "for-lop", "--curriculum", str(curriculum))
    assert result.exit_code == 2
    assert "concept 'for-lop': this names no concept" in result.stderr
    assert "did you mean for-loop" in result.stderr


async def test_the_weights_of_a_chain_are_multiplied() -> None:
    way = await way_between(EmbeddedStore(small_graph()), "range-step", "statement", ("prerequisite",))
    assert way is not None
    assert way.chain
    assert way.concepts == ("statement", "loop", "for-loop", "range", "range-step")
    assert way.weight == pytest.approx(0.9 * 0.8)


async def test_without_a_chain_any_relation_will_do() -> None:
    way = await way_between(EmbeddedStore(small_graph()), "integer", "control-flow", _ALL)
    assert way is not None
    assert not way.chain
    assert way.concepts == ("integer", "range", "for-loop", "loop", "control-flow")


_ALL = ("prerequisite", "similarity", "hierarchical")


def test_of_short_ways_the_strongest_is_taken() -> None:
    edges = [needs("b", "a", 0.5), needs("c", "b", 0.5), like("a", "x", 0.9), like("x", "c", 0.8), part_of("c", "y")]
    way = shortest(edges, "a", "c")
    assert way is not None
    assert way.concepts == ("a", "x", "c")
    assert way.weight == pytest.approx(0.72)
    assert shortest([*edges, part_of("a", "c")], "a", "c") == shortest([part_of("a", "c")], "a", "c")
    assert shortest(edges, "a", "z") is None


def test_steps_are_worded_in_the_direction_of_the_way() -> None:
    names = {"a": "A", "b": "B"}
    assert worded(needs("b", "a"), "a", names) == "A is needed before B"
    assert worded(needs("b", "a"), "b", names) == "B needs first A"
    assert worded(part_of("a", "b"), "a", names) == "A is a kind or part of B"
    assert worded(part_of("a", "b"), "b", names) == "B has as a kind or part A"
    assert worded(like("a", "b"), "b", names) == "B is similar to A"
