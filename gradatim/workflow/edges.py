"""How the nodes of a workflow in Python follow each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from gradatim.workflow.draft import Draft
from gradatim.workflow.parts import Node, NodeLike, name_of
from gradatim.workflow.routes import Way, joined


class Edges:
    """The part of `Workflow` that draws edges."""

    draft: Draft

    def edge(self, source: NodeLike, target: NodeLike | Iterable[NodeLike]) -> Self:
        """From one node to another, or to several that then work side by side."""
        return self.join([source], target)

    def join(self, sources: Iterable[NodeLike], target: NodeLike | Iterable[NodeLike]) -> Self:
        """From several nodes to one that waits for all of them."""
        targets = [target] if isinstance(target, Node | str) else target
        self.draft.note(("edges", len(self.draft.edges)))
        self.draft.edges.append(f"{joined(sources)} -> {joined(targets)}")
        return self

    def route(self, source: NodeLike, *ways: Way) -> Self:
        """From a node along the first way whose condition holds.

        Raises:
            WorkflowError: A bound is no count.
        """
        here = ("edges", len(self.draft.edges))
        self.draft.note(here)
        self.draft.edges.append({name_of(source): tuple(self.draft.tried(here, way.spec) for way in ways)})
        return self
