"""What a picture is made of, in pixels: boxes, lines between them, and words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gradatim.kg.drawing.neighbourhood import Role
from gradatim.kg.schema import Relation

FONT = 13.0
"""Size of the names in the boxes."""
LEADING = 1.25
FOCUS_FONT = 17.0
SMALL_FONT = 11.5

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def overlaps(self, other: Area, gap: float = 0.0) -> bool:
        """Whether two rectangles have more than their edges in common, or come closer than `gap`."""
        return (
            self.x < other.right + gap
            and other.x < self.right + gap
            and self.y < other.bottom + gap
            and other.y < self.bottom + gap
        )


@dataclass(frozen=True, slots=True)
class Box:
    """A concept, or a note that some are left out."""

    key: str
    """Id of the concept; `more:` and the role for a note."""
    area: Area
    lines: tuple[str, ...]
    font: float
    role: Role
    note: bool = False
    beliefs: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A relation as it is drawn."""

    relation: Relation
    points: tuple[Point, ...]
    """On its way; the first and the last on the edges of its boxes. Between two it stays within their rectangle."""
    path: str
    """As SVG writes it."""
    implied: bool = False
    """Whether it also follows from other lines."""
    turned: bool = False
    """Whether the path runs from the target of the relation to its source."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words beside the boxes."""

    text: str
    x: float
    y: float
    """Of the line on which the letters stand."""
    font: float = SMALL_FONT
    anchor: Literal["start", "middle", "end"] = "start"
    kind: Literal["heading", "subtitle", "region", "note", "key"] = "region"


@dataclass(slots=True)
class Picture:
    """Everything that is drawn."""

    boxes: list[Box] = field(default_factory=list[Box])
    lines: list[Line] = field(default_factory=list[Line])
    labels: list[Label] = field(default_factory=list[Label])

    def box(self, key: str) -> Box | None:
        """The box of this key."""
        return next((box for box in self.boxes if box.key == key), None)
