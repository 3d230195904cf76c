from __future__ import annotations

from gradatim.kg.scoring import Finding, findings, score
from tests.kg.scoring.files import graph


def kinds(found: list[Finding]) -> list[tuple[str, str]]:
    return [(item.kind, item.text) for item in found]


def test_a_graph_without_errors() -> None:
    gold = graph("list; tuple", ["list ~ tuple"])
    assert findings(graph("tuples; lists", ["tuples ~ lists"]), gold) == []


def test_a_split_compound_explains_its_parts() -> None:
    found = findings(graph("list; comprehension"), graph("list comprehension"))
    assert found == [Finding("split compound", "list comprehension", "in the graph: list, comprehension")]


def test_joined_words_explain_what_is_missing() -> None:
    found = findings(graph("useful list"), graph("list"))
    assert found == [Finding("joined words", "list", "in the graph: useful list")]


def test_missed_ambiguous_and_spurious_concepts() -> None:
    found = findings(graph("time; nice weather"), graph("recursion"))
    assert kinds(found) == [
        ("missed concept", "recursion"),
        ("ambiguous word", "time"),
        ("spurious concept", "nice weather"),
    ]


def test_errors_of_relations() -> None:
    gold = graph(
        "a; b; c; d; e; f",
        ["a -> b", "b -> c", "c ~ d", "d < e", "e -> f"],
    )
    mine = graph("a; b; c; d; e; f", ["b -> a", "b ~ c", "d ~ c", "a ~ f"])
    found = findings(mine, gold)
    assert kinds(found) == [
        ("wrong direction", "a → b (prerequisite)"),
        ("wrong type", "b → c (prerequisite)"),
        ("implicit prerequisite", "e → f (prerequisite)"),
        ("spurious relation", "a → f (similarity)"),
        ("missed relation", "d → e (hierarchical)"),
    ]
    assert found[1].detail == "in the graph: similarity"
    assert found[3].detail == "Of a and f."


def test_every_missed_relation_is_listed_once() -> None:
    gold = graph("a; b; c", ["a -> b", "b ~ c", "a < c"])
    mine = graph("a; b", ["a -> b"])
    found = findings(mine, gold)
    scores = score(mine, gold)
    missed = sum(item.gold - item.right for item in scores.relations.values())
    listed = [item for item in found if item.kind in ("missed relation", "implicit prerequisite")]
    assert len(listed) == missed == 2
