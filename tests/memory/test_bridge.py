"""Both ways over the bridge: monotone, without drift, and never less certain with more evidence."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.memory.ability import Ability
from gradatim.memory.bridge import IndividualParameters, ability_from_mastery, individual, informed, prior_shift
from gradatim.memory.tracing import BKTParameters, ConceptParameters, update
from gradatim.memory.tracing.estimates import Belief

abilities = st.builds(Ability, st.floats(-3.0, 3.0), st.floats(0.05, 2.0))
held = st.builds(lambda p, n: Belief(p, n, None), st.floats(0.001, 0.999), st.integers(1, 30))
records = st.dictionaries(st.sampled_from([f"c{n}" for n in range(8)]), held, min_size=1)
SOURCE = ConceptParameters({"c0": BKTParameters(prior=0.6), "c1": BKTParameters(prior=0.05, slip=0.3)})


@given(st.floats(-4.0, 4.0), st.floats(-4.0, 4.0), st.floats(0.0, 1.0), st.floats(0.1, 3.0))
def test_down_priors_rise_with_ability(first: float, second: float, prior: float, slope: float) -> None:
    low, high = sorted((first, second))
    parameters = BKTParameters(prior=prior)
    below, above = individual(parameters, Ability(low), slope), individual(parameters, Ability(high), slope)
    assert 0.0 <= below.prior <= above.prior <= 1.0
    assert (below.slip, below.guess, below.learn, below.forget) == (0.1, 0.2, 0.12, 0.01)


def test_down_an_average_learner_keeps_the_priors() -> None:
    assert individual(BKTParameters(prior=0.3), Ability()).prior == pytest.approx(0.3)
    assert prior_shift(Ability(1.2), 2.0) == pytest.approx(2.4)
    assert individual(BKTParameters(prior=0.0), Ability(3.0)).prior == 0.0
    shifted = IndividualParameters(SOURCE, Ability(1.0))
    assert shifted.parameters("c0").prior == pytest.approx(1.5 * math.e / (1.0 + 1.5 * math.e))
    assert len({SOURCE.version, shifted.version, IndividualParameters(SOURCE, Ability(1.1)).version}) == 3


@given(abilities, records, st.data())
@settings(max_examples=60)
def test_up_more_mastery_never_lowers_ability(ability: Ability, record: dict[str, Belief], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(record)))
    low, high = sorted((record[name].probability, data.draw(st.floats(0.001, 0.999))))
    count = record[name].observations
    below = ability_from_mastery(ability, {**record, name: Belief(low, count, None)}, SOURCE)
    above = ability_from_mastery(ability, {**record, name: Belief(high, count, None)}, SOURCE)
    assert below.mean <= above.mean + 1e-9


@given(abilities, records, st.data())
@settings(max_examples=60)
def test_up_more_evidence_never_increases_variance(
    ability: Ability, record: dict[str, Belief], data: st.DataObject
) -> None:
    names = sorted(record)
    fewer = {name: record[name] for name in names[: data.draw(st.integers(0, len(names)))]}
    shorter = {
        name: Belief(item.probability, data.draw(st.integers(1, item.observations)), None)
        for name, item in fewer.items()
    }
    variances = [ability_from_mastery(ability, each, SOURCE).variance for each in (record, fewer, shorter, {})]
    assert all(more <= less + 1e-12 for more, less in pairwise(variances))
    assert variances[-1] == ability.variance


@given(abilities, records, st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_up_the_order_of_concepts_does_not_matter(
    ability: Ability, record: dict[str, Belief], chance: random.Random
) -> None:
    names = list(record)
    chance.shuffle(names)
    one, other = (ability_from_mastery(ability, each, SOURCE) for each in (record, {n: record[n] for n in names}))
    assert one.mean == pytest.approx(other.mean, abs=1e-9)
    assert one.variance == pytest.approx(other.variance, rel=1e-9)


@given(abilities, st.sets(st.sampled_from([f"c{n}" for n in range(8)]), min_size=1))
def test_round_trips_do_not_drift(ability: Ability, names: set[str]) -> None:
    """Priors that ability gave are no evidence of ability, however often they go round."""
    for _ in range(3):
        priors = IndividualParameters(SOURCE, ability)
        unseen = {name: Belief(priors.parameters(name).prior, 0, None) for name in names}
        assert ability_from_mastery(ability, unseen, SOURCE, started=priors) == ability
        same = {name: Belief(priors.parameters(name).prior, 1, None) for name in names}
        again = ability_from_mastery(ability, same, SOURCE, started=priors)
        assert again.mean == pytest.approx(ability.mean, abs=1e-6)


def test_up_recovers_ability() -> None:
    """Learners whose mastery follows the bridge's own assumption, seen through slips and guesses."""
    chance = random.Random(8)
    source = ConceptParameters(default=BKTParameters(prior=0.4, learn=0.0, forget=0.0))
    parameters = source.default
    errors: list[float] = []
    for _ in range(60):
        true = chance.gauss(0.0, 1.0)
        record: dict[str, Belief] = {}
        for number in range(40):
            mastered = chance.random() < individual(parameters, Ability(true)).prior
            belief = parameters.prior
            for _ in range(5):
                correct = chance.random() < (0.9 if mastered else 0.2)
                belief = update(belief, correct, parameters)
            record[f"c{number}"] = Belief(belief, 5, None)
        found = ability_from_mastery(Ability(), record, source)
        errors.append((found.mean - true) / found.error)
    assert 0.7 < math.sqrt(sum(error * error for error in errors) / len(errors)) < 1.35


