"""Edits, and why some are refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gradatim.errors import InputError
from gradatim.kg.decisions import apply
from gradatim.kg.decisions.editing import (
    ClosesCircle,
    also_called,
    check,
    merged,
    renamed,
    retyped,
    turned,
    with_end,
)
from gradatim.kg.decisions.names import find_concept, spans, suggestions
from gradatim.kg.decisions.records import ConceptItem, RelationItem
from gradatim.kg.graphfile import FileConcept, GraphFile
from tests.kg.decisions.cases import GRAPH, edge, on_concept, on_edge

Edit = Callable[[GraphFile, FileConcept, str], object]
GENERATOR = GRAPH.concepts[4]


@pytest.mark.parametrize("edit", [renamed, also_called, merged])
@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "is empty"),
        (" \t ", "is empty"),
        ("\u200d", "is empty"),
        ("gen\x1b[Aerator", r"control character U\+001B"),
        ("gen\u202eerator", r"control character U\+202E"),
        ("gen\udcfferator", r"control character U\+DCFF"),
        ("g" * 121, "121 characters"),
    ],
)
def test_a_name_has_to_be_one(edit: Edit, typed: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        edit(GRAPH, GENERATOR, typed)


def test_names_of_other_concepts_are_for_merging() -> None:
    for edit in (renamed, also_called):
        with pytest.raises(InputError, match=r"is a name of the concept 'list'.*merge"):
            edit(GRAPH, GENERATOR, "Arrays")
    with pytest.raises(InputError, match="is what it is called"):
        renamed(GRAPH, GENERATOR, " generator")
    with pytest.raises(InputError, match="one of its names"):
        also_called(GRAPH, GENERATOR, "Generators")
    assert renamed(GRAPH, GENERATOR, "Generator").aliases == ()


def test_an_unknown_concept_is_answered_with_those_that_look_like_it() -> None:
    with pytest.raises(InputError, match="did you mean list comprehension, comprehension, list comp"):
        merged(GRAPH, GENERATOR, "list comprehensoin")
    with pytest.raises(InputError, match="name a concept of the graph"):
        merged(GRAPH, GENERATOR, "zzz")
    with pytest.raises(InputError, match="the concept itself"):
        merged(GRAPH, GENERATOR, "generators")
    assert suggestions("comprehension of lists", ["list comprehension", "loop"]) == ["list comprehension"]


def test_edits_of_relations() -> None:
    item = GRAPH.edges[0]
    assert (turned(item).source, turned(item).target) == ("list comprehension", "list")
    with pytest.raises(InputError, match="no direction"):
        turned(GRAPH.edges[2])
    assert retyped(item, "similarity").type == "similarity"
    with pytest.raises(InputError, match="is what it is"):
        retyped(item, "prerequisite")
    assert with_end(GRAPH, item, "source", "loops").source == "loop"
    with pytest.raises(InputError, match="an end of this relation"):
        with_end(GRAPH, item, "source", "comprehension")
    with pytest.raises(InputError, match="doubtful itself"):
        with_end(GRAPH, item, "target", "iterator")
    with pytest.raises(InputError, match="no such concept"):
        with_end(GRAPH, item, "target", "tuple")


def test_a_circle_of_prerequisites_is_refused_with_its_way_and_its_weakest_relation() -> None:
    with pytest.raises(ClosesCircle) as caught:
        check(GRAPH, on_edge("generator", "list", "accept"), [])
    assert "list → list comprehension → generator → list" in str(caught.value)
    assert caught.value.remedy is not None
    assert "list comprehension is needed before generator" in caught.value.remedy
    check(GRAPH, on_edge("generator", "list", "accept", kind="hierarchical"), [])
    check(GRAPH, on_edge("generator", "list", "reject"), [])
    without = apply(GRAPH, [on_edge("list comprehension", "generator", "reject")])
    check(without, on_edge("generator", "list", "accept"), [])


def test_a_relation_that_is_there_is_not_made_again() -> None:
    made = on_edge("range", "loop", "edit", with_end(GRAPH, edge("range", "list comprehension"), "source", "array"))
    with pytest.raises(InputError, match="in the graph already"):
        check(GRAPH, made, [])
    mirrored = RelationItem(source="range", target="list", type="similarity")
    with pytest.raises(InputError, match="in the graph already"):
        check(GRAPH, on_edge("range", "loop", "edit", mirrored), [])
    check(GRAPH, on_edge("range", "list", "accept", kind="similarity"), [])


def test_merging_what_lies_on_one_way_is_refused_but_neighbours_can_be_merged() -> None:
    become = merged(GRAPH, GENERATOR, "list")
    with pytest.raises(ClosesCircle):
        check(GRAPH, on_concept("generator", "edit", become), [])
    check(GRAPH, on_concept("generator", "edit", merged(GRAPH, GENERATOR, "list comprehension")), [])


@pytest.mark.parametrize("edit", [renamed, also_called])
def test_no_concept_gets_a_name_that_was_rejected(edit: Callable[..., ConceptItem]) -> None:
    rejected = on_concept("excursion", "reject")
    graph = apply(GRAPH, [rejected])
    made = on_concept("generator", "edit", edit(graph, GENERATOR, "excursions"))
    with pytest.raises(InputError, match="was rejected by reviewer"):
        check(graph, made, [rejected])
    check(graph, made, [])


def test_names_stand_out_in_whatever_number_and_case() -> None:
    text = "Lists, a list-comprehension and listings; `range()` too."
    assert [text[a:b] for a, b in spans(text, ["list", "list comprehension", "range"])] == [
        "Lists",
        "list-comprehension",
        "range",
    ]
    assert spans(text, [""]) == []
    assert find_concept(GRAPH.concepts, "COMPREHENSIONS") == GRAPH.concepts[2]
