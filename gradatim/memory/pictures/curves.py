"""Lines over one axis: reliability curves, precision against coverage, distributions of times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gradatim.memory.pictures.canvas import Canvas, Format, picture
from gradatim.memory.pictures.palette import BLUE, GREEN, GRID, INK, ORANGE, PURPLE, SOFT
from gradatim.memory.pictures.words import columns, shortened

COLOURS = (BLUE, ORANGE, GREEN, PURPLE, INK, SOFT)
_DASHES: tuple[Any, ...] = ("solid", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))
_MARKS = ("o", "s", "^", "D", "v", "P")
_WIDTH, _HEIGHT, _ENTRY = 6.6, 4.0, 0.19
_NAME = 34


@dataclass(frozen=True, slots=True)
class Curve:
    """One line.

    Attributes:
        name: What it stands for in the legend.
        points: Places from left to right.
        intervals: Lower and upper end at each point; none are drawn where it is empty.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    intervals: tuple[tuple[float, float], ...] = ()


def curves(
    lines: Sequence[Curve],
    *,
    title: str,
    x: str,
    y: str,
    words: str,
    diagonal: str = "",
    level: tuple[float, str] | None = None,
    logarithmic: bool = False,
    stepped: bool = False,
    format: Format = "svg",
) -> bytes:
    """A picture of some lines in one field, told apart by colour, dashes and marks.

    Args:
        lines: Those without points only stand in the legend.
        title: What the picture is.
        x, y: Names of the axes; `y` is in [0, 1], and so is `x` unless it is logarithmic.
        words: What it shows, for those who do not see it.
        diagonal: What lies on the diagonal; it is not drawn when empty.
        level: A height that is marked, and its name.
        logarithmic: The horizontal axis, for times.
        stepped: A distribution: the line rises at each point; marks are left out.
        format: `svg` or `png`.
    """
    size = (_WIDTH, _HEIGHT + _ENTRY * (len(lines) + bool(diagonal) + bool(level)))

    def draw(canvas: Canvas) -> None:
        figure = canvas.figure
        width, height = size
        canvas.write(figure, 0.12 / width, 1 - 0.27 / height, title, fontsize=12, fontweight="bold")
        axes = figure.add_axes((0.62 / width, (height - 3.45) / height, (width - 0.82) / width, 3.0 / height))
        if diagonal:
            axes.plot([0, 1], [0, 1], color=SOFT, linewidth=0.8, linestyle=(0, (4, 3)))
        if level is not None:
            axes.axhline(level[0], color=SOFT, linewidth=0.8, linestyle=(0, (1, 2)))
        for number, line in enumerate(lines):
            _line(axes, line, number, stepped)
        _frame(axes, x, y, logarithmic, lines)
        entries = [(line.name, number) for number, line in enumerate(lines)]
        _legend(canvas, entries, diagonal, level, stepped)

    return picture(draw, size, format, title, words)


def _line(axes: Any, line: Curve, number: int, stepped: bool) -> None:
    if not line.points:
        return
    xs, ys = [place for place, _ in line.points], [height for _, height in line.points]
    style: dict[str, Any] = {"color": COLOURS[number % len(COLOURS)], "linewidth": 1.3, "linestyle": _dash(number)}
    if stepped:
        axes.step(xs, ys, where="post", **style)
        return
    for (place, _), (low, high) in zip(line.points, line.intervals, strict=False):
        axes.plot([place, place], [low, high], color=style["color"], linewidth=1.0, alpha=0.45)
    few = len(xs) <= 30
    axes.plot(xs, ys, marker=_MARKS[number % len(_MARKS)] if few else None, markersize=4.5, **style)


def _dash(number: int) -> Any:
    return _DASHES[number // len(COLOURS) % len(_DASHES)]


def _frame(axes: Any, x: str, y: str, logarithmic: bool, lines: Sequence[Curve]) -> None:
    axes.set_ylim(-0.02, 1.02)
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    if logarithmic:
        places = [place for line in lines for place, _ in line.points if place > 0]
        low, high = (min(places), max(places)) if places else (0.1, 10.0)
        axes.set_xscale("log")
        axes.set_xlim(low / 1.3, high * 1.3)
        axes.xaxis.set_major_formatter(_plain)
        axes.xaxis.set_minor_formatter(_plain if high / low < 20 else _nothing)
    else:
        axes.set_xlim(-0.01, 1.01)
        axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    axes.set_xlabel(x, fontsize=8.5)
    axes.set_ylabel(y, fontsize=8.5)
    axes.tick_params(which="both", labelsize=8, length=2.5, width=0.6)
    axes.grid(color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _plain(value: float, _: int) -> str:
    return f"{value:g}"


def _nothing(_: float, __: int) -> str:
    return ""


def _legend(
    canvas: Canvas, entries: Sequence[tuple[str, int]], diagonal: str, level: tuple[float, str] | None, stepped: bool
) -> None:
    """Below the field, one line an entry: names of variants may be long."""
    figure = canvas.figure
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    top = height - 3.45 - 0.52
    listed: list[tuple[str, dict[str, Any]]] = [
        (
            name,
            {
                "color": COLOURS[number % len(COLOURS)],
                "linestyle": _dash(number),
                "linewidth": 1.3,
                "marker": None if stepped else _MARKS[number % len(_MARKS)],
                "markersize": 4.5,
            },
        )
        for number, (name, _) in enumerate(entries)
    ]
    if diagonal:
        listed.append((diagonal, {"color": SOFT, "linewidth": 0.8, "linestyle": (0, (4, 3))}))
    if level is not None:
        listed.append((level[1], {"color": SOFT, "linewidth": 0.8, "linestyle": (0, (1, 2))}))
    for place, (name, style) in enumerate(listed):
        y = top - _ENTRY * place
        axes.plot([0.65, 1.05], [y, y], **style)
        shown = name if columns(name) <= 2 * _NAME else shortened(name, 2 * _NAME)
        canvas.write(axes, 1.15, y, shown, fontsize=8, color=INK, va="center")
