from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from gradatim.kg import ConceptGraph
from gradatim.kg.relatedness import TEXT, Relatedness, structure_vectors
from tests.kg.graphs import concept, like, needs, part_of, small_graph


class Words:
    """A vector whose parts are the words of a text."""

    name = "words"
    dimensions = 64

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        places: dict[str, int] = {}
        vectors: list[list[float]] = []
        for text in texts:
            vector = np.zeros(self.dimensions)
            for word in text.split():
                vector[places.setdefault(word, len(places))] += 1
            vectors.append((vector / np.linalg.norm(vector)).tolist())
        return vectors


def two_islands() -> ConceptGraph:
    """Two clusters of three, joined by nothing, and a concept by itself."""
    names = ("a", "b", "c", "x", "y", "z", "alone")
    return ConceptGraph(
        name="islands",
        concepts=tuple(concept(name, definition=f"word-{name}") for name in names),
        relations=(
            needs("b", "a"),
            like("c", "b"),
            part_of("c", "a"),
            needs("y", "x"),
            needs("z", "y"),
        ),
    )


def test_near_in_the_graph_is_related() -> None:
    found = Relatedness(two_islands(), Words())
    assert found.structure("a", "b") > found.structure("a", "x") + 0.5
    assert found.structure("x", "z") > found.structure("c", "z") + 0.5
    assert found.structure("x", "z") > found.structure("x", "a") + 0.5
    assert found.structure("alone", "a") == 0
    assert found.structure("a", "b") == found.structure("b", "a")


def test_what_all_concepts_have_in_common_does_not_count() -> None:
    """Two groups of four that one relation joins: everything hangs together, but the groups are not related."""
    groups = ("abcd", "wxyz")
    within = [like(one, other) for group in groups for one in group for other in group if one < other]
    graph = ConceptGraph(name="two", concepts=tuple(map(concept, "abcdwxyz")), relations=(*within, needs("w", "d")))
    found = Relatedness(graph, Words())
    assert found.structure("a", "b") > 0.9
    assert found.structure("a", "z") < 0


def test_both_parts_are_mixed() -> None:
    found = Relatedness(small_graph(), Words())
    for first, second in (("loop", "for-loop"), ("integer", "control-flow")):
        mixed = TEXT * found.text(first, second) + (1 - TEXT) * found.structure(first, second)
        assert found.of(first, second) == pytest.approx(mixed)
        assert found.of(first, second) == pytest.approx(found.of(second, first))
        assert -1 - 1e-6 <= mixed <= 1 + 1e-6
    assert found.text("loop", "loop") == pytest.approx(1)


def test_the_nearest_are_sorted_and_without_the_concept_itself() -> None:
    found = Relatedness(small_graph(), Words())
    nearest = found.nearest("loop", limit=7)
    assert len(nearest) == 7
    assert "loop" not in [other for other, _ in nearest]
    assert [score for _, score in nearest] == sorted((score for _, score in nearest), reverse=True)
    for other, score in nearest:
        assert score == pytest.approx(found.of("loop", other), abs=1e-5)
    with pytest.raises(KeyError):
        found.nearest("unknown")


def test_a_relation_can_count_as_unknown() -> None:
    graph = two_islands()
    edge = graph.relations[-1]
    assert Relatedness(graph, Words(), without=[edge]).structure("y", "z") == 0
    assert Relatedness(graph, Words()).structure("y", "z") > 0.5


def test_texts_that_mean_the_same_are_told() -> None:
    graph = ConceptGraph(
        name="twice",
        concepts=(
            concept("list", name="list of things", definition="things in a row"),
            concept("row", name="list of things", definition="things in a row"),
            concept("class", name="class", definition="makes objects"),
        ),
    )
    ((first, second, cosine),) = Relatedness(graph, Words()).duplicates()
    assert (first, second) == ("list", "row")
    assert cosine == pytest.approx(1)
    assert Relatedness(small_graph(), Words()).duplicates(1.01) == []


def test_vectors_of_structure_have_length_one_or_none() -> None:
    vectors = structure_vectors(two_islands(), set())
    lengths = np.linalg.norm(vectors, axis=1)
    assert lengths[:-1] == pytest.approx(1, abs=1e-5)
    assert lengths[-1] == 0
    assert not structure_vectors(ConceptGraph(name="n", concepts=(concept("a"), concept("b"))), set()).any()
