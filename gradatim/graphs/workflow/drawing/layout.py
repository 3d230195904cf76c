"""Where the nodes of a workflow stand in a picture: in rows, by how far they are from the start.

Rows are longest paths, arrows that lead back left out; within a row, nodes are ordered by the mean place of what leads
to them (Sugiyama, Tagawa and Toda, 1981).
"""

from __future__ import annotations

from dataclasses import dataclass

from gradatim.graphs.workflow.drawing.arrows import Arrow, Picture
from gradatim.graphs.workflow.spec import END, START

CHARACTER = 7.4
"""Width of a character of a name, pixels."""
SMALL = 6.0
"""Width of a character of a note or label."""
HEIGHT, GAP, ROW = 44.0, 34.0, 106.0
"""Height of a node, gap between two, distance of rows; pixels."""
MARGIN = 28.0
SWEEPS = 6


@dataclass(frozen=True, slots=True)
class Box:
    """A node's place: its middle and its width, pixels."""

    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of all nodes, and the size of the picture in pixels."""

    boxes: dict[str, Box]
    rows: dict[str, int]
    width: float
    height: float


def lay_out(picture: Picture) -> Layout:
    """Find places for the nodes of a picture."""
    forward = [arrow for arrow in picture.arrows if not arrow.back and arrow.source != arrow.target]
    rows = _rows(picture, forward)
    order = _ordered(picture, forward, rows)
    widths = {
        shape.name: max(64.0, CHARACTER * len(shape.name) + 26, SMALL * len(shape.note) + 22)
        for shape in picture.shapes
    }
    spans = [sum(widths[name] for name in row) + GAP * (len(row) - 1) for row in order]
    labels = max((SMALL * len(arrow.label) for arrow in picture.arrows), default=0.0)
    width = max(spans) + 2 * (MARGIN + max(70.0, labels + 16))
    boxes: dict[str, Box] = {}
    for number, row in enumerate(order):
        left = (width - spans[number]) / 2
        for name in row:
            boxes[name] = Box(left + widths[name] / 2, MARGIN + HEIGHT / 2 + number * ROW, widths[name])
            left += widths[name] + GAP
    return Layout(boxes, rows, width, 2 * MARGIN + HEIGHT + (len(order) - 1) * ROW)


def _rows(picture: Picture, forward: list[Arrow]) -> dict[str, int]:
    rows = {shape.name: 0 for shape in picture.shapes}
    for _ in picture.shapes:
        changed = False
        for arrow in forward:
            wanted = rows[arrow.source] + 1
            if rows[arrow.target] < wanted <= len(rows):
                rows[arrow.target], changed = wanted, True
        if not changed:
            break
    rows[END] = max([*(row for name, row in rows.items() if name != END), 0]) + 1
    rows[START] = 0
    return rows


def _ordered(picture: Picture, forward: list[Arrow], rows: dict[str, int]) -> list[list[str]]:
    levels: dict[int, list[str]] = {}
    for shape in picture.shapes:
        levels.setdefault(rows[shape.name], []).append(shape.name)
    order = [levels[row] for row in sorted(levels)]
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for arrow in forward:
        above.setdefault(arrow.target, []).append(arrow.source)
        below.setdefault(arrow.source, []).append(arrow.target)
    for sweep in range(SWEEPS):
        neighbours = above if sweep % 2 == 0 else below
        places = {
            name: place / max(1, len(row) - 1) if len(row) > 1 else 0.5
            for row in order
            for place, name in enumerate(row)
        }
        for row in order:
            row.sort(key=lambda name: _mean([places[item] for item in neighbours.get(name, ())], places[name]))
    return order


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
