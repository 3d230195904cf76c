"""What stands around a concept, chosen so that it fits into a picture."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from gradatim.kg.schema import Concept, ConceptGraph, Relation, RelationType

Role = Literal["focus", "prerequisite", "dependent", "parent", "child", "similar"]
"""What a concept is to the one in the middle."""

MOST: Mapping[Role, int] = {"prerequisite": 18, "dependent": 9, "parent": 6, "child": 10, "similar": 4}
"""Concepts of a role that are shown at most."""
_PARENT_ROWS = 2

_Beside = Mapping[str, Mapping[str, float]]
"""Id → neighbour → weight."""


@dataclass(frozen=True, slots=True)
class Member:
    """A concept of the picture."""

    concept: Concept
    role: Role
    distance: int
    """Relations away from the one in the middle."""
    beliefs: int
    """Misconceptions about it."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What is drawn of a graph."""

    focus: str
    """Id of the concept in the middle."""
    members: Mapping[str, Member]
    """Id → concept, the one in the middle first, in each role the nearest first."""
    relations: tuple[Relation, ...]
    """Those that are drawn: prerequisites among what comes before and after, and what touches the middle."""
    implied: frozenset[tuple[str, str]]
    """Source and target of prerequisites that also follow from others that are drawn."""
    left_out: Mapping[Role, int]
    """Concepts of a role, within the depth, that there was no room for."""
    before: int
    """Concepts that come before the one in the middle, all in all."""
    after: int
    """Concepts that need it directly."""

    def of(self, role: Role) -> list[Member]:
        """The members of a role, the nearest first."""
        return [member for member in self.members.values() if member.role == role]


def neighbourhood(graph: ConceptGraph, focus: str, depth: int) -> Neighbourhood:
    """Choose what is drawn around a concept.

    A concept has one role: what comes before or after the one in the middle goes before what that is a kind of, this
    before its kinds, and those before what is similar.

    Args:
        graph: A valid graph.
        focus: Id of the concept in the middle.
        depth: How many relations a prerequisite may be away, at least 1; parents are followed over two at most.

    Raises:
        KeyError: The graph has no such concept.
    """
    concepts = {concept.id: concept for concept in graph.concepts}
    beliefs = Counter(concept for item in graph.misconceptions for concept in item.concepts)
    needs = _beside(graph.relations, "prerequisite", back=True)
    similar = _beside(graph.relations, "similarity", back=False), _beside(graph.relations, "similarity", back=True)
    reached: tuple[tuple[Role, dict[str, tuple[int, float]]], ...] = (
        ("prerequisite", _reached(needs, focus, depth)),
        ("dependent", _reached(_beside(graph.relations, "prerequisite", back=False), focus, 1)),
        ("parent", _reached(_beside(graph.relations, "hierarchical", back=False), focus, min(depth, _PARENT_ROWS))),
        ("child", _reached(_beside(graph.relations, "hierarchical", back=True), focus, 1)),
        ("similar", _reached(similar[0], focus, 1) | _reached(similar[1], focus, 1)),
    )
    members = {focus: Member(concepts[focus], "focus", 0, beliefs[focus])}
    left_out: dict[Role, int] = {}
    for role, found in reached:
        new = sorted((far, -weight, item) for item, (far, weight) in found.items() if item not in members)
        for far, _, item in new[: MOST[role]]:
            members[item] = Member(concepts[item], role, far, beliefs[item])
        if len(new) > MOST[role]:
            left_out[role] = len(new) - MOST[role]
    relations = tuple(edge for edge in graph.relations if _is_drawn(edge, members))
    return Neighbourhood(
        focus=focus,
        members=members,
        relations=relations,
        implied=_implied([edge for edge in relations if edge.type == "prerequisite"]),
        left_out=left_out,
        before=len(_reached(needs, focus, len(concepts))),
        after=len(reached[1][1]),
    )


def _is_drawn(edge: Relation, members: Mapping[str, Member]) -> bool:
    ends = members.get(edge.source), members.get(edge.target)
    if ends[0] is None or ends[1] is None:
        return False
    roles = {ends[0].role, ends[1].role}
    if edge.type == "prerequisite":
        return roles <= {"focus", "prerequisite", "dependent"}
    upwards = edge.type == "hierarchical" and roles == {"parent"} and ends[0].distance < ends[1].distance
    return "focus" in roles or upwards


def _beside(relations: Iterable[Relation], kind: RelationType, *, back: bool) -> _Beside:
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for edge in relations:
        if edge.type == kind:
            start, end = (edge.target, edge.source) if back else (edge.source, edge.target)
            found[start][end] = edge.weight
    return found


def _reached(beside: _Beside, start: str, depth: int) -> dict[str, tuple[int, float]]:
    """Id → distance, and the largest product of weights over the ways of that length."""
    reached: dict[str, tuple[int, float]] = {}
    layer = {start: 1.0}
    for far in range(1, depth + 1):
        following: dict[str, float] = {}
        for node, weight in layer.items():
            for other, own in beside.get(node, {}).items():
                if other != start and other not in reached:
                    following[other] = max(following.get(other, 0.0), weight * own)
        if not following:
            break
        reached |= {item: (far, weight) for item, weight in following.items()}
        layer = following
    return reached


def _implied(edges: Iterable[Relation]) -> frozenset[tuple[str, str]]:
    """Edges whose ends are also joined by a longer chain."""
    after: defaultdict[str, set[str]] = defaultdict(set)
    for edge in edges:
        after[edge.source].add(edge.target)
    beyond: dict[str, set[str]] = {}

    def behind(node: str) -> set[str]:
        if node not in beyond:
            beyond[node] = set()
            for other in sorted(after[node]):
                beyond[node] |= {other} | behind(other)
        return beyond[node]

    return frozenset(
        (source, target)
        for source in list(after)
        for target in after[source]
        if any(target in behind(other) for other in after[source] if other != target)
    )
