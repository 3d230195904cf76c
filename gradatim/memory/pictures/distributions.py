"""How values are spread: a box and whiskers for each group, with the values themselves where they are few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gradatim.memory.pictures.canvas import Canvas, Format, picture
from gradatim.memory.pictures.palette import BLUE, GRID, INK, ORANGE, SOFT
from gradatim.memory.pictures.words import shortened

_WIDTH, _ROW, _HEAD, _FOOT = 7.4, 0.3, 0.62, 0.66
_LEFT, _RIGHT = 2.75, 1.0
_FEW = 300
"""Values of a group that are drawn one by one; of more, the box alone tells."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The values of one group; a heading where there are none and `heading` is true."""

    name: str
    values: tuple[float, ...] = ()
    heading: bool = False


def distributions(
    groups: Sequence[Spread], *, title: str, x: str, words: str, logarithmic: bool = False, format: Format = "svg"
) -> bytes:
    """A picture of spreads: whiskers from the 5th to the 95th percentile, the box from quartile to quartile, the median
    as a line, the mean as a diamond.

    Args:
        groups: From top to bottom.
        title: What the picture is.
        x: Name of the axis.
        words: What it shows, for those who do not see it.
        logarithmic: The axis, for times; values that are not above 0 are left out of it.
        format: `svg` or `png`.
    """
    size = (_WIDTH, _HEAD + _FOOT + _ROW * max(1, len(groups)))

    def draw(canvas: Canvas) -> None:
        figure = canvas.figure
        width, height = size
        canvas.write(figure, 0.12 / width, 1 - 0.27 / height, title, fontsize=12, fontweight="bold")
        room = _ROW * max(1, len(groups))
        axes = figure.add_axes((_LEFT / width, _FOOT / height, (width - _LEFT - _RIGHT) / width, room / height))
        _frame(axes, groups, x, logarithmic)
        for place, group in enumerate(groups):
            y = (_FOOT + room - _ROW * (place + 0.5)) / height
            indent = 0.12 if group.heading else 0.28
            weight = "bold" if group.heading else "normal"
            name = shortened(group.name, 40)
            canvas.write(figure, indent / width, y, name, fontsize=8, fontweight=weight, color=INK, va="center")
            if group.heading:
                continue
            told = (width - _RIGHT + 0.1) / width
            canvas.write(figure, told, y, f"n {len(group.values):,}", fontsize=7.5, color=SOFT, va="center")
            _box(axes, [value for value in group.values if value > 0 or not logarithmic], place)

    return picture(draw, size, format, title, words)


def quantile(ordered: Sequence[float], share: float) -> float:
    """A quantile of sorted values, by linear interpolation (Hyndman and Fan, 1996, type 7).

    Raises:
        ValueError: There are no values.
    """
    if not ordered:
        raise ValueError("no values have no quantile")
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _frame(axes: Any, groups: Sequence[Spread], x: str, logarithmic: bool) -> None:
    values = [value for group in groups for value in group.values if value > 0 or not logarithmic]
    low, high = (min(values), max(values)) if values else (0.0 if not logarithmic else 0.1, 1.0)
    if logarithmic:
        axes.set_xscale("log")
        axes.set_xlim(low / 1.3, high * 1.3)
        axes.xaxis.set_major_formatter(_plain)
        axes.xaxis.set_minor_formatter(_plain if high / low < 20 else _nothing)
    else:
        low, high = (0.0, 1.0) if low >= 0.0 and high <= 1.0 else (min(0.0, low), high)
        air = 0.03 * ((high - low) or 1.0)
        axes.set_xlim(low - air, high + air)
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.set_yticks([])
    axes.grid(color=GRID, linewidth=0.5, axis="x")
    axes.set_axisbelow(True)
    axes.set_xlabel(x, fontsize=8.5)
    axes.tick_params(which="both", labelsize=8, length=2.5, width=0.6)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _plain(value: float, _: int) -> str:
    return f"{value:g}"


def _nothing(_: float, __: int) -> str:
    return ""


def _box(axes: Any, values: Sequence[float], place: int) -> None:
    if not values:
        return
    ordered = sorted(values)
    if len(ordered) <= _FEW:
        # spread over the height of the row by their rank, so that equal values do not hide each other
        heights = [place - 0.3 + 0.6 * (number * 0.6180339887 % 1) for number in range(len(ordered))]
        axes.plot(ordered, heights, marker=".", markersize=3, linestyle="none", color=BLUE, alpha=0.28)
    p5, q1, median, q3, p95 = (quantile(ordered, share) for share in (0.05, 0.25, 0.5, 0.75, 0.95))
    axes.plot([p5, p95], [place, place], color=INK, linewidth=0.9)
    axes.fill([q1, q3, q3, q1], [place - 0.2, place - 0.2, place + 0.2, place + 0.2], facecolor=BLUE, alpha=0.4)
    axes.plot([median, median], [place - 0.26, place + 0.26], color=INK, linewidth=1.6)
    mean = sum(ordered) / len(ordered)
    axes.plot([mean], [place], marker="D", markersize=3.8, color=ORANGE, linestyle="none")
