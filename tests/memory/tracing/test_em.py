"""EM recovers what it should, its likelihood never falls, and the constraints hold."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.memory.tracing import BKTParameters
from gradatim.memory.tracing.fitting.em import LIMIT, MARGIN, EMOptions, fit_bkt, maximised, posterior
from gradatim.memory.tracing.fitting.filtering import predict_plain
from gradatim.memory.tracing.fitting.hmm import Expected, expected
from gradatim.memory.tracing.fitting.layout import Patterns, strands
from tests.memory.tracing.material import SKILLS, simulated

inside = st.floats(0.02, 0.47)
outcomes = st.lists(st.booleans(), min_size=1, max_size=6)


def paths(seen: list[bool], own: BKTParameters) -> tuple[float, dict[str, float], dict[str, float]]:
    """Likelihood, expected hits and chances, by adding up every path of hidden states."""
    hits, chances = Counter[str](), Counter[str]()
    whole = 0.0
    for path in itertools.product([True, False], repeat=len(seen)):
        weight = own.prior if path[0] else 1.0 - own.prior
        for state, right in zip(path, seen, strict=True):
            weight *= (1.0 - own.slip if right else own.slip) if state else (own.guess if right else 1.0 - own.guess)
        for a, b in itertools.pairwise(path):
            weight *= (1.0 - own.forget if b else own.forget) if a else (own.learn if b else 1.0 - own.learn)
        whole += weight
        hits["prior"] += weight * path[0]
        chances["prior"] += weight
        for state, right in zip(path, seen, strict=True):
            chances["slip" if state else "guess"] += weight
            hits["slip" if state else "guess"] += weight * (right != state)
        for a, b in itertools.pairwise(path):
            chances["forget" if a else "learn"] += weight
            hits["forget" if a else "learn"] += weight * (a != b)
    return whole, {k: v / whole for k, v in hits.items()}, {k: v / whole for k, v in chances.items()}


@given(outcomes, inside, inside, inside, inside, inside)
@settings(max_examples=40, deadline=None)
def test_expected_counts_are_sums_over_all_paths(
    seen: list[bool], prior: float, learn: float, slip: float, guess: float, forget: float
) -> None:
    own = BKTParameters(prior=prior, learn=learn, slip=slip, guess=guess, forget=forget)
    patterns = Patterns.counted(Counter({(0, bytes(seen)): 3}))
    values = np.array([prior, learn, slip, guess, forget])[:, None, None]
    found = expected(patterns, values, 1)
    whole, hits, chances = paths(seen, own)
    assert found.log_likelihood[0, 0] == pytest.approx(3 * np.log(whole))
    for place, name in enumerate(("prior", "learn", "slip", "guess", "forget")):
        assert found.hits[place, 0, 0] == pytest.approx(3 * hits.get(name, 0.0), abs=1e-9)
        assert found.chances[place, 0, 0] == pytest.approx(3 * chances.get(name, 0.0), abs=1e-9)


@given(st.integers(0, 1000), st.booleans(), st.sampled_from([0.0, 1.0, 20.0]))
@settings(max_examples=12, deadline=None)
def test_the_posterior_never_falls(seed: int, forgetting: bool, shrinkage: float) -> None:
    data = simulated(12, 6, seed=seed)
    options = EMOptions(restarts=3, steps=25, tolerance=0.0, forgetting=forgetting, shrinkage=shrinkage, seed=seed)
    history = fit_bkt(data, options).history
    assert 2 <= len(history) <= 25
    assert all(later >= earlier - 1e-7 for earlier, later in itertools.pairwise(history))


@given(st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_a_plain_step_never_lowers_the_posterior(seed: int) -> None:
    patterns = Patterns.of(data := simulated(8, 6, seed=seed), data.skill)
    point = np.random.default_rng(seed).uniform(0.02, 0.48, (5, 4, 3))
    centre = np.full((5, 1, 1), 0.2)
    before = posterior(seen := expected(patterns, point, 3), point, centre, 4.0, True)
    moved = maximised(seen, centre, 4.0, True)
    after = posterior(expected(patterns, moved, 3), moved, centre, 4.0, True)
    assert (after >= before - 1e-9).all()


def test_parameters_are_recovered() -> None:
    found = fit_bkt(simulated(1500, 10, seed=3), EMOptions(forgetting=False, shrinkage=1.0)).parameters
    for number, true in enumerate(SKILLS):
        own = found.parameters(f"s{number}")
        assert own.forget == 0.0
        for name, tolerance in (("prior", 0.06), ("learn", 0.04), ("slip", 0.03), ("guess", 0.05)):
            assert getattr(own, name) == pytest.approx(getattr(true, name), abs=tolerance), (number, name)


def test_forgetting_is_recovered() -> None:
    true = BKTParameters(prior=0.8, learn=0.1, slip=0.05, guess=0.1, forget=0.2)
    own = fit_bkt(simulated(1500, 10, [true], seed=4), EMOptions(shrinkage=1.0)).parameters.parameters("s0")
    assert own.forget == pytest.approx(true.forget, abs=0.04)
    assert own.learn == pytest.approx(true.learn, abs=0.04)


def test_the_fit_beats_the_truth_on_its_own_data() -> None:
    data = simulated(300, 10, seed=5)
    fitted = fit_bkt(data, EMOptions(shrinkage=0.5))
    patterns = Patterns.of(data, data.skill)
    true = np.array([[p.prior, p.learn, p.slip, p.guess, max(p.forget, LIMIT)] for p in SKILLS]).T[:, None, :]
    assert fitted.log_likelihood > expected(patterns, true, 3).log_likelihood.sum()


def test_without_shrinkage_skills_do_not_touch_each_other() -> None:
    data = simulated(60, 8)
    others = replace(data, correct=np.where(data.skill == 0, data.correct, ~data.correct))
    options = EMOptions(shrinkage=0.0)
    assert fit_bkt(data, options).parameters.parameters("s0") == fit_bkt(others, options).parameters.parameters("s0")
    assert fit_bkt(data, options).parameters.parameters("s1") != fit_bkt(others, options).parameters.parameters("s1")


def test_rare_skills_are_drawn_to_the_others() -> None:
    data = simulated(80, 8)
    rare = data.rows((data.skill != 2) | (data.learner < 2))
    free = fit_bkt(rare, EMOptions(shrinkage=0.01)).parameters.parameters("s2")
    held = fit_bkt(rare, EMOptions(shrinkage=50.0)).parameters
    distance = abs(held.parameters("s2").guess - held.default.guess)
    assert distance < 0.05
    assert distance <= abs(free.guess - held.default.guess) + 0.01


@given(st.lists(st.floats(0.0, 50.0), min_size=5, max_size=5), st.lists(st.floats(0.0, 50.0), min_size=5, max_size=5))
@settings(max_examples=60, deadline=None)
def test_constraints_hold_and_the_border_is_the_best_place_on_it(hits: list[float], misses: list[float]) -> None:
    hit, miss = np.array(hits)[:, None, None], np.array(misses)[:, None, None]
    seen = Expected(hit, hit + miss, np.zeros((1, 1)))
    prior, learn, slip, guess, forget = maximised(seen, np.full((5, 1, 1), 0.3), 1.0, True)[:, 0, 0]
    assert all(LIMIT <= value <= 1.0 - LIMIT for value in (prior, learn, slip, guess, forget))
    assert slip + guess <= 1.0 - MARGIN + 1e-9
    assert learn + forget <= 1.0 - MARGIN + 1e-9

    def value(g: float, s: float) -> float:
        a, b, c, d = hits[3] + 0.3, misses[3] + 0.7, hits[2] + 0.3, misses[2] + 0.7
        return a * np.log(g) + b * np.log(1 - g) + c * np.log(s) + d * np.log(1 - s)

    best = value(guess, slip)
    for g in np.linspace(0.01, 0.97, 25):
        for s in np.linspace(0.01, 0.97, 25):
            if g + s <= 1.0 - MARGIN:
                assert best >= value(g, s) - 1e-6


def test_nothing_and_one_response() -> None:
    empty = simulated(2, 2).rows(np.zeros(12, np.bool_))
    assert fit_bkt(empty).parameters.by_concept == {}
    one = simulated(1, 1, SKILLS[:1])
    own = fit_bkt(one).parameters.parameters("s0")
    assert 0.0 < own.prior < 1.0


def test_strands_hold_every_response_once_and_in_order() -> None:
    data = simulated(7, 5)
    laid = strands(data.learner, data.skill)
    assert sorted(laid.order.tolist()) == list(range(len(data)))
    for begin, length, skill in zip(laid.begins, laid.lengths, laid.skill, strict=True):
        mine = laid.order[begin : begin + length]
        assert (np.diff(mine) > 0).all()
        assert len(set(data.learner[mine].tolist())) == 1
        assert set(data.skill[mine].tolist()) == {int(skill)}


def test_the_same_seed_gives_the_same_parameters() -> None:
    data = simulated(30, 6)
    assert fit_bkt(data).parameters.version == fit_bkt(data).parameters.version
    assert fit_bkt(data).parameters.version != fit_bkt(simulated(30, 6, seed=9)).parameters.version


def test_order_of_independent_skills_does_not_matter() -> None:
    data = simulated(20, 6)
    own = list(SKILLS)
    sorted_rows = np.lexsort((data.skill, data.learner))
    mixed = predict_plain(data.learner, data.skill, data.correct, own)
    one_by_one = predict_plain(data.learner[sorted_rows], data.skill[sorted_rows], data.correct[sorted_rows], own)
    assert one_by_one == pytest.approx(mixed[sorted_rows], abs=1e-12)
