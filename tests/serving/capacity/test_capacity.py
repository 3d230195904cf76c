from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from gradatim.serving.capacity.assumptions import assumptions
from gradatim.serving.capacity.capacity import Configuration, Terms, configurations, hosted, mean_usage
from gradatim.serving.capacity.demand import HOURLY_PRICES, Demand
from gradatim.serving.capacity.measured import Request
from gradatim.serving.capacity.rates import MeasuredRates
from gradatim.serving.client.accounting import Prices
from gradatim.serving.launch.profiles import load_profiles
from tests.serving.capacity.samples import measured

PROFILES = load_profiles()
TYPICAL = measured(
    (Request("generate", 1600, 600, 400, 1), Request("critique", 1800, 1500, 120, 3)),
    (),
)


def only(name: str, terms: Terms | None = None) -> Configuration:
    (row,) = configurations(TYPICAL, [PROFILES[name]], terms or Terms())
    return row


def test_every_profile_has_its_row_and_every_machine_a_price() -> None:
    rows = configurations(TYPICAL, PROFILES.values(), Terms())
    assert [row.profile.name for row in rows] == list(PROFILES)
    assert all(row.carried and row.hourly > 0 and row.hourly_assumed for row in rows)
    assert {profile.accelerator.name for profile in PROFILES.values()} <= set(HOURLY_PRICES)


def test_memory_and_limit_of_the_profile_bound_what_is_answered_side_by_side() -> None:
    row = only("a100-80")
    assert row.carried is not None
    samples = (400 * 1 + 120 * 3) / 520
    assert row.carried.at_once == int(256 / samples)  # the profile's limit: memory would do for more
    assert row.memory.sequences > row.carried.at_once
    small = replace(
        PROFILES["a100-80"], flags=MappingProxyType({"kv-cache-memory-bytes": 10_000 * row.memory.kv_token})
    )
    (tight,) = configurations(TYPICAL, [small], Terms())
    assert tight.carried is not None
    footprint = (400 * 2000 + 120 * 2160) / 520
    assert tight.carried.at_once == int(10_000 // footprint)
    assert tight.carried.point.largest_rate < row.carried.point.largest_rate


def test_what_does_not_fit_says_so() -> None:
    tiny = replace(PROFILES["rtx4090-int4"], accelerator=replace(PROFILES["rtx4090-int4"].accelerator, memory_gib=5))
    (row,) = configurations(TYPICAL, [tiny], Terms())
    assert row.carried is None
    enough = replace(PROFILES["a100-80"], flags=MappingProxyType({"kv-cache-memory-bytes": 2100 * 28672}))
    (short,) = configurations(TYPICAL, [enough], Terms())
    assert short.carried is None, "the longer request has 2,160 tokens"


def test_costs_follow_from_rate_hours_and_students() -> None:
    demand = Demand(students=100, assessments=20, weeks=10, hours=50, peak=4, think_minutes=5)
    row = only("a100-80-x2", Terms(demand=demand, hourly={"a100-80": 3.0}))
    carried = row.carried
    assert carried is not None
    assert (row.hourly, row.hourly_assumed) == (6.0, False)
    assert carried.servers == 1
    assert carried.cost_student == pytest.approx(6.0 * 50 * 10 / 100)
    assert carried.cost_assessment == pytest.approx(6.0 / 3600 / carried.point.rate)
    assert carried.users == pytest.approx(carried.point.rate * (carried.point.latency_median + 300))


def test_more_students_than_a_server_carries_need_more_servers() -> None:
    demand = Demand(students=100_000, assessments=50, weeks=10, hours=40, peak=3)
    busiest = 100_000 * 50 / (10 * 40) * 3
    row = only("rtx4090-int4", Terms(demand=demand))
    assert row.carried is not None
    hourly_rate = row.carried.point.rate * 3600
    assert (row.carried.servers - 1) * hourly_rate < busiest <= row.carried.servers * hourly_rate
    assert row.carried.servers > 1
    assert row.carried.cost_student == pytest.approx(row.carried.servers * 0.5 * 400 / 100_000)


def test_measured_rates_take_the_place_of_the_roofline() -> None:
    slow = MeasuredRates(prefill=1000, decode={1: 10, 100: 100})
    row, figured = only("a100-80", Terms(rates={"a100-80": slow})), only("a100-80")
    assert row.rates_measured
    assert row.carried is not None
    assert figured.carried is not None
    assert row.carried.point.rate < figured.carried.point.rate / 5
    names = [item.name for item in assumptions(Terms(), [row])]
    assert "rates of a100-80" in names
    assert "writing" not in names


def test_an_endpoint_paid_by_the_token() -> None:
    paid = hosted(TYPICAL, Prices(input=1.0, output=4.0, cached=0.1), Demand(assessments=30))
    cost = ((1000 + 300) * 1.0 + (600 + 1500) * 0.1 + (400 + 360) * 4.0) / 1e6 / 2
    assert paid.cost_assessment == pytest.approx(cost)
    assert paid.cost_student == pytest.approx(30 * cost)
    mean = mean_usage(TYPICAL)
    assert (mean.input_tokens, mean.output_tokens, mean.cached_tokens) == (1700, 380, 1050)


def test_every_assumed_price_and_machine_is_told() -> None:
    rows = configurations(TYPICAL, PROFILES.values(), Terms())
    told = {item.name: item for item in assumptions(Terms(), rows)}
    for name in HOURLY_PRICES:
        assert f"{HOURLY_PRICES[name]:g} an hour" == told[f"price of {name}"].value
        assert told[f"machine {name}"].why
    assert {"writing", "reading", "overhead", "tensor parallel", "queueing", "utilisation", "users", "cost"} <= set(
        told
    )
