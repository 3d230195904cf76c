"""A small built graph and decisions about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

from gradatim.kg.decisions import Decision, Made, decide, undo
from gradatim.kg.decisions.names import find_concept
from gradatim.kg.decisions.records import ConceptItem, RelationItem, Verdict
from gradatim.kg.graphfile import Doubtful, FileConcept, FileEdge, FileSource, GraphFile
from gradatim.kg.schema import RelationType

START = datetime(2026, 1, 1, tzinfo=UTC)
_TICKS = count()


def concept(name: str, *aliases: str, confidence: float = 0.9, mentions: int = 2) -> FileConcept:
    return FileConcept(
        name=name,
        aliases=aliases,
        confidence=confidence,
        sentence=f"A {name} is explained here.",
        place="intro.md:3",
        mentions=mentions,
    )


def edge(source: str, target: str, kind: RelationType = "prerequisite", confidence: float = 0.9) -> FileEdge:
    return FileEdge(
        source=source,
        target=target,
        type=kind,
        confidence=confidence,
        sentence=f"Know a {source} before a {target}.",
        place="intro.md:4",
    )


GRAPH = GraphFile(
    name="course",
    documents=(FileSource(name="intro.md", digest="0"),),
    concepts=(
        concept("list", "array"),
        concept("loop"),
        concept("list comprehension", "comprehension", confidence=0.7),
        concept("list comp", confidence=0.5),
        concept("generator", confidence=0.45),
        concept("range"),
    ),
    edges=(
        edge("list", "list comprehension"),
        edge("loop", "list comp", confidence=0.8),
        edge("list comp", "list comprehension", "similarity", 0.6),
        edge("list comprehension", "generator", confidence=0.41),
        edge("array", "range", "similarity", 0.5),
    ),
    doubtful=Doubtful(
        concepts=(concept("excursion", confidence=0.39), concept("iterator", confidence=0.3)),
        edges=(
            edge("range", "loop", confidence=0.395),
            edge("generator", "range", "hierarchical", 0.36),
            edge("generator", "list", confidence=0.3),
        ),
    ),
    thresholds={"concept": 0.4, "prerequisite": 0.4, "similarity": 0.4, "hierarchical": 0.4},
)


def later() -> datetime:
    """A moment after all others."""
    return START + timedelta(seconds=next(_TICKS))


def on_concept(
    name: str, verdict: Verdict, became: ConceptItem | None = None, *, by: str = "reviewer", graph: GraphFile = GRAPH
) -> Made:
    found = find_concept((*graph.concepts, *graph.doubtful.concepts), name) or concept(name)
    return decide(found, verdict, by, became, at=later())


def on_edge(
    source: str,
    target: str,
    verdict: Verdict,
    became: RelationItem | None = None,
    *,
    kind: RelationType = "prerequisite",
    by: str = "reviewer",
    graph: GraphFile = GRAPH,
) -> Made:
    named = ((item.source, item.target, item.type) for item in edges(graph))
    every = dict(zip(named, edges(graph), strict=True))
    return decide(every.get((source, target, kind), edge(source, target, kind)), verdict, by, became, at=later())


def taken_back(decision: Made, by: str = "reviewer") -> Decision:
    return undo(decision, by, at=later())


def edges(graph: GraphFile) -> Iterator[FileEdge]:
    yield from graph.edges
    yield from graph.doubtful.edges


def names(graph: GraphFile) -> list[str]:
    return [item.name for item in graph.concepts]


def ends(graph: GraphFile) -> set[tuple[str, str, str]]:
    return {(item.source, item.target, item.type) for item in graph.edges}