def test_up_the_precision_grows_by_what_the_answers_tell() -> None:
    prior, parameters = 0.4, BKTParameters(prior=0.4)
    source = ConceptParameters(default=parameters)
    found = {
        count: ability_from_mastery(Ability(0.0, 2.0), {"c": Belief(0.9, count, None)}, source, slope=1.5).variance
        for count in (1, 2, 10)
    }
    assert found[1] > found[2] > found[10]
    for count, variance in found.items():
        share = informed(np.array([prior]), [parameters], np.array([count]))[0]
        assert 1.0 / variance == pytest.approx(0.5 + 1.5**2 * prior * (1.0 - prior) * share)


def test_up_only_relevant_concepts_count() -> None:
    record = {"c2": Belief(0.98, 9, None), "c3": Belief(0.02, 9, None)}
    both = ability_from_mastery(Ability(), record, SOURCE)
    only = ability_from_mastery(Ability(), record, SOURCE, relevance={"c2": 1.0})
    half = ability_from_mastery(Ability(), record, SOURCE, relevance={"c2": 0.5})
    assert only.mean > half.mean > 0.0
    assert only.mean > both.mean
    assert only.responses == 18
    assert ability_from_mastery(Ability(), record, SOURCE, relevance={}) == Ability()


@given(st.floats(0.01, 0.99), st.floats(0.0, 0.5), st.floats(0.0, 0.49), st.integers(0, 25))
def test_more_answers_inform_more(prior: float, slip: float, guess: float, count: int) -> None:
    parameters = [BKTParameters(slip=slip, guess=guess)] * 2
    fewer, more = informed(np.full(2, prior), parameters, np.array([count, count + 1])).tolist()
    assert 0.0 <= fewer <= more + 1e-9 <= 1.0 + 1e-9


def test_informed_by_hand() -> None:
    """One answer without slips or guesses tells all; none tells nothing."""
    sure = [BKTParameters(slip=0.0, guess=0.0)] * 2
    assert informed(np.full(2, 0.3), sure, np.array([0, 1])).tolist() == pytest.approx([0.0, 1.0], abs=1e-4)
    one = informed(np.array([0.5]), [BKTParameters(slip=0.1, guess=0.2)], np.array([1]))[0]
    right, wrong = 0.55, 0.45
    removed = right * (0.45 / right - 0.5) ** 2 + wrong * (0.05 / wrong - 0.5) ** 2
    assert one == pytest.approx(removed / 0.25)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"slope": 0.0}, "slope"),
        ({"relevance": {"c2": 1.5}}, "relevance"),
        ({"relevance": {"c2": math.nan}}, "relevance"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        ability_from_mastery(Ability(), {"c2": Belief(0.5, 3, None)}, SOURCE, **arguments)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="belief about 'c2'"):
        ability_from_mastery(Ability(), {"c2": Belief(math.nan, 3, None)}, SOURCE)
