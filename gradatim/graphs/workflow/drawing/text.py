"""A workflow as text, for the terminal and for a planner that shows what it wrote."""

from __future__ import annotations

from gradatim.graphs.workflow.drawing.arrows import Arrow, Picture, Shape, picture_of
from gradatim.graphs.workflow.spec import END, START
from gradatim.graphs.workflow.workflow import Workflow


def draw_text(workflow: Workflow) -> str:
    """A workflow line by line, in the order in which it runs.

    `a ∥ b`: side by side; `a + b`: c waits for both; `↺`: leads back.
    """
    picture = picture_of(workflow)
    shapes = {shape.name: shape for shape in picture.shapes}
    lines = [picture.name + (f": {picture.description}" if picture.description else "")]
    told: set[tuple[str, ...]] = set()
    for name in _order(picture):
        arrows = [arrow for arrow in picture.arrows if arrow.source == name]
        plain = [arrow for arrow in arrows if arrow.style == "edge"]
        if plain:
            lines.append(f"  {_named(shapes[name])} → {' ∥ '.join(_target(arrow, shapes) for arrow in plain)}")
        for target in dict.fromkeys(arrow.target for arrow in arrows if arrow.style == "join"):
            sources = tuple(item.source for item in picture.arrows if item.style == "join" and item.target == target)
            if (target, *sources) not in told:
                told.add((target, *sources))
                waiting = " + ".join(_named(shapes[source]) for source in dict.fromkeys(sources))
                lines.append(f"  {waiting} → {_named(shapes[target])}")
        lines += _ways(shapes[name], [arrow for arrow in arrows if arrow.style in ("way", "error")], shapes)
    return "\n".join(lines)


def _ways(shape: Shape, arrows: list[Arrow], shapes: dict[str, Shape]) -> list[str]:
    if not arrows:
        return []
    lines = [f"  {_named(shape)}"]
    by_label: dict[str, list[Arrow]] = {}
    for arrow in arrows:
        by_label.setdefault(arrow.label, []).append(arrow)
    width = max(len(label) for label in by_label)
    for place, (label, group) in enumerate(by_label.items()):
        mark = "└" if place == len(by_label) - 1 else "├"
        targets = " ∥ ".join(_target(arrow, shapes) for arrow in group)
        lines.append(f"    {mark} {label.ljust(width)} → {targets}")
    return lines


def _named(shape: Shape) -> str:
    if shape.role == "person":
        return f"{shape.name} (asks a person)"
    return f"{shape.name} ({shape.note})" if shape.note else shape.name


def _target(arrow: Arrow, shapes: dict[str, Shape]) -> str:
    name = arrow.target if arrow.target in (START, END) else _named(shapes[arrow.target])
    return f"{name} ↺" if arrow.back else name


def _order(picture: Picture) -> list[str]:
    """Nodes in the order in which a run comes to them: breadth first."""
    after: dict[str, list[str]] = {}
    for arrow in picture.arrows:
        after.setdefault(arrow.source, []).append(arrow.target)
    order = [START]
    for name in order:
        order += [target for target in dict.fromkeys(after.get(name, ())) if target not in order]
    return order + [shape.name for shape in picture.shapes if shape.name not in order]
