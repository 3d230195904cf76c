"""What stands above the middle of a picture (what the concept is a kind or part of) and below it (its kinds and parts).

Both are as near to the middle as what stands there lets them. The lines to them, and to what is similar, are those of
a tree: up and down and to and fro.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.kg.drawing.boxes import WIDTH, box_of, moved, note_of
from gradatim.kg.drawing.curves import rounded
from gradatim.kg.drawing.measuring import text_width
from gradatim.kg.drawing.neighbourhood import Neighbourhood
from gradatim.kg.drawing.obstacles import obstacles, within
from gradatim.kg.drawing.picture import SMALL_FONT, Area, Box, Label, Line, Picture, Point
from gradatim.kg.schema import Relation

_GAP = 26.0
"""Between boxes of a row; lines pass there."""
_ROW = 22.0
_FAN = 52.0
"""Height in which lines spread out."""
_BUS = 22.0
"""How far from the boxes they do."""
_TRUNK = 22.0
"""Distance of the lines downwards from the side of the box in the middle."""
_RADIUS = 9.0
_ROWS = 4
"""Rows of children at most."""
_ABOVE, _BELOW, _BESIDE = "is a kind or part of", "kinds and parts", "similar"


def draw_bands(around: Neighbourhood, picture: Picture) -> None:
    """Put parents above and children below a middle that is drawn already, and join them and what is similar to it."""
    focus = next(box for box in picture.boxes if box.key == around.focus)
    middle = list(obstacles(picture))
    _draw_parents(around, picture, focus, middle)
    _draw_children(around, picture, focus, middle)
    _join_similar(around, picture, focus)


def _draw_parents(around: Neighbourhood, picture: Picture, focus: Box, middle: Sequence[Area]) -> None:
    parents = around.of("parent")
    if not parents:
        return
    note = note_of(around, "parent")
    rows = [
        [box_of(member) for member in parents if member.distance == distance]
        for distance in sorted({member.distance for member in parents})
    ]
    if note is not None:
        rows[-1].append(note)
    centre = focus.area.middle[0]
    wide = max(map(len, rows)) * (WIDTH + _GAP) - _GAP
    words = text_width(_ABOVE, SMALL_FONT) + 14
    beneath = min(area.y for area in within(middle, centre - wide / 2 - words, centre + wide / 2))
    y = beneath - _FAN
    for number, row in enumerate(rows):
        x = centre - (len(row) * (WIDTH + _GAP) - _GAP) / 2
        placed = [moved(box, x + place * (WIDTH + _GAP), y - box.area.height) for place, box in enumerate(row)]
        picture.boxes += placed
        if number == 0:
            picture.labels.append(Label(_ABOVE, x - 14, placed[0].area.middle[1] + 4, anchor="end"))
        y = min(box.area.y for box in placed) - _FAN
    for edge in around.relations:
        below, above = picture.box(edge.source), picture.box(edge.target)
        if edge.type == "hierarchical" and below is not None and above is not None and above.role == "parent":
            start, end = (below.area.middle[0], below.area.y), (above.area.middle[0], above.area.bottom)
            picture.lines.append(_tree_line(edge, start, end, end[1] + _BUS))


def _draw_children(around: Neighbourhood, picture: Picture, focus: Box, middle: Sequence[Area]) -> None:
    boxes = [box_of(member) for member in around.of("child")]
    note = note_of(around, "child")
    if note is not None:
        boxes.append(note)
    if not boxes:
        return
    trunk = (focus.area.right - _TRUNK, focus.area.bottom)
    across, left, over = _place_below(middle, focus, boxes)
    rows = -(-len(boxes) // across)
    y = top = over + _FAN
    placed: list[Box] = []
    for start in range(0, len(boxes), across):
        row = boxes[start : start + across]
        placed += [moved(box, left + number * (WIDTH + _GAP), y) for number, box in enumerate(row)]
        y += max(box.area.height for box in row) + _ROW
    picture.boxes += placed
    picture.labels.append(Label(_BELOW, left - 30, placed[0].area.middle[1] + 4, anchor="end"))
    for box in placed:
        edge = _edge(around, box.key, "hierarchical")
        if edge is None:
            continue
        if rows == 1:
            end = (box.area.middle[0], box.area.y)
            line = _tree_line(edge, trunk, end, top - _BUS, turned=True)
        else:
            gutter = box.area.x - _GAP / 2
            end = (box.area.x, box.area.middle[1])
            points = (trunk, (trunk[0], top - _BUS), (gutter, top - _BUS), (gutter, end[1]), end)
            line = Line(edge, points, rounded(points, _RADIUS), turned=True)
        picture.lines.append(line)


def _place_below(middle: Sequence[Area], focus: Box, boxes: Sequence[Box]) -> tuple[int, float, float]:
    """Boxes in a row, left of the rows, and what they hang under.

    Where the picture gets least high, and of such places the one most under the concept.
    """
    words = text_width(_BELOW, SMALL_FONT) + 30
    trunk = focus.area.right - _TRUNK
    first, last = min(area.x for area in middle), max(area.right for area in middle)
    lowest = max(area.bottom for area in middle)
    height = max(box.area.height for box in boxes) + _ROW
    best: tuple[float, float, float, int, float] | None = None
    for rows in range(1, min(len(boxes), _ROWS) + 1):
        across = -(-len(boxes) // rows)
        wide = across * (WIDTH + _GAP) - _GAP
        middling = trunk - wide / 2
        for left in (first + words, focus.area.right - wide - _RADIUS, last - wide, middling):
            outside = max(first - left + words, 0.0) + max(left + wide - last, 0.0)
            under = within(middle, min(left - words, trunk), max(left + wide, trunk))
            over = max(area.bottom for area in under)
            # sticking out costs as much width as a row costs height
            bottom = max(over + _FAN + rows * height, lowest)
            found = (bottom + outside / 2, abs(left - middling), left, across, over)
            if best is None or found < best:
                best = found
    assert best is not None
    return best[3], best[2], best[4]


def _join_similar(around: Neighbourhood, picture: Picture, focus: Box) -> None:
    boxes = [box for box in picture.boxes if box.role == "similar"]
    if not boxes:
        return
    middle, bottom = focus.area.middle[0], focus.area.bottom
    picture.labels.append(Label(_BESIDE, middle + 8, bottom + 22))
    for box in boxes:
        edge = _edge(around, box.key, "similarity")
        if edge is None:
            continue
        points: tuple[Point, ...]
        if len(boxes) == 1:
            points = ((middle, bottom), (middle, box.area.y))
        else:
            x, y = focus.area.x + _TRUNK - 8, box.area.middle[1]
            points = ((x, bottom), (x, y), (box.area.x, y))
        picture.lines.append(Line(edge, points, rounded(points, _RADIUS), turned=edge.source != around.focus))


def _tree_line(edge: Relation, start: Point, end: Point, bus: float, *, turned: bool = False) -> Line:
    """Vertically to a height, along it, and vertically to the end."""
    points = (start, end) if abs(start[0] - end[0]) < 1 else (start, (start[0], bus), (end[0], bus), end)
    return Line(edge, points, rounded(points, _RADIUS), turned=turned)


def _edge(around: Neighbourhood, key: str, kind: str) -> Relation | None:
    return next(
        (edge for edge in around.relations if edge.type == kind and {edge.source, edge.target} == {around.focus, key}),
        None,
    )
