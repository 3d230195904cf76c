"""What runs take and how many fail: tokens, money, throughput, errors: the form of the source's Table 10."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradatim.evals.reports.columns import Column
from gradatim.evals.reports.document import Cell, Note, Section, Table, missing
from gradatim.evals.reports.figures import clustered_mean
from gradatim.evals.reports.gathering import Variant
from gradatim.evals.reports.systems import System
from gradatim.evals.reports.timing import Timing, in_flight, open_seconds
from gradatim.evals.reports.wording import counted, ends, estimate_cell, number
from gradatim.evals.statistics import mean, proportion

_SHOWN = 20
_LONG = 160


def cost(found: Sequence[System], timings: Mapping[str, Timing]) -> Section:
    """The section.

    Args:
        found: The systems, with the runs that failed.
        timings: Name of a system → what its traces tell.
    """
    if not found:
        return Section("cost", "Scale and cost", (Note("Scale and cost were not measured: nothing was run."),))
    rows = tuple(_row(system, timings.get(system.label)) for system in found)
    table = Table(
        "Table 10. What a run takes, and how many fail",
        ("system", "runs", "failed", "tokens in", "tokens out", "cached", "requests", "cost"),
        rows,
        (
            "Means of a run with Student's t interval of 95 % over examples (n); the share of failed runs with "
            "Wilson's. Tokens, requests and cost are what a run would take alone; cost is in the currency of prices "
            "(settings `price_input`, `price_output`, `price_cached`).",
            _pace(timings),
        ),
    )
    failures = [row for system in found for row in _failures(system)]
    if not failures:
        return Section("cost", "Scale and cost", (table, Note("No run failed.")))
    shown = failures[:_SHOWN]
    more = (f"and {len(failures) - _SHOWN:,} more",) if len(failures) > _SHOWN else ()
    listed = Table("Runs that failed", ("system", "example", "seed", "why"), tuple(shown), more, words=True)
    return Section("cost", "Scale and cost", (table, listed))


def _row(system: System, timing: Timing | None) -> tuple[Cell, ...]:
    cells = (Cell(system.label), Cell(f"{len(system.found.cells):,}"), _failed(system.found))
    if timing is None:
        return (*cells, *[missing("no traces")] * 5)
    figures = (timing.input_tokens, timing.output_tokens, timing.cached_tokens, timing.requests)
    told = [_mean(values, "no run told of tokens") for values in figures]
    return (*cells, *told, _mean(timing.cost, "no prices were given", unit="currency"))


def _pace(timings: Mapping[str, Timing]) -> str:
    """Throughput of all systems together: pauses do not count."""
    spans = [span for timing in timings.values() for span in timing.spans]
    busy = open_seconds(spans)
    if not busy:
        return "Throughput was not measured: no spans were recorded."
    peak = max(in_flight([start for start, _ in spans], spans))
    return (
        f"All systems together: {counted(len(spans), 'recorded run')} in {number(busy)} s during which at least one "
        f"was under way, {number(60 * len(spans) / busy)} a minute; at most {peak:,} at a time."
    )


def _failed(variant: Variant) -> Cell:
    failed = {cell: float(cell in variant.failed) for cell in variant.cells}
    if len(variant.samples) == len(failed):
        estimate = proportion(len(variant.failed), len(failed))
    else:
        estimate = clustered_mean(failed, bounded=True)
    cell = estimate_cell(estimate)
    return Cell(cell.text, cell.detail, "bad" if variant.failed else cell.tone)


def _mean(column: Column, why: str, unit: str = "tokens") -> Cell:
    if not column:
        return missing(why)
    found = mean(column.means())
    return Cell(number(found.value, unit=unit), f"{ends(found, unit=unit)}, n {found.n:,}")


def _failures(system: System) -> list[tuple[Cell, ...]]:
    return [
        (Cell(system.label), Cell(cell.sample), Cell(str(cell.seed)), Cell(why[:_LONG], "", "bad"))
        for cell, why in sorted(system.found.failed.items())
    ]
