from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.kg.construction.relating import Found
from gradatim.kg.construction.settling import DOUBT, Settled, Thresholds, settle
from gradatim.kg.construction.terms import Term
from gradatim.kg.schema import RelationType

TYPES: tuple[RelationType, ...] = ("prerequisite", "similarity", "hierarchical")
HALF = Thresholds(concept=0.5, relations=dict.fromkeys(TYPES, 0.5))


def term(name: str, confidence: float = 0.9) -> Term:
    return Term(
        {(name,): None}, Counter({name: 1}), confidence, 3, f"{name}.", "a.md:1", name=name, aliases=(f"{name}2",)
    )


def found(source: int, target: int, kind: RelationType, confidence: float) -> Found:
    return Found(source, target, kind, confidence, f"{source} and {target}.", "a.md:2")


def settled(*relations: Found, terms: str = "abcd", thresholds: Thresholds = HALF) -> Settled:
    ordered = sorted(relations, key=lambda item: -item.confidence)
    return settle([term(name) for name in terms], ordered, thresholds)


def arrows(result: Settled) -> list[str]:
    return [f"{edge.source}{edge.target} {edge.type}" for edge in result.edges]


def test_items_carry_where_they_came_from() -> None:
    result = settled(found(0, 1, "prerequisite", 0.876543))
    concept, edge = result.concepts[0], result.edges[0]
    assert (concept.name, concept.aliases, concept.confidence, concept.mentions) == ("a", ("a2",), 0.9, 3)
    assert (concept.sentence, concept.place) == ("a.", "a.md:1")
    assert (edge.source, edge.target, edge.type, edge.confidence) == ("a", "b", "prerequisite", 0.8765)
    assert (edge.sentence, edge.place, edge.standing) == ("0 and 1.", "a.md:2", "proposed")


def test_an_item_enters_from_its_threshold_on() -> None:
    thresholds = Thresholds(concept=0.5, relations={"prerequisite": 0.7, "similarity": 0.2, "hierarchical": 0.5})
    result = settle(
        [term("a", 0.5), term("b"), term("c", 0.49), term("d", 0.2)],
        [found(0, 1, "similarity", 0.2), found(1, 0, "prerequisite", 0.1)],
        thresholds,
    )
    assert [item.name for item in result.concepts] == ["a", "b"]
    assert [item.name for item in result.doubtful.concepts] == ["c"]
    assert arrows(result) == ["ab similarity"]


def test_the_most_confident_relation_of_a_pair_stays() -> None:
    result = settled(found(0, 1, "prerequisite", 0.7), found(1, 0, "hierarchical", 0.8), found(0, 1, "similarity", 0.6))
    assert arrows(result) == ["ba hierarchical"]
    assert result.doubtful.edges == ()


def test_the_least_confident_relation_of_a_circle_goes() -> None:
    circle = found(0, 1, "prerequisite", 0.7), found(1, 2, "prerequisite", 0.6), found(2, 0, "prerequisite", 0.8)
    assert arrows(settled(*circle)) == ["ca prerequisite", "ab prerequisite"]


def test_where_one_relation_would_close_a_circle_another_of_the_pair_may_stand() -> None:
    given = found(0, 1, "prerequisite", 0.9), found(1, 2, "prerequisite", 0.8), found(2, 0, "prerequisite", 0.7)
    assert arrows(settled(*given, found(2, 0, "similarity", 0.6)))[-1] == "ca similarity"


def test_circles_of_different_types_and_of_similarities_are_none() -> None:
    mixed = found(0, 1, "prerequisite", 0.9), found(1, 2, "hierarchical", 0.8), found(2, 0, "prerequisite", 0.7)
    assert len(settled(*mixed).edges) == 3
    assert len(settled(*(found(a, b, "similarity", 0.8) for a, b in ((0, 1), (1, 2), (2, 0)))).edges) == 3


def test_what_is_nearly_confident_is_doubtful() -> None:
    result = settled(
        found(0, 1, "prerequisite", 0.5 - DOUBT / 2), found(1, 2, "similarity", 0.5 - DOUBT - 0.01), terms="abc"
    )
    assert result.edges == ()
    assert [(edge.source, edge.target) for edge in result.doubtful.edges] == [("a", "b")]


def test_a_relation_of_what_is_no_concept_is_dropped() -> None:
    result = settle([term("a"), term("b", 0.45)], [found(0, 1, "similarity", 0.9)], HALF)
    assert (result.edges, result.doubtful.edges) == ((), ())
    assert [item.name for item in result.doubtful.concepts] == ["b"]


_RELATIONS = st.builds(
    found, st.integers(0, 5), st.integers(0, 5), st.sampled_from(TYPES), st.floats(0, 1, allow_nan=False)
).filter(lambda item: item.source != item.target)


@settings(deadline=None)
@given(st.lists(_RELATIONS, max_size=40), st.lists(st.floats(0, 1), min_size=6, max_size=6))
def test_a_settled_graph_is_sound(relations: list[Found], confidences: list[float]) -> None:
    terms = [term(name, confidence) for name, confidence in zip("abcdef", confidences, strict=True)]
    result = settle(terms, sorted(relations, key=lambda item: -item.confidence), HALF)
    names = {item.name for item in result.concepts}
    assert names == {item.name for item in terms if item.confidence >= 0.5}
    pairs = [frozenset((edge.source, edge.target)) for edge in (*result.edges, *result.doubtful.edges)]
    assert len(set(pairs)) == len(pairs)
    assert all(pair <= names for pair in pairs)
    assert all(edge.confidence is not None and edge.confidence >= 0.5 - 1e-4 for edge in result.edges)
    for kind in ("prerequisite", "hierarchical"):
        below = {(edge.source, edge.target) for edge in result.edges if edge.type == kind}
        for _ in names:  # the transitive closure
            below |= {(a, d) for a, b in below for c, d in below if b == c}
        assert not [a for a, b in below if a == b]
