"""Figures as text: digits that tell something, intervals, counts."""

from __future__ import annotations

from gradatim.evals.reports.document import Cell, missing
from gradatim.evals.reports.figures import Figure
from gradatim.evals.statistics.estimate import Estimate


def number(value: float | None, *, unit: str | None = None, sign: bool = False) -> str:
    """A figure: three places for scores and small numbers, fewer for large ones."""
    if value is None:
        return "–"
    size = abs(value)
    places = 3 if size < 10 else 2 if size < 100 else 1 if size < 1000 else 0
    if unit in ("tokens", "calls", "turns") and size >= 10:
        places = min(places, 1)
    value = round(value, places) + 0.0  # no minus before a zero
    return f"{value:{'+' if sign else ''},.{places}f}"


def ends(estimate: Estimate, *, unit: str | None = None, sign: bool = False) -> str:
    """An interval, or why there is none."""
    if estimate.low is None or estimate.high is None:
        return "no interval"
    return f"[{number(estimate.low, unit=unit, sign=sign)}, {number(estimate.high, unit=unit, sign=sign)}]"


def figure_cell(figure: Figure, *, unit: str | None = None) -> Cell:
    """A figure with its interval and what it rests on."""
    if figure.estimate.value is None:
        why = figure.why or figure.estimate.method.removeprefix("not estimable: ")
        return missing(f"{counted(figure.unjudged, 'run')} without a score: {why}" if figure.unjudged else why)
    detail = f"{ends(figure.estimate, unit=unit)}, n {figure.estimate.n:,}"
    if figure.runs != figure.estimate.n:
        detail += f" ({counted(figure.runs, 'run')})"
    if figure.unjudged:
        detail += f", {figure.unjudged:,} not judged"
    return Cell(number(figure.estimate.value, unit=unit), detail)


def estimate_cell(estimate: Estimate, *, unit: str | None = None) -> Cell:
    """An estimate with its interval."""
    if estimate.value is None:
        return missing(estimate.method.removeprefix("not estimable: "))
    return Cell(number(estimate.value, unit=unit), f"{ends(estimate, unit=unit)}, n {estimate.n:,}")


def probability(p: float | None) -> str:
    """A p value."""
    if p is None:
        return "–"
    return f"{p:.4f}" if p >= 0.0001 else "< 0.0001"


def counted(count: int, noun: str) -> str:
    """`1 run`, `2,000 runs`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def readable(key: str) -> str:
    """The key of a scorer as words: `claim_support` → `claim support`."""
    return key.replace("_", " ")
