"""`gradatim capacity`: what each configuration carries, and what it costs a student."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from gradatim.app.console import emit, out, plural, printable, say, table
from gradatim.app.lazy import did_you_mean
from gradatim.app.options import json_option
from gradatim.errors import InputError
from gradatim.serving.capacity.assumptions import assumptions
from gradatim.serving.capacity.capacity import (
    UTILISATION,
    Configuration,
    Hosted,
    Terms,
    configurations,
    hosted,
    mean_usage,
)
from gradatim.serving.capacity.demand import Demand
from gradatim.serving.capacity.measured import Measured, read_measured
from gradatim.serving.capacity.rates import read_rates
from gradatim.serving.client.accounting import Prices
from gradatim.serving.launch.architecture import CHATGLM3_6B, Architecture
from gradatim.serving.launch.memory import GIB
from gradatim.serving.launch.profiles import Profile, load_profiles
from gradatim.settings import Settings, load_settings

_USUAL = Demand()


class _Number(click.FloatRange):
    """A number in a range; NaN is in none, though click lets it pass."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is no number", param, ctx)
        return number


@click.command(context_settings={"show_default": True})
@click.option(
    "--measured",
    "measured_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Assessments as `gradatim assess --jsonl FILE` wrote them: the tokens everything is figured from.",
)
@click.option(
    "--students", type=click.IntRange(1, 100_000_000), default=_USUAL.students, help="Students of the course."
)
@click.option(
    "--assessments", type=_Number(0.01, 1e6), default=_USUAL.assessments, help="Assessments a student in a term."
)
@click.option("--weeks", type=_Number(0.1, 1000), default=_USUAL.weeks, help="Weeks of a term.")
@click.option(
    "--hours",
    type=_Number(0.1, 168),
    default=_USUAL.hours,
    help="Hours a week in which the model is served and paid for.",
)
@click.option("--peak", type=_Number(1, 1e6), default=_USUAL.peak, help="Busiest hour over the mean hour.")
@click.option(
    "--think",
    type=_Number(0, 1e6),
    metavar="MINUTES",
    default=_USUAL.think_minutes,
    help="A student's own work between an answer and the next submission.",
)
@click.option(
    "--utilisation",
    type=_Number(0.01, 0.99),
    default=UTILISATION,
    help="Share of its largest rate at which a server is run.",
)
@click.option("--profile", "names", multiple=True, metavar="NAME", help="Only this launch profile; repeatable.")
@click.option(
    "--price", "prices", multiple=True, metavar="MACHINE=AMOUNT", help="Price of one for an hour; repeatable."
)
@click.option(
    "--rates",
    "rates_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Measured rates (YAML): PROFILE: {prefill: 15000, decode: {1: 80, 64: 3000}}, tokens a second.",
)
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of a converted model; ChatGLM3-6B's published sizes when not given.",
)
@json_option
def capacity(
    measured_path: Path | None,
    students: int,
    assessments: float,
    weeks: float,
    hours: float,
    peak: float,
    think: float,
    utilisation: float,
    names: tuple[str, ...],
    prices: tuple[str, ...],
    rates_path: Path | None,
    model: Path | None,
    as_json: bool,
) -> None:
    """Figure what each launch profile carries and costs, from measured assessments.

    For every profile of `gradatim serve`: how its memory is split, how many assessments it answers side by side, how
    many students can work at once, tokens a second, time at the model, and the price of an assessment and of a
    student's term. An endpoint paid by the token is a row of its own where the settings price_input and price_output
    say what a million tokens cost. Each number that was not measured is listed with its formula.

    Exit codes: 0 done; 2 a file or an option is wrong.
    """
    if measured_path is None:
        raise InputError(
            "there are no measured assessments to figure from",
            place="--measured",
            remedy="write them with `gradatim assess TASK PROGRAM… --jsonl FILE`, then name FILE here",
        )
    profiles = load_profiles()
    terms = Terms(
        demand=Demand(students, assessments, weeks, hours, peak, think),
        utilisation=utilisation,
        hourly=_hourly(prices, profiles.values()),
        rates=read_rates(rates_path, profiles) if rates_path else {},
        architecture=Architecture.from_folder(model) if model else CHATGLM3_6B,
    )
    wanted = [_profile(name, profiles) for name in dict.fromkeys(names)] or list(profiles.values())
    settings = load_settings()
    asked = _prices(settings)
    measured = read_measured(measured_path)
    rows = configurations(measured, wanted, terms)
    paid = hosted(measured, asked, terms.demand) if asked else None
    if as_json:
        emit(_data(measured, rows, paid, terms))
    else:
        _show(measured, rows, paid, terms)


