"""Krippendorff's α gives the figures of his example on all four levels and obeys its definition."""

from __future__ import annotations

import itertools
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.evals.statistics import fleiss_kappa, krippendorff_alpha, ratings_table
from gradatim.evals.statistics.krippendorff import Measurement
from tests.evals.statistics.published import DIAGNOSES, KRIPPENDORFF

LEVELS: tuple[Measurement, ...] = get_args(Measurement)


@pytest.mark.parametrize(
    ("measurement", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_as_krippendorff_prints_it(measurement: Measurement, value: float) -> None:
    """Krippendorff (2011): .743, .815, .849, .797; the unit with a single rating carries nothing."""
    found = krippendorff_alpha(KRIPPENDORFF, measurement)
    assert found.value == pytest.approx(value, abs=5e-4)
    assert found.n == 11
    assert found.low is not None
    assert found.high is not None
    assert found.low < value < found.high


def _by_hand(units: list[list[int | None]], measurement: Measurement) -> float | None:
    """The definition, pair by pair, with the ordinal metric as a sum over the categories between."""
    kept = [[value for value in unit if value is not None] for unit in units]
    kept = [unit for unit in kept if len(unit) > 1]
    pool = [value for unit in kept for value in unit]
    n = {value: pool.count(value) for value in set(pool)}

    def squared(c: int, k: int) -> float:
        if measurement == "nominal":
            return float(c != k)
        if measurement == "interval":
            return float(c - k) ** 2
        if measurement == "ratio":
            return ((c - k) / (c + k)) ** 2 if c + k else 0.0
        low, high = min(c, k), max(c, k)
        return (sum(n[g] for g in n if low <= g <= high) - (n[c] + n[k]) / 2) ** 2

    observed = sum(sum(squared(a, b) for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1) for unit in kept)
    expected = sum(squared(a, b) for a, b in itertools.permutations(pool, 2))
    return None if not expected else 1 - (len(pool) - 1) * observed / expected


@given(st.lists(st.lists(st.sampled_from([None, 0, 1, 2, 3, 7]), min_size=1, max_size=4), min_size=2, max_size=8))
@settings(max_examples=30, deadline=None)
def test_definition(units: list[list[int | None]]) -> None:
    for measurement in LEVELS:
        found = krippendorff_alpha(units, measurement, resamples=0)
        expected = _by_hand(units, measurement)
        assert (found.value is None) == (expected is None)
        if expected is not None:
            assert found.value == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.lists(st.integers(1, 5), min_size=2, max_size=4), min_size=3, max_size=8), st.integers(2, 9))
@settings(max_examples=20, deadline=None)
def test_what_changes_nothing(units: list[list[int]], scale: int) -> None:
    for measurement in LEVELS:
        value = krippendorff_alpha(units, measurement, resamples=0).value
        turned = krippendorff_alpha([unit[::-1] for unit in units[::-1]], measurement, resamples=0).value
        scaled = krippendorff_alpha([[scale * x for x in unit] for unit in units], measurement, resamples=0).value
        assert (turned, scaled) == (pytest.approx(value, abs=1e-9), pytest.approx(value, abs=1e-9))
    moved = krippendorff_alpha([[x + 1000 for x in unit] for unit in units], "interval", resamples=0).value
    assert moved == pytest.approx(krippendorff_alpha(units, "interval", resamples=0).value, abs=1e-7)
    cubes = krippendorff_alpha([[x**3 for x in unit] for unit in units], "ordinal", resamples=0).value
    assert cubes == pytest.approx(krippendorff_alpha(units, "ordinal", resamples=0).value, abs=1e-9)


def test_nominal_alpha_is_fleiss_kappa_corrected_for_the_sample() -> None:
    """1 − α = (1 − κ)·(n − 1)/n for complete nominal data of n ratings."""
    kappa = fleiss_kappa(ratings_table(DIAGNOSES)).value
    assert kappa is not None
    expected = 1 - (1 - kappa) * 179 / 180
    assert krippendorff_alpha(DIAGNOSES).value == pytest.approx(expected, abs=1e-12)


def test_interval_keeps_its_level_and_is_repeatable() -> None:
    draw = np.random.default_rng(5)
    hits = 0
    for seed in range(150):
        # shared variance 1 of 1.5: α of the population is 2/3
        units = draw.normal(size=(60, 1)) + np.sqrt(0.5) * draw.normal(size=(60, 3))
        found = krippendorff_alpha(units.tolist(), "interval", resamples=300, seed=seed)
        hits += found.low is not None and found.high is not None and found.low <= 2 / 3 <= found.high
    assert 0.88 < hits / 150 <= 1
    assert krippendorff_alpha(DIAGNOSES, seed=3) == krippendorff_alpha(DIAGNOSES, seed=3)
    assert krippendorff_alpha(DIAGNOSES, seed=3) != krippendorff_alpha(DIAGNOSES, seed=4)


def test_words_are_nominal() -> None:
    units = [["a", "a"], ["b", "a"], ["b", "b"], [None, "b"]]
    numbers: list[list[Any]] = [[1, 1], [2, 1], [2, 2], [None, 2]]
    assert krippendorff_alpha(units) == krippendorff_alpha(numbers)
    with pytest.raises(InputError, match=r"units\[0\]\[0\]: is 'a', no finite number"):
        krippendorff_alpha(units, "ordinal")


def test_what_data_do_not_give() -> None:
    assert krippendorff_alpha([]).value is None
    assert krippendorff_alpha([[1], [None, 2]]).value is None
    assert "same" in krippendorff_alpha([[1, 1], [1, 1]]).method
    perfect = krippendorff_alpha([[1, 1], [2, 2], [3, 3]])
    assert (perfect.value, perfect.low) == (1.0, None)
    assert krippendorff_alpha([[1, 2], [2, 2]]).low is None
    with pytest.raises(InputError, match="below 0"):
        krippendorff_alpha([[1, -1]], "ratio")
    with pytest.raises(InputError, match="is str, not a unit"):
        krippendorff_alpha(["ab", "cd"])
    with pytest.raises(InputError, match=r"units\[1\]: is int, not a unit"):
        krippendorff_alpha([[1, 2], 3])
    with pytest.raises(InputError, match=r"units\[0\]\[1\]: is list, not a label"):
        krippendorff_alpha([[1, [2]]])
    with pytest.raises(InputError, match="level_of_measurement"):
        krippendorff_alpha([[1, 2]], "cardinal")
