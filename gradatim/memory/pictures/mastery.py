"""Mastery over time: one panel a concept while they are few, one row a concept when they are many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradatim.memory.pictures.canvas import Canvas, Format, picture
from gradatim.memory.pictures.grid import draw_rows, rows_size
from gradatim.memory.pictures.palette import BLUE, GREEN, GRID, INK, ORANGE, PAPER, PURPLE, SOFT
from gradatim.memory.pictures.series import ConceptSeries, Marked
from gradatim.memory.pictures.timeline import draw_time, moment, span, thinned
from gradatim.memory.pictures.words import counted, shortened

MASTERED = 0.7
"""Mastery above this counts as breadth."""
PANELS = 9
"""So many concepts have a panel each."""
MANY = 48
"""More observations of a concept than this are drawn as a line without marks for each."""
_POINTS = 120
"""Points of a line at most: more cannot be told apart."""
_MARKS = 40
_STYLES = {
    "review": (PURPLE, "v", "review"),
    "self_assessment": (GREEN, "D", "self-assessment"),
    "correction": (INK, "s", "correction"),
}
"""Kind of event → colour, mark and name; the marks stand in a strip below the curve."""
_STRIP = -0.1
_LABELS = {1: 44, 2: 26, 3: 18}
"""Columns of panels → columns of text for the name of a concept."""
_LEGEND_COLUMNS = {1: 5, 2: 4, 3: 8}
_TOLD = 20
"""Concepts that the words for those who do not see it name one by one."""


def mastery_over_time(
    series: Sequence[ConceptSeries], marks: Sequence[Marked] = (), *, learner: str = "", format: Format = "svg"
) -> bytes:
    """A picture of how mastery of each concept grew, with how far it can be trusted.

    Up to nine concepts have a panel each: the belief, the band of `series.mastery_series`, a filled mark for each
    correct and a hollow one for each wrong answer, and lines where a review, a self-assessment or a correction was.
    More concepts are rows of colour, those with most observations, least mastered first.

    Args:
        series: Concepts with at least one point each, in the order in which they are to stand.
        marks: Other events.
        learner: For the title.
        format: `svg` or `png`.
    """
    drawn = [item for item in series if item.points]
    whose = f" of {shortened(learner, 40)}" if learner else ""
    title = f"Mastery over time{whose}"
    if len(drawn) > PANELS:
        return picture(lambda canvas: draw_rows(canvas, drawn, title), rows_size(drawn), format, title, _words(drawn))
    columns = 1 if len(drawn) <= 2 else 2 if len(drawn) <= 4 else 3
    rows = max(1, -(-len(drawn) // columns))
    width = {1: 6.4, 2: 8.0, 3: 9.6}[columns]
    size = (width, 0.95 + rows * (2.6 if columns == 1 else 1.9))
    return picture(
        lambda canvas: _panels(canvas, drawn, marks, title, rows, columns), size, format, title, _words(drawn)
    )


def _panels(
    canvas: Canvas, series: Sequence[ConceptSeries], marks: Sequence[Marked], title: str, rows: int, columns: int
) -> None:
    figure = canvas.figure
    width, height = figure.get_size_inches()
    canvas.write(figure, 0.12 / width, 1 - 0.27 / height, title, fontsize=12, fontweight="bold")
    if not series:
        canvas.write(figure, 0.5, 0.4, "Nothing was observed yet.", ha="center", color=SOFT)
        return
    entries = _legend(series, marks)
    lines = -(-len(entries) // _LEGEND_COLUMNS[columns])
    across = -(-len(entries) // lines)
    figure.legend(
        handles=entries, loc="lower center", ncols=across, frameon=False, fontsize=7.5, handlelength=2.0,
        columnspacing=1.3, borderaxespad=0.15,
    )  # fmt: skip
    bottom = 0.5 + 0.16 * lines
    figure.subplots_adjust(
        left=0.5 / width, right=1 - 0.25 / width, top=1 - 0.72 / height, bottom=bottom / height,
        wspace=0.1, hspace=0.42,
    )  # fmt: skip
    grid = figure.add_gridspec(rows, columns)
    low, high = span([point.at for item in series for point in item.points] + [mark.at for mark in marks])
    for number, item in enumerate(series):
        row, column = divmod(number, columns)
        axes = figure.add_subplot(grid[row, column])
        _panel(canvas, axes, item, marks, _LABELS[columns])
        draw_time(axes, low, high, labelled=number + columns >= len(series))
        axes.tick_params(axis="y", labelleft=column == 0)


def _panel(canvas: Canvas, axes: Any, item: ConceptSeries, marks: Sequence[Marked], width: int) -> None:
    points = thinned(item.points, _POINTS)
    at = [moment(point.at) for point in points]
    mastery = [point.mastery for point in points]
    axes.fill_between(
        at, [point.low for point in points], [point.high for point in points], color=BLUE, alpha=0.16, linewidth=0
    )
    axes.axhline(MASTERED, color=SOFT, linewidth=0.7, linestyle=(0, (2, 2)))
    for kind, (colour, shape, _) in _STYLES.items():
        when = [moment(mark.at) for mark in thinned([mark for mark in marks if mark.kind == kind], _MARKS)]
        axes.plot(
            when, [_STRIP] * len(when), linestyle="none", marker=shape, markersize=3.4, color=colour,
            markeredgewidth=0, alpha=0.8,
        )  # fmt: skip
    axes.plot(at, mastery, color=BLUE, linewidth=1.5, solid_joinstyle="round")
    if len(item.points) <= MANY:
        for correct in (True, False):
            chosen = [place for place, point in enumerate(points) if point.correct is correct]
            axes.plot(
                [at[place] for place in chosen],
                [mastery[place] for place in chosen],
                linestyle="none",
                marker="o" if correct else "X",
                markersize=4.6 if correct else 5.2,
                markerfacecolor=BLUE if correct else PAPER,
                markeredgecolor=BLUE if correct else ORANGE,
                markeredgewidth=0.9,
            )
    axes.set_ylim(-0.02 if not marks else _STRIP - 0.07, 1.03)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.grid(color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    last = item.points[-1]
    canvas.write(axes, 0, 1.08, shortened(item.label, width), transform=axes.transAxes, fontsize=9.5, fontweight="bold")
    canvas.write(
        axes, 1, 1.08, f"{last.mastery:.2f}, {counted(len(item.points), 'answer')}",
        transform=axes.transAxes, fontsize=8, color=SOFT, ha="right",
    )  # fmt: skip


def _legend(series: Sequence[ConceptSeries], marks: Sequence[Marked]) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    entries: list[Any] = [
        Line2D([], [], color=BLUE, linewidth=1.5, label="mastery"),
        Patch(color=BLUE, alpha=0.16, linewidth=0, label="80 % band"),
        Line2D([], [], color=SOFT, linewidth=0.7, linestyle=(0, (2, 2)), label=f"mastered ({MASTERED})"),
    ]
    if any(len(item.points) <= MANY for item in series):
        entries += [
            Line2D([], [], linestyle="none", marker="o", markersize=4.6, color=BLUE, label="correct"),
            Line2D([], [], linestyle="none", marker="X", markersize=5.2, markerfacecolor=PAPER,
                   markeredgecolor=ORANGE, markeredgewidth=0.9, label="wrong"),
        ]  # fmt: skip
    kinds = {mark.kind for mark in marks}
    entries += [
        Line2D([], [], linestyle="none", marker=shape, markersize=3.6, color=colour, markeredgewidth=0, label=name)
        for kind, (colour, shape, name) in _STYLES.items()
        if kind in kinds
    ]
    return entries


def _words(series: Sequence[ConceptSeries]) -> str:
    """The picture in words."""
    if not series:
        return "Nothing was observed yet."
    told = "; ".join(
        f"{item.label}: {item.points[0].mastery:.2f} at first, {item.points[-1].mastery:.2f} now, "
        f"{counted(len(item.points), 'answer')}"
        for item in series[:_TOLD]
    )
    rest = f"; and {len(series) - _TOLD} more concepts" if len(series) > _TOLD else ""
    return f"Estimated mastery of {counted(len(series), 'concept')}. {told}{rest}."
