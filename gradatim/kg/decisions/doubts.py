"""What people should look at, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gradatim.kg.decisions.names import same
from gradatim.kg.decisions.records import ItemKey, concept_item, relation_item
from gradatim.kg.graphfile import FileConcept, FileEdge, GraphFile

NEAR = 0.2
"""How far above its threshold an item is still doubtful."""
DEFAULT_THRESHOLD = 0.4
"""Of a kind for which the graph names none."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """An item that nobody decided about yet."""

    item: FileConcept | FileEdge
    threshold: float
    in_graph: bool

    @property
    def key(self) -> ItemKey:
        """What it is compared by."""
        return item_key(self.item)

    @property
    def distance(self) -> float:
        """From its threshold; 1 where its confidence is not known."""
        return 1.0 if self.item.confidence is None else round(abs(self.item.confidence - self.threshold), 6)

    @property
    def doubtful(self) -> bool:
        """Whether it is not in the graph, or only just."""
        if not self.in_graph:
            return True
        return self.item.confidence is not None and round(self.item.confidence - self.threshold, 6) < NEAR


def item_key(item: FileConcept | FileEdge) -> ItemKey:
    """What an item of a graph is compared by."""
    return concept_item(item).key if isinstance(item, FileConcept) else relation_item(item).key


def doubts(graph: GraphFile, *, everything: bool = False) -> list[Doubt]:
    """Items to decide about, the most informative first.

    That is those nearest to their threshold: there a decision says most about where the threshold belongs. A relation
    comes after those of its ends that are themselves among the items.

    Args:
        graph: With the decisions so far applied.
        everything: Also items far above their threshold, and those whose confidence is not known.
    """
    found = [doubt for doubt in _undecided(graph) if everything or doubt.doubtful]
    distance = {same(doubt.item.name): doubt.distance for doubt in found if isinstance(doubt.item, FileConcept)}

    def order(doubt: Doubt) -> tuple[object, ...]:
        item = doubt.item
        if isinstance(item, FileConcept):
            return doubt.distance, 0, doubt.distance, doubt.key
        ends = (distance.get(same(name), 0.0) for name in (item.source, item.target))
        return max(doubt.distance, *ends), 1, doubt.distance, doubt.key

    return sorted(found, key=order)


def _undecided(graph: GraphFile) -> Iterator[Doubt]:
    limits = graph.thresholds
    for concepts, in_graph in ((graph.concepts, True), (graph.doubtful.concepts, False)):
        for concept in concepts:
            if concept.standing == "proposed":
                yield Doubt(concept, limits.get("concept", DEFAULT_THRESHOLD), in_graph)
    for edges, in_graph in ((graph.edges, True), (graph.doubtful.edges, False)):
        for edge in edges:
            if edge.standing == "proposed":
                yield Doubt(edge, limits.get(edge.type, DEFAULT_THRESHOLD), in_graph)
