"""How large the box of a concept is, and what stands in it."""

from __future__ import annotations

from gradatim.kg.drawing.measuring import wrapped
from gradatim.kg.drawing.neighbourhood import Member, Neighbourhood, Role
from gradatim.kg.drawing.picture import FOCUS_FONT, FONT, LEADING, Area, Box

WIDTH = 164.0
FOCUS_WIDTH = 236.0
_PADDING = 10.0
_LINES = 3
_PORT = 7.0
"""Distance of the lines at a box, at least."""
NOTE = "more:"


def box_of(member: Member) -> Box:
    """The box of a concept, at the origin."""
    focus = member.role == "focus"
    width, font = (FOCUS_WIDTH, FOCUS_FONT) if focus else (WIDTH, FONT)
    lines = wrapped(member.concept.name, font, width - 2 * _PADDING - 4, most=_LINES, bold=focus)
    height = font * LEADING * len(lines) + (24 if focus else 16)
    area = Area(0, 0, width, height)
    return Box(member.concept.id, area, lines, font, member.role, beliefs=member.beliefs)


def with_ports(box: Box, lines: int) -> Box:
    """The same box, high enough for that many lines on one of its sides."""
    area = box.area
    height = max(area.height, (lines - 1) * _PORT + 16)
    return Box(box.key, Area(area.x, area.y, area.width, height), box.lines, box.font, box.role, box.note, box.beliefs)


def note_of(around: Neighbourhood, role: Role) -> Box | None:
    """The box that says how many concepts of a role are left out, at the origin; `None` when none is."""
    count = around.left_out.get(role, 0)
    if not count:
        return None
    lines = (f"and {count} more",)
    return Box(NOTE + role, Area(0, 0, WIDTH, FONT * LEADING + 12), lines, FONT, role, note=True)


def moved(box: Box, x: float, y: float) -> Box:
    """The same box elsewhere."""
    area = Area(x, y, box.area.width, box.area.height)
    return Box(box.key, area, box.lines, box.font, box.role, box.note, box.beliefs)
