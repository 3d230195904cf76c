"""The figures of each configuration: memory, how many at once, rates, latency, cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gradatim.domain import Usage
from gradatim.serving.capacity.demand import HOURLY_PRICES, Demand
from gradatim.serving.capacity.measured import Measured
from gradatim.serving.capacity.queueing import OperatingPoint, operate
from gradatim.serving.capacity.rates import FittedRates, MeasuredRates, Rates, Roofline
from gradatim.serving.client.accounting import Prices
from gradatim.serving.launch.architecture import CHATGLM3_6B, Architecture
from gradatim.serving.launch.memory import MemoryEstimate, estimate
from gradatim.serving.launch.profiles import Profile

UTILISATION = 0.7
"""Share of the largest rate at which servers are run, so that random crowding does not show."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what terms a capacity is figured.

    Attributes:
        demand: The course.
        utilisation: Rate over the largest rate at which a server is run.
        hourly: Accelerator → price of one for an hour, in place of the assumed one.
        rates: Profile → measured rates, in place of the roofline.
        architecture: The model.
    """

    demand: Demand = field(default_factory=Demand)
    utilisation: float = UTILISATION
    hourly: Mapping[str, float] = field(default_factory=dict[str, float])
    rates: Mapping[str, MeasuredRates] = field(default_factory=dict[str, MeasuredRates])
    architecture: Architecture = CHATGLM3_6B


@dataclass(frozen=True, slots=True)
class Carried:
    """What one server of a configuration carries, and how many the course needs."""

    point: OperatingPoint
    at_once: int
    """Assessments whose requests are answered side by side at most, by memory and by the profile's limit."""
    users: float
    """Students who work at the same time: rate · (latency + think time)."""
    servers: int
    cost_assessment: float
    """Price of an assessment on servers that are kept busy at the stated utilisation."""
    cost_student: float
    """Price of a student's term, servers rented for all its hours."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """One profile."""

    profile: Profile
    memory: MemoryEstimate
    hourly: float
    """Price of one server for an hour."""
    hourly_assumed: bool
    rates_measured: bool
    carried: Carried | None
    """`None` where the model, or one assessment, does not fit."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """An endpoint paid by the token."""

    prices: Prices
    cost_assessment: float
    cost_student: float
    latency_median: float
    """Seconds at the model as they were measured, wherever that was."""


def configurations(measured: Measured, profiles: Iterable[Profile], terms: Terms) -> list[Configuration]:
    """The figures of each profile."""
    return [_configuration(measured, profile, terms) for profile in profiles]


def hosted(measured: Measured, prices: Prices, demand: Demand) -> Hosted:
    """What the measured tokens cost at an endpoint's prices."""
    cost = prices.cost(measured.total) / measured.count
    return Hosted(prices, cost, cost * demand.assessments, measured.median_seconds)


def mean_usage(measured: Measured) -> Usage:
    """Tokens of the mean assessment, rounded."""
    total, count = measured.total, measured.count
    return Usage(
        input_tokens=round(total.input_tokens / count),
        cached_tokens=round(total.cached_tokens / count),
        output_tokens=round(total.output_tokens / count),
        requests=round(total.requests / count),
        samples=round(total.samples / count),
        seconds=total.seconds / count,
    )


def _configuration(measured: Measured, profile: Profile, terms: Terms) -> Configuration:
    footprint = measured.weighted(lambda request: request.footprint)
    memory = estimate(profile, terms.architecture, length=max(1, round(footprint)))
    device = profile.accelerator.name
    own = terms.rates.get(profile.name)
    hourly = profile.count * terms.hourly.get(device, HOURLY_PRICES.get(device, 0.0))
    return Configuration(
        profile=profile,
        memory=memory,
        hourly=hourly,
        hourly_assumed=device not in terms.hourly,
        rates_measured=own is not None,
        carried=_carried(measured, profile, memory, hourly, terms),
    )


def _carried(
    measured: Measured, profile: Profile, memory: MemoryEstimate, hourly: float, terms: Terms
) -> Carried | None:
    samples = measured.weighted(lambda request: request.samples)
    largest = max(request.footprint for assessment in measured.assessments for request in assessment)
    if memory.kv_tokens < largest:
        return None
    # `memory.sequences` counts whole requests here, as its length is a request's with all its samples.
    at_once = min(memory.sequences, int(profile.max_sequences / samples))
    rates: Rates = Roofline(profile, terms.architecture)
    own = terms.rates.get(profile.name)
    if own is not None:
        rates = FittedRates(rates, own)
    point = operate(measured, rates, places=max(1, at_once) * samples, utilisation=terms.utilisation)
    demand = terms.demand
    servers = demand.servers(point.rate)
    return Carried(
        point=point,
        at_once=max(1, at_once),
        users=point.rate * (point.latency_median + 60 * demand.think_minutes),
        servers=servers,
        cost_assessment=hourly / (3600 * point.rate),
        cost_student=demand.rent(servers, hourly) / demand.students,
    )
