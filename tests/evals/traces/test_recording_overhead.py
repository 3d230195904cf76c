"""`gradatim bench traces`: its figures on what recording costs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gradatim.app.bench import BenchRequest
from gradatim.app.bench.traces import overhead as bench
from gradatim.settings import Settings


@pytest.mark.parametrize(("count", "place"), [(6, 1), (8, 1), (9, 2), (12, 3), (16, 4), (20, 6), (30, 10)])
def test_the_interval_has_the_places_of_the_sign_test(count: int, place: int) -> None:
    """Places of two-sided 95 % intervals of a median: Conover 1999, §3.2; the sign test's critical values plus one."""
    ratios = [1 + number / 100 for number in range(1, count + 1)]
    mean, low, high = bench.median_ratio(ratios[::-1], [1.0] * count)
    assert low == ratios[place - 1]
    assert high == ratios[count - place]
    assert mean == pytest.approx((ratios[(count - 1) // 2] + ratios[count // 2]) / 2)


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0.1, 9), st.floats(0.1, 9)), min_size=1, max_size=40), st.floats(0.1, 9))
def test_the_median_lies_in_its_interval_and_scales(pairs: list[tuple[float, float]], factor: float) -> None:
    ones, others = [one for one, _ in pairs], [other for _, other in pairs]
    middle, low, high = bench.median_ratio(ones, others)
    assert low <= middle <= high
    scaled = bench.median_ratio([factor * one for one in ones], others)
    assert scaled == pytest.approx((factor * middle, factor * low, factor * high))


def test_both_sides_are_measured_in_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_WARM_UP", 0), ("REPEATS", 1), ("CONTENT_PAIRS", 1), ("_SPANS", 400), ("_CONVERTED", 6)):
        monkeypatch.setattr(bench, name, value)
    monkeypatch.setattr(bench, "PROGRAMS", bench.PROGRAMS[:1])

    async def nothing(memory: object) -> None:
        """A learner without a history."""

    monkeypatch.setattr(bench, "fill", nothing)
    said: list[str] = []
    figures = bench.overhead(BenchRequest(Settings(data_dir=tmp_path, workers=1), None, said.append, 1))
    assert figures["overhead_pairs"] == 1
    assert float(figures["spans_a_run"] or 0) > 13
    assert float(figures["bytes_a_run_with_content"] or 0) > float(figures["bytes_a_run"] or 0) > 5_000
    assert 0 < float(figures["unused_us"] or 0) < float(figures["alone_us"] or 0)
    assert figures["overhead_within_limit"] is (
        max(float(figures["wall_percent"] or 0), float(figures["cpu_percent"] or 0)) <= 2
    )
    assert len(said) == 2
    assert list(tmp_path.iterdir()) == []
