"""Propagation is bounded, monotone, explained, and the same however it is come by."""

from __future__ import annotations

import math
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.kg import packaged_curriculum
from gradatim.memory.propagation import Propagation, Strengths
from gradatim.memory.propagation.odds import log_odds, sigmoid
from gradatim.memory.tracing import BKTParameters, ConceptParameters, update
from tests.memory.propagation.material import Case, belief, cases, graph

PRIOR = log_odds(BKTParameters().prior)


def plainly(case: Case) -> dict[str, float]:
    """The formula, concept by concept, without arrays."""
    strengths = Strengths()
    before: dict[str, list[tuple[str, float]]] = {concept.id: [] for concept in case.graph.concepts}
    after: dict[str, list[tuple[str, float]]] = {concept.id: [] for concept in case.graph.concepts}
    for edge in case.graph.relations:
        before[edge.target].append((edge.source, edge.weight))
        after[edge.source].append((edge.target, edge.weight))
    direct = {
        name: log_odds(case.beliefs[name].probability) - PRIOR if name in case.beliefs else 0.0 for name in before
    }

    def centred(logit: float) -> float:
        return 2.0 * sigmoid(logit) - 1.0

    def from_prerequisites(name: str) -> float:
        total = sum(weight for _, weight in before[name])
        parts = [(weight / total, centred(direct[p] + from_prerequisites(p))) for p, weight in before[name]]
        return sum(share * z * (strengths.mastered if z > 0 else strengths.lacking) for share, z in parts)

    def from_dependents(name: str) -> float:
        total = sum(weight * max(0.0, centred(direct[d] + from_dependents(d))) for d, weight in after[name])
        return strengths.dependents * total / (strengths.half + total)

    return {name: PRIOR + direct[name] + from_prerequisites(name) + from_dependents(name) for name in before}


@given(cases())
@settings(max_examples=60)
def test_equals_the_formula(case: Case) -> None:
    found = Propagation.of(case.graph).propagated(case.beliefs)
    expected = plainly(case)
    assert set(found) == set(expected)
    for name, logit in expected.items():
        assert found[name].logit == pytest.approx(logit, abs=1e-9)
        assert found[name].probability == pytest.approx(sigmoid(logit), abs=1e-9)
        assert 0.0 <= found[name].probability <= 1.0


@given(cases(), st.data())
@settings(max_examples=60)
def test_contributions_add_up(case: Case, data: st.DataObject) -> None:
    shift = data.draw(st.floats(-2.0, 2.0))
    state = Propagation.of(case.graph).start(case.beliefs, ability_shift=shift)
    for concept in case.graph.concepts:
        told = state.explain(concept.id)
        assert told.total() == pytest.approx(told.estimate.logit, abs=1e-9)
        assert told.estimate == state.mastery(concept.id)
        assert (told.total("direct") == 0.0) or concept.id in case.beliefs
        assert all(item.value > 0.0 for item in told.contributions if item.kind == "dependent")
        assert all(item.value < 0.0 for item in told.contributions if item.kind == "prerequisite_lacking")


@given(cases(), st.data())
@settings(max_examples=60)
def test_step_by_step_in_any_order_is_the_same_as_at_once(case: Case, data: st.DataObject) -> None:
    propagation = Propagation.of(case.graph)
    stepwise = propagation.start()
    order = data.draw(st.permutations(list(case.beliefs)))
    for name in order:
        # What was believed for a while leaves no trace.
        stepwise.observe({name: belief(data.draw(st.floats(0.0, 1.0)))})
        stepwise.observe({name: case.beliefs[name]})
    several = propagation.start(dict.fromkeys(order[:2], belief(0.5)))
    several.observe(case.beliefs)
    together = propagation.propagated(case.beliefs)
    for state in (stepwise, several):
        for name, estimate in state.all().items():
            assert estimate.logit == pytest.approx(together[name].logit, abs=1e-9)
            assert estimate.observations == together[name].observations


@given(cases(), st.floats(0.0, 1.0), st.data())
@settings(max_examples=80)
def test_better_evidence_never_lowers_anything(case: Case, other: float, data: st.DataObject) -> None:
    if not case.beliefs:
        return
    propagation = Propagation.of(case.graph)
    name = data.draw(st.sampled_from(sorted(case.beliefs)))
    low, high = sorted((case.beliefs[name].probability, other))
    worse = propagation.propagated({**case.beliefs, name: belief(low)})
    better = propagation.propagated({**case.beliefs, name: belief(high)})
    for concept, estimate in worse.items():
        assert estimate.logit <= better[concept].logit + 1e-9


@given(st.lists(st.booleans(), max_size=6))
def test_a_right_answer_on_a_prerequisite_never_lowers_its_dependants(seen: list[bool]) -> None:
    propagation = Propagation.of(graph(("a", "b"), ("b", "c")))
    parameters = BKTParameters(forget=0.0)
    probability = parameters.prior
    for correct in seen:
        probability = update(probability, correct, parameters)
    before = propagation.propagated({"a": belief(probability, len(seen))})
    after = propagation.propagated({"a": belief(update(probability, True, parameters), len(seen) + 1)})
    assert all(before[name].logit <= after[name].logit + 1e-9 for name in "bc")


