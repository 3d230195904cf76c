"""Precision, recall and F1 of a built graph against a gold standard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gradatim.kg.graphfile import FileEdge, GraphFile
from gradatim.kg.lexicon import name_key
from gradatim.kg.schema import RelationType
from gradatim.kg.scoring.matching import Matching, match

RELATIONS: tuple[RelationType, ...] = ("prerequisite", "similarity", "hierarchical")
Ends = tuple[int, int]
"""Numbers of the gold concepts at both ends; of a graph's concept that matches none, -1 - its own number."""


@dataclass(frozen=True, slots=True)
class Score:
    """How many of what was found are right, and how many of what there is were found."""

    found: int
    gold: int
    right: int

    @property
    def precision(self) -> float:
        """In [0, 1]; 0 when nothing was found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """In [0, 1]; 0 when there is nothing to find."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return 2 * self.right / (self.found + self.gold) if self.found + self.gold else 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """A graph's score: concepts by exact match; each type of relation by exact and by relaxed match of its ends."""

    concepts: Score
    relations: Mapping[RelationType, Score]
    """Relaxed: an end may also overlap with the gold end (see `Matching.relaxed`). Type and direction have to be
    right."""
    exact_relations: Mapping[RelationType, Score]
    """Both ends by exact match."""
    untyped: Score
    """Pairs of concepts that are related at all, whatever the type and direction; ends relaxed."""


def score(graph: GraphFile, gold: GraphFile, matching: Matching | None = None) -> Scores:
    """Compare a graph with a gold standard."""
    matched = matching or match(graph.concepts, gold.concepts)
    concepts = Score(len(graph.concepts), len(gold.concepts), len(matched.exact))
    return Scores(
        concepts,
        {kind: _relations(graph, gold, matched.relaxed, kind) for kind in RELATIONS},
        {kind: _relations(graph, gold, matched.exact, kind) for kind in RELATIONS},
        _compare(
            {frozenset(ends) for ends in _ends(graph, graph.edges, matched.relaxed)},
            {frozenset(ends) for ends in _ends(gold, gold.edges, None)},
        ),
    )


def edge_ends(graph: GraphFile, kind: RelationType, to_gold: Mapping[int, int] | None) -> dict[Ends, FileEdge]:
    """The edges of a type by their ends; those of a similarity in order, so that its direction does not count."""
    edges = [edge for edge in graph.edges if edge.type == kind]
    ends = _ends(graph, edges, to_gold)
    return {
        (min(pair), max(pair)) if kind == "similarity" else pair: edge for pair, edge in zip(ends, edges, strict=True)
    }


def _relations(graph: GraphFile, gold: GraphFile, to_gold: Mapping[int, int], kind: RelationType) -> Score:
    return _compare(set(edge_ends(graph, kind, to_gold)), set(edge_ends(gold, kind, None)))


def _compare(found: set[Ends] | set[frozenset[int]], gold: set[Ends] | set[frozenset[int]]) -> Score:
    return Score(len(found), len(gold), len(found & gold))  # pyright: ignore[reportOperatorIssue, reportUnknownArgumentType]


def _ends(graph: GraphFile, edges: Iterable[FileEdge], to_gold: Mapping[int, int] | None) -> list[Ends]:
    number_of: dict[tuple[str, ...], int] = {}
    for names in (
        [(number, concept.name) for number, concept in enumerate(graph.concepts)],
        [(number, alias) for number, concept in enumerate(graph.concepts) for alias in concept.aliases],
    ):
        for number, name in names:
            number_of.setdefault(name_key(name), number)
    pairs = [(number_of[name_key(edge.source)], number_of[name_key(edge.target)]) for edge in edges]
    if to_gold is None:
        return pairs
    return [(to_gold.get(source, -1 - source), to_gold.get(target, -1 - target)) for source, target in pairs]
