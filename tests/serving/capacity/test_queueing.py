from __future__ import annotations

import random
import statistics
from collections import deque
from dataclasses import dataclass

import pytest

from gradatim.serving.capacity.measured import Request
from gradatim.serving.capacity.queueing import OperatingPoint, operate
from tests.serving.capacity.samples import measured

REQUESTS = (Request("generate", 1000, 400, 60, 1), Request("critique", 1100, 900, 30, 3))


@dataclass(frozen=True)
class Linear:
    """An engine whose step takes a + b·sequences seconds and that reads at a fixed rate."""

    base: float = 0.01
    each: float = 0.0008
    reading: float = 20_000.0

    def prefill_seconds(self, fresh: float, cached: float) -> float:
        return fresh / self.reading

    def step_seconds(self, sequences: float, context: float) -> float:
        return self.base + self.each * sequences


@dataclass
class _Running:
    index: int
    """Which of its assessment's requests this is."""
    began: float
    left: int


def simulate(rates: Linear, rate: float, places: int, count: int) -> tuple[float, float, float]:
    """Continuous batching, step by step, with random arrivals of `REQUESTS`.

    Returns:
        Mean seconds of an assessment, mean sequences under way, and assessments answered a second.
    """
    choose = random.Random(7)
    arrivals: list[float] = []
    moment = 0.0
    for _ in range(count):
        moment += choose.expovariate(rate)
        arrivals.append(moment)
    clock, coming, area = 0.0, 0, 0.0
    waiting: deque[_Running] = deque()
    running: list[_Running] = []
    took: list[float] = []
    while len(took) < count:
        while coming < count and arrivals[coming] <= clock:
            waiting.append(_Running(0, arrivals[coming], 0))
            coming += 1
        step = 0.0
        while waiting and sum(REQUESTS[item.index].samples for item in running) < places:
            item = waiting.popleft()
            request = REQUESTS[item.index]
            step += rates.prefill_seconds(request.fresh, request.cached)
            item.left = int(request.output)
            running.append(item)
        if not running:
            clock = arrivals[coming]
            continue
        sequences = sum(REQUESTS[item.index].samples for item in running)
        step += rates.step_seconds(sequences, 0)
        clock += step
        area += step * sequences
        for item in running:
            item.left -= 1
        for item in [item for item in running if not item.left]:
            running.remove(item)
            if item.index + 1 < len(REQUESTS):
                waiting.append(_Running(item.index + 1, item.began, 0))
            else:
                took.append(clock - item.began)
    return statistics.mean(took), area / clock, count / clock


@pytest.mark.parametrize("utilisation", [0.1, 0.5, 0.7, 0.85])
def test_the_formula_agrees_with_a_simulated_engine(utilisation: float) -> None:
    rates = Linear()
    point = operate(measured(REQUESTS), rates, places=48, utilisation=utilisation)
    latency, sequences, rate = simulate(rates, point.rate, places=48, count=4000)
    assert rate == pytest.approx(point.rate, rel=0.05)
    assert point.latency_median == pytest.approx(latency, rel=0.1)
    assert point.sequences == pytest.approx(sequences, rel=0.12)


def test_the_largest_rate_is_what_a_full_engine_does() -> None:
    rates = Linear()
    point = operate(measured(REQUESTS), rates, places=48, utilisation=0.5)
    _, sequences, rate = simulate(rates, 10 * point.largest_rate, places=48, count=4000)
    assert rate == pytest.approx(point.largest_rate, rel=0.05)
    assert sequences > 0.9 * 48


def at(utilisation: float, *, places: float = 48, rates: Linear | None = None) -> OperatingPoint:
    return operate(measured(REQUESTS), rates or Linear(), places=places, utilisation=utilisation)


def test_more_load_takes_longer_and_more_places_carry_more() -> None:
    points = [at(share) for share in (0.01, 0.2, 0.4, 0.6, 0.8, 0.95)]
    assert [point.latency_median for point in points] == sorted(point.latency_median for point in points)
    assert points[0].latency_median == pytest.approx(points[0].latency_alone, rel=0.03)
    rates = [at(0.5, places=places).largest_rate for places in (4, 16, 64, 256)]
    assert rates == sorted(rates)


def test_single_server_queue() -> None:
    """With steps in proportion to the sequences, sharing slows everybody as M/G/1 processor sharing: s ÷ (1 − ρ)."""
    alone = Request("only", 0, 0, 100, 1)
    rates = Linear(base=0.0, each=0.001)
    for utilisation in (0.2, 0.5, 0.8):
        point = operate(measured((alone,)), rates, places=10_000, utilisation=utilisation)
        assert point.largest_rate == pytest.approx(10)
        assert point.latency_median == pytest.approx(0.1 / (1 - utilisation), rel=0.02)
        assert point.sequences == pytest.approx(utilisation / (1 - utilisation), rel=0.02)


def test_latency_is_the_median_of_those_who_asked() -> None:
    short, long = (Request("a", 10, 0, 10, 1),), (Request("a", 10, 0, 1000, 1),)
    point = operate(measured(short, short, (), long), Linear(), places=8, utilisation=0.3)
    assert point.latency_alone == pytest.approx(10 / 20_000 + 10 * 0.0108)
    assert point.tokens_per_second == pytest.approx(point.rate * (10 + 10 + 1000) / 4)


def test_one_place_still_takes_a_request_of_several_samples() -> None:
    point = operate(measured((Request("a", 10, 0, 10, 3),)), Linear(), places=1, utilisation=0.5)
    assert point.rate > 0
