"""A workflow as Mermaid text, which GitHub, GitLab and many editors draw."""

from __future__ import annotations

from gradatim.graphs.workflow.drawing.arrows import Shape, picture_of
from gradatim.graphs.workflow.workflow import Workflow

_FRAMES = {"end": ("([", "])"), "kind": ("[", "]"), "person": ("{{", "}}"), "workflow": ("[[", "]]")}


def draw_mermaid(workflow: Workflow) -> str:
    """A workflow as a Mermaid flow chart."""
    picture = picture_of(workflow)
    ids = {shape.name: f"n{number}" for number, shape in enumerate(picture.shapes)}
    lines = ["flowchart TD"]
    for shape in picture.shapes:
        left, right = _FRAMES[shape.role]
        lines.append(f'  {ids[shape.name]}{left}"{_text(_label(shape))}"{right}')
    for arrow in picture.arrows:
        line = "-.->" if arrow.style in ("way", "error") else "-->"
        label = f'|"{_text(arrow.label)}"|' if arrow.label else ""
        lines.append(f"  {ids[arrow.source]} {line}{label} {ids[arrow.target]}")
    return "\n".join(lines) + "\n"


def _label(shape: Shape) -> str:
    return f"{shape.name}<br/>{shape.note}" if shape.note else shape.name


def _text(text: str) -> str:
    """Text as Mermaid takes it between quotes."""
    escaped = text.replace("&", "&amp;").replace('"', "#quot;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("&lt;br/&gt;", "<br/>")
