"""`gradatim kg stats`: what there is, counted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from gradatim.app.commands.kg.asking import ask
from gradatim.app.commands.kg.sizes import size
from gradatim.app.console import emit, out, table
from gradatim.app.options import curriculum_option, json_option
from gradatim.kg import ConceptGraph, ConceptStore


@click.command()
@curriculum_option
@json_option
def stats(curriculum: Path | None, as_json: bool) -> None:
    """Count concepts, relations and misconceptions, by topic."""
    graph, longest = ask(curriculum, _measure)
    kinds = Counter(edge.type for edge in graph.relations)
    per_topic = Counter(concept.topic for concept in graph.concepts)
    topic_of = {concept.id: concept.topic for concept in graph.concepts}
    beliefs = Counter(topic_of[item.concepts[0]] for item in graph.misconceptions)
    data = {
        **size(graph),
        "prerequisite_relations": kinds["prerequisite"],
        "similarity_relations": kinds["similarity"],
        "hierarchical_relations": kinds["hierarchical"],
        "relations_per_concept": round(len(graph.relations) / max(len(graph.concepts), 1), 3),
        "examples": sum(concept.example is not None for concept in graph.concepts),
        "longest_prerequisite_chain": longest,
    }
    if as_json:
        topics = [
            {"topic": item.id, "concepts": per_topic[item.id], "misconceptions": beliefs[item.id]}
            for item in graph.topics
        ]
        emit({**data, "by_topic": topics})
        return
    out(table([(key.replace("_", " "), str(value)) for key, value in data.items()]))
    out()
    rows = [(item.id, str(per_topic[item.id]), str(beliefs[item.id]), item.title) for item in graph.topics]
    out(table(rows, header=("topic", "concepts", "misconceptions", "title")))


async def _measure(store: ConceptStore) -> tuple[ConceptGraph, int]:
    """The graph and the largest distance between a concept and something it needs, in relations."""
    graph = await store.snapshot()
    longest = 0
    for concept in graph.concepts:
        steps = await store.prerequisites(concept.id)
        longest = max(longest, max((step.distance for step in steps), default=0))
    return graph, longest
