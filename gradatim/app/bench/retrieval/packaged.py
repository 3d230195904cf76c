"""The packaged curriculum itself: how fast it is asked with everything on, and what relatedness is worth on it."""

from __future__ import annotations

from random import Random

from gradatim.app.bench.retrieval.questions import milliseconds, one_by_one, questions
from gradatim.kg import EmbeddedStore, packaged_curriculum
from gradatim.kg.passages.index import PassageIndex, curriculum_passages
from gradatim.kg.related import read
from gradatim.kg.relatedness import Relatedness
from gradatim.serving.embeddings import default_embedder

HELD_OUT = 1 / 3
TOP = 10


async def packaged(runs: int, warm: int) -> dict[str, float | int | None]:
    """Milliseconds of a retrieval from the packaged graph, with passages and related concepts."""
    graph = packaged_curriculum()
    index = PassageIndex(curriculum_passages(graph))
    times = await one_by_one(
        EmbeddedStore(graph), questions(graph, runs + warm), warm=warm, passages=index, related=read(graph, None)
    )
    return {
        "packaged_concepts": len(graph.concepts),
        "packaged_relations": len(graph.relations),
        "packaged_passages": len(index),
        "packaged_p50_ms": milliseconds(times, 0.5),
        "packaged_p99_ms": milliseconds(times, 0.99),
    }


def held_out() -> dict[str, float | int]:
    """A third of the stated similarities is hidden: how often is the hidden end among the ten most related concepts?

    By text alone, by structure alone, and by both as `Relatedness.of` mixes them.
    """
    graph = packaged_curriculum()
    similar = [edge for edge in graph.relations if edge.type == "similarity"]
    Random(1).shuffle(similar)
    hidden = similar[: int(len(similar) * HELD_OUT)]
    relatedness = Relatedness(graph, default_embedder(), without=hidden)
    joined: dict[str, set[str]] = {}
    for edge in graph.relations:
        joined.setdefault(edge.source, set()).add(edge.target)
        joined.setdefault(edge.target, set()).add(edge.source)
    figures: dict[str, float | int] = {"similarities_hidden": len(hidden)}
    for name, measure in (("text", relatedness.text), ("structure", relatedness.structure), ("both", relatedness.of)):
        hits = 0
        for edge in hidden:
            own = measure(edge.source, edge.target)
            others = (other for other in relatedness.ids if other != edge.source and other not in joined[edge.source])
            hits += sum(measure(edge.source, other) > own for other in others) < TOP
        figures[f"hidden_found_by_{name}"] = round(hits / len(hidden), 3)
    return figures
