"""A workflow as an SVG image that reads in light and in dark."""

from __future__ import annotations

from html import escape

from gradatim.graphs.workflow.drawing.arrows import Arrow, Shape, picture_of
from gradatim.graphs.workflow.drawing.layout import HEIGHT, ROW, Box, Layout, lay_out
from gradatim.graphs.workflow.workflow import Workflow

STYLE = """
  .w-node rect { fill: #f4f6fb; stroke: #5b6b8c; stroke-width: 1.4 }
  .w-person rect { fill: #fff3dc; stroke: #a96b00 } .w-workflow rect { fill: #eaf5ec; stroke: #2f7d4a }
  .w-end rect { fill: #33415c; stroke: #33415c }
  .w-node text { font: 600 13px system-ui, sans-serif; text-anchor: middle; fill: #1d2636 }
  .w-node .w-note { font: 11px system-ui, sans-serif; fill: #51607c } .w-end text { fill: #fff }
  .w-arrow { fill: none; stroke: #5b6b8c; stroke-width: 1.4 }
  .w-way, .w-error { stroke-dasharray: 5 4 } .w-error { stroke: #b3261e } .w-head { fill: #5b6b8c }
  .w-label { font: 11px system-ui, sans-serif; fill: #2b3850; paint-order: stroke; stroke: #fff; stroke-width: 4px }
  @media (prefers-color-scheme: dark) {
    .w-node rect { fill: #232b3b; stroke: #93a4c8 } .w-node text { fill: #e8edf7 } .w-node .w-note { fill: #b4c0d8 }
    .w-person rect { fill: #3a2f18; stroke: #e0a94a } .w-workflow rect { fill: #1e3327; stroke: #77c593 }
    .w-end rect { fill: #b9c5de; stroke: #b9c5de } .w-end text { fill: #141a26 }
    .w-arrow { stroke: #93a4c8 } .w-head { fill: #93a4c8 } .w-error { stroke: #f2938c }
    .w-label { fill: #dbe3f3; stroke: #12161f }
  }
"""


def draw_svg(workflow: Workflow) -> str:
    """A workflow as an SVG image."""
    picture = picture_of(workflow)
    layout = lay_out(picture)
    title = escape(f"{picture.name}: {picture.description}" if picture.description else picture.name)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {layout.width:.0f} {layout.height:.0f}"'
        f' width="{layout.width:.0f}" height="{layout.height:.0f}" role="img" aria-label="{title}">',
        f"<title>{title}</title><style>{STYLE}</style>",
        '<defs><marker id="w-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
        ' orient="auto"><path class="w-head" d="M0 0L8 4L0 8Z"/></marker></defs>',
    ]
    sides = {-1: 0, 1: 0}
    labels: list[str] = []
    parts += [_arrow(arrow, layout, sides, labels) for arrow in picture.arrows]
    parts += [_node(shape, layout.boxes[shape.name]) for shape in picture.shapes]
    return "\n".join([*parts, *labels, "</svg>"]) + "\n"


def _node(shape: Shape, box: Box) -> str:
    left, top = box.x - box.width / 2, box.y - HEIGHT / 2
    radius = HEIGHT / 2 if shape.role in ("end", "person") else 7
    middle = box.y + (4.5 if not shape.note else -2)
    note = (
        f'<text class="w-note" x="{box.x:.1f}" y="{box.y + 13:.1f}">{escape(shape.note)}</text>' if shape.note else ""
    )
    return (
        f'<g class="w-node w-{shape.role}"><rect x="{left:.1f}" y="{top:.1f}" width="{box.width:.1f}"'
        f' height="{HEIGHT:.0f}" rx="{radius:.0f}"/>'
        f'<text x="{box.x:.1f}" y="{middle:.1f}">{escape(shape.name)}</text>{note}</g>'
    )


def _arrow(arrow: Arrow, layout: Layout, sides: dict[int, int], labels: list[str]) -> str:
    source, target = layout.boxes[arrow.source], layout.boxes[arrow.target]
    far = layout.rows[arrow.target] - layout.rows[arrow.source]
    if arrow.back or far < 1 or (far > 1 and _blocked(arrow, layout)):
        side = _side(arrow, layout)
        path, x, y = _round_the_side(side, source, target, layout, sides)
        leftwards = side < 0
    else:
        x1, y1, x2, y2 = source.x, source.y + HEIGHT / 2, target.x, target.y - HEIGHT / 2
        bend = (y2 - y1) * 0.45
        path = f"M{x1:.1f} {y1:.1f}C{x1:.1f} {y1 + bend:.1f} {x2:.1f} {y2 - bend:.1f} {x2:.1f} {y2:.1f}"
        # labels of ways that part lie outside of them, one below the other
        leftwards = x2 < x1 - 1
        x, y = x1 + (x2 - x1) * 0.62, y1 + (y2 - y1) * (0.46 if leftwards else 0.72 if x2 > x1 + 1 else 0.3)
    if arrow.label:
        anchor, shift = ("end", -7) if leftwards else ("start", 7)
        labels.append(
            f'<text class="w-label" x="{x + shift:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(arrow.label)}</text>'
        )
    return f'<path class="w-arrow w-{arrow.style}" d="{path}" marker-end="url(#w-tip)"/>'


def _blocked(arrow: Arrow, layout: Layout) -> bool:
    """Whether a straight way over several rows would run through a node."""
    source, target = layout.boxes[arrow.source], layout.boxes[arrow.target]
    for name, box in layout.boxes.items():
        if name not in (arrow.source, arrow.target) and source.y < box.y < target.y:
            x = source.x + (target.x - source.x) * (box.y - source.y) / (target.y - source.y)
            if abs(x - box.x) < box.width / 2 + 8:
                return True
    return False


def _side(arrow: Arrow, layout: Layout) -> int:
    """Where an arrow goes round: on the side on which nobody stands beside its ends; back rather on the left."""
    ends = [layout.boxes[arrow.source], layout.boxes[arrow.target]]
    for side in (-1, 1) if arrow.back else (1, -1):
        if not any(box.y == end.y and (box.x - end.x) * side > 1 for end in ends for box in layout.boxes.values()):
            return side
    return -1 if arrow.back else 1


def _round_the_side(
    side: int, source: Box, target: Box, layout: Layout, sides: dict[int, int]
) -> tuple[str, float, float]:
    """A way round the nodes between two rows."""
    between = [
        box
        for box in layout.boxes.values()
        if min(source.y, target.y) - ROW / 2 < box.y < max(source.y, target.y) + ROW / 2
    ]
    edge = min(box.x - box.width / 2 for box in between) if side < 0 else max(box.x + box.width / 2 for box in between)
    x = edge + side * (22 + 13 * (sides[side] % 4))
    sides[side] += 1
    x1, x2 = source.x + side * source.width / 2, target.x + side * target.width / 2
    middle = (source.y + target.y) / 2
    path = (
        f"M{x1:.1f} {source.y:.1f}C{x:.1f} {source.y:.1f} {x:.1f} {source.y:.1f} {x:.1f} {middle:.1f}"
        f"S{x:.1f} {target.y:.1f} {x2:.1f} {target.y:.1f}"
    )
    return path, x, middle + 13 * (sides[side] % 3) - 13
