"""Every number and formula behind a capacity that nobody measured, to be shown beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.serving.capacity.capacity import Configuration, Terms
from gradatim.serving.capacity.rates import ARITHMETIC_SHARE, BANDWIDTH_SHARE, REDUCE_SECONDS, STEP_SECONDS
from gradatim.serving.launch.memory import CONTEXT_GIB


@dataclass(frozen=True, slots=True)
class Assumption:
    """One of them."""

    name: str
    value: str
    why: str
    """Formula, source, or how to replace it."""


def assumptions(terms: Terms, shown: Sequence[Configuration]) -> list[Assumption]:
    """What the figures of these configurations rest on."""
    return [*_rates(shown), *_memory(shown), *_queue(terms), *_prices(shown), *_demand(terms)]


def _rates(shown: Sequence[Configuration]) -> list[Assumption]:
    own = [row.profile.name for row in shown if row.rates_measured]
    given = [Assumption(f"rates of {name}", "measured", "--rates") for name in own]
    figured = [row for row in shown if not row.rates_measured]
    if not figured:
        return given
    devices = {row.profile.accelerator.name: row.profile.accelerator for row in figured}
    found = [
        Assumption(
            f"machine {name}",
            f"{device.memory_gib:g} GiB, {device.bandwidth_gb_s:g} GB/s, {device.tflops:g} TFLOPS",
            device.source,
        )
        for name, device in devices.items()
    ]
    kinds = sorted({device.kind for device in devices.values()}, reverse=True)
    overhead = ", ".join(f"{STEP_SECONDS[kind] * 1e3:g} ms ({kind})" for kind in kinds)
    found += [
        Assumption(
            "writing",
            f"β = {BANDWIDTH_SHARE:g} of the bandwidth",
            "seconds a step = max((W + B·L·k) ÷ (bandwidth·β), B·(2·(P + E) + 4·l·h·d·L) ÷ (arithmetic·α)) + overhead; "
            "W bytes of the weights P of the layers and E of the output layer, B sequences of L tokens, k bytes of a "
            "token in the KV caches, l layers of h heads of d numbers; replace with --rates",
        ),
        Assumption(
            "reading",
            f"α = {ARITHMETIC_SHARE:g} of the arithmetic",
            "seconds for T tokens after C cached ones = max(T·(2·P + 4·l·h·d·(C + T÷2)) ÷ (arithmetic·α), "
            "W ÷ (bandwidth·β) a step); replace with --rates",
        ),
        Assumption("overhead", overhead, "scheduling, sampling, starting kernels, each step"),
    ]
    if any(row.profile.count > 1 for row in figured):
        found.append(
            Assumption("tensor parallel", f"{REDUCE_SECONDS * 1e6:g} µs an all-reduce", "two a layer in each step")
        )
    return given + found


def _memory(shown: Sequence[Configuration]) -> list[Assumption]:
    kinds = sorted({row.profile.accelerator.kind for row in shown}, reverse=True)
    context = ", ".join(f"{CONTEXT_GIB[kind]:g} GiB ({kind})" for kind in kinds)
    return [
        Assumption("memory beside the model", context, "context, communication buffers, captured graphs; per device"),
        Assumption(
            "memory of an assessment",
            "(prompt + samples·answer)·k",
            "at most one of its requests is under way; its samples share the prompt; k bytes of a token",
        ),
    ]


def _queue(terms: Terms) -> list[Assumption]:
    return [
        Assumption(
            "utilisation",
            f"{terms.utilisation:g} of the largest rate",
            "largest rate = 1 ÷ (reading + N·t(S)÷S), N tokens written, S sequences at most, t a step; --utilisation",
        ),
        Assumption(
            "queueing",
            "Poisson arrivals, processor sharing",
            "B = λ·N·t(B + n) ÷ (1 − λ·reading), n samples of one's own; latency = Σ over requests of "
            "(reading + answer·t(B + n)) ÷ (1 − λ·reading)·(1 + wait); "
            "wait = ρ^(√(2(c+1)) − 1) ÷ (c·(1 − ρ)) (Sakasegawa 1977), c requests side by side at most; "
            "the spread around these means is left out",
        ),
        Assumption("latency", "time at the model alone", "tests, diagnosis and checks of an assessment come on top"),
        Assumption(
            "tokens", "as measured", "another model's tokenizer, prompt cache or habits give others: measure with it"
        ),
    ]


def _prices(shown: Sequence[Configuration]) -> list[Assumption]:
    hourly = {row.profile.accelerator.name: row for row in shown}
    return [
        Assumption(
            f"price of {name}",
            f"{row.hourly / row.profile.count:g} an hour",
            f"round figure of rented machines in US dollars, nobody's offer; --price {name}=AMOUNT"
            if row.hourly_assumed
            else "--price",
        )
        for name, row in hourly.items()
    ]


def _demand(terms: Terms) -> list[Assumption]:
    demand = terms.demand
    return [
        Assumption(
            "demand",
            f"{demand.students} students × {demand.assessments:g} assessments in {demand.weeks:g} weeks "
            f"of {demand.hours:g} hours",
            "--students, --assessments, --weeks, --hours",
        ),
        Assumption(
            "busiest hour",
            f"{demand.peak:g} × the mean: {demand.busiest_rate * 3600:.1f} assessments",
            "servers = ⌈busiest rate ÷ rate at the stated utilisation⌉; --peak",
        ),
        Assumption(
            "users",
            f"{demand.think_minutes:g} minutes of own work",
            "students at once = rate·(latency + own work), the interactive response time law; --think",
        ),
        Assumption(
            "cost",
            "servers·price·hours·weeks ÷ students",
            "an assessment on servers kept busy: price ÷ (3600·rate)",
        ),
    ]
