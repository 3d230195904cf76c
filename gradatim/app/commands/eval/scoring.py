"""`gradatim eval score`: scores of recorded runs, as figures with intervals."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.console import emit, error_data, label, out, plural, printable, progress, say, shorten, table
from gradatim.app.options import json_option
from gradatim.errors import InputError

if TYPE_CHECKING:
    from gradatim.evals.scorers.summary import Figure
    from gradatim.evals.scorers.working import Scoring
    from gradatim.evals.statistics import Estimate

_SHOWN = 10
"""Lines that could not be read and are told one by one."""
_PARALLEL = 2_000_000
"""Bytes of a file from which several processes are worth their start."""


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--scorers", metavar="A,B", help="Only these scorers, or families of them; see `gradatim eval list`.")
@click.option(
    "--out",
    "out_path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="SCORES",
    help="Also write every score to this file, one JSON object a line.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Processes that score; as many as there are processors for a large file when not given.",
)
@click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="Of the confidence intervals.",
)
@click.option("--all", "show_all", is_flag=True, help="Also show scorers that had nothing to judge by, and why.")
@json_option
def score(
    path: Path,
    scorers: str | None,
    out_path: Path | None,
    workers: int | None,
    level: float,
    show_all: bool,
    as_json: bool,
) -> None:
    """Score the recorded runs in FILE with every scorer that needs no judge.

    FILE is of any format that `gradatim trace export` reads: traces of gradatim, OTLP JSON, an inspect_ai log,
    agentevals trajectories, OpenAI messages. A scorer that lacks what it needs (a reference, spans) gives no score and
    says so.

    \b
    Exit codes: 0 all runs were scored; 1 some lines hold no run; 2 FILE cannot be read, or there is no such scorer.
    """
    from gradatim.evals.scorers import scorers_of
    from gradatim.evals.scorers.running import score_file
    from gradatim.evals.scorers.summary import figures

    chosen = scorers_of(scorers.split(",")) if scorers is not None else scorers_of()
    with progress(not as_json) as bar:
        task = bar.add_task("runs", total=None) if bar else None
        found = score_file(
            path,
            chosen,
            workers=workers or _workers(path),
            out=out_path,
            tell=(lambda count: bar.advance(task, count)) if bar and task is not None else None,
        )
    if not found.tally.runs:
        raise (
            found.problems[0]
            if found.problems
            else InputError("holds no trace", place=str(path), remedy="record some: gradatim assess … --traces FILE")
        )
    summarised = figures(found.tally, chosen, level)
    if as_json:
        emit(_plain(found, summarised, level))
    else:
        _show(found, summarised, level, show_all)
    if found.unread:
        _tell_problems(found)
        raise click.exceptions.Exit(1)


def _workers(path: Path) -> int:
    """As many processes as are worth their start."""
    try:
        large = path.stat().st_size >= _PARALLEL
    except OSError:
        return 1
    return (
        min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
        if large
        else 1
    )


def _show(found: Scoring, summarised: tuple[Figure, ...], level: float, show_all: bool) -> None:
    rows: list[tuple[str, ...]] = []
    idle: list[tuple[str, ...]] = []
    for figure in summarised:
        if figure.estimate.value is None and not figure.further:
            why = next(iter(figure.reasons), figure.estimate.method)
            idle.append((figure.key, str(figure.missing), shorten(why, 90)))
            continue
        missing = str(figure.missing) if figure.missing else ""
        rows.append((figure.key, *_cells(figure.estimate, figure.unit), missing, figure.measure))
        rows += [("", *_cells(item, figure.unit), "", name) for name, item in figure.further.items()]
    if rows:
        out(table(rows, header=("score", "figure", f"{100 * level:g} % interval", "runs", "missing", "what")))
    if show_all and idle:
        out()
        out(table(idle, header=("had nothing to judge by", "runs", "why")))
    out()
    hidden = (
        f"; {plural(len(idle), 'scorer')} had nothing to judge by (--all shows why)" if idle and not show_all else ""
    )
    out(f"{plural(found.tally.runs, 'run')} scored{hidden}")


def _cells(estimate: Estimate, unit: str | None) -> tuple[str, str, str]:
    """Figure, interval and number of runs."""
    if estimate.value is None:
        return "–", shorten(estimate.method, 40), str(estimate.n)
    value = f"{_number(estimate.value)} {unit}" if unit else _number(estimate.value)
    ends = estimate.low is not None and estimate.high is not None
    return value, f"{_number(estimate.low)} … {_number(estimate.high)}" if ends else "–", str(estimate.n)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.3f}" if abs(value) < 100 else f"{value:,.1f}"


def _tell_problems(found: Scoring) -> None:
    for problem in found.problems[:_SHOWN]:
        say(f"{label('warning')} {printable(f'{problem.place}: {problem.message}')}")
    more = found.unread - min(len(found.problems), _SHOWN)
    also = f", {more:,} more of them than are shown" if more else ""
    say(f"{plural(found.unread, 'line')} could not be read and {'was' if found.unread == 1 else 'were'} left out{also}")


def _plain(found: Scoring, summarised: tuple[Figure, ...], level: float) -> dict[str, Any]:
    return {
        "runs": found.tally.runs,
        "level": level,
        "figures": [_plain_figure(figure) for figure in summarised],
        "unread": found.unread,
        "problems": [error_data(problem) for problem in found.problems],
    }


def _plain_figure(figure: Figure) -> dict[str, Any]:
    return {
        "key": figure.key,
        "measure": figure.measure,
        "unit": figure.unit,
        **_plain_estimate(figure.estimate),
        "missing": figure.missing,
        "reasons": dict(figure.reasons),
        "further": {name: _plain_estimate(item) for name, item in figure.further.items()},
        "curve": [
            {"threshold": point.threshold, "coverage": point.coverage, **_plain_estimate(point.precision, "precision")}
            for point in figure.points
        ],
    }


def _plain_estimate(estimate: Estimate, name: str = "value") -> dict[str, Any]:
    return {
        name: estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
        "method": estimate.method,
    }
