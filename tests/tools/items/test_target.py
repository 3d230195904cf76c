"""What is wanted: divergence of concepts, what is next to learn, broad concepts; and likeness of texts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.domain import Mastery
from gradatim.errors import InputError
from gradatim.kg import ConceptGraph
from gradatim.memory import parameters_of
from gradatim.settings import Settings
from gradatim.tools.items.duplicates import likeness, shingles
from gradatim.tools.items.target import Target, covered, divergence, next_concepts, target_of

SHARES = st.dictionaries(st.sampled_from("abcdef"), st.floats(0.0, 1.0), max_size=6)
CONCEPTS = st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=5, unique=True)


@settings(max_examples=60)
@given(CONCEPTS, SHARES)
def test_divergence_is_a_divergence(concepts: list[str], target: dict[str, float]) -> None:
    value = divergence(concepts, target)
    assert math.isfinite(value)
    assert value >= -1e-9  # Gibbs: the smoothed target is a distribution over all that is named


def test_what_is_wanted_diverges_least() -> None:
    wanted = {"loop": 0.5, "list": 0.5}
    exact, part, other = (divergence(names, wanted) for names in (["loop", "list"], ["loop", "text"], ["text", "file"]))
    assert exact == pytest.approx(0.0, abs=0.06)
    assert exact < part < other
    assert divergence(["loop"], {}) == 0.0


def test_the_loss_weighs_difficulty_and_concepts() -> None:
    target = Target(0.5, {"loop": 1.0}, beta=0.1)
    assert target.loss(1.5, ["loop"]) == pytest.approx(1.0 + 0.1 * divergence(["loop"], {"loop": 1.0}))


@pytest.mark.parametrize("bad", [{"theta": float("nan")}, {"theta": 9.0}, {"theta": 0.0, "beta": -1.0},
                                 {"theta": 0.0, "concepts": {"a": -1.0}}])  # fmt: skip
def test_what_cannot_be_wanted_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Target(**bad)  # type: ignore[arg-type]


def test_next_is_what_is_ready_and_not_mastered(graph: ConceptGraph) -> None:
    needed = {relation.source for relation in graph.relations if relation.target == "nested-loop"}
    mastery = {concept.id: 0.5 for concept in graph.concepts} | dict.fromkeys(needed, 0.95)
    among = ["nested-loop", "recursion", "for-loop"]
    weights = next_concepts(graph, {**mastery, "for-loop": 0.99}, among)
    assert sum(weights.values()) == pytest.approx(1.0)
    assert weights["nested-loop"] > weights["recursion"] > weights["for-loop"]


def test_an_able_learner_gets_a_harder_target(graph: ConceptGraph) -> None:
    parameters = parameters_of(Settings())
    names = [concept.id for concept in graph.concepts[:40]]

    def target(probability: float) -> Target:
        beliefs = {name: Mastery(concept=name, probability=probability, observations=6) for name in names}
        return target_of(graph, beliefs, parameters, ("for-loop", "recursion", "dictionary-get"))

    assert target(0.97).theta > target_of(graph, {}, parameters, ()).theta > target(0.03).theta
    assert target_of(graph, {}, parameters, ()).theta == 0.0


def test_a_broad_concept_stands_for_its_parts(graph: ConceptGraph) -> None:
    among = {"dictionary-get", "dictionary-update", "recursion", "for-loop"}
    assert covered(graph, "recursion", among) == {"recursion"}
    assert covered(graph, "dictionary", among) & {"dictionary-get", "dictionary-update"}
    assert covered(graph, "garbage-collection", among) == frozenset()


def test_likeness_of_texts() -> None:
    one = shingles("It gets a list of prices and returns how many of them are even.")
    assert likeness(one, one) == 1.0
    assert likeness(one, shingles("It gets a text and returns it in reverse order.")) < 0.4
    assert likeness(frozenset(), frozenset()) == 1.0
