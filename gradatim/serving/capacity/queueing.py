"""Assessments that arrive at random at an engine with continuous batching: how many, how fast.

Requests arrive as a Poisson process and share the engine as in processor sharing whose speed depends on how many there
are. With a rate of λ assessments a second, N tokens to write and P seconds of reading for each, and t(B) seconds a
step of B sequences:

* largest rate: 1 ÷ (P + N·t(S)÷S), S being the sequences that run side by side at most;
* share of time spent reading: φ = λ·P;
* sequences under way: B = λ·N·t(B + n) ÷ (1 − φ) (Little's law; who arrives finds B sequences and adds n of its own, as
  in M/G/1 processor sharing, where it gives the mean exactly);
* time of an assessment: the sum over its requests, one after the other, of a wait, reading ÷ (1 − φ), and for each
  token of a sample t(B + n) ÷ (1 − φ);
* the wait for a free place: Sakasegawa's (1977) ρ^(√(2(c+1)) − 1) ÷ (c·(1 − ρ)) times the request's own time, with c
  requests side by side at most.

Fluctuations around these means are left out: latency is that of a typical moment, not of the worst.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from gradatim.serving.capacity.measured import Measured, Request
from gradatim.serving.capacity.rates import Rates


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """How an engine does at one share of the load it could carry."""

    rate: float
    """Assessments a second."""
    largest_rate: float
    """Assessments a second at which every place is taken all the time."""
    sequences: float
    """Sequences under way in the mean."""
    tokens_per_second: float
    """Tokens written, of all sequences together."""
    token_seconds: float
    """Time between two tokens of one sequence."""
    latency_median: float
    """Seconds at the model, half of the assessments that ask it take less."""
    latency_alone: float
    """The same with the engine to oneself."""


def operate(measured: Measured, rates: Rates, *, places: float, utilisation: float) -> OperatingPoint:
    """An engine under the load of measured assessments.

    Args:
        measured: What an assessment asks.
        rates: How fast the engine is.
        places: Sequences side by side at most, one or more.
        utilisation: Rate over the largest rate, above 0 and below 1.
    """
    asked = [assessment for assessment in measured.assessments if assessment]
    samples = measured.weighted(lambda request: request.samples)
    context = measured.weighted(lambda request: request.context)
    reading = sum(_reading(request, rates) for assessment in asked for request in assessment) / measured.count
    written = measured.output
    places = max(places, samples)  # a request whose samples do not fit side by side has them one after the other
    largest = 1 / (reading + written * rates.step_seconds(places, context) / places)
    rate = utilisation * largest
    free = 1 - rate * reading

    def found(sequences: float) -> float:
        return rate * written * rates.step_seconds(sequences + samples, context) / free

    sequences = _fixed_point(found, places)
    servers = places / samples
    waiting = utilisation ** (math.sqrt(2 * (servers + 1)) - 1) / (servers * (1 - utilisation))

    def latency(assessment: tuple[Request, ...], others: float, share: float, wait: float) -> float:
        own = (
            _reading(request, rates) + request.output * rates.step_seconds(others + request.samples, request.context)
            for request in assessment
        )
        return sum(own) / share * (1 + wait)

    return OperatingPoint(
        rate=rate,
        largest_rate=largest,
        sequences=sequences,
        tokens_per_second=rate * written,
        token_seconds=rates.step_seconds(sequences + samples, context) / free,
        latency_median=statistics.median(latency(assessment, sequences, free, waiting) for assessment in asked),
        latency_alone=statistics.median(latency(assessment, 0, 1, 0) for assessment in asked),
    )


def _reading(request: Request, rates: Rates) -> float:
    return rates.prefill_seconds(request.fresh, request.cached)


def _fixed_point(function: Callable[[float], float], limit: float) -> float:
    """Where an increasing function meets its argument, at most `limit`, by bisection."""
    low, high = 0.0, limit
    if function(limit) >= limit:
        return limit
    for _ in range(60):
        middle = (low + high) / 2
        if function(middle) > middle:
            low = middle
        else:
            high = middle
    return high
