"""Durations, latencies, robust scales and sessions."""

from __future__ import annotations

import math
import statistics
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.memory.processing.cleaning import SHORTEST, duration, log_latency, robust_scale, sessions
from gradatim.memory.profile.reading import IDLE_SECONDS, SESSION_GAP

finite = st.floats(-1e6, 1e6)


def test_durations() -> None:
    assert duration(12) == (12.0, False)
    assert duration(IDLE_SECONDS) == (IDLE_SECONDS, False)
    assert duration(1e9) == (IDLE_SECONDS, True)
    assert duration(50.0, cap=40.0) == (40.0, True)
    for wrong in (-1, math.nan, math.inf, "3", None, True, [3]):
        assert duration(wrong) is None
    assert log_latency(0.0) == math.log(SHORTEST)
    assert log_latency(math.e) == pytest.approx(1.0)


def test_a_robust_scale_does_not_follow_outliers() -> None:
    values = [float(value) for value in range(1, 100)]
    clean, dirty = robust_scale(values), robust_scale([*values, 1e9, 1e9, -1e9])
    assert clean is not None
    assert dirty is not None
    assert clean.centre == 50.0
    assert clean.spread == pytest.approx(1.4826 * 25)
    assert dirty.centre == pytest.approx(clean.centre, abs=1.0)
    assert dirty.spread == pytest.approx(clean.spread, rel=0.05)
    assert dirty.outlier(1e9)
    assert not dirty.outlier(99.0)
    assert dirty.values == 102


def test_where_most_values_are_the_same() -> None:
    scale = robust_scale([0.0] * 8 + [1.0, 2.0])
    assert scale is not None
    assert "mean absolute deviation" in scale.rule
    assert scale.spread == pytest.approx(0.3 * math.sqrt(math.pi / 2))
    constant = robust_scale([3.0, 3.0])
    assert constant is not None
    assert constant.z(3.0) is None
    assert not constant.outlier(7.0)
    assert robust_scale([]) is None
    assert robust_scale([math.nan]) is None


@given(st.lists(finite, min_size=3, max_size=30), st.floats(0.1, 50), finite)
def test_z_does_not_depend_on_the_unit(values: list[float], unit: float, shift: float) -> None:
    scale, other = robust_scale(values), robust_scale([value * unit + shift for value in values])
    assert scale is not None
    assert other is not None
    if scale.spread > 1e-3:
        for value in values:
            z, same = scale.z(value), other.z(value * unit + shift)
            assert z == pytest.approx(same, rel=1e-4, abs=1e-4)
        assert abs(statistics.median(scale.z(value) or 0.0 for value in values)) < 1e-9


@given(st.lists(st.integers(0, 3 * SESSION_GAP), max_size=40))
def test_sessions_cover_every_event_once(gaps: list[int]) -> None:
    instants = [sum(gaps[:place]) for place in range(len(gaps) + 1)] if gaps else []
    found = sessions(instants)
    covered = [place for session in found for place in range(session.first, session.last + 1)]
    assert covered == list(range(len(instants)))
    for session in found:
        inside = instants[session.first : session.last + 1]
        assert all(later - earlier <= SESSION_GAP for earlier, later in pairwise(inside))
        assert (session.began, session.ended) == (inside[0], inside[-1])
        assert 0.0 <= session.task_seconds <= session.seconds + 1e-6
    for earlier, later in pairwise(found):
        assert later.began - earlier.ended > SESSION_GAP


def test_a_long_gap_counts_only_in_part() -> None:
    (session,) = sessions([0, 60_000_000, 60_000_000 + 1_200_000_000])
    assert session.seconds == 1_260.0
    assert session.task_seconds == 660.0
