"""Each strategy does what it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.memory.ability import Ability
from gradatim.memory.adaptive import (
    EAP,
    MAP,
    ML,
    WLE,
    Both,
    ContentBalanced,
    Either,
    Estimation,
    FixedAbility,
    InformationExhausted,
    KnownAbility,
    MaximumInformation,
    MaximumItems,
    MinimumError,
    NearestDifficulty,
    PosteriorInformation,
    Progressive,
    RandomAbility,
    Randomesque,
    RandomItem,
    Selection,
    Sittings,
    SympsonHetter,
    WeightedDeviations,
)
from gradatim.memory.irt import ItemBank, OnlineAbility, abilities
from gradatim.memory.irt.arrays import IntArray

AREAS = ("x", "y", "z")
SELECTIONS: list[Selection] = [
    MaximumInformation(),
    PosteriorInformation(),
    NearestDifficulty(),
    RandomItem(),
    Progressive(10),
    Randomesque(4),
    SympsonHetter(np.full(30, 0.3)),
    ContentBalanced({"x": 0.5, "y": 0.5}),
    WeightedDeviations({"x": (2, 5), "z": (0, 1)}, 10),
]


def bank_of(items: int, seed: int = 0, *, guessing: bool = False) -> ItemBank:
    rng = np.random.default_rng(seed)
    return ItemBank.from_arrays(
        rng.lognormal(0.0, 0.3, items),
        rng.normal(0.0, 1.0, items),
        rng.beta(5.0, 17.0, items) if guessing else None,
        content=[AREAS[index % 3] for index in range(items)],
    )


def begin(bank: ItemBank, examinees: int, *, theta: float = 0.0, sd: float = 1.0, seed: int = 0) -> Sittings:
    rng = np.random.default_rng(seed)
    return Sittings(bank, FixedAbility(theta, sd).start(examinees, rng), rng)


def everybody(sittings: Sittings) -> IntArray:
    return np.arange(len(sittings))


def answer(sittings: Sittings, questions: int, estimation: Estimation, seed: int = 1) -> np.ndarray:
    """Let examinees of random abilities answer the most informative items."""
    rng = np.random.default_rng(seed)
    theta, rows = rng.normal(0.0, 1.0, len(sittings)), everybody(sittings)
    for _ in range(questions):
        items = MaximumInformation().choose(sittings, rows, sittings.available[rows])
        p = np.array([sittings.bank.probability(theta[[row]])[0, item] for row, item in enumerate(items)])
        sittings.record(rows, items, rng.random(len(rows)) < p)
        sittings.theta[rows], sittings.se[rows] = estimation.estimate(sittings, rows)
    return theta


@pytest.mark.parametrize("selection", SELECTIONS, ids=lambda each: type(each).__name__)
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(0.05, 1.0))
def test_every_choice_is_allowed(selection: Selection, seed: int, share: float) -> None:
    sittings = begin(bank_of(30), 7, seed=seed)
    rng = np.random.default_rng(seed)
    allowed = rng.random((7, 30)) < share
    allowed[np.arange(7), rng.integers(0, 30, 7)] = True
    chosen = selection.choose(sittings, everybody(sittings), allowed.copy())
    assert allowed[np.arange(7), chosen].all()


@pytest.mark.parametrize("method", ["eap", "map", "wle"])
@pytest.mark.parametrize("guessing", [False, True])
def test_estimates_are_those_of_the_whole_pattern(method: str, guessing: bool) -> None:
    estimation = {"eap": EAP(), "map": MAP(), "wle": WLE()}[method]
    bank = bank_of(25, 3, guessing=guessing)
    sittings = begin(bank, 40)
    answer(sittings, 8, estimation)
    values = np.full((40, 25), -1, dtype=np.int8)
    np.put_along_axis(values, sittings.items, sittings.answers, axis=1)
    expected = abilities(values, bank, method=method)  # type: ignore[arg-type]
    # With guessing a likelihood may have two modes of nearly the same height; then one may be taken for the other.
    close = np.abs(sittings.theta - expected.theta) < 2e-3
    assert close.mean() >= (0.95 if guessing else 1.0)
    assert sittings.se[close] == pytest.approx(expected.se[close], abs=5e-3)


def test_maximum_likelihood_agrees_where_there_is_one_and_walks_outwards_where_not() -> None:
    bank = bank_of(25, 3)
    sittings = begin(bank, 60)
    answer(sittings, 8, ML())
    values = np.full((60, 25), -1, dtype=np.int8)
    np.put_along_axis(values, sittings.items, sittings.answers, axis=1)
    mixed = (sittings.answers == 1).any(axis=1) & (sittings.answers == 0).any(axis=1)
    assert mixed.sum() > 40
    expected = abilities(values, bank, method="ml")
    assert sittings.theta[mixed] == pytest.approx(expected.theta[mixed], abs=1e-5)

    one = begin(bank, 2)
    rows = everybody(one)
    one.record(rows, np.array([0, 0]), np.array([True, False]))
    theta, se = ML().estimate(one, rows)
    assert theta == pytest.approx([bank.b.max() / 2.0, bank.b.min() / 2.0])
    assert np.isfinite(se).all()
    one.theta[rows] = theta
    one.record(rows, np.array([1, 1]), np.array([True, False]))
    assert np.abs(ML().estimate(one, rows)[0]) == pytest.approx(np.abs([bank.b.max(), bank.b.min()]) * 0.75)


def test_maximum_information_and_nearest_difficulty_choose_what_they_say() -> None:
    bank = bank_of(50, 4)
    sittings = begin(bank, 3)
    sittings.theta[:] = [-1.0, 0.3, 2.0]
    rows = everybody(sittings)
    free = sittings.available[rows]
    assert (
        MaximumInformation().choose(sittings, rows, free).tolist()
        == np.argmax(bank.information(sittings.theta), axis=1).tolist()
    )
    nearest = np.argmin(np.abs(bank.b - sittings.theta[:, None]), axis=1)
    assert NearestDifficulty().choose(sittings, rows, free).tolist() == nearest.tolist()


def test_posterior_information_prefers_what_suits_the_whole_range() -> None:
    # A very discriminating item tells much at one ability only; early in a test a broader one is better.
    bank = ItemBank.from_arrays([6.0, 1.6], [0.0, 0.0])
    sittings = begin(bank, 1, sd=2.0)
    rows, free = everybody(sittings), sittings.available
    assert MaximumInformation().choose(sittings, rows, free)[0] == 0
    grid = np.linspace(-6.0, 6.0, 2001)
    weights = np.exp(-0.5 * (grid / 2.0) ** 2)
    average = weights @ bank.information(grid) / weights.sum()
    assert PosteriorInformation().scores(sittings, rows)[0] == pytest.approx(average, rel=1e-3)


def test_randomesque_draws_evenly_among_the_best() -> None:
    sittings = begin(bank_of(40, 5), 3000)
    rows = everybody(sittings)
    chosen = Randomesque(4).choose(sittings, rows, sittings.available)
    information = sittings.bank.information(np.zeros(1))[0]
    assert set(chosen.tolist()) == set(np.argsort(information)[-4:].tolist())
    assert np.bincount(chosen, minlength=40).max() < 900
    # With less than four left it takes those.
    few = np.zeros((3000, 40), dtype=np.bool_)
    few[:, [7, 9]] = True
    assert set(Randomesque(4).choose(sittings, rows, few).tolist()) == {7, 9}


def test_progressive_begins_with_chance_and_ends_with_information() -> None:
    sittings = begin(bank_of(40, 6), 500)
    rows = everybody(sittings)
    first = Progressive(10).choose(sittings, rows, sittings.available)
    assert len(set(first.tolist())) > 25
    sittings.length[:] = 9
    last = Progressive(10).choose(sittings, rows, sittings.available)
    assert set(last.tolist()) == set(MaximumInformation().choose(sittings, rows, sittings.available).tolist())


def test_sympson_hetter_shows_the_best_item_as_often_as_it_may() -> None:
    sittings = begin(bank_of(30, 7), 4000)
    rows = everybody(sittings)
    show = np.ones(30)
    best = int(np.argmax(sittings.bank.information(np.zeros(1))[0]))
    show[best] = 0.2
    chosen = SympsonHetter(show).choose(sittings, rows, sittings.available)
    assert np.mean(chosen == best) == pytest.approx(0.2, abs=0.03)
    # Set aside once is set aside for good.
    again = SympsonHetter(show).choose(sittings, rows, sittings.available)
    assert (again == chosen).all()
    with pytest.raises(InputError, match=r"outside \[0, 1\]"):
        SympsonHetter(np.array([1.5]))
    with pytest.raises(InputError, match="2 probabilities for 30 items"):
        SympsonHetter(np.ones(2)).choose(sittings, rows, sittings.available)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.05, 1.0), min_size=3, max_size=3), st.integers(0, 100))
def test_content_keeps_to_its_shares_at_every_length(shares: list[float], seed: int) -> None:
    targets = dict(zip(AREAS, shares, strict=True))
    sittings = begin(bank_of(60, seed), 4)
    rows = everybody(sittings)
    selection = ContentBalanced(targets)
    for asked in range(1, 16):
        items = selection.choose(sittings, rows, sittings.available)
        sittings.record(rows, items, np.ones(4, dtype=np.bool_))
        wanted = np.array([targets[name] for name in sittings.areas]) / sum(shares) * asked
        assert (np.abs(sittings.counts - wanted) < 2.0).all()


def test_content_that_has_run_out_gives_way() -> None:
    bank = ItemBank.from_arrays([1.0] * 6, [0.0] * 6, content=["x", "x", "y", "y", "y", "y"])
    sittings = begin(bank, 1)
    rows = everybody(sittings)
    for _ in range(6):
        items = ContentBalanced({"x": 1.0}).choose(sittings, rows, sittings.available)
        sittings.record(rows, items, np.array([True]))
    assert sittings.counts.tolist() == [[2, 4]]


def test_weighted_deviations_keep_their_bounds() -> None:
    sittings = begin(bank_of(90, 8), 20)
    rows = everybody(sittings)
    selection = WeightedDeviations({"x": (6, 7), "y": (2, 2), "z": (3, 4)}, 12, weight=5.0)
    rng = np.random.default_rng(0)
    for _ in range(12):
        items = selection.choose(sittings, rows, sittings.available)
        sittings.record(rows, items, rng.random(20) < 0.5)
        sittings.theta[rows], sittings.se[rows] = EAP().estimate(sittings, rows)
    assert ((sittings.counts >= [6, 2, 3]) & (sittings.counts <= [7, 2, 4])).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ContentBalanced({}), "shares of areas"),
        (lambda: ContentBalanced({"x": -0.1, "y": 1.0}), "shares of areas"),
        (lambda: WeightedDeviations({"x": (3, 2)}, 10), "area 'x'"),
        (lambda: WeightedDeviations({"x": (6, 9), "y": (6, 9)}, 10), "more than 10 items"),
        (lambda: Randomesque(0), "at least 1"),
        (lambda: MaximumItems(0), "at least 1"),
        (lambda: MinimumError(0.0), "positive"),
        (lambda: Both(()), "no rule"),
        (lambda: FixedAbility(0.0, 0.0), "standard deviation"),
        (lambda: RandomAbility(1.0, -1.0), "bounds in order"),
        (lambda: KnownAbility((0.0,), ()), "1 abilities with 0 errors"),
        (lambda: KnownAbility((0.0,), (-1.0,)), "positive error"),
    ],
)
def test_strategies_that_make_no_sense_are_refused(make: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()  # type: ignore[operator]


def test_areas_that_the_bank_has_not_are_refused() -> None:
    sittings = begin(bank_of(9), 1)
    for selection in (ContentBalanced({"q": 1.0}), WeightedDeviations({"q": (0, 1)}, 5)):
        with pytest.raises(InputError, match=r"area 'q'.*name one of x, y, z"):
            selection.choose(sittings, everybody(sittings), sittings.available)


def test_beginnings() -> None:
    rng = np.random.default_rng(0)
    drawn = RandomAbility(-2.0, 1.0, mean=0.5, sd=0.7).start(500, rng)
    assert -2.0 <= drawn.theta.min() < -1.5 < 0.5 < drawn.theta.max() <= 1.0
    assert (drawn.mean == 0.5).all()
    assert (drawn.sd == 0.7).all()
    known = KnownAbility.of(Ability(1.0, 0.25), OnlineAbility(-0.5, 0.04)).start(2, rng)
    assert known.theta.tolist() == [1.0, -0.5]
    assert known.sd == pytest.approx([0.5, 0.2])
    with pytest.raises(InputError, match="2 abilities for 3 examinees"):
        KnownAbility((0.0, 0.0), (1.0, 1.0)).start(3, rng)


def test_abilities_on_another_scale_are_refused() -> None:
    with pytest.raises(InputError, match="mean 0 and standard deviation 1"):
        begin(bank_of(5), 1, theta=500.0, sd=100.0)


def test_stopping_rules_alone_and_together() -> None:
    sittings = begin(bank_of(30, 9), 4)
    rows = everybody(sittings)
    sittings.length[:] = [1, 5, 10, 10]
    sittings.se[:] = [0.2, 0.2, 0.5, 0.2]
    items, error = MaximumItems(10), MinimumError(0.3, least=3)
    assert items.stopped(sittings, rows).tolist() == [False, False, True, True]
    assert error.stopped(sittings, rows).tolist() == [False, True, False, True]
    assert Either((items, error)).stopped(sittings, rows).tolist() == [False, True, True, True]
    assert Both((items, error)).stopped(sittings, rows).tolist() == [False, False, False, True]
    assert error.stopped(sittings, rows[1:3]).tolist() == [True, False]
    sittings.theta[:] = [0.0, 9.0, 0.0, -9.0]
    assert InformationExhausted(0.05).stopped(sittings, rows).tolist() == [False, True, False, True]
    sittings.available[:] = False
    assert InformationExhausted(0.05).stopped(sittings, rows).all()


def test_room_for_answers_grows() -> None:
    sittings = begin(bank_of(80, 10), 2)
    rows = everybody(sittings)
    for item in range(70):
        sittings.record(rows, np.array([item, 79 - item]), np.array([True, False]))
    assert sittings.items.shape == (2, 70)
    assert sittings.items[1].tolist() == [79 - item for item in range(70)]
    assert (sittings.answers == [[1], [0]]).all()
