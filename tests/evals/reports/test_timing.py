"""Time, tokens and load, from traces."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.evals.experiments.spans import SHARED
from gradatim.evals.reports.columns import Column, quantile_by_example
from gradatim.evals.reports.figures import quantile_interval
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


def test_work_that_another_run_did_is_charged_but_makes_no_load() -> None:
    """Two runs one after the other, the second of which is charged with 9 s that the first spent."""
    first, second = run(1, 10.0), run(2, 10.0, at=10.0, variant="base")
    charged = replace(second.spans[1], attributes={SHARED: 9.0})
    # a third began when the second was really over
    third = run(3, 1.0, at=12.0)
    timing = Timing()
    for trace in (first, replace(second, spans=(second.spans[0], charged, second.spans[2])), third):
        timing.add(trace)
    assert list(timing.wall) == pytest.approx([10.0, 10.0, 1.0])
    assert timing.charged == 1
    assert in_flight(timing.began, timing.spans) == [1, 1, 1]
    assert open_seconds(timing.spans) == pytest.approx(10.0 + 1.0 + 1.0)


def test_cost_is_what_the_run_tells_or_its_tokens_at_their_prices() -> None:
    timing = Timing()
    timing.add(run(1, 1.0, asked=0.5, prices={"input": 2.0, "output": 10.0}))
    timing.add(run(2, 1.0, asked=0.5))
    timing.add(run(3, 1.0, asked=0.5, cost=0.25))
    assert list(timing.cost) == pytest.approx([(100 * 2 + 20 * 10) / 1e6, 0.25])


def test_runs_of_one_example_count_once() -> None:
    timing = Timing()
    for seed, seconds in enumerate((1.0, 2.0, 6.0)):
        trace = run(1, seconds)
        timing.add(replace(trace, id=f"{seed}"))
    timing.add(run(2, 5.0))
    assert timing.wall.means() == pytest.approx([3.0, 5.0])
    assert (len(timing.wall), timing.wall.examples) == (4, 2)


COLUMNS = st.lists(st.tuples(st.floats(0, 100), st.integers(0, 5)), min_size=1, max_size=30)


@settings(max_examples=40, deadline=None)
@given(COLUMNS, st.sampled_from([0.5, 0.9]))
def test_intervals_of_quantiles_lie_among_the_runs(pairs: list[tuple[float, int]], share: float) -> None:
    column = Column()
    for value, owner in pairs:
        column.add(value, owner)
    assert len(column.means()) == column.examples == len({owner for _, owner in pairs})
    found = quantile_by_example(column, share)
    assert (found is None) == (column.examples < 2)
    if found is not None:
        assert min(column) <= found[0] <= found[1] <= max(column)


def test_an_interval_by_example_is_wider_than_one_that_takes_seeds_for_examples() -> None:
    chance = Random(1)
    column = Column()
    for example in range(30):
        seconds = chance.expovariate(1.0)
        for _ in range(10):
            column.add(seconds * chance.uniform(0.98, 1.02), example)
    low, high = quantile_by_example(column, 0.5) or (0.0, 0.0)
    naive = quantile_interval(column.values, 0.5) or (0.0, 0.0)
    assert high - low > 2 * (naive[1] - naive[0])


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
