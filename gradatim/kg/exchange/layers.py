"""How far from the beginning a concept is: the longest chain of prerequisites that leads to it."""

from __future__ import annotations

from collections import Counter, defaultdict

from gradatim.kg.schema import ConceptGraph


def layers(graph: ConceptGraph) -> dict[str, int]:
    """Id of each concept → relations of the longest chain of prerequisites before it."""
    after: defaultdict[str, list[str]] = defaultdict(list)
    waiting: Counter[str] = Counter()
    for edge in graph.relations:
        if edge.type == "prerequisite":
            after[edge.source].append(edge.target)
            waiting[edge.target] += 1
    depth = {concept.id: 0 for concept in graph.concepts}
    ready = [concept.id for concept in graph.concepts if not waiting[concept.id]]
    for item in ready:
        for target in after[item]:
            depth[target] = max(depth.get(target, 0), depth[item] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return depth
