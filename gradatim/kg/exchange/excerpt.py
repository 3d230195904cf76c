"""A part of a concept graph that is a graph of its own."""

from __future__ import annotations

from collections import defaultdict

from gradatim.kg.schema import ConceptGraph


def excerpt(graph: ConceptGraph, concept: str, depth: int) -> ConceptGraph:
    """What lies around a concept: everything within some relations of it, whatever their kind and direction.

    All relations among what is left are kept. Misconceptions that are also about other concepts stay, about those that
    are left.

    Args:
        graph: The whole.
        concept: Id of the concept in the middle.
        depth: Relations away, at most.
    """
    beside: defaultdict[str, list[str]] = defaultdict(list)
    for edge in graph.relations:
        beside[edge.source].append(edge.target)
        beside[edge.target].append(edge.source)
    kept = {concept}
    edge_of_kept = {concept}
    for _ in range(depth):
        edge_of_kept = {other for item in edge_of_kept for other in beside[item]} - kept
        if not edge_of_kept:
            break
        kept |= edge_of_kept
    concepts = tuple(item for item in graph.concepts if item.id in kept)
    topics = {item.topic for item in concepts}
    return ConceptGraph(
        name=graph.name,
        topics=tuple(topic for topic in graph.topics if topic.id in topics),
        concepts=concepts,
        relations=tuple(edge for edge in graph.relations if edge.source in kept and edge.target in kept),
        misconceptions=tuple(
            item.model_copy(update={"concepts": about})
            for item in graph.misconceptions
            if (about := tuple(one for one in item.concepts if one in kept))
        ),
    )
