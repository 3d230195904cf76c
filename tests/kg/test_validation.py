from __future__ import annotations

from itertools import pairwise

import pytest

from gradatim.errors import CurriculumError
from gradatim.kg import ConceptGraph, InconsistentGraph, Misconception, Relation, validate
from gradatim.kg.categories import family, is_category
from gradatim.kg.validation import require_valid
from tests.kg.graphs import concept, like, misconception, needs, part_of, small_graph


def graph(*relations: Relation, misconceptions: tuple[Misconception, ...] = ()) -> ConceptGraph:
    concepts = tuple(concept(name) for name in ("alpha", "beta", "gamma"))
    return ConceptGraph(name="test", concepts=concepts, relations=relations, misconceptions=misconceptions)


def messages(checked: ConceptGraph) -> list[str]:
    return [str(problem) for problem in validate(checked)]


def test_a_good_graph_has_no_problems() -> None:
    assert validate(small_graph()) == []
    assert require_valid(small_graph()) == small_graph()


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        (
            needs("beta", "alfa"),
            "prerequisite alfa → beta: concept beta: prerequisite 'alfa' is not a concept (did you mean 'alpha'?)",
        ),
        (
            needs("zzz", "alpha"),
            "prerequisite alpha → zzz: prerequisite relation: 'zzz' is not a concept",
        ),
        (part_of("beta", "xyz"), "hierarchical beta → xyz: concept beta: parent 'xyz' is not a concept"),
        (like("beta", "xyz"), "similarity beta → xyz: concept beta: similar concept 'xyz' is not a concept"),
        (needs("beta", "beta"), "prerequisite beta → beta: concept beta: names itself as prerequisite"),
        (part_of("beta", "beta"), "hierarchical beta → beta: concept beta: names itself as parent"),
    ],
)
def test_ends_of_relations(relation: Relation, expected: str) -> None:
    assert messages(graph(relation)) == [expected]


def test_the_same_relation_twice() -> None:
    (found,) = validate(graph(needs("beta", "alpha"), needs("beta", "alpha", 0.5)))
    assert found.message == "concept beta: prerequisite 'alpha' is given twice, first at prerequisite alpha → beta"


def test_similarity_counts_once_for_both_directions() -> None:
    (found,) = validate(graph(like("beta", "alpha"), like("alpha", "beta")))
    assert "concept alpha: similar concept 'beta' is given twice" in found.message


def test_different_relations_between_the_same_concepts_are_fine() -> None:
    assert validate(graph(needs("beta", "alpha"), part_of("beta", "alpha"), like("beta", "alpha"))) == []


def test_prerequisites_in_a_circle() -> None:
    (found,) = validate(graph(needs("beta", "alpha"), needs("gamma", "beta"), needs("alpha", "gamma")))
    assert found.message == "prerequisite relations run in a circle: alpha → beta → gamma → alpha"
    assert found.severity == "error"


def test_hierarchy_in_a_circle_but_not_across_kinds_of_relation() -> None:
    (found,) = validate(graph(part_of("beta", "alpha"), part_of("alpha", "beta")))
    assert found.message == "hierarchical relations run in a circle: beta → alpha → beta"
    assert validate(graph(part_of("beta", "alpha"), needs("beta", "alpha"))) == []


def test_a_long_chain_does_not_exhaust_the_stack() -> None:
    concepts = tuple(concept(f"n{i}") for i in range(3000))
    chain = tuple(needs(f"n{i + 1}", f"n{i}") for i in range(2999))
    assert validate(ConceptGraph(name="long", concepts=concepts, relations=chain)) == []


def test_many_ways_to_the_same_concept_cost_no_more_than_one() -> None:
    layers = [(f"left-{i}", f"right-{i}") for i in range(60)]
    graph = ConceptGraph(
        name="ladder",
        concepts=tuple(concept(name) for layer in layers for name in layer),
        relations=tuple(needs(b, a) for low, high in pairwise(layers) for a in low for b in high),
    )
    assert validate(graph) == []


def test_ids_used_twice() -> None:
    doubled = ConceptGraph(
        name="test",
        concepts=(concept("alpha"), concept("alpha")),
        misconceptions=(
            misconception("m", ["alpha"], ["logical"]),
            misconception("m", ["alpha"], ["logical"]),
        ),
    )
    assert messages(doubled) == [
        "concept alpha: concept alpha: the id is used twice, first at concept alpha",
        "misconception m: misconception m: the id is used twice, first at misconception m",
    ]


def test_misconceptions_about_unknown_concepts_and_errors() -> None:
    bad = misconception("m", ["alpha", "omicron"], ["logical", "SillyError", "KeyboardInterrupt"])
    assert [problem.message for problem in validate(graph(misconceptions=(bad,)))] == [
        "misconception m: 'omicron' is not a concept",
        "misconception m: 'SillyError' is not an error category",
        "misconception m: 'KeyboardInterrupt' is not an error category",
    ]


def test_a_name_of_several_concepts_is_only_a_warning() -> None:
    shared = ConceptGraph(name="test", concepts=(concept("flag", "marker"), concept("sign", "Markers")))
    (found,) = validate(shared)
    assert found.severity == "warning"
    assert found.message == "the name 'marker' stands for several concepts: flag, sign"
    assert require_valid(shared) is shared


def test_the_exception_carries_all_problems() -> None:
    with pytest.raises(CurriculumError) as caught:
        require_valid(graph(needs("beta", "nope"), needs("gamma", "nope")))
    assert isinstance(caught.value, InconsistentGraph)
    assert len(caught.value.problems) == 2
    text = str(caught.value)
    assert text.startswith("concept graph test: 2 problems:\n")
    assert "concept beta: prerequisite 'nope' is not a concept" in text
    assert "concept gamma: prerequisite 'nope' is not a concept" in text


def test_the_exception_for_one_problem_is_one_line() -> None:
    with pytest.raises(InconsistentGraph) as caught:
        require_valid(graph(needs("beta", "nope")))
    assert caught.value.place == "prerequisite nope → beta"
    assert "\n" not in str(caught.value)


def test_error_categories() -> None:
    assert all(map(is_category, ("logical", "timeout", "IndexError", "RecursionError", "TabError")))
    assert not any(map(is_category, ("", "indexerror", "print", "SystemExit", "Exception", "Warning_")))
    assert family(["UnboundLocalError", "logical"]) == {"UnboundLocalError", "NameError", "logical"}
    assert family(["IndexError"]) == {"IndexError", "LookupError"}
