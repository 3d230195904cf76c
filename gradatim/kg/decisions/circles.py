"""Circles among directed relations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from gradatim.kg.schema import RelationType

Node = TypeVar("Node", bound=Hashable)
DIRECTED: tuple[RelationType, ...] = ("prerequisite", "hierarchical")
"""Types of relation that must not run in a circle."""


def runs_in_circle(edges: Iterable[tuple[Node, Node]]) -> bool:
    """Whether some edges lead back to where they start."""
    sources: defaultdict[Node, set[Node]] = defaultdict(set)
    for source, target in edges:
        sources[target].add(source)
    try:
        TopologicalSorter(sources).prepare()
    except CycleError:
        return True
    return False


def way(edges: Iterable[tuple[Node, Node]], start: Node, goal: Node) -> list[Node]:
    """The shortest way along some edges, both ends included; empty where there is none."""
    targets: defaultdict[Node, list[Node]] = defaultdict(list)
    for source, target in edges:
        targets[source].append(target)
    came: dict[Node, Node] = {start: start}
    pending = [start]
    while pending and goal not in came:
        following: list[Node] = []
        for node in pending:
            for target in targets[node]:
                if target not in came:
                    came[target] = node
                    following.append(target)
        pending = following
    if goal not in came:
        return []
    steps = [goal]
    while steps[-1] != start:
        steps.append(came[steps[-1]])
    return steps[::-1]
