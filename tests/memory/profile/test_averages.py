"""Decayed means, and how sure they are."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.memory.profile.averages import (
    DECAY,
    TODAY,
    Shares,
    as_mean,
    as_share,
    average,
    daily,
    effective_size,
    kind_as_share,
    mean_error,
    observe,
    observe_kind,
    per_day,
    share_error,
    share_of,
    turn,
)
from gradatim.memory.profile.circular import as_time, circular, observe_minute

numbers = st.floats(-100.0, 100.0)


def weights(count: int) -> list[float]:
    """By definition: the first observation has weight 1, each new one takes 1 − λ and leaves λ of the others."""
    found = [1.0]
    for _ in range(count - 1):
        found = [weight * DECAY for weight in found] + [1.0 - DECAY]
    return found


@given(st.lists(numbers, min_size=1, max_size=30))
def test_mean_variance_and_size_are_those_of_the_weights(values: list[float]) -> None:
    kept = average()
    for value in values:
        observe(kept, value)
    given_ = weights(len(values))
    mean = math.fsum(weight * value for weight, value in zip(given_, values, strict=True))
    spread = math.fsum(weight * (value - mean) ** 2 for weight, value in zip(given_, values, strict=True))
    assert math.fsum(given_) == pytest.approx(1.0)
    assert kept == pytest.approx([mean, spread, len(values)], abs=1e-7)
    assert effective_size(len(values)) == pytest.approx(1.0 / math.fsum(weight**2 for weight in given_))


def test_nothing_observed_is_nothing_said() -> None:
    assert as_mean(average()) == as_share(average()) == (None, None, 0)
    assert kind_as_share({}, "hint", 0) == (None, None, 0)
    assert as_time(circular()) is None


def test_one_observation_of_a_quantity_has_no_error() -> None:
    kept = average()
    observe(kept, 3.0)
    assert as_mean(kept) == (3.0, None, 1)


@given(st.floats(0.0, 1.0), st.floats(0.0, 10.0), st.integers(2, 60))
def test_more_observations_never_make_it_less_sure(share: float, variance: float, count: int) -> None:
    """Of what stays as it is: the same share or the same spread, from one observation more."""
    assert effective_size(count) > effective_size(count - 1) - 1e-12
    assert share_error(share, effective_size(count)) <= share_error(share, effective_size(count - 1)) + 1e-12
    # `variance` is the weighted one; that of the observations is larger by 1 / (1 − 1 / size).
    spread = [variance * (1.0 - 1.0 / effective_size(number)) for number in (count, count + 1)]
    first, second = mean_error(spread[0], count), mean_error(spread[1], count + 1)
    assert first is not None
    assert second is not None
    assert second <= first + 1e-12


def test_a_constant_is_the_surer_the_longer_it_stays() -> None:
    kept, errors = average(), list[float]()
    for _ in range(100):
        observe(kept, 1.0)
        errors.append(as_share(kept).error or 0.0)
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > errors[10] > errors[-1] > 0.05  # never certain: at most about 19 observations count


def test_the_stated_error_holds() -> None:
    """Of means of 40 random observations, about as many lie within one and two standard errors as should."""
    draw = random.Random(2)
    off: list[float] = []
    for _ in range(1_500):
        kept = average()
        for _ in range(40):
            observe(kept, draw.gauss(5.0, 2.0))
        value, error, _ = as_mean(kept)
        assert value is not None
        assert error is not None
        off.append(abs(value - 5.0) / error)
    assert 0.63 < sum(distance < 1.0 for distance in off) / len(off) < 0.71
    assert 0.91 < sum(distance < 2.0 for distance in off) / len(off) < 0.97


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=40))
def test_shares_of_kinds_are_means_of_their_indicators(kinds: list[str]) -> None:
    shares: Shares = {}
    indicators = {kind: average() for kind in "abcd"}
    for count, seen in enumerate(kinds, start=1):
        observe_kind(shares, seen, count)
        for kind, kept in indicators.items():
            observe(kept, float(kind == seen))
    for kind, kept in indicators.items():
        assert share_of(shares, kind, len(kinds)) == pytest.approx(kept[0], abs=1e-12)
        assert kind_as_share(shares, kind, len(kinds)) == pytest.approx(as_share(kept))
    assert math.fsum(share_of(shares, kind, len(kinds)) for kind in "abcd") == pytest.approx(1.0)


@given(st.lists(st.tuples(st.integers(1, 5), st.floats(0.0, 20.0)), max_size=15), st.integers(0, 9))
def test_silent_days_count_as_zero(days: list[tuple[int, float]], silent: int) -> None:
    kept, plain = daily(), average()
    kept[TODAY] = 4.0
    values = [4.0]
    for gap, value in days:
        turn(kept, gap)
        kept[TODAY] = value
        values += [0.0] * (gap - 1) + [value]
    values += [0.0] * silent
    for value in values:
        observe(plain, value)
    value, error, count = per_day(kept, silent)
    expected = as_mean(plain)
    assert count == expected.observations
    assert value == pytest.approx(expected.value, abs=1e-9)
    assert (error is None) == (expected.error is None)
    if error is not None:
        assert error == pytest.approx(expected.error, abs=1e-6)


def test_times_around_midnight() -> None:
    kept = circular()
    for minute in (23 * 60, 60) * 30:
        observe_minute(kept, minute)
    found = as_time(kept)
    assert found is not None
    assert min(found.hour, 24.0 - found.hour) < 0.1
    assert found.concentration == pytest.approx(math.cos(math.tau / 24), abs=1e-3)
    assert found.error is not None
    assert 0.1 < found.error < 0.4


@given(st.lists(st.integers(0, 1_439), min_size=2, max_size=30), st.integers(0, 1_439))
def test_turning_the_clock_turns_the_mean(minutes: list[int], shift: int) -> None:
    first, second = circular(), circular()
    for minute in minutes:
        observe_minute(first, minute)
        observe_minute(second, (minute + shift) % 1_440)
    one, two = as_time(first), as_time(second)
    assert one is not None
    assert two is not None
    assert two.concentration == pytest.approx(one.concentration, abs=1e-9)
    if one.concentration > 1e-3:
        apart = (two.hour - one.hour - shift / 60) % 24
        assert min(apart, 24 - apart) < 1e-6
        assert (one.error is None) == (two.error is None)


def test_times_all_over_the_day_have_no_usual_hour() -> None:
    kept = circular()
    for minute in (0, 360, 720, 1_080) * 20:
        observe_minute(kept, minute)
    found = as_time(kept)
    assert found is not None
    assert found.concentration < 0.2
    assert found.error is None or found.error > 3.0
