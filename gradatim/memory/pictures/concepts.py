"""Which concepts stand on a learner's map: what was worked on, and what lies around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gradatim.domain import Mastery
from gradatim.kg import ConceptGraph

MOST = 42
"""Concepts on a map at most: more cannot be read."""


@dataclass(frozen=True, slots=True)
class MapConcept:
    """A concept on the map.

    Attributes:
        mastery: `None` where nothing is known.
        observations: Answers it rests on; a mastery without any is inferred from other concepts.
    """

    id: str
    label: str
    mastery: float | None = None
    observations: int = 0

    @property
    def inferred(self) -> bool:
        return self.mastery is not None and not self.observations


@dataclass(frozen=True, slots=True)
class ConceptMap:
    """Concepts and which is needed before which (pairs of ids: needed, what it is needed for)."""

    concepts: tuple[MapConcept, ...]
    needed: tuple[tuple[str, str], ...]
    left_out: int = 0
    """Concepts the learner worked on that have no place."""


def map_around(
    graph: ConceptGraph, mastery: Iterable[Mastery], *, inferred: Mapping[str, float] | None = None, most: int = MOST
) -> ConceptMap:
    """The map of a learner: the concepts with answers, those with most first, then their direct neighbours.

    Of the neighbours, prerequisites come first, and among those the ones that most of the learner's concepts need. A
    concept that the graph does not know stands on the map without relations.

    Args:
        graph: Says what is needed before what.
        mastery: What was observed of the learner.
        inferred: Mastery of other concepts, propagated from these; hatched on the map.
        most: Concepts on the map at most.
    """
    names = {concept.id: concept.name for concept in graph.concepts}
    order = {concept.id: number for number, concept in enumerate(graph.concepts)}
    pairs = [
        (item.source, item.target)
        for item in graph.relations
        if item.type == "prerequisite" and item.source in names and item.target in names
    ]
    seen = sorted((item for item in mastery if item.observations), key=lambda item: (-item.observations, item.concept))
    known = {item.concept: item for item in seen[:most]}
    neighbours = _neighbours(known, pairs, order)
    kept = [*known, *neighbours[: max(0, most - len(known))]]
    kept.sort(key=lambda concept: (order.get(concept, len(order)), concept))
    beyond = inferred or {}
    concepts = tuple(
        MapConcept(concept, names.get(concept, concept), known[concept].probability, known[concept].observations)
        if concept in known
        else MapConcept(concept, names[concept], beyond.get(concept))
        for concept in kept
    )
    inside = set(kept)
    needed = tuple(pair for pair in pairs if pair[0] in inside and pair[1] in inside)
    return ConceptMap(concepts, needed, len(seen) - len(known))


def _neighbours(known: Mapping[str, Mastery], pairs: Sequence[tuple[str, str]], order: Mapping[str, int]) -> list[str]:
    """Concepts beside the known ones, the most useful to see first."""
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    for source, target in pairs:
        if target in known and source not in known:
            before[source] = before.get(source, 0) + 1
        if source in known and target not in known:
            after[target] = after.get(target, 0) + 1
    ranked = sorted(before, key=lambda concept: (-before[concept], order[concept]))
    ranked += sorted((concept for concept in after if concept not in before), key=lambda c: (-after[c], order[c]))
    # As many around as in the middle at most: the map is about the learner.
    return ranked[: max(6, len(known))]
