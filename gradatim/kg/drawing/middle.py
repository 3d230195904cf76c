"""The middle of the picture: prerequisites in layers from left to right, the concept itself, what needs it.

A line over several layers passes through each of them in a place of its own, so that no line crosses a box. What is
similar stands under the concept, in one block with it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from gradatim.kg.drawing.boxes import FOCUS_WIDTH, WIDTH, box_of, moved, note_of, with_ports
from gradatim.kg.drawing.curves import across, at, to
from gradatim.kg.drawing.layering import longest_chains, without_crossings
from gradatim.kg.drawing.neighbourhood import Neighbourhood, Role
from gradatim.kg.drawing.picture import Box, Line, Picture, Point
from gradatim.kg.drawing.placing import Pull, Slot, tops
from gradatim.kg.schema import Relation

_GAP = 14.0
_PASSING = Slot(height=4.0, anchor=2.0, gap=10.0)
SIMILAR_GAP = 34.0
"""Between the concept and what is similar: there stands a word."""
_BELOW = 12.0
_PORTS = 9.0
"""Distance of the lines at a box, at most."""


@dataclass(slots=True)
class _Way:
    """A relation on its way through the layers, from left to right."""

    relation: Relation
    stops: list[str]
    """The box on the left, the places where it passes, the box on the right."""
    turned: bool


@dataclass(slots=True)
class _Plan:
    boxes: dict[str, Box] = field(default_factory=dict[str, Box])
    layers: list[list[str]] = field(default_factory=list[list[str]])
    slots: dict[str, Slot] = field(default_factory=dict[str, Slot])
    ways: list[_Way] = field(default_factory=list[_Way])
    notes: dict[int, list[str]] = field(default_factory=dict[int, list[str]])


def draw_middle(around: Neighbourhood, picture: Picture) -> None:
    """Put what comes before and after a concept, and what is similar to it, into the picture, around the origin.

    Relations to what stands above and below are not drawn here.
    """
    plan = _planned(around)
    order = without_crossings(plan.layers, [pair for way in plan.ways for pair in pairwise(way.stops)])
    for number, notes in plan.notes.items():
        order[number] += notes
    pulls = [
        Pull(one, other, 1.0 if {one, other} <= plan.boxes.keys() else 4.0)
        for way in plan.ways
        for one, other in pairwise(way.stops)
    ]
    top = tops(order, plan.slots, pulls)
    x = _columns(order, plan, around.focus)
    placed: dict[str, Box] = {}
    for number, layer in enumerate(order):
        for item in layer:
            if item in plan.boxes:
                left, right = x[number]
                box = plan.boxes[item]
                placed[item] = moved(box, (left + right - box.area.width) / 2, top[item])
    picture.boxes += placed.values()
    picture.boxes += _similar(around, placed[around.focus])
    heights = {item: top[item] + plan.slots[item].anchor for item in top}
    picture.lines += _lines(plan, placed, heights, x, order, around)


def _planned(around: Neighbourhood) -> _Plan:
    """Layers with the places where lines pass, in an order that is the same for the same concepts."""
    plan = _Plan()
    number = _numbers(around)
    count = max(number.values()) + 1
    plan.layers = [[] for _ in range(count)]
    for key, layer in number.items():
        plan.boxes[key] = box_of(around.members[key])
        plan.layers[layer].append(key)
    for edge in around.relations:
        if edge.source not in number or edge.target not in number:
            continue
        turned = number[edge.source] > number[edge.target]
        left, right = (edge.target, edge.source) if turned else (edge.source, edge.target)
        stops = [left]
        for layer in range(number[left] + 1, number[right]):
            stop = f"{edge.type}:{edge.source}:{edge.target}:{layer}"
            plan.layers[layer].append(stop)
            plan.slots[stop] = _PASSING
            stops.append(stop)
        plan.ways.append(_Way(edge, [*stops, right], turned))
    ports = Counter((way.stops[0], "right") for way in plan.ways)
    ports.update((way.stops[-1], "left") for way in plan.ways)
    for key, box in plan.boxes.items():
        plan.boxes[key] = with_ports(box, max(ports[key, "left"], ports[key, "right"]))
        plan.slots[key] = _slot(plan.boxes[key])
    focus = plan.boxes[around.focus]
    plan.slots[around.focus] = Slot(_block(around, focus), focus.area.height / 2, _GAP)
    places: tuple[tuple[Role, int], ...] = (
        ("prerequisite", number[around.focus] - 1),
        ("dependent", number[around.focus] + 1),
    )
    for role, layer in places:
        note = note_of(around, role)
        if note is not None:
            plan.boxes[note.key] = note
            plan.slots[note.key] = _slot(note)
            plan.notes[layer] = [note.key]
    return plan


def _numbers(around: Neighbourhood) -> dict[str, int]:
    """Id of each concept in the middle → its layer, from 0 on the left."""
    edges = [(edge.source, edge.target) for edge in around.relations if edge.type == "prerequisite"]
    before = longest_chains([(target, source) for source, target in edges], around.focus)
    after = longest_chains(edges, around.focus)
    first = max(before.values())
    number = {around.focus: first}
    for member in around.members.values():
        key = member.concept.id
        if member.role == "prerequisite":
            number[key] = first - before[key]
        elif member.role == "dependent":
            number[key] = first + after[key]
    return number


def _slot(box: Box) -> Slot:
    return Slot(box.area.height, box.area.height / 2, _GAP)


def _stack(around: Neighbourhood) -> list[Box]:
    boxes = [box_of(member) for member in around.of("similar")]
    note = note_of(around, "similar")
    return boxes if note is None else [*boxes, note]


def _block(around: Neighbourhood, focus: Box) -> float:
    """Height of the concept together with what is similar."""
    stack = _stack(around)
    below = SIMILAR_GAP + sum(box.area.height + _BELOW for box in stack) - _BELOW if stack else 0.0
    return focus.area.height + below


def _similar(around: Neighbourhood, focus: Box) -> list[Box]:
    y = focus.area.bottom + SIMILAR_GAP
    placed: list[Box] = []
    for box in _stack(around):
        placed.append(moved(box, focus.area.middle[0] - box.area.width / 2, y))
        y = placed[-1].area.bottom + _BELOW
    return placed


def _columns(order: Sequence[Sequence[str]], plan: _Plan, focus: str) -> list[tuple[float, float]]:
    """Left and right of each layer. The more lines there are between two, the farther apart they are."""
    layer_of = {item: number for number, layer in enumerate(order) for item in layer}
    lines: defaultdict[int, int] = defaultdict(int)
    for way in plan.ways:
        for one, _ in pairwise(way.stops):
            lines[layer_of[one]] += 1
    columns: list[tuple[float, float]] = []
    left = 0.0
    for number in range(len(order)):
        width = FOCUS_WIDTH if number == layer_of[focus] else WIDTH
        columns.append((left, left + width))
        left += width + 58 + min(4.0 * lines[number], 70)
    return columns


def _lines(
    plan: _Plan,
    placed: Mapping[str, Box],
    heights: Mapping[str, float],
    x: Sequence[tuple[float, float]],
    order: Sequence[Sequence[str]],
    around: Neighbourhood,
) -> list[Line]:
    layer_of = {item: number for number, layer in enumerate(order) for item in layer}
    ends: defaultdict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
    for index, way in enumerate(plan.ways):
        ends[way.stops[0], "right"].append((heights[way.stops[1]], index))
        ends[way.stops[-1], "left"].append((heights[way.stops[-2]], index))
    port: dict[tuple[int, str], float] = {}
    for (key, side), arriving in ends.items():
        area = placed[key].area
        step = min(_PORTS, (area.height - 12) / max(len(arriving) - 1, 1))
        first = area.middle[1] - step * (len(arriving) - 1) / 2
        for number, (_, index) in enumerate(sorted(arriving)):
            port[index, side] = first + number * step
    lines: list[Line] = []
    for index, way in enumerate(plan.ways):
        left, right = placed[way.stops[0]].area, placed[way.stops[-1]].area
        start: Point = (left.right, port[index, "right"])
        end: Point = (right.x, port[index, "left"])
        path = at(start)
        points = [start]
        for stop in way.stops[1:-1]:
            column = x[layer_of[stop]]
            passing = (column[0], heights[stop]), (column[1], heights[stop])
            path += across(points[-1], passing[0]) + to(passing[1])
            points += passing
        path += across(points[-1], end)
        edge = way.relation
        implied = edge.type == "prerequisite" and (edge.source, edge.target) in around.implied
        lines.append(Line(edge, (*points, end), path, implied, way.turned))
    return lines
