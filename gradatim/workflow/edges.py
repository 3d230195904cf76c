"""How the nodes of a workflow in Python follow each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self, cast

from gradatim.graphs.workflow.places import Path
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
        """From several nodes to one that waits for all of them.

        Raises:
            WorkflowError: Something in it is no node.
        """
        here = ("edges", len(self.draft.edges))
        self.draft.note(here)
        self.draft.edges.append(f"{self._named(here, sources)} -> {self._named(here, target)}")
        return self

    def _named(self, here: Path, nodes: object) -> str:
        """Names of nodes as a file writes them; who has no type checker is told here what is no node."""
        several: tuple[object, ...] = (nodes,)
        if isinstance(nodes, Iterable) and not isinstance(nodes, str):
            several = tuple(cast("Iterable[object]", nodes))
        for item in several:
            if not isinstance(item, Node | str):
                raise self.draft.error(here, f"{item!r} is no node", "give a node's name, or what `add` gave")
        return joined(cast("tuple[NodeLike, ...]", several))

    def route(self, source: NodeLike, *ways: Way) -> Self:
        """From a node along the first way whose condition holds.

        Raises:
            WorkflowError: There is no way, or a bound is no count.
        """
        here = ("edges", len(self.draft.edges))
        self.draft.note(here)
        if not ways:
            raise self.draft.error(here, f"the route of {name_of(source)!r} leads nowhere", "add `otherwise(NODE)`")
        self.draft.edges.append({name_of(source): tuple(self.draft.tried(here, way.spec) for way in ways)})
        return self
