"""Where everything stands in the picture of a neighbourhood."""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.kg.drawing.bands import draw_bands
from gradatim.kg.drawing.measuring import text_width
from gradatim.kg.drawing.middle import draw_middle
from gradatim.kg.drawing.neighbourhood import Neighbourhood, Role
from gradatim.kg.drawing.obstacles import label_area, obstacles, within
from gradatim.kg.drawing.picture import SMALL_FONT, Area, Label, Picture

_OVER = 12.0
_REGIONS: dict[Role, str] = {"prerequisite": "needed before", "dependent": "needed for"}


def laid_out(around: Neighbourhood) -> Picture:
    """The boxes, lines and region labels of a neighbourhood; the concept itself may stand anywhere."""
    picture = Picture()
    draw_middle(around, picture)
    for role, text in _REGIONS.items():
        areas = [box.area for box in picture.boxes if box.role == role]
        if not areas:
            continue
        wide = text_width(text, SMALL_FONT)
        left = min(area.x for area in areas) if role == "prerequisite" else max(area.right for area in areas) - wide
        top = min(area.y for area in within(list(obstacles(picture)), left, left + wide))
        before = role == "prerequisite"
        label = Label(text, left if before else left + wide, top - _OVER, anchor="start" if before else "end")
        picture.labels.append(label)
    draw_bands(around, picture)
    return picture


def extent(picture: Picture) -> Area:
    """The rectangle that holds all boxes and labels."""
    areas = [*(box.area for box in picture.boxes), *(label_area(label) for label in picture.labels)]
    left, top = min(area.x for area in areas), min(area.y for area in areas)
    right, bottom = max(area.right for area in areas), max(area.bottom for area in areas)
    return Area(left, top, right - left, bottom - top)


def left_out(around: Neighbourhood) -> Iterator[str]:
    """What there was no room for, in words."""
    words: dict[Role, tuple[str, str]] = {
        "prerequisite": ("concept that is needed before", "concepts that are needed before"),
        "dependent": ("concept that needs it", "concepts that need it"),
        "parent": ("concept it is a kind or part of", "concepts it is a kind or part of"),
        "child": ("kind or part", "kinds and parts"),
        "similar": ("similar one", "similar ones"),
    }
    for role, (one, several) in words.items():
        count = around.left_out.get(role, 0)
        if count:
            yield f"{count} {one if count == 1 else several}"
