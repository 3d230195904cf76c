"""Edits that a person can make of an item, and why some cannot be made."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from gradatim.errors import InputError, ReviewError
from gradatim.kg.decisions.circles import DIRECTED, way
from gradatim.kg.decisions.force import in_force
from gradatim.kg.decisions.names import checked_name, find_concept, keys, known_concept, names_of, same
from gradatim.kg.decisions.records import ConceptDecision, ConceptItem, Decision, Made, RelationDecision, RelationItem
from gradatim.kg.decisions.wording import wording
from gradatim.kg.graphfile import FileConcept, FileEdge, GraphFile
from gradatim.kg.lexicon import Key
from gradatim.kg.schema import RelationType


class ClosesCircle(ReviewError):
    """A decision would let relations run in a circle."""

    def __init__(self, names: list[str], undecided: tuple[FileEdge, ...]) -> None:
        remedy = "undo one of the decisions it is made of"
        if undecided:
            remedy = f"reject or edit one of its relations first, perhaps: {wording(undecided[0])}"
        super().__init__(f"it closes a circle ({' → '.join(names)})", remedy=remedy)
        self.undecided = undecided
        """Relations of the circle that nobody decided about, the least confident first."""


def _every(graph: GraphFile) -> tuple[FileConcept, ...]:
    return (*graph.concepts, *graph.doubtful.concepts)


def renamed(graph: GraphFile, concept: FileConcept, name: str) -> ConceptItem:
    """A concept under a new name; the old one becomes an alias.

    Raises:
        InputError: The name is none, is what it has, or belongs to another concept.
    """
    new = checked_name(name)
    if new == concept.name:
        raise InputError("is what it is called", place=f"name {new!r}", remedy="type another name")
    other = _owner(graph, concept, new)
    if other is not None:
        raise InputError(
            f"is a name of the concept {other.name!r}", place=f"name {new!r}", remedy="merge the two instead"
        )
    return ConceptItem(name=new, aliases=_distinct((*concept.aliases, concept.name), {same(new)}))


def also_called(graph: GraphFile, concept: FileConcept, alias: str) -> ConceptItem:
    """A concept with one more alias.

    Raises:
        InputError: The alias is none, is there, or belongs to another concept.
    """
    new = checked_name(alias, "the alias")
    if same(new) in keys(names_of(concept)):
        raise InputError("is one of its names", place=f"alias {new!r}", remedy="type another one")
    other = _owner(graph, concept, new)
    if other is not None:
        raise InputError(
            f"is a name of the concept {other.name!r}", place=f"alias {new!r}", remedy="merge the two instead"
        )
    return ConceptItem(name=concept.name, aliases=(*concept.aliases, new))


def merged(graph: GraphFile, concept: FileConcept, into: str) -> ConceptItem:
    """What a concept becomes when it is another one: that one, with the names of both.

    Raises:
        InputError: There is no such concept, or it is the same.
    """
    other = known_concept(_every(graph), into)
    if same(other.name) == same(concept.name):
        raise InputError("is the concept itself", place=f"concept {into.strip()!r}", remedy="name another one")
    return ConceptItem(
        name=other.name, aliases=_distinct((*other.aliases, concept.name, *concept.aliases), {same(other.name)})
    )


def turned(edge: FileEdge) -> RelationItem:
    """A relation the other way round.

    Raises:
        InputError: It has no direction.
    """
    if edge.type == "similarity":
        raise InputError("has no direction", place="a similarity", remedy="change its type, or an end")
    return RelationItem(source=edge.target, target=edge.source, type=edge.type)


def retyped(edge: FileEdge, kind: RelationType) -> RelationItem:
    """A relation of another type.

    Raises:
        InputError: It is of that type.
    """
    if kind == edge.type:
        raise InputError("is what it is", place=f"type {kind}", remedy="choose another type")
    return RelationItem(source=edge.source, target=edge.target, type=kind)


def with_end(graph: GraphFile, edge: FileEdge, end: str, name: str) -> RelationItem:
    """A relation with another concept at one end.

    Args:
        graph: With the decisions so far applied.
        edge: The relation.
        end: `source` or `target`.
        name: Of a concept in the graph.

    Raises:
        InputError: There is no such concept, it is not in the graph yet, or it is at one of the ends.
    """
    concept = known_concept(_every(graph), name)
    place = f"concept {concept.name!r}"
    if find_concept(graph.concepts, concept.name) is None:
        raise InputError("is doubtful itself", place=place, remedy="decide about it first")
    if same(concept.name) in (same(edge.source), same(edge.target)):
        raise InputError("is an end of this relation", place=place, remedy="name another one")
    source, target = (concept.name, edge.target) if end == "source" else (edge.source, concept.name)
    return RelationItem(source=source, target=target, type=edge.type)


def check(graph: GraphFile, decision: Made, decisions: Iterable[Decision]) -> None:
    """See whether a decision can be made.

    Args:
        graph: With the decisions so far applied.
        decision: About an item of it.
        decisions: Those so far.

    Raises:
        InputError: A relation would stand twice, or a concept be called what was rejected.
        ClosesCircle: Relations would run in a circle.
    """
    if isinstance(decision, ConceptDecision):
        if decision.became is not None:
            _check_rejected(graph, decision.item, decision.became, decisions)
            _check_merge(graph, decision.item, decision.became)
        return
    wanted = decision.became or (decision.item if decision.verdict == "accept" else None)
    if wanted is not None:
        _check_relation(graph, decision, wanted)


def _check_relation(graph: GraphFile, decision: RelationDecision, wanted: RelationItem) -> None:
    resolve = _Resolver(graph)
    was = resolve.pair(decision.item.source, decision.item.target)
    others = [
        edge
        for edge in graph.edges
        if edge.type == wanted.type
        and not (edge.type == decision.item.type and _alike(resolve.pair(edge.source, edge.target), was, edge.type))
    ]
    pair = resolve.pair(wanted.source, wanted.target)
    if any(_alike(resolve.pair(edge.source, edge.target), pair, edge.type) for edge in others):
        raise InputError(
            "is in the graph already", place=wording(wanted), remedy="reject this one if it says nothing else"
        )
    if wanted.type in DIRECTED:
        _refuse_circle(resolve, others, pair[1], pair[0])


def _check_rejected(graph: GraphFile, item: ConceptItem, became: ConceptItem, decisions: Iterable[Decision]) -> None:
    """Refuse a new name that somebody said is none: when the graph is built again, which would count?"""
    known = keys(item.names).union(*(keys(names_of(concept)) for concept in _every(graph)))
    for line in in_force(decisions):
        if isinstance(line, ConceptDecision) and line.verdict == "reject":
            taken = next((name for name in became.names if same(name) in keys(line.item.names) - known), None)
            if taken is not None:
                remedy = "take that back, and merge the two instead"
                raise InputError(f"was rejected by {line.by}", place=f"name {taken!r}", remedy=remedy)


def _check_merge(graph: GraphFile, item: ConceptItem, became: ConceptItem) -> None:
    resolve = _Resolver(graph)
    one, other = resolve.pair(item.name, became.name)
    if one == other:
        return
    for kind in DIRECTED:
        edges = [
            edge
            for edge in graph.edges
            if edge.type == kind and set(resolve.pair(edge.source, edge.target)) != {one, other}
        ]
        _refuse_circle(resolve, edges, one, other)
        _refuse_circle(resolve, edges, other, one)


def _refuse_circle(resolve: _Resolver, edges: list[FileEdge], start: Key, goal: Key) -> None:
    """Refuse what would join the end of a way to its beginning."""
    by_ends = {resolve.pair(edge.source, edge.target): edge for edge in edges}
    steps = way(by_ends, start, goal)
    if steps:
        circle = [by_ends[ends] for ends in pairwise(steps)]
        undecided = (edge for edge in circle if edge.standing == "proposed")
        names = [circle[0].source, *(edge.target for edge in circle)]
        weakest_first = sorted(undecided, key=lambda edge: 1.0 if edge.confidence is None else edge.confidence)
        raise ClosesCircle([*names, names[0]], tuple(weakest_first))


class _Resolver:
    """Ends of relations as the concepts they mean."""

    def __init__(self, graph: GraphFile) -> None:
        self._meant: dict[Key, Key] = {}
        for concept in graph.concepts:
            self._meant.setdefault(same(concept.name), same(concept.name))
        for concept in graph.concepts:
            for alias in concept.aliases:
                self._meant.setdefault(same(alias), same(concept.name))

    def pair(self, source: str, target: str) -> tuple[Key, Key]:
        first, second = same(source), same(target)
        return self._meant.get(first, first), self._meant.get(second, second)


def _alike(pair: tuple[Key, Key], other: tuple[Key, Key], kind: RelationType) -> bool:
    return pair == other or (kind == "similarity" and pair == other[::-1])


def _owner(graph: GraphFile, concept: FileConcept, name: str) -> FileConcept | None:
    """Another concept that has a name."""
    others = (item for item in _every(graph) if same(item.name) != same(concept.name))
    return find_concept(others, name)


def _distinct(names: tuple[str, ...], without: set[Key]) -> tuple[str, ...]:
    found: dict[Key, str] = {}
    for name in names:
        if same(name) not in without:
            found.setdefault(same(name), name)
    return tuple(found.values())
