"""Intervals and calibration figures against published values and properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.memory.pictures import Prediction, reliability
from gradatim.memory.pictures.intervals import wilson

UNIT = st.floats(0, 1)


def test_wilson_as_published() -> None:
    # Newcombe (1998), Statistics in Medicine 17:857, table I, method 3: 81/263, 15/148, 0/20, 1/29.
    for hits, count, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
                                   (1, 29, 0.0061, 0.1718)):  # fmt: skip
        assert wilson(hits / count, count) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_wilson_without_observations() -> None:
    assert wilson(0.5, 0) == (0.0, 1.0)


@given(UNIT, st.integers(1, 10_000))
def test_wilson_holds_the_share_and_narrows(share: float, count: int) -> None:
    low, high = wilson(share, count)
    assert 0.0 <= low <= share <= high <= 1.0
    narrower = wilson(share, count * 2)
    assert narrower[1] - narrower[0] <= high - low + 1e-12


def test_reliability_by_hand() -> None:
    found = reliability([Prediction(0.2, False), Prediction(0.25, True), Prediction(1.0, True), Prediction(0.0, True)])
    assert [item.count for item in found.bins] == [1, 0, 2, 0, 0, 0, 0, 0, 0, 1]
    assert found.bins[2].predicted == pytest.approx(0.225)
    assert found.bins[2].observed == 0.5
    assert found.bins[1].observed is None
    assert found.error == pytest.approx((2 * abs(0.225 - 0.5) + 0.0 + 1.0) / 4)
    assert found.brier == pytest.approx((0.04 + 0.5625 + 0.0 + 1.0) / 4)
    assert reliability([]).count == 0


@given(st.lists(st.tuples(UNIT, st.booleans()), max_size=60), st.integers(1, 20))
def test_reliability_counts_everything_once(pairs: list[tuple[float, bool]], bins: int) -> None:
    found = reliability([Prediction(*pair) for pair in pairs], bins)
    assert sum(item.count for item in found.bins) == found.count == len(pairs)
    assert 0.0 <= found.error <= 1.0
    for item in found.bins:
        assert item.low - 1e-12 <= item.predicted <= item.high + 1e-12
        if item.observed is not None:
            assert item.interval[0] <= item.observed <= item.interval[1]
