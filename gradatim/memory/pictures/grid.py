"""Mastery over time of many concepts: one row each, time from left to right, colour for mastery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradatim.memory.pictures.canvas import Canvas
from gradatim.memory.pictures.palette import GRID, SOFT, UNOBSERVED, mastery_colour, text_on
from gradatim.memory.pictures.series import ConceptSeries
from gradatim.memory.pictures.timeline import draw_time, moment, span
from gradatim.memory.pictures.words import shortened

ROWS = 40
"""Concepts that have a row at most."""
_ROW = 0.2
_TOP = 0.72
_BOTTOM = 0.72
_WIDTH = 8.6
_LEFT = 2.3
_RIGHT = 0.62


def chosen(series: Sequence[ConceptSeries]) -> list[ConceptSeries]:
    """The concepts with most observations, least mastered first."""
    most = sorted(series, key=lambda item: (-len(item.points), item.concept))[:ROWS]
    return sorted(most, key=lambda item: (item.points[-1].mastery, item.concept))


def rows_size(series: Sequence[ConceptSeries]) -> tuple[float, float]:
    """Width and height in inches."""
    return _WIDTH, _TOP + _BOTTOM + _ROW * min(len(series), ROWS)


def draw_rows(canvas: Canvas, series: Sequence[ConceptSeries], title: str) -> None:
    """Draw the rows; a row begins with its first observation and keeps the colour of the last one."""
    rows = chosen(series)
    figure = canvas.figure
    width, height = figure.get_size_inches()
    canvas.write(figure, 0.12 / width, 1 - 0.27 / height, title, fontsize=12, fontweight="bold")
    left_out = len(series) - len(rows)
    if left_out:
        told = f"the {len(rows)} with most answers; {left_out} more are left out"
        canvas.write(figure, 0.12 / width, 1 - 0.48 / height, told, fontsize=8, color=SOFT)
    axes = figure.add_axes(
        (_LEFT / width, _BOTTOM / height, 1 - (_LEFT + _RIGHT) / width, 1 - (_TOP + _BOTTOM) / height)
    )
    low, high = span([point.at for item in rows for point in item.points])
    for place, item in enumerate(rows):
        _row(canvas, axes, place, item, low, high)
    draw_time(axes, low, high)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks([])
    axes.grid(axis="x", color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    _scale(canvas, width, height)


def _row(canvas: Canvas, axes: Any, place: int, item: ConceptSeries, low: int, high: int) -> None:
    # What is narrower than a pixel or so cannot be seen: one colour for each of 120 stretches of time.
    step = max(1, (high - low) // 120)
    stretches: list[tuple[int, float]] = []
    for point in item.points:
        start = low + (point.at - low) // step * step
        if stretches and stretches[-1][0] == start:
            stretches[-1] = (start, point.mastery)
        elif not stretches or mastery_colour(stretches[-1][1]) != mastery_colour(point.mastery):
            stretches.append((start, point.mastery))
    ends = [start for start, _ in stretches[1:]] + [high]
    axes.barh(place, moment(stretches[0][0]) - moment(low), 0.2, left=moment(low), color=UNOBSERVED, linewidth=0)
    starts = [moment(start) for start, _ in stretches]
    widths = [moment(end) - start for start, end in zip(starts, ends, strict=True)]
    axes.barh(
        [place] * len(starts), widths, 0.8, left=starts, linewidth=0,
        color=[mastery_colour(mastery) for _, mastery in stretches],
    )  # fmt: skip
    across = axes.get_yaxis_transform()
    canvas.write(
        axes, -0.012, place, shortened(item.label, 34), transform=across, fontsize=7.5, ha="right", va="center"
    )
    canvas.write(
        axes, 1.012, place, f"{item.points[-1].mastery:.2f}", transform=across, fontsize=7, color=SOFT, va="center"
    )


def _scale(canvas: Canvas, width: float, height: float) -> None:
    """What the colours mean."""
    axes = canvas.figure.add_axes((_LEFT / width, 0.14 / height, 2.6 / width, 0.17 / height))
    steps = 24
    for place in range(steps):
        axes.axvspan(place / steps, (place + 1) / steps, color=mastery_colour((place + 0.5) / steps), linewidth=0)
    axes.set_xlim(0, 1)
    axes.set_axis_off()
    for value, where in ((0.0, "left"), (1.0, "right")):
        canvas.write(
            axes, abs(value - 0.02), 0.42, f"{value:.0f}", transform=axes.transAxes, fontsize=7.5, ha=where,
            va="center", color=text_on(mastery_colour(value)),
        )  # fmt: skip
    canvas.write(
        axes, 1.03, 0.42, "mastery; a thin grey line: not observed yet", transform=axes.transAxes, fontsize=7.5,
        va="center", color=SOFT,
    )  # fmt: skip