def _profile(name: str, profiles: Any) -> Profile:
    if name not in profiles:
        raise InputError(
            f"there is no such profile{did_you_mean(name, profiles)}",
            place=f"--profile {name}",
            remedy=f"name one of {', '.join(profiles)}",
        )
    return profiles[name]


def _hourly(given: Sequence[str], profiles: Any) -> dict[str, float]:
    machines = dict.fromkeys(profile.accelerator.name for profile in profiles)
    hourly: dict[str, float] = {}
    for item in given:
        name, _, amount = item.partition("=")
        place, remedy = f"--price {item}", f"write MACHINE=AMOUNT, MACHINE one of {', '.join(machines)}"
        if name not in machines:
            raise InputError(f"there is no such machine{did_you_mean(name, machines)}", place=place, remedy=remedy)
        try:
            price = float(amount)
        except ValueError as error:
            raise InputError(f"{amount!r} is no number", place=place, remedy=remedy) from error
        if not math.isfinite(price) or price < 0:
            raise InputError("a price is zero or more", place=place, remedy=remedy)
        hourly[name] = price
    return hourly


def _prices(settings: Settings) -> Prices | None:
    if settings.price_input is None or settings.price_output is None:
        return None
    return Prices(input=settings.price_input, output=settings.price_output, cached=settings.price_cached)


def _show(measured: Measured, rows: Sequence[Configuration], paid: Hosted | None, terms: Terms) -> None:
    mean = mean_usage(measured)
    skipped = f", {plural(measured.skipped, 'line')} without one skipped" if measured.skipped else ""
    out(
        f"measured: {plural(measured.count, 'assessment')} in {printable(measured.source)}{skipped}; one takes "
        f"{plural(mean.requests, 'request')}, {mean.input_tokens:,} tokens read ({mean.cached_tokens:,} cached) "
        f"and {mean.output_tokens:,} written in {plural(mean.samples, 'sample')}"
    )
    out()
    header = (
        "configuration", "memory (weights + cache)", "at once", "concurrent users", "tokens/s", "assessments/h",
        "latency p50", "servers", "cost per assessment", "cost per student",
    )  # fmt: skip
    lines = [_line(row) for row in rows]
    if paid:
        latency = f"{_seconds(paid.latency_median)} (measured)"
        costs = (f"{paid.cost_assessment:.5f}", f"{paid.cost_student:.2f}")
        lines.append(("endpoint paid by the token", *("-",) * 5, latency, "-", *costs))
    out(table(lines, header=header))
    out()
    out(f"figures hold at {terms.utilisation:.0%} of a server's largest rate, and rest on what is assumed here:")
    notes = [(item.name, item.value, item.why) for item in assumptions(terms, rows)]
    out("\n".join(f"  {name}: {value}\n      {why}" for name, value, why in notes))
    if not paid:
        say("no row for an endpoint paid by the token: set GRADATIM_PRICE_INPUT and GRADATIM_PRICE_OUTPUT")


def _line(row: Configuration) -> tuple[str, ...]:
    memory, carried = row.memory, row.carried
    split = f"{memory.weights / GIB:.1f} + {max(0, memory.kv_cache) / GIB:.1f} GiB"
    split += f" × {row.profile.count}" if row.profile.count > 1 else ""
    if carried is None:
        return (row.profile.name, split, "does not fit", *("-",) * 7)
    point = carried.point
    return (
        row.profile.name,
        split,
        f"{carried.at_once}",
        f"{carried.users:,.0f}",
        f"{point.tokens_per_second:,.0f}",
        f"{point.rate * 3600:,.0f}",
        _seconds(point.latency_median),
        f"{carried.servers}",
        f"{carried.cost_assessment:.5f}",
        f"{carried.cost_student:.2f}",
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def _data(measured: Measured, rows: Sequence[Configuration], paid: Hosted | None, terms: Terms) -> dict[str, Any]:
    mean = mean_usage(measured)
    return {
        "measured": {
            "source": measured.source,
            "assessments": measured.count,
            "skipped": measured.skipped,
            "mean": mean.model_dump(),
            "median_seconds": measured.median_seconds,
        },
        "demand": asdict(terms.demand),
        "configurations": [_row(row) for row in rows],
        "hosted": asdict(paid) if paid else None,
        "assumptions": [asdict(item) for item in assumptions(terms, rows)],
    }


def _row(row: Configuration) -> dict[str, Any]:
    profile, carried = row.profile, row.carried
    return {
        "configuration": profile.name,
        "title": profile.title,
        "machine": profile.accelerator.name,
        "devices": profile.count,
        "memory": asdict(row.memory),
        "hourly": row.hourly,
        "hourly_assumed": row.hourly_assumed,
        "rates_measured": row.rates_measured,
        "fits": carried is not None,
        "carried": asdict(carried) | {"assessments_per_hour": carried.point.rate * 3600} if carried else None,
    }
