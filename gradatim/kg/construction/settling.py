"""From plausible items to a graph: thresholds, one relation a pair, no circles, and what people decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gradatim.kg.construction.relating import Found
from gradatim.kg.construction.terms import Term
from gradatim.kg.graphfile import Doubtful, FileConcept, FileEdge
from gradatim.kg.schema import RelationType

DOUBT = 0.15
"""How far below its threshold an item is still shown to people."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidence from which an item enters the graph; by default what gave the best F1 on texts not trained on."""

    concept: float = 0.4
    relations: Mapping[RelationType, float] = field(
        default_factory=lambda: {"prerequisite": 0.35, "similarity": 0.3, "hierarchical": 0.2}
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """What enters the graph, and what nearly did."""

    concepts: tuple[FileConcept, ...]
    edges: tuple[FileEdge, ...]
    doubtful: Doubtful


def settle(terms: Sequence[Term], found: Sequence[Found], thresholds: Thresholds) -> Settled:
    """Concepts and edges of the graph, and the items just below the thresholds.

    Of several relations of a pair the most confident stays. Where prerequisites or kinds run in a circle, the least
    confident relation of it goes.
    """
    kept = {number: term for number, term in enumerate(terms) if term.confidence >= thresholds.concept}
    edges: list[FileEdge] = []
    near: list[FileEdge] = []
    taken: set[frozenset[int]] = set()
    above: dict[RelationType, defaultdict[int, set[int]]] = {
        "prerequisite": defaultdict(set),
        "hierarchical": defaultdict(set),
    }
    for item in found:
        pair = frozenset((item.source, item.target))
        limit = thresholds.relations[item.type]
        if item.confidence < limit - DOUBT or not pair <= kept.keys() or pair in taken:
            continue
        graph = above.get(item.type)
        if graph is not None and _reaches(graph, item.target, item.source):
            continue
        taken.add(pair)
        edge = FileEdge(
            source=kept[item.source].name,
            target=kept[item.target].name,
            type=item.type,
            confidence=round(item.confidence, 4),
            sentence=item.sentence,
            place=item.place,
        )
        if item.confidence < limit:
            near.append(edge)
            continue
        edges.append(edge)
        if graph is not None:
            graph[item.source].add(item.target)
    doubtful = (term for term in terms if thresholds.concept - DOUBT <= term.confidence < thresholds.concept)
    return Settled(
        tuple(_concept(term) for term in kept.values()),
        tuple(edges),
        Doubtful(concepts=tuple(_concept(term) for term in doubtful), edges=tuple(near)),
    )


def _concept(term: Term) -> FileConcept:
    return FileConcept(
        name=term.name,
        aliases=term.aliases,
        confidence=round(term.confidence, 4),
        sentence=term.sentence,
        place=term.place,
        mentions=term.mentions,
    )


def _reaches(graph: Mapping[int, set[int]], start: int, goal: int) -> bool:
    """Whether a way leads from one to the other."""
    pending, seen = [start], {start}
    while pending:
        for following in graph.get(pending.pop(), ()):
            if following == goal:
                return True
            if following not in seen:
                seen.add(following)
                pending.append(following)
    return False
