"""The map of concepts, coloured by mastery: what is needed before what, from left to right."""

from __future__ import annotations

from typing import Any

from gradatim.memory.pictures.canvas import Canvas, Format, picture
from gradatim.memory.pictures.concepts import ConceptMap, MapConcept
from gradatim.memory.pictures.layout import columns, levels
from gradatim.memory.pictures.palette import INK, PAPER, SOFT, UNOBSERVED, mastery_colour, text_on
from gradatim.memory.pictures.words import counted, shortened, wrapped

_BOX = (1.34, 0.42)
"""Width and height of a concept in inches."""
_GAP = (0.62, 0.16)
_EDGE = 0.2
_TOP = 0.62
_BOTTOM = 0.52
_COLUMN = 9
"""Concepts above one another at most."""
_TEXT = 19
"""Columns of text in a box."""
_LEAST_WIDTH = 6.6
_TOLD = 30


def concept_map(content: ConceptMap, *, learner: str = "", format: Format = "svg") -> bytes:
    """A picture of what a learner worked on and what lies around it.

    Each concept stands to the right of what it needs. Its colour is its mastery; grey is not observed; hatched is
    inferred from other concepts and never observed.

    Args:
        content: What stands on the map; see `concepts.map_around`.
        learner: For the title.
        format: `svg` or `png`.
    """
    whose = f" of {shortened(learner, 40)}" if learner else ""
    title = f"Concept map{whose}"
    ids = [item.id for item in content.concepts]
    needs: dict[str, list[str]] = {}
    for source, target in content.needed:
        needs.setdefault(target, []).append(source)
    stand = columns(ids, needs, levels(ids, needs), _COLUMN)
    tallest = max((len(column) for column in stand), default=1)
    width = max(_LEAST_WIDTH, 2 * _EDGE + len(stand) * (_BOX[0] + _GAP[0]) - _GAP[0])
    height = _TOP + _BOTTOM + max(1, tallest) * (_BOX[1] + _GAP[1])
    return picture(lambda canvas: _draw(canvas, content, stand, title), (width, height), format, title, _words(content))


def _draw(canvas: Canvas, content: ConceptMap, stand: list[list[str]], title: str) -> None:
    figure = canvas.figure
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    canvas.write(axes, 0.12, height - 0.27, title, fontsize=12, fontweight="bold")
    if content.left_out:
        told = f"the {len(content.concepts)} with most answers and around them; {content.left_out} more are left out"
        canvas.write(axes, 0.12, height - 0.47, told, fontsize=7.5, color=SOFT)
    if not content.concepts:
        canvas.write(axes, width / 2, height / 2, "Nothing was observed yet.", ha="center", color=SOFT)
        return
    middle = _BOTTOM + (height - _TOP - _BOTTOM) / 2
    left = (width - len(stand) * (_BOX[0] + _GAP[0]) + _GAP[0]) / 2
    places: dict[str, tuple[float, float]] = {}
    for number, column in enumerate(stand):
        x = left + number * (_BOX[0] + _GAP[0])
        top = middle + len(column) * (_BOX[1] + _GAP[1]) / 2 - (_BOX[1] + _GAP[1]) / 2
        for row, concept in enumerate(column):
            places[concept] = (x, top - row * (_BOX[1] + _GAP[1]))
    for source, target in content.needed:
        _line(axes, places[source], places[target])
    for item in content.concepts:
        _box(canvas, axes, item, *places[item.id])
    _legend(canvas, axes, content)


