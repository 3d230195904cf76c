"""Graphs and beliefs that the tests of propagation and recommendation are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

from gradatim.kg import Concept, ConceptGraph, Relation, Topic
from gradatim.memory.tracing.estimates import Belief

Edge = tuple[str, str] | tuple[str, str, float]


def graph(*edges: Edge, alone: tuple[str, ...] = ()) -> ConceptGraph:
    """A graph of prerequisites: `("a", "b")` says that a is needed before b."""
    ids = list(dict.fromkeys([*(end for edge in edges for end in edge[:2]), *alone]))
    return ConceptGraph(
        name="small",
        topics=(Topic(id="topic", title="Topic"),),
        concepts=tuple(
            Concept(id=item, name=item.upper(), definition=f"What {item} is.", topic="topic") for item in ids
        ),
        relations=tuple(
            Relation(source=edge[0], target=edge[1], type="prerequisite", weight=edge[2] if len(edge) == 3 else 1.0)
            for edge in edges
        ),
    )


def belief(probability: float, observations: int = 3) -> Belief:
    return Belief(probability, observations, "2026-01-01T00:00:00Z" if observations else None)


@dataclass(frozen=True)
class Case:
    graph: ConceptGraph
    beliefs: Mapping[str, Belief]


@st.composite
def graphs(draw: st.DrawFn, most: int = 9) -> ConceptGraph:
    """Any graph of prerequisites without circles, its concepts in any order."""
    size = draw(st.integers(1, most))
    names = [f"c{number}" for number in range(size)]
    pairs = [(a, b) for b in range(size) for a in range(b)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2 * size)) if pairs else []
    weights = draw(st.lists(st.floats(0.1, 1.0), min_size=len(chosen), max_size=len(chosen)))
    made = graph(
        *((names[a], names[b], weight) for (a, b), weight in zip(chosen, weights, strict=True)), alone=tuple(names)
    )
    order = draw(st.permutations(made.concepts))
    return made.model_copy(update={"concepts": tuple(order)})


@st.composite
def cases(draw: st.DrawFn, most: int = 9) -> Case:
    """A graph and beliefs about some of its concepts."""
    made = draw(graphs(most))
    names = [concept.id for concept in made.concepts]
    observed = draw(st.lists(st.sampled_from(names), unique=True))
    return Case(
        made,
        {name: belief(draw(st.floats(0.0, 1.0)), draw(st.integers(1, 30))) for name in observed},
    )
