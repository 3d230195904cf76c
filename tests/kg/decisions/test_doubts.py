"""What is asked, and in which order."""

from __future__ import annotations

from gradatim.kg.decisions import apply, doubts, wording
from gradatim.kg.decisions.cards import card, standing_line
from gradatim.kg.graphfile import FileConcept, GraphFile
from tests.kg.decisions.cases import GRAPH, concept, edge, on_concept, on_edge


def asked(graph: GraphFile, *, everything: bool = False) -> list[str]:
    return [wording(item.item) for item in doubts(graph, everything=everything)]


def test_the_nearest_to_its_threshold_comes_first_and_a_concept_before_its_relations() -> None:
    assert asked(GRAPH) == [
        "range is needed before loop",
        "excursion",
        "generator",
        "list comprehension is needed before generator",
        "generator is a kind or part of range",
        "iterator",
        "list comp",
        "generator is needed before list",
        "array resembles range",
    ]


def test_everything_is_only_what_nobody_decided_about() -> None:
    assert "loop" not in asked(GRAPH)
    assert "loop" in asked(GRAPH, everything=True)
    made = [on_concept("loop", "accept"), on_edge("list", "list comprehension", "accept")]
    later = asked(apply(GRAPH, made), everything=True)
    assert "loop" not in later
    assert "list is needed before list comprehension" not in later
    assert len(later) == len(asked(GRAPH, everything=True)) - 2


def test_thresholds_of_the_graph_count_and_unknown_confidence_is_not_doubtful() -> None:
    graph = GraphFile(
        concepts=(concept("a", confidence=0.75), concept("b", confidence=0.9), FileConcept(name="c")),
        edges=(edge("a", "b", confidence=0.3),),
        thresholds={"concept": 0.7},
    )
    assert asked(graph) == ["a", "a is needed before b"]
    assert asked(graph.model_copy(update={"thresholds": {}})) == ["a is needed before b"]
    assert set(asked(graph, everything=True)) == {"a", "b", "c", "a is needed before b"}


def test_a_card_shows_the_sentence_with_its_names_and_what_both_ends_are() -> None:
    doubt = next(item for item in doubts(GRAPH) if wording(item.item) == "array resembles range")
    lines = [list(line) for line in card(doubt, GRAPH)]
    assert lines[0] == [("array", "source"), (" resembles ", "plain"), ("range", "target")]
    assert lines[1] == [
        ("Know a ", "plain"),
        ("array", "source"),
        (" before a ", "plain"),
        ("range", "target"),
        (".", "plain"),
    ]
    text = ["".join(piece for piece, _ in line) for line in lines]
    assert "list: A list is explained here." in text
    assert "range: A range is explained here." in text
    assert standing_line(doubt) == "in the graph, confidence 0.50 (threshold 0.40)"
    alone = next(item for item in doubts(GRAPH) if wording(item.item) == "excursion")
    assert ("excursion", "source") in [piece for line in card(alone, GRAPH) for piece in line]
