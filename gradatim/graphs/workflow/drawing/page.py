"""A workflow as a page of HTML: the picture, and what every node reads and writes."""

from __future__ import annotations

from html import escape

from gradatim.graphs.workflow.analysis import Keys, Node
from gradatim.graphs.workflow.checking import examine
from gradatim.graphs.workflow.drawing.svg import draw_svg
from gradatim.graphs.workflow.state import GIVEN, SHARED
from gradatim.graphs.workflow.types import show
from gradatim.graphs.workflow.workflow import Workflow

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
  color: #1d2636; background: #fff; color-scheme: light dark }
figure { margin: 1rem 0; overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #cdd5e4 }
code { font-size: .92em } .wrong { border-left: 4px solid #b3261e; padding-left: .8rem }
@media (prefers-color-scheme: dark) { body { color: #e8edf7; background: #12161f }
  th, td { border-color: #3a4560 } }
"""


def draw_page(workflow: Workflow) -> str:
    """A workflow as a page that needs nothing else; what is wrong with it stands on top."""
    found = examine(workflow)
    spec = workflow.spec
    problems = "".join(f"<li>{escape(str(problem))}</li>" for problem in found.findings.problems())
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        '<meta name=viewport content="width=device-width, initial-scale=1">',
        f"<title>{escape(spec.workflow)}</title><style>{_STYLE}</style>",
        f"<h1>{escape(spec.workflow)}</h1><p>{escape(spec.description)}</p>",
        f'<div class="wrong"><p>This workflow cannot run yet:</p><ul>{problems}</ul></div>' if problems else "",
        f"<figure>{draw_svg(workflow)}</figure>",
    ]
    if spec.parameters:
        rows = [
            (name, item.type, "" if item.default is None else repr(item.default), item.description)
            for name, item in spec.parameters.items()
        ]
        parts.append(_table("Parameters", ("name", "type", "default", "what for"), rows))
    if spec.inputs:
        inputs = [(key, show(found.inputs.get(key))) for key in spec.inputs]
        parts.append(_table("Inputs", ("key", "type"), inputs))
    nodes = [
        (
            name,
            node.spec.workflow or (node.kind.summary if node.kind else ""),
            _keys(node, reads=True),
            _keys(node, reads=False),
        )
        for name, node in found.nodes.items()
    ]
    parts.append(_table("Nodes", ("node", "what it does", "reads", "writes"), nodes))
    return "\n".join(parts) + "\n</html>\n"


def _keys(node: Node, *, reads: bool) -> str:
    always, maybe = (node.reads, node.optional) if reads else (node.writes, node.may_write)
    return ", ".join([*_named(always, ""), *_named(maybe, "?")])


def _named(keys: Keys, mark: str) -> list[str]:
    return [
        f"{outer}{mark}: {show(kind)}" for outer, kind in keys.values() if outer not in GIVEN and outer not in SHARED
    ]


def _table(title: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    header = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<h2>{escape(title)}</h2><table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>"