def _line(axes: Any, source: tuple[float, float], target: tuple[float, float]) -> None:
    """From the right side of what is needed to the left side of what it is needed for, behind the boxes."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    x, y = source[0] + _BOX[0], source[1]
    end, high = target
    bend = max(0.18, (end - x) * 0.45)
    curve = Path([(x, y), (x + bend, y), (end - bend, high), (end, high)], [1, 4, 4, 4])
    axes.add_patch(
        FancyArrowPatch(
            path=curve, arrowstyle="-|>,head_length=2.6,head_width=1.5", linewidth=0.7, color=SOFT, alpha=0.7,
 zorder=1, shrinkA=0, shrinkB=0,
        )
    )  # fmt: skip


def _box(canvas: Canvas, axes: Any, item: MapConcept, x: float, y: float) -> None:
    fill = UNOBSERVED if item.mastery is None else mastery_colour(item.mastery)
    ink = text_on(fill)
    _outline(axes, x, y - _BOX[1] / 2, *_BOX, fill, hatched=item.inferred)
    if item.inferred:
        fill, ink = PAPER, INK
        _outline(axes, x + 0.09, y - _BOX[1] / 2 + 0.06, _BOX[0] - 0.18, _BOX[1] - 0.12, PAPER, line=0.0)
    value = "" if item.mastery is None else f"{item.mastery:.2f}"
    lines = wrapped(item.label, _TEXT, 2)
    told = f"{value} · {counted(item.observations, 'answer')}" if value and item.observations else value
    rows = [*lines, told] if told else lines
    step = 0.118
    top = y + (len(rows) - 1) * step / 2
    for number, row in enumerate(rows):
        last = bool(told) and number == len(rows) - 1
        canvas.write(
            axes, x + _BOX[0] / 2, top - number * step, row, ha="center", va="center", color=ink,
            fontsize=6.3 if last else 7.2, zorder=3, fontweight="normal" if last else "bold",
        )  # fmt: skip


def _outline(
    axes: Any, x: float, y: float, width: float, height: float, fill: str, *, hatched: bool = False, line: float = 0.6
) -> None:
    from matplotlib.patches import FancyBboxPatch

    axes.add_patch(
        FancyBboxPatch(
            (x, y), width, height, boxstyle="round,pad=0,rounding_size=0.07", facecolor=fill, zorder=2,
            edgecolor=PAPER if hatched else SOFT, linewidth=line, hatch="//////" if hatched else None,
        )
    )  # fmt: skip


def _legend(canvas: Canvas, axes: Any, content: ConceptMap) -> None:
    x, y, wide, high = 0.2, 0.17, 1.5, 0.16
    steps = 24
    for place in range(steps):
        axes.add_patch(
            _patch(x + wide * place / steps, y, wide / steps + 0.004, high, mastery_colour((place + 0.5) / steps))
        )
    for value, where in ((0.0, "left"), (1.0, "right")):
        inside = x + wide * value + (0.04 if not value else -0.04)
        canvas.write(
            axes, inside, y + high / 2, f"{value:.0f}", ha=where, va="center", fontsize=7,
            color=text_on(mastery_colour(value)),
        )  # fmt: skip
    x += wide + 0.1
    canvas.write(axes, x, y + high / 2, "mastery", fontsize=7.5, va="center", color=SOFT)
    x += 0.72
    kinds = [("not observed", UNOBSERVED, False)] if any(item.mastery is None for item in content.concepts) else []
    if any(item.inferred for item in content.concepts):
        kinds.append(("inferred, not observed", mastery_colour(0.5), True))
    for name, colour, hatched in kinds:
        _outline(axes, x, y, 0.3, high, colour, hatched=hatched)
        canvas.write(axes, x + 0.37, y + high / 2, name, fontsize=7.5, va="center", color=SOFT)
        x += 0.37 + 0.063 * len(name) + 0.2
    if content.needed:
        canvas.write(axes, x, y + high / 2, "→ is needed for", fontsize=7.5, va="center", color=SOFT)


def _patch(x: float, y: float, width: float, height: float, colour: str) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), width, height, facecolor=colour, linewidth=0)


def _words(content: ConceptMap) -> str:
    """The picture in words."""
    if not content.concepts:
        return "Nothing was observed yet."
    seen = [(item.label, item.mastery) for item in content.concepts if item.observations and item.mastery is not None]
    told = "; ".join(f"{label} {mastery:.2f}" for label, mastery in seen[:_TOLD])
    around = len(content.concepts) - len(seen)
    rest = f" {counted(around, 'concept')} around them not observed." if around else ""
    return f"Mastery of {counted(len(seen), 'concept')}: {told}.{rest}"
