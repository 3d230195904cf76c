"""Thresholds learnt from decisions."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.kg.construction.settling import Thresholds
from gradatim.kg.decisions import Made, retrained
from gradatim.kg.decisions.editing import turned
from gradatim.kg.decisions.records import ConceptItem
from gradatim.kg.decisions.thresholds import HIGHEST, LOWEST, PRIOR, best_threshold
from tests.kg.decisions.cases import GRAPH, concept, edge, on_concept, on_edge, taken_back

GIVEN = Thresholds(0.4, {"prerequisite": 0.4, "similarity": 0.4, "hierarchical": 0.4})

ticks = st.lists(st.integers(0, 10_000), max_size=60)
defaults = st.integers(500, 9_500).map(lambda tick: tick / 10_000)


def judged(right: list[float], wrong: list[float]) -> list[Made]:
    every = [(share, "accept") for share in right] + [(share, "reject") for share in wrong]
    graph = GRAPH.model_copy(
        update={"concepts": tuple(concept(f"n{at}", confidence=share) for at, (share, _) in enumerate(every))}
    )
    return [on_concept(f"n{at}", verdict, graph=graph) for at, (_, verdict) in enumerate(every)]  # type: ignore[arg-type]


def test_three_decisions_move_little_and_a_hundred_decide() -> None:
    assert retrained(GIVEN, judged([], [0.41, 0.42, 0.425])).concept == pytest.approx(0.4251)
    assert retrained(GIVEN, judged([], [0.5, 0.5, 0.5])).concept == 0.4
    chance = random.Random(1)
    shares = [chance.uniform(0.25, 0.75) for _ in range(100)]
    found = retrained(GIVEN, judged([s for s in shares if s > 0.55], [s for s in shares if s <= 0.55]))
    assert found.concept == pytest.approx(0.55, abs=0.03)
    assert found.relations == GIVEN.relations


def test_each_kind_learns_from_its_own_decisions() -> None:
    graph = GRAPH.model_copy(update={"edges": tuple(edge(f"n{at}", f"m{at}", "similarity", 0.44) for at in range(9))})
    made = [on_edge(f"n{at}", f"m{at}", "reject", kind="similarity", graph=graph) for at in range(9)]
    found = retrained(GIVEN, made)
    assert (found.concept, found.relations["prerequisite"], found.relations["hierarchical"]) == (0.4, 0.4, 0.4)
    assert found.relations["similarity"] == pytest.approx(0.4401)
    undone = [taken_back(line) for line in made]
    assert retrained(GIVEN, [*made, *undone]) == GIVEN


def test_a_renamed_concept_was_one_and_a_turned_relation_was_wrong() -> None:
    near = [edge(f"n{at}", f"m{at}", confidence=0.41) for at in range(4)]
    made = [
        on_edge(item.source, item.target, "edit", turned(item), graph=GRAPH.model_copy(update={"edges": tuple(near)}))
        for item in near
    ]
    assert retrained(GIVEN, made).relations["prerequisite"] == pytest.approx(0.4101)
    words = tuple(concept(f"n{at}", confidence=0.39) for at in range(4))
    graph = GRAPH.model_copy(update={"concepts": words})
    made = [on_concept(f"n{at}", "edit", ConceptItem(name=f"m{at}"), graph=graph) for at in range(4)]
    assert retrained(GIVEN, made).concept == pytest.approx(0.39)


def test_only_the_decision_that_holds_counts_and_unknown_confidence_says_nothing() -> None:
    graph = GRAPH.model_copy(update={"concepts": (concept("n", confidence=0.405),)})
    first = on_concept("n", "reject", graph=graph)
    assert retrained(GIVEN, [first]).concept == pytest.approx(0.4051)
    assert retrained(GIVEN, [first, on_concept("N", "accept", graph=graph)]) == GIVEN
    assert retrained(GIVEN, [first.model_copy(update={"confidence": None})]) == GIVEN


@given(defaults, ticks, ticks)
def test_it_stays_within_bounds_and_near_the_default(default: float, right: list[int], wrong: list[int]) -> None:
    found = best_threshold(default, right, wrong)
    assert LOWEST <= found <= HIGHEST
    assert abs(found - default) <= (len(right) + len(wrong)) / PRIOR + 1e-9


@given(defaults, ticks, ticks, st.integers(0, 10_000))
def test_it_is_monotone(default: float, right: list[int], wrong: list[int], further: int) -> None:
    found = best_threshold(default, right, wrong)
    assert best_threshold(default, [*right, further], wrong) <= found
    assert best_threshold(default, right, [*wrong, further]) >= found


@given(defaults, ticks, ticks)
def test_no_threshold_is_better(default: float, right: list[int], wrong: list[int]) -> None:
    def goodness(tick: int) -> float:
        sorted_right = sum(share >= tick for share in right) + sum(share < tick for share in wrong)
        return sorted_right - PRIOR * abs(tick - round(default * 10_000)) / 10_000

    found = goodness(round(best_threshold(default, right, wrong) * 10_000))
    assert found >= max(goodness(tick) for tick in range(500, 9_501, 7)) - 1e-9


@given(defaults, ticks, ticks)
def test_the_order_of_decisions_does_not_matter(default: float, right: list[int], wrong: list[int]) -> None:
    assert best_threshold(default, right[::-1], wrong[::-1]) == best_threshold(default, right, wrong)


def test_a_default_out_of_bounds_is_brought_within_them_by_decisions_only() -> None:
    assert retrained(Thresholds(concept=0.99), []).concept == 0.99
    assert retrained(Thresholds(concept=0.99), judged([0.2], [])).concept == HIGHEST
