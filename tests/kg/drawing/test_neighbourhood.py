from __future__ import annotations

import pytest

from gradatim.kg.drawing import neighbourhood
from gradatim.kg.drawing.neighbourhood import Role
from tests.kg.drawing.graphs import hub, star
from tests.kg.graphs import small_graph


def test_everything_has_one_role() -> None:
    around = neighbourhood(small_graph(), "for-loop", 2)
    assert {key: member.role for key, member in around.members.items()} == {
        "for-loop": "focus",
        "loop": "prerequisite",
        "statement": "prerequisite",
        "range": "dependent",
        "control-flow": "parent",
        "while-loop": "similar",
    }
    assert around.left_out == {}
    assert (around.before, around.after) == (2, 1)
    assert around.members["for-loop"].beliefs == 1
    assert {(edge.source, edge.target, edge.type) for edge in around.relations} == {
        ("statement", "loop", "prerequisite"),
        ("loop", "for-loop", "prerequisite"),
        ("for-loop", "range", "prerequisite"),
        ("for-loop", "loop", "hierarchical"),
        ("while-loop", "for-loop", "similarity"),
    }


def test_the_depth_limits_prerequisites() -> None:
    around = neighbourhood(small_graph(), "range-step", 1)
    assert [member.concept.id for member in around.of("prerequisite")] == ["range"]
    assert around.before == 5
    deeper = neighbourhood(small_graph(), "range-step", 9)
    assert len(deeper.of("prerequisite")) == 5


@pytest.mark.parametrize(
    ("kind", "role", "shown"),
    [
        ("before", "prerequisite", 18),
        ("after", "dependent", 9),
        ("above", "parent", 6),
        ("below", "child", 10),
        ("beside", "similar", 4),
    ],
)
def test_of_many_the_nearest_are_shown(kind: str, role: Role, shown: int) -> None:
    around = neighbourhood(star(kind), "hub", 2)
    assert len(around.of(role)) == shown
    assert around.left_out == {role: 60 - shown}


def test_the_strongest_are_the_nearest() -> None:
    around = neighbourhood(hub(), "hub", 1)
    edges = {
        edge.target: edge.weight for edge in hub().relations if edge.source == "hub" and edge.type == "prerequisite"
    }
    weights = [edges[member.concept.id] for member in around.of("dependent")]
    assert weights == sorted(edges.values(), reverse=True)[: len(weights)]


def test_what_follows_from_other_steps_is_known() -> None:
    around = neighbourhood(hub(), "hub", 3)
    assert around.implied == {("n0", "hub"), ("n5", "hub")}


def test_a_concept_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        neighbourhood(small_graph(), "nothing", 1)
