"""Where the time goes: the whole, the model and the overhead, node by node, and under load: the source's Table 9."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradatim.evals.reports.columns import Column, quantile_by_example
from gradatim.evals.reports.document import Block, Cell, Note, Picture, Section, Table, missing
from gradatim.evals.reports.figures import quantile_interval, quantiles
from gradatim.evals.reports.published import LATENCY, OTHER, theirs
from gradatim.evals.reports.timing import Timing, in_flight, load_of
from gradatim.evals.reports.wording import SECONDS, counted, ends, number
from gradatim.evals.statistics import mean
from gradatim.memory.pictures.curves import Curve, curves

SHARES = (0.5, 0.9, 0.95, 0.99)
_NEEDED = {0.5: 1, 0.9: 10, 0.95: 20, 0.99: 100}
"""Examples from which a percentile is more than the largest value by another name."""
_FEW = 5
_HEADER = ("n", "mean, s", "p50", "p90", "p95", "p99")
_MOST_POINTS = 200


def latency(timings: Mapping[str, Timing]) -> Section:
    """The section.

    Args:
        timings: Name of a system → what its traces tell.
    """
    recorded = {name: timing for name, timing in timings.items() if timing.wall}
    notes = [
        Note(f"{name}: {counted(timing.shared, 'run')} took answers of the model from a cache and say nothing of time.")
        for name, timing in timings.items()
        if timing.shared
    ]
    if not recorded:
        why = _why(timings)
        return Section("latency", "Latency", (Note(f"Latency was not measured: {why}."), *notes, *_nodes(timings)))
    rows: list[tuple[Cell, ...]] = []
    for name, timing in recorded.items():
        rows.append(_row(name, timing.wall))
        if timing.model:
            rows += [_row("– with the model", timing.model), _row("– overhead", timing.overhead)]
        else:
            rows.append((Cell("– model and overhead"), missing("no spans were recorded"), *[Cell("")] * 5))
    rows += [(Cell(f"{part} (source)", "", "soft"), Cell(""), theirs(s), *[Cell("")] * 4) for part, s in LATENCY]
    table = Table(
        "Table 9. Seconds of a run: distribution, with the time spent waiting for the model apart",
        ("system", *_HEADER),
        tuple(rows),
        (
            "Mean over examples with Student's t interval of 95 %; percentiles over runs, with intervals by order "
            "statistics (Conover, 1999), or by a bootstrap over examples where an example had several runs (Field and "
            "Welsh, 2007). Time with the model: at least one question to it was open.",
            *_charged(recorded),
            OTHER,
        ),
    )
    return Section("latency", "Latency", (table, _picture(recorded), *_loads(recorded), *_nodes(timings), *notes))


def _charged(recorded: Mapping[str, Timing]) -> list[str]:
    charged = sum(timing.charged for timing in recorded.values())
    if not charged:
        return []
    return [
        f"{counted(charged, 'run')} shared work with another one (tests, the diagnosis, answers of the model), which "
        "was done once: each is charged what it would have taken alone."
    ]


def _why(timings: Mapping[str, Timing]) -> str:
    if not timings:
        return "there are no traces"
    if any(timing.shared for timing in timings.values()):
        return "all runs that ended took answers of the model from a cache"
    return "the traces tell no times of whole runs"


def _row(name: str, column: Column) -> tuple[Cell, ...]:
    n, examples = len(column), column.examples
    average = mean(column.means())
    told = ends(average, unit=SECONDS) if examples >= _FEW else f"interval needs {_FEW} examples"
    cells = [Cell(number(average.value, unit=SECONDS), told)]
    for share, value in zip(SHARES, quantiles(column.values, SHARES), strict=False):
        if examples < _NEEDED[share]:
            cells.append(Cell("–", f"needs {_NEEDED[share]} examples", "soft"))
            continue
        interval = quantile_interval(column.values, share) if examples == n else quantile_by_example(column, share)
        told = f"[{number(interval[0], unit=SECONDS)}, {number(interval[1], unit=SECONDS)}]" if interval else ""
        cells.append(Cell(number(value, unit=SECONDS), told or f"no interval from {counted(n, 'run')}"))
    return (Cell(name), Cell(f"{n:,}", "" if examples == n else counted(examples, "example")), *cells)


def _nodes(timings: Mapping[str, Timing]) -> list[Block]:
    """One table for each system: its nodes, those that take longest first."""
    found: list[Block] = []
    for name, timing in timings.items():
        if not timing.nodes:
            continue
        order = sorted(timing.nodes.items(), key=lambda item: -sum(item[1].values))
        rows = tuple(_row(node, values) for node, values in order)
        found.append(
            Table(
                f"Seconds of each node in {name}, all its turns of a run together",
                ("node", *_HEADER),
                rows,
                ("Nodes run side by side: their times do not add up to that of the run.",),
            )
        )
    return found


def _loads(recorded: Mapping[str, Timing]) -> list[Block]:
    """How long runs take by how many are under way when they begin, of whatever system."""
    spans = [span for timing in recorded.values() for span in timing.spans]
    rows: list[tuple[Cell, ...]] = []
    loads: set[str] = set()
    for name, timing in recorded.items():
        if len(timing.began) != len(timing.wall):
            continue
        groups: dict[str, Column] = {}
        measured = zip(in_flight(timing.began, spans), timing.wall.values, timing.wall.owners, strict=True)
        for count, seconds, owner in measured:
            groups.setdefault(load_of(count), Column()).add(seconds, owner)
        loads |= groups.keys()
        order = sorted(groups, key=lambda text: int(text.partition("–")[0]))
        rows += [_row(f"{name}: {load} at a time", groups[load]) for load in order]
    if not loads - {"1"}:
        return [Note("Latency under load was not measured: no two runs were under way at the same time.")]
    return [
        Table(
            "Seconds of a run by how many runs were under way when it began",
            ("system and load", *_HEADER),
            tuple(rows),
        )
    ]


def _picture(recorded: Mapping[str, Timing]) -> Picture:
    lines = [Curve(name, _cumulative(sorted(timing.wall.values))) for name, timing in recorded.items()]
    middle = {name: quantiles(timing.wall.values, [0.5, 0.95]) for name, timing in recorded.items()}
    told = "; ".join(
        f"{name}: half of the runs within {number(half, unit=SECONDS)} s, 95 % within {number(most, unit=SECONDS)} s"
        for name, (half, most) in middle.items()
    )
    title = "Distribution of latency"
    words = f"{title}: share of runs that are done. {told}"
    return Picture(
        lambda form: curves(
            lines,
            title=title,
            x="seconds (logarithmic)",
            y="share of runs that are done",
            words=words,
            logarithmic=True,
            stepped=True,
            format=form,
        ),
        words,
    )


def _cumulative(ordered: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """The empirical distribution function, thinned where there are very many values."""
    n = len(ordered)
    step = max(1, n // _MOST_POINTS)
    places = sorted({*range(0, n, step), n - 1})
    return tuple((max(ordered[place], 1e-6), (place + 1) / n) for place in places)
