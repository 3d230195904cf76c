"""What is in the way when something is put above or below what is drawn already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from gradatim.kg.drawing.measuring import text_width
from gradatim.kg.drawing.picture import Area, Label, Picture

_BESIDE_BOX = 26.0
_BESIDE_LINE = 5.0


def obstacles(picture: Picture) -> Iterator[Area]:
    """Boxes, lines and words, each with the room that it wants on its left and right."""
    for box in picture.boxes:
        yield _wider(box.area, _BESIDE_BOX)
    for label in picture.labels:
        yield _wider(label_area(label), _BESIDE_BOX)
    for line in picture.lines:
        for one, other in pairwise(line.points):
            left, top = min(one[0], other[0]), min(one[1], other[1])
            yield _wider(Area(left, top, abs(one[0] - other[0]), abs(one[1] - other[1])), _BESIDE_LINE)


def within(areas: Sequence[Area], left: float, right: float) -> list[Area]:
    """Those that lie above or below a stretch from left to right."""
    return [area for area in areas if area.x < right and left < area.right]


def label_area(label: Label) -> Area:
    """The rectangle that the letters of a label stay within."""
    width = text_width(label.text, label.font, bold=label.kind == "heading")
    left = {"start": label.x, "middle": label.x - width / 2, "end": label.x - width}[label.anchor]
    return Area(left, label.y - label.font, width, label.font * 1.3)


def _wider(area: Area, by: float) -> Area:
    return Area(area.x - by, area.y, area.width + 2 * by, area.height)
