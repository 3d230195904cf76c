"""A path through a graph as spans, where only the names of its nodes are known."""

from __future__ import annotations

from collections.abc import Iterable

from gradatim.domain import stable_id
from gradatim.evals.traces.formats.conversation import UNTIMED
from gradatim.evals.traces.trace import Span


def path_spans(identity: str, name: str, nodes: Iterable[str]) -> tuple[Span, ...]:
    """A span for the run and one for each node, in order, all without times.

    Args:
        identity: What the ids of the spans follow from.
        name: Of the workflow.
        nodes: Names of the nodes.
    """
    root = Span(
        id=stable_id(identity, "root", length=16),
        parent=None,
        name=f"invoke_workflow {name}",
        operation="invoke_workflow",
        start=0,
        end=0,
        attributes={"gen_ai.workflow.name": name, UNTIMED: True},
    )
    inner = (
        Span(
            id=stable_id(identity, str(place), length=16),
            parent=root.id,
            name=f"invoke_agent {node}",
            operation="invoke_agent",
            start=0,
            end=0,
            attributes={"gen_ai.agent.name": node, UNTIMED: True},
        )
        for place, node in enumerate(nodes)
    )
    return (root, *inner)
