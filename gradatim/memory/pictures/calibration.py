"""Calibration of predictions: a reliability diagram with counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradatim.memory.pictures.canvas import Canvas, Format, picture
from gradatim.memory.pictures.palette import BLUE, GRID, SOFT
from gradatim.memory.pictures.reliability import Reliability, reliability
from gradatim.memory.pictures.series import Prediction
from gradatim.memory.pictures.words import counted, shortened

_SIZE = (4.9, 5.6)
_FEW = 10
"""A bin with fewer predictions is drawn hollow."""


def calibration_of_predictions(predictions: Sequence[Prediction], *, of: str = "", format: Format = "svg") -> bytes:
    """A picture of how often what was predicted came true.

    Above: for each tenth of probability the mean prediction against the share of correct answers, with its Wilson
    interval of 95 %; on the diagonal they agree. Below: how many predictions there were.

    Args:
        predictions: Probabilities of a correct answer and what came.
        of: Whose or what, for the title.
        format: `svg` or `png`.
    """
    found = reliability(predictions)
    title = f"Calibration of predictions{f': {shortened(of, 26)}' if of else ''}"
    return picture(lambda canvas: _draw(canvas, found, title), _SIZE, format, title, _words(found))


def _draw(canvas: Canvas, found: Reliability, title: str) -> None:
    figure = canvas.figure
    width, height = figure.get_size_inches()
    canvas.write(figure, 0.12 / width, 1 - 0.27 / height, title, fontsize=12, fontweight="bold")
    canvas.write(figure, 0.12 / width, 1 - 0.5 / height, _summary(found), fontsize=8, color=SOFT)
    grid = figure.add_gridspec(
        2, 1, height_ratios=[4, 1], left=0.62 / width, right=1 - 0.2 / width, top=1 - 0.68 / height,
        bottom=0.5 / height, hspace=0.08,
    )  # fmt: skip
    above, below = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
    _diagram(above, found)
    _counts(canvas, below, found)
    for axes in (above, below):
        axes.set_xlim(-0.01, 1.01)
        axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
        axes.tick_params(labelsize=8, length=2.5, width=0.6)
        axes.grid(color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    above.tick_params(labelbottom=False)
    below.grid(visible=False, axis="y")
    below.set_xlabel("predicted probability of a correct answer", fontsize=8.5)
    above.set_ylabel("share of correct answers", fontsize=8.5)


def _diagram(axes: Any, found: Reliability) -> None:
    axes.plot([0, 1], [0, 1], color=SOFT, linewidth=0.8, linestyle=(0, (4, 3)), label="as predicted")
    points = [(item, item.observed) for item in found.bins if item.observed is not None]
    for item, observed in points:
        axes.plot([item.predicted] * 2, item.interval, color=BLUE, linewidth=1.1, alpha=0.75, solid_capstyle="butt")
        axes.plot(
            [item.predicted], [observed], marker="o", markersize=5.5, linestyle="none", markeredgecolor=BLUE,
            markerfacecolor=BLUE if item.count >= _FEW else "white", markeredgewidth=1.1,
        )  # fmt: skip
    axes.plot([item.predicted for item, _ in points], [observed for _, observed in points], color=BLUE, linewidth=0.8)
    axes.plot([], [], color=BLUE, linewidth=1.1, marker="o", markersize=5, label="observed, with 95 % interval")
    if any(0 < item.count < _FEW for item in found.bins):
        axes.plot(
            [], [], linestyle="none", marker="o", markersize=5, markerfacecolor="white", markeredgecolor=BLUE,
            label=f"fewer than {_FEW} predictions",
        )  # fmt: skip
    axes.set_ylim(-0.02, 1.02)
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    axes.legend(loc="upper left", frameon=False, fontsize=7.5, handlelength=1.8)


def _counts(canvas: Canvas, axes: Any, found: Reliability) -> None:
    top = max((item.count for item in found.bins), default=0) or 1
    for item in found.bins:
        middle, room = (item.low + item.high) / 2, item.high - item.low
        axes.bar([middle], [item.count], width=room * 0.86, color=BLUE, alpha=0.55, linewidth=0)
        if item.count:
            canvas.write(
                axes, middle, item.count + top * 0.05, f"{item.count:,}", fontsize=6.5, color=SOFT, ha="center"
            )
    axes.set_ylim(0, top * 1.3)
    axes.set_yticks([])
    axes.set_ylabel("count", fontsize=8.5, labelpad=19)


def _summary(found: Reliability) -> str:
    if not found.count:
        return "Nothing was predicted yet."
    return (
        f"{counted(found.count, 'prediction')}, expected calibration error {found.error:.3f}, Brier score "
        f"{found.brier:.3f}"
    )


def _words(found: Reliability) -> str:
    """The picture in words."""
    told = "; ".join(
        f"predicted {item.predicted:.2f}, observed {item.observed:.2f} ({item.count:,})"
        for item in found.bins
        if item.observed is not None
    )
    return f"{_summary(found)}{'.' if found.count else ''} {told}".strip()
