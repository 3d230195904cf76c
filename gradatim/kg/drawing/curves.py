"""Pieces of paths, as SVG writes them."""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.kg.drawing.picture import Point


def at(point: Point) -> str:
    """Begin at a point."""
    return f"M{point[0]:.1f} {point[1]:.1f}"


def to(*points: Point) -> str:
    """Straight on to points."""
    return "".join(f" L{x:.1f} {y:.1f}" for x, y in points)


def across(start: Point, end: Point) -> str:
    """A curve to a point on the right or left that leaves and arrives horizontally."""
    reach = (end[0] - start[0]) / 2
    return f" C{start[0] + reach:.1f} {start[1]:.1f} {end[0] - reach:.1f} {end[1]:.1f} {end[0]:.1f} {end[1]:.1f}"


def rounded(points: Sequence[Point], radius: float) -> str:
    """Straight lines, up and down or to and fro, from point to point, with round corners."""
    path = at(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        near, far = _short_of(corner, before, radius), _short_of(corner, after, radius)
        path += f"{to(near)} Q{corner[0]:.1f} {corner[1]:.1f} {far[0]:.1f} {far[1]:.1f}"
    return path + to(points[-1])


def _short_of(corner: Point, other: Point, radius: float) -> Point:
    """The point at this distance from a corner towards another point; half way at most."""
    across, down = other[0] - corner[0], other[1] - corner[1]
    length = (across**2 + down**2) ** 0.5
    share = min(radius / length, 0.5) if length else 0.0
    return corner[0] + across * share, corner[1] + down * share
