"""Figures of scores, as a table for a person and as data for a program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradatim.app.console import out, shorten, table

if TYPE_CHECKING:
    from gradatim.evals.scorers import ScorerInfo
    from gradatim.evals.scorers.summary import Figure
    from gradatim.evals.statistics import Estimate


def show_figures(
    figures: Iterable[Figure],
    scorers: Sequence[ScorerInfo],
    level: float,
    standings: Mapping[str, str],
    *,
    show_idle: bool,
) -> int:
    """Write a table of figures.

    Args:
        standings: What a person has to know of who gave a score, by its key.
        show_idle: Also those of scorers that had nothing to judge by, and why.

    Returns:
        How many scorers had nothing to judge by.
    """
    lower = {info.key for info in scorers if info.higher_is_better is False}
    rows: list[tuple[str, ...]] = []
    idle: list[tuple[str, ...]] = []
    for figure in figures:
        if figure.estimate.value is None and not figure.further:
            why = next(iter(figure.reasons), figure.estimate.method)
            idle.append((figure.key, str(figure.missing), shorten(why, 90)))
            continue
        missing = str(figure.missing) if figure.missing else ""
        standing = standings.get(figure.key)
        what = f"{figure.measure} ({standing})" if standing else figure.measure
        key = f"{figure.key} ↓" if figure.key in lower else figure.key
        rows.append((key, *_cells(figure.estimate, figure.unit), missing, what))
        rows += [("", *_cells(item, figure.unit), "", name) for name, item in figure.further.items()]
    if rows:
        out(table(rows, header=("score", "figure", f"{100 * level:g} % interval", "runs", "missing", "what")))
    if show_idle and idle:
        if rows:
            out()
        out(table(idle, header=("had nothing to judge by", "runs", "why")))
    return len(idle)


def plain_figure(figure: Figure, info: ScorerInfo) -> dict[str, Any]:
    """A figure as plain data."""
    return {
        "key": figure.key,
        "measure": figure.measure,
        "unit": figure.unit,
        "higher_is_better": info.higher_is_better,
        **_plain_estimate(figure.estimate),
        "missing": figure.missing,
        "reasons": dict(figure.reasons),
        "further": {name: _plain_estimate(item) for name, item in figure.further.items()},
        "curve": [
            {"threshold": point.threshold, "coverage": point.coverage, **_plain_estimate(point.precision, "precision")}
            for point in figure.points
        ],
    }


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


def _plain_estimate(estimate: Estimate, name: str = "value") -> dict[str, Any]:
    return {
        name: estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
        "method": estimate.method,
    }
