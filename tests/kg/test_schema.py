from __future__ import annotations

import pytest
from pydantic import ValidationError

from gradatim.kg import Concept, ConceptGraph, Relation
from tests.kg.graphs import concept, needs, small_graph


def test_plain_data_gives_an_equal_graph_back() -> None:
    graph = small_graph()
    assert ConceptGraph.model_validate(graph.plain()) == graph
    assert ConceptGraph.model_validate_json(graph.model_dump_json()).version == graph.version


def test_version_follows_content_and_not_order() -> None:
    graph = small_graph()
    turned = graph.model_copy(
        update={
            "concepts": graph.concepts[::-1],
            "relations": graph.relations[::-1],
            "misconceptions": graph.misconceptions[::-1],
        }
    )
    assert ConceptGraph.model_validate(turned.plain()).version == graph.version
    changes = (
        {"name": "other"},
        {"concepts": (*graph.concepts, concept("new"))},
        {"relations": (*graph.relations[:-1], needs("control-flow", "statement"))},
        {"relations": (graph.relations[0].model_copy(update={"weight": 0.5}), *graph.relations[1:])},
        {"misconceptions": graph.misconceptions[1:]},
    )
    versions = {ConceptGraph.model_validate({**graph.plain(), **change}).version for change in changes}
    assert len(versions) == len(changes)
    assert graph.version not in versions


@pytest.mark.parametrize("weight", [0.0, -0.5, 1.5])
def test_weights_lie_in_the_unit_interval(weight: float) -> None:
    with pytest.raises(ValidationError):
        Relation(source="a", target="b", type="prerequisite", weight=weight)


@pytest.mark.parametrize("concept_id", ["", "For-Loop", "for_loop", "for loop", "-a", "a--b"])
def test_ids_are_slugs(concept_id: str) -> None:
    with pytest.raises(ValidationError):
        Concept(id=concept_id, name="x", definition="x", topic="t")


def test_an_example_needs_its_output() -> None:
    with pytest.raises(ValidationError, match="given together"):
        Concept(id="a", name="a", definition="x", topic="t", example="print(1)")
