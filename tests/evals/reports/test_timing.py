"""Time, tokens and load, from traces."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.evals.reports.timing import Timing, count_into, in_flight, load_of, open_seconds
from gradatim.evals.traces import Trace
from tests.evals.reports.making import failed_run, run

SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 20)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=8
)


@settings(max_examples=60, deadline=None)
@given(SPANS)
def test_time_with_open_spans_is_that_of_their_union(spans: list[tuple[int, int]]) -> None:
    ticks = {tick for start, end in spans for tick in range(start, end)}
    assert open_seconds(spans) == pytest.approx(len(ticks) / 1e9)


@settings(max_examples=60, deadline=None)
@given(SPANS)
def test_in_flight_is_counted_as_by_hand(spans: list[tuple[int, int]]) -> None:
    starts = [start for start, _ in spans]
    counted = [sum(start <= at < end for start, end in spans) for at in starts]
    assert in_flight(starts, spans) == [max(1, count) for count in counted]


def test_loads_are_powers_of_two() -> None:
    assert [load_of(n) for n in (1, 2, 3, 4, 7, 8, 200)] == ["1", "2–3", "2–3", "4–7", "4–7", "8–15", "128–255"]


def test_a_run_is_split_into_model_and_overhead() -> None:
    timing = Timing()
    timing.add(run(1, 3.0, asked=2.0))
    assert list(timing.wall) == pytest.approx([3.0])
    assert list(timing.model) == pytest.approx([2.0])
    assert list(timing.overhead) == pytest.approx([1.0])
    assert {node: list(values) for node, values in timing.nodes.items()} == {
        "diagnose": pytest.approx([1.0]),
        "generate": pytest.approx([2.0]),
    }
    assert (list(timing.input_tokens), list(timing.requests)) == ([100.0], [1.0])


def test_runs_from_a_cache_and_failed_ones_say_nothing_of_time() -> None:
    timing = Timing()
    timing.add(run(1, 0.01, asked=0.005, shared=1))
    timing.add(failed_run(2, "no model"))
    assert (len(timing.wall), timing.shared, timing.errors, timing.runs) == (0, 1, 1, 2)


def test_without_spans_only_what_outputs_tell_is_known() -> None:
    outputs = {
        "seconds": {"diagnose": 0.2, "generate": 1.0, "odd": "x"},
        "usage": {"generate": {"input_tokens": 50, "output_tokens": 7, "requests": 2}, "odd": 3},
    }
    timing = Timing()
    timing.add(Trace("t", "assessment", outputs=outputs, attributes={"cost": 0.02}))
    assert (len(timing.wall), len(timing.model)) == (0, 0)
    assert set(timing.nodes) == {"diagnose", "generate"}
    assert (list(timing.input_tokens), list(timing.cached_tokens), list(timing.requests)) == ([50.0], [0.0], [2.0])
    assert list(timing.cost) == [0.02]


def test_each_trace_counts_once() -> None:
    found: dict[tuple[str, str], Timing] = {}
    count_into(found, [run(1, 1.0), run(1, 1.0), run(1, 1.0, variant="base")])
    assert {place: timing.runs for place, timing in found.items()} == {("full", "m"): 1, ("base", "m"): 1}