def test_without_evidence_everything_has_its_prior() -> None:
    source = ConceptParameters({"b": BKTParameters(prior=0.6)})
    made = graph(("a", "b"), ("b", "c"))
    found = Propagation.of(made, parameters=source).propagated({"a": belief(0.9, 0)})
    assert {name: round(item.probability, 9) for name, item in found.items()} == {"a": 0.25, "b": 0.6, "c": 0.25}
    assert all(item.inferred for item in found.values())


def test_what_is_inferred_is_never_counted_as_observed() -> None:
    found = Propagation.of(graph(("a", "b"), ("b", "c"))).propagated({"b": belief(0.95, 7)})
    assert [(name, item.inferred, item.observations) for name, item in sorted(found.items())] == [
        ("a", True, 0),
        ("b", False, 7),
        ("c", True, 0),
    ]
    assert found["a"].probability > 0.25 < found["c"].probability
    assert found["b"].probability == pytest.approx(0.95)


def test_lacking_a_prerequisite_weighs_more_than_mastering_one() -> None:
    propagation = Propagation.of(graph(("a", "b")))
    up = propagation.start({"a": belief(sigmoid(PRIOR + 2.0))}).explain("b")
    down = propagation.start({"a": belief(sigmoid(PRIOR - 2.0))}).explain("b")
    assert up.total("prerequisite_mastered") == pytest.approx(math.tanh(1.0))
    assert down.total("prerequisite_lacking") == pytest.approx(-3.0 * math.tanh(1.0))
    assert down.contributions[1].concept == "a"
    assert down.contributions[1].mastery == pytest.approx(sigmoid(PRIOR - 2.0))


def test_failing_at_a_dependent_says_nothing_of_its_prerequisites() -> None:
    found = Propagation.of(graph(("a", "b"))).propagated({"b": belief(0.02)})
    assert found["a"].probability == pytest.approx(0.25)


def test_evidence_does_not_come_back() -> None:
    """b's own evidence raises a, which is before it, but does not come down to b again; nor to its sister c."""
    found = Propagation.of(graph(("a", "b"), ("a", "c"))).propagated({"b": belief(0.9)})
    assert found["b"].probability == pytest.approx(0.9)
    assert found["c"].probability == pytest.approx(0.25)
    assert found["a"].probability > 0.25


def test_concepts_that_the_graph_does_not_have_are_kept() -> None:
    state = Propagation.of(graph(("a", "b"))).start({"elsewhere": belief(0.8, 2)})
    assert state.all()["elsewhere"].probability == pytest.approx(0.8)
    assert [item.kind for item in state.explain("elsewhere").contributions] == ["prior", "direct"]
    state.observe({"elsewhere": belief(0.9, 3)})
    assert state.mastery("elsewhere").observations == 3
    state.observe({"elsewhere": belief(0.9, 0)})
    assert "elsewhere" not in state.all()
    with pytest.raises(InputError, match="neither in the graph nor observed"):
        state.explain("elsewhere")


def test_ability_shifts_only_what_was_never_observed() -> None:
    state = Propagation.of(graph(("a", "b"))).start({"a": belief(0.7)}, ability_shift=1.5)
    plain = Propagation.of(graph(("a", "b"))).start({"a": belief(0.7)})
    assert state.mastery("a") == plain.mastery("a")
    assert state.mastery("b").logit == pytest.approx(plain.mastery("b").logit + 1.5)
    assert state.explain("b").total("ability") == 1.5
    state.ability_shift = 0.0
    assert state.mastery("b") == plain.mastery("b")
    with pytest.raises(InputError, match="ability shift"):
        state.ability_shift = math.nan


@pytest.mark.parametrize("probability", [-0.1, 1.1, math.nan])
def test_what_is_no_probability_is_refused_and_changes_nothing(probability: float) -> None:
    state = Propagation.of(graph(("a", "b"))).start({"a": belief(0.7)})
    before = state.all()
    with pytest.raises(InputError, match="belief about 'b'"):
        state.observe({"a": belief(0.9), "b": belief(probability)})
    assert state.all() == before


def test_negative_counts_are_refused() -> None:
    with pytest.raises(InputError, match="fewer than none"):
        Propagation.of(graph(("a", "b"))).start({"a": belief(0.7, -1)})


@pytest.mark.parametrize(
    "wrong", [{"mastered": -1.0}, {"lacking": 0.5}, {"half": 0.0}, {"dependents": math.inf}, {"mastered": math.nan}]
)
def test_strengths_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        Strengths(**wrong)


def test_switched_off() -> None:
    off = Strengths(mastered=0.0, lacking=0.0, dependents=0.0)
    found = Propagation.of(graph(("a", "b"), ("b", "c")), strengths=off).propagated({"b": belief(0.99)})
    assert found["a"].probability == found["c"].probability == pytest.approx(0.25)


def test_the_packaged_graph_step_by_step_and_in_time() -> None:
    graph_of_all = packaged_curriculum()
    propagation = Propagation.of(graph_of_all)
    beliefs = {concept.id: belief((number * 37 % 97 + 1) / 99, number % 7) for number, concept in
               enumerate(graph_of_all.concepts) if number % 3 == 0}  # fmt: skip
    state = propagation.start()
    seconds: list[float] = []
    for name, held in beliefs.items():
        started = perf_counter()
        state.observe({name: held})
        seconds.append(perf_counter() - started)
    together = propagation.propagated(beliefs)
    assert max(abs(item.logit - together[name].logit) for name, item in state.all().items()) < 1e-9
    # 0.1 ms on an idle core; the bench has the exact figures.
    assert sorted(seconds)[len(seconds) // 2] < 0.01
