"""Bayesian knowledge tracing is the forward filter of a two-state hidden Markov model."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gradatim.memory.tracing import (
    BKTParameters,
    ConceptParameters,
    posterior,
    predict_correct,
    transition,
    update,
)

probabilities = st.floats(0.0, 1.0)


@st.composite
def parameter_sets(draw: st.DrawFn) -> BKTParameters:
    guess, slip = draw(st.floats(0.001, 0.9)), draw(st.floats(0.001, 0.9))
    learn, forget = draw(probabilities), draw(probabilities)
    assume(guess + slip < 0.999)
    assume(learn + forget <= 1.0)
    return BKTParameters(prior=draw(probabilities), learn=learn, slip=slip, guess=guess, forget=forget)


def forward_filter(seen: list[bool], parameters: BKTParameters) -> float:
    """P(mastered after the last transition | observations), summed over every path of hidden states."""
    start = {True: parameters.prior, False: 1.0 - parameters.prior}
    move = {
        (True, True): 1.0 - parameters.forget,
        (True, False): parameters.forget,
        (False, True): parameters.learn,
        (False, False): 1.0 - parameters.learn,
    }
    shown = {
        (True, True): 1.0 - parameters.slip,
        (True, False): parameters.slip,
        (False, True): parameters.guess,
        (False, False): 1.0 - parameters.guess,
    }
    total = {True: 0.0, False: 0.0}
    for path in itertools.product([True, False], repeat=len(seen) + 1):
        weight = start[path[0]]
        for step, correct in enumerate(seen):
            weight *= shown[path[step], correct] * move[path[step], path[step + 1]]
        total[path[-1]] += weight
    return total[True] / (total[True] + total[False])


@given(st.lists(st.booleans(), max_size=8), parameter_sets())
def test_equals_the_filter_that_sums_over_all_paths(seen: list[bool], parameters: BKTParameters) -> None:
    belief = parameters.prior
    for correct in seen:
        belief = update(belief, correct, parameters)
    assert belief == pytest.approx(forward_filter(seen, parameters), abs=1e-9)


@given(probabilities, st.booleans(), parameter_sets())
def test_beliefs_and_predictions_are_probabilities(mastery: float, correct: bool, parameters: BKTParameters) -> None:
    for value in (
        posterior(mastery, correct, parameters),
        transition(mastery, parameters),
        update(mastery, correct, parameters),
        predict_correct(mastery, parameters),
    ):
        assert 0.0 <= value <= 1.0


@given(probabilities, parameter_sets())
def test_evidence_moves_belief_its_own_way(mastery: float, parameters: BKTParameters) -> None:
    right, wrong = posterior(mastery, True, parameters), posterior(mastery, False, parameters)
    assert wrong <= mastery + 1e-12
    assert mastery <= right + 1e-12
    assert update(mastery, False, parameters) <= update(mastery, True, parameters) + 1e-12


@given(probabilities, parameter_sets())
def test_the_two_outcomes_average_to_the_belief_before(mastery: float, parameters: BKTParameters) -> None:
    correct = predict_correct(mastery, parameters)
    mean = correct * posterior(mastery, True, parameters) + (1 - correct) * posterior(mastery, False, parameters)
    assert mean == pytest.approx(mastery, abs=1e-9)


@given(probabilities, probabilities, st.booleans(), parameter_sets())
def test_stronger_beliefs_stay_stronger(a: float, b: float, correct: bool, parameters: BKTParameters) -> None:
    low, high = sorted((a, b))
    assert update(low, correct, parameters) <= update(high, correct, parameters) + 1e-9
    assert predict_correct(low, parameters) <= predict_correct(high, parameters) + 1e-12


@given(st.integers(0, 4), st.integers(0, 4), probabilities, probabilities)
def test_recent_success_weighs_more(successes: int, failures: int, prior: float, learn: float) -> None:
    """With learning and no forgetting, succeeding at last says more than having succeeded at first."""
    rising = [False] * failures + [True] * successes
    kept = BKTParameters(prior=prior, learn=learn, slip=0.1, guess=0.2, forget=0.0)
    up = down = kept.prior
    for first, second in zip(rising, reversed(rising), strict=True):
        up, down = update(up, first, kept), update(down, second, kept)
    assert down <= up + 1e-9


@given(probabilities, probabilities, probabilities)
def test_learning_raises_a_belief_and_forgetting_lowers_it(mastery: float, one: float, other: float) -> None:
    little, much = sorted((one, other))
    taught = [transition(mastery, BKTParameters(learn=rate, forget=0.0)) for rate in (0.0, little, much)]
    lost = [transition(mastery, BKTParameters(learn=0.0, forget=rate)) for rate in (0.0, little, much)]
    assert taught[0] == pytest.approx(mastery)
    assert lost[0] == pytest.approx(mastery)
    assert taught[0] <= taught[1] + 1e-12 <= taught[2] + 2e-12
    assert lost[0] >= lost[1] - 1e-12 >= lost[2] - 2e-12


def test_without_learning_and_forgetting_only_the_counts_matter() -> None:
    parameters = BKTParameters(prior=0.4, learn=0.0, forget=0.0)
    ends = set[float]()
    for order in itertools.permutations([True, True, False, False]):
        belief = parameters.prior
        for correct in order:
            belief = update(belief, correct, parameters)
        ends.add(round(belief, 12))
    assert len(ends) == 1


def test_worked_example() -> None:
    parameters = BKTParameters(prior=0.5, learn=0.1, slip=0.1, guess=0.2, forget=0.05)
    assert predict_correct(0.5, parameters) == pytest.approx(0.55)
    assert posterior(0.5, True, parameters) == pytest.approx(0.45 / 0.55)
    assert transition(0.8, parameters) == pytest.approx(0.8 * 0.95 + 0.2 * 0.1)
    assert update(0.5, False, parameters) == pytest.approx((1 / 9) * 0.95 + (8 / 9) * 0.1)


def test_impossible_evidence_leaves_the_belief() -> None:
    certain = BKTParameters(slip=0.0, guess=0.0)
    assert posterior(1.0, False, certain) == 1.0
    assert posterior(0.0, True, certain) == 0.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"prior": -0.1},
        {"learn": 1.1},
        {"slip": math.nan},
        {"guess": 0.5, "slip": 0.5},
        {"learn": 0.6, "forget": 0.5},
    ],
)
def test_parameters_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        BKTParameters(**wrong)


def test_parameters_by_concept_and_their_version() -> None:
    own = BKTParameters(guess=0.3)
    source = ConceptParameters({"loops": own})
    assert source.parameters("loops") is own
    assert source.parameters("lists") == BKTParameters()
    versions = {
        ConceptParameters().version,
        source.version,
        ConceptParameters({"lists": own}).version,
        ConceptParameters({"loops": BKTParameters(guess=0.31)}).version,
        ConceptParameters(default=own).version,
    }
    assert len(versions) == 5
    pair = {"a": own, "b": BKTParameters()}
    assert ConceptParameters(pair).version == ConceptParameters(dict(reversed(pair.items()))).version
