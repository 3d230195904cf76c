"""A forest plot: differences with their intervals, one a line, around nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.memory.pictures.canvas import Canvas, Format, picture
from gradatim.memory.pictures.palette import BLUE, GRID, INK, ORANGE, SOFT
from gradatim.memory.pictures.words import shortened

_WIDTH, _ROW, _HEAD, _FOOT = 7.4, 0.24, 0.62, 0.62
_LEFT, _RIGHT = 2.75, 1.55


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of a forest plot.

    Attributes:
        name: What differs.
        value: The difference; `None` where it could not be had, which is told.
        low, high: Ends of its interval.
        strong: Whether it is significant: drawn in the stronger colour, with a full mark.
        told: The figures in words, at the right.
        heading: A line that only names those below it.
    """

    name: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    strong: bool = False
    told: str = ""
    heading: bool = False


def forest(branches: Sequence[Branch], *, title: str, x: str, words: str, format: Format = "svg") -> bytes:
    """A picture of differences with their intervals.

    Args:
        branches: From top to bottom.
        title: What the picture is.
        x: Name of the axis.
        words: What it shows, for those who do not see it.
        format: `svg` or `png`.
    """
    size = (_WIDTH, _HEAD + _FOOT + _ROW * max(1, len(branches)))

    def draw(canvas: Canvas) -> None:
        figure = canvas.figure
        width, height = size
        canvas.write(figure, 0.12 / width, 1 - 0.27 / height, title, fontsize=12, fontweight="bold")
        room = _ROW * max(1, len(branches))
        axes = figure.add_axes((_LEFT / width, _FOOT / height, (width - _LEFT - _RIGHT) / width, room / height))
        ends = [end for item in branches for end in (item.value, item.low, item.high) if end is not None]
        reach = max((abs(end) for end in ends), default=0.0) * 1.08 or 0.1
        axes.set_xlim(-reach, reach)
        axes.set_ylim(len(branches) - 0.5, -0.5)
        axes.axvline(0, color=SOFT, linewidth=0.9)
        axes.grid(color=GRID, linewidth=0.5, axis="x")
        axes.set_axisbelow(True)
        axes.set_yticks([])
        axes.set_xlabel(x, fontsize=8.5)
        axes.tick_params(labelsize=8, length=2.5, width=0.6)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        for place, item in enumerate(branches):
            y = (_FOOT + room - _ROW * (place + 0.5)) / height
            weight = "bold" if item.heading else "normal"
            indent = 0.12 if item.heading else 0.28
            name = shortened(item.name, 40)
            canvas.write(figure, indent / width, y, name, fontsize=8, fontweight=weight, color=INK, va="center")
            told = (width - _RIGHT + 0.1) / width
            canvas.write(figure, told, y, shortened(item.told, 27), fontsize=7.5, color=SOFT, va="center")
            if item.value is None:
                continue
            colour = ORANGE if item.strong else BLUE
            if item.low is not None and item.high is not None:
                axes.plot([item.low, item.high], [place, place], color=colour, linewidth=1.2)
            axes.plot(
                [item.value], [place], marker="o", markersize=5, linestyle="none", markeredgecolor=colour,
                markerfacecolor=colour if item.strong else "white", markeredgewidth=1.1,
            )  # fmt: skip

    return picture(draw, size, format, title, words)
