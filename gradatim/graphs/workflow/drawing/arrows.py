"""What a drawing of a workflow shows: nodes with what they are, arrows with what they wait for or hang on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gradatim.graphs.workflow.checking import examine
from gradatim.graphs.workflow.spec import END, START
from gradatim.graphs.workflow.wiring import Way
from gradatim.graphs.workflow.workflow import Workflow

NodeRole = Literal["end", "kind", "person", "workflow"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A node as it is drawn.

    Attributes:
        note: What it is, where its name does not say so.
    """

    name: str
    note: str
    role: NodeRole


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow as it is drawn.

    Attributes:
        label: Condition and bound of a way; empty for an edge.
        back: Whether it leads back, as a loop does.
    """

    source: str
    target: str
    label: str
    style: Literal["edge", "join", "way", "error"]
    back: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn of one workflow."""

    name: str
    description: str
    shapes: tuple[Shape, ...]
    arrows: tuple[Arrow, ...]


def picture_of(workflow: Workflow) -> Picture:
    """What a drawing of a workflow shows; also of one that is not right yet."""
    found = examine(workflow)
    shapes = [Shape(START, "", "end")]
    for name in workflow.spec.nodes:
        spec = workflow.spec.node(name)
        node = found.nodes.get(name)
        note = spec.workflow or (spec.kind if spec.kind not in (None, name) else "") or ""
        if spec.for_each is not None:
            note = f"{note} for each of {spec.for_each}".strip()
        asks = node is not None and node.asks and spec.workflow is None
        shapes.append(Shape(name, note, "workflow" if spec.workflow else "person" if asks else "kind"))
    shapes.append(Shape(END, "", "end"))
    arrows: list[Arrow] = []
    wiring = found.wiring
    for source, targets in wiring.follows.items():
        arrows += [Arrow(source, target, "", "edge") for target in targets]
    for join in wiring.joins:
        arrows += [Arrow(source, join.target, "", "join") for source in join.sources]
    for source, ways in wiring.routes.items():
        for number, way in enumerate(ways):
            arrows += [Arrow(source, target, said(way, number, len(ways)), "way") for target in way.targets]
    for name, node in found.nodes.items():
        if node.on_error is not None:
            arrows.append(Arrow(name, node.on_error, "on error", "error"))
    return Picture(workflow.name, workflow.spec.description, tuple(shapes), _turned(shapes, arrows))


def said(way: Way, number: int, count: int) -> str:
    """What stands at a way."""
    text = way.when or ("otherwise" if count > 1 and number else "")
    bound = f"at most {way.bound}×" if way.bound is not None else ""
    return ", ".join(part for part in (text, bound) if part)


def _turned(shapes: list[Shape], arrows: list[Arrow]) -> tuple[Arrow, ...]:
    """The arrows, those that lead back marked: what a search in depth from START finds on its own way."""
    after: dict[str, list[str]] = {}
    for arrow in arrows:
        after.setdefault(arrow.source, []).append(arrow.target)
    back: set[tuple[str, str]] = set()
    done: set[str] = set()
    for root in (shape.name for shape in shapes):
        if root in done:
            continue
        trail, branches = [root], [iter(after.get(root, ()))]
        while trail:
            following = next(branches[-1], None)
            if following is None:
                done.add(trail.pop())
                branches.pop()
            elif following in trail:
                back.add((trail[-1], following))
            elif following not in done:
                trail.append(following)
                branches.append(iter(after.get(following, ())))
    return tuple(
        Arrow(item.source, item.target, item.label, item.style, (item.source, item.target) in back) for item in arrows
    )
