from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.kg.graphfile import FileEdge, GraphFile
from gradatim.kg.schema import RelationType
from gradatim.kg.scoring import Score, match, score
from tests.kg.scoring.files import concept, graph

GOLD = graph(
    "list = array list; tuple; for loop = for; list comprehension; sequence; iterator",
    [
        "sequence -> list",
        "for loop -> list comprehension",
        "list -> list comprehension",
        "list < sequence",
        "tuple < sequence",
        "list ~ tuple",
    ],
)


def test_known_values() -> None:
    built = graph(
        "lists; tuple; for; comprehension; colour",
        ["lists -> comprehension", "comprehension -> for", "tuple ~ lists", "lists < tuple", "colour < tuple"],
    )
    found = score(built, GOLD)
    # Lists, the tuple and the for loop are right; the comprehension and the colour are not.
    assert found.concepts == Score(found=5, gold=6, right=3)
    assert found.concepts.precision == pytest.approx(3 / 5)
    assert found.concepts.recall == pytest.approx(3 / 6)
    assert found.concepts.f1 == pytest.approx(2 * 3 / 11)
    # "comprehension" overlaps with "list comprehension": one prerequisite is right, the other points backwards.
    assert found.relations["prerequisite"] == Score(found=2, gold=3, right=1)
    assert found.exact_relations["prerequisite"] == Score(found=2, gold=3, right=0)
    assert found.relations["similarity"] == found.exact_relations["similarity"] == Score(1, 1, 1)
    assert found.relations["hierarchical"] == Score(found=2, gold=2, right=0)
    # list–comprehension, comprehension–for and tuple–list are related in the gold standard too; for lists and tuples
    # two relations are found, which are one pair.
    assert found.untyped == Score(found=4, gold=5, right=3)


def test_a_graph_agrees_with_itself() -> None:
    found = score(GOLD, GOLD)
    scores = (found.concepts, *found.relations.values(), *found.exact_relations.values(), found.untyped)
    for item in scores:
        assert (item.precision, item.recall, item.f1) == (1, 1, 1)


def test_nothing_found_and_nothing_to_find() -> None:
    nothing = graph("")
    found = score(nothing, GOLD)
    assert (found.concepts.precision, found.concepts.recall, found.concepts.f1) == (0, 0, 0)
    found = score(GOLD, nothing)
    assert (found.concepts.recall, found.relations["prerequisite"].precision) == (0, 0)
    assert score(nothing, nothing).concepts.f1 == 0


@pytest.mark.parametrize(
    ("edge", "right"),
    [
        ("sequence -> list", 1),
        ("list -> sequence", 0),
        ("list < sequence", 1),
        ("sequence < list", 0),
        ("list ~ tuple", 1),
        ("tuple ~ list", 1),
        ("list -> tuple", 0),
    ],
)
def test_type_and_direction_have_to_be_right(edge: str, right: int) -> None:
    found = score(graph("list; tuple; sequence", [edge]), GOLD)
    assert sum(item.right for item in found.relations.values()) == right
    assert found.untyped.right == 1


def test_a_relation_told_twice_counts_once() -> None:
    built = graph("list; tuple", ["list ~ tuple", "tuple ~ lists"])
    assert score(built, GOLD).relations["similarity"] == Score(1, 1, 1)


def test_ends_are_also_named_by_aliases() -> None:
    built = graph("array = list; immutable list = tuple", ["list ~ tuple"])
    found = score(built, GOLD)
    assert found.concepts.right == 2
    assert found.exact_relations["similarity"].right == 1


# ------------------------------------------------------------------------------------------- matching


@pytest.mark.parametrize(
    ("mine", "gold"),
    [
        ("Lists", "list"),
        ("for-loop", "for loop"),
        ("print()", "print"),
        ("`print`", "print"),
        ("dict = dictionary", "dictionaries = mapping"),
        ("for statement = for", "for loop = for"),
    ],
)
def test_the_same_concept(mine: str, gold: str) -> None:
    assert match([concept(mine)], [concept(gold)]).exact == {0: 0}


@pytest.mark.parametrize(("mine", "gold"), [("list", "tuple"), ("list", "linked list"), ("sort", "sorting")])
def test_not_the_same_concept(mine: str, gold: str) -> None:
    assert match([concept(mine)], [concept(gold)]).exact == {}


def test_an_alias_takes_no_name_away() -> None:
    mine = [concept("array = list"), concept("list")]
    assert match(mine, [concept("list")]).exact == {1: 0}
    assert match(mine, [concept("list"), concept("array")]).exact == {0: 1, 1: 0}


def test_concepts_are_matched_one_to_one() -> None:
    both = match([concept("list"), concept("lists = array")], [concept("list")])
    assert both.exact == both.relaxed == {0: 0}


def test_a_relaxed_match_needs_the_same_last_word_and_one_candidate() -> None:
    gold = [concept("list comprehension"), concept("for loop"), concept("while loop")]
    mine = [concept("comprehension"), concept("loop"), concept("list"), concept("nested list comprehension")]
    assert match(mine, gold).relaxed == {0: 0, 3: 0}


_NAMES = ["list", "lists", "tuple", "named tuple", "loop", "for loop", "for", "print()", "==", "dict"]
_CONCEPTS = st.lists(
    st.builds(lambda names: concept(" = ".join(names)), st.lists(st.sampled_from(_NAMES), min_size=1, max_size=3)),
    max_size=6,
)


@st.composite
def graphs(draw: st.DrawFn) -> GraphFile:
    concepts = draw(_CONCEPTS)
    if not concepts:
        return GraphFile(concepts=())
    names = st.sampled_from([item.name for item in concepts])
    kinds: st.SearchStrategy[RelationType] = st.sampled_from(["prerequisite", "similarity", "hierarchical"])
    edges = draw(st.lists(st.builds(FileEdge, source=names, target=names, type=kinds), max_size=8))
    return GraphFile(concepts=tuple(concepts), edges=tuple(edges))


@settings(deadline=None)
@given(graphs(), graphs())
def test_scores_stay_in_their_bounds(mine: GraphFile, gold: GraphFile) -> None:
    matched = match(mine.concepts, gold.concepts)
    assert len(set(matched.exact.values())) == len(matched.exact)
    assert matched.exact.items() <= matched.relaxed.items()
    found = score(mine, gold, matched)
    there = score(gold, mine)
    for item in (found.concepts, *found.relations.values(), *found.exact_relations.values(), found.untyped):
        assert 0 <= item.right <= min(item.found, item.gold)
        assert 0 <= item.f1 <= 1
    for kind, item in found.relations.items():
        assert found.exact_relations[kind].right <= item.right
        assert item.found <= len([edge for edge in mine.edges if edge.type == kind])
    assert (there.concepts.found, there.concepts.gold) == (found.concepts.gold, found.concepts.found)
