"""Figures as text: digits that tell something, intervals, counts."""

from __future__ import annotations

import math

from gradatim.evals.reports.document import Cell, missing
from gradatim.evals.reports.figures import Figure
from gradatim.evals.statistics.estimate import Estimate

SECONDS = "seconds"
FINE = (SECONDS, "currency")
"""Units of which small figures are told with three digits that count: they have no scale of their own."""
_LONG = 110


def number(value: float | None, *, unit: str | None = None, sign: bool = False) -> str:
    """A figure: three places for scores and small numbers, fewer for large ones."""
    if value is None:
        return "–"
    size = abs(value)
    places = 3 if size < 10 else 2 if size < 100 else 1 if size < 1000 else 0
    if unit in FINE and 1e-9 < size < 0.1:
        places = 2 - math.floor(math.log10(size))
    if unit in ("tokens", "calls", "turns") and size >= 10:
        places = min(places, 1)
    value = round(value, places) + 0.0  # no minus before a zero
    return f"{value:{'+' if sign else ''},.{places}f}"


def ends(estimate: Estimate, *, unit: str | None = None, sign: bool = False) -> str:
    """An interval, or why there is none."""
    if estimate.low is None or estimate.high is None:
        why = estimate.method.partition("no interval: ")[2].rstrip(")")
        return f"no interval: {why}" if why else "no interval"
    return f"[{number(estimate.low, unit=unit, sign=sign)}, {number(estimate.high, unit=unit, sign=sign)}]"


def figure_cell(figure: Figure, *, unit: str | None = None) -> Cell:
    """A figure with its interval and what it rests on."""
    if figure.estimate.value is None:
        why = shortened(figure.why or figure.estimate.method.removeprefix("not estimable: "))
        return missing(f"{counted(figure.unjudged, 'run')} without a score: {why}" if figure.unjudged else why)
    detail = f"{ends(figure.estimate, unit=unit)}, n {figure.estimate.n:,}"
    if figure.runs != figure.estimate.n:
        detail += f" ({counted(figure.runs, 'run')})"
    if figure.unjudged:
        detail += f", {figure.unjudged:,} not judged"
    return Cell(number(figure.estimate.value, unit=unit), detail)


def estimate_cell(estimate: Estimate, *, unit: str | None = None, sign: bool = False) -> Cell:
    """An estimate with its interval."""
    if estimate.value is None:
        return missing(estimate.method.removeprefix("not estimable: "))
    return Cell(
        number(estimate.value, unit=unit, sign=sign), f"{ends(estimate, unit=unit, sign=sign)}, n {estimate.n:,}"
    )


def probability(p: float | None) -> str:
    """A p value."""
    if p is None:
        return "–"
    return f"{p:.4f}" if p >= 0.0001 else "< 0.0001"


def shortened(text: str, most: int = _LONG) -> str:
    """A reason that stands in a table of figures; the whole of it is told where runs failed, or what is missing."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def counted(count: int, noun: str) -> str:
    """`1 run`, `2,000 runs`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def readable(key: str) -> str:
    """The key of a scorer as words: `claim_support` → `claim support`."""
    return key.replace("_", " ")
