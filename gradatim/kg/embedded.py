"""The concept graph in this process: dictionaries and breadth-first search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from gradatim.kg.categories import family
from gradatim.kg.lexicon import Lexicon
from gradatim.kg.schema import Concept, ConceptGraph, Misconception, Relation, RelationType
from gradatim.kg.store import Chain, Step, Surroundings
from gradatim.kg.validation import require_valid

_Adjacency = Mapping[str, Mapping[str, float]]
"""Id → neighbour → weight, in the order of the neighbours' ids."""
_Reached = dict[str, tuple[int, float, tuple[str, ...]]]
"""Id → distance, weight, and ids from it back to the start of the search."""


class EmbeddedStore:
    """A `ConceptStore` over a graph that is held in memory.

    Args:
        graph: Has to be valid.

    Raises:
        InconsistentGraph: It is not.
    """

    def __init__(self, graph: ConceptGraph) -> None:
        self._graph = require_valid(graph)
        self._concepts = {concept.id: concept for concept in graph.concepts}
        self._misconceptions = {item.id: item for item in graph.misconceptions}
        self._about: defaultdict[str, list[Misconception]] = defaultdict(list)
        for item in graph.misconceptions:
            for concept in item.concepts:
                self._about[concept].append(item)
        self._down = {kind: _adjacency(graph.relations, kind, forward=True) for kind in _KINDS}
        self._up = {kind: _adjacency(graph.relations, kind, forward=False) for kind in _KINDS}
        self._stated: defaultdict[tuple[str, str], list[Relation]] = defaultdict(list)
        for edge in graph.relations:
            self._stated[edge.source, edge.target].append(edge)
            if edge.type == "similarity":
                self._stated[edge.target, edge.source].append(edge)

    @property
    def name(self) -> str:
        return self._graph.name

    async def version(self) -> str:
        return self._graph.version

    async def snapshot(self) -> ConceptGraph:
        return self._graph

    async def concept(self, concept_id: str) -> Concept | None:
        return self._concepts.get(concept_id)

    async def find(self, name: str) -> Concept | None:
        found = self._lexicon.find(name)
        return None if found is None else self._concepts[found]

    async def search(self, text: str) -> tuple[Concept, ...]:
        mentioned = dict.fromkeys(mention.concept for mention in self._lexicon.mentions(text))
        return tuple(self._concepts[concept] for concept in mentioned)

    async def prerequisites(self, concept_id: str, depth: int | None = None) -> tuple[Step, ...]:
        return self._steps(self._up["prerequisite"], concept_id, depth, upward=True)

    async def dependents(self, concept_id: str, depth: int | None = None) -> tuple[Step, ...]:
        return self._steps(self._down["prerequisite"], concept_id, depth, upward=False)

    async def similar(self, concept_id: str) -> tuple[Step, ...]:
        both = {**self._down["similarity"].get(concept_id, {}), **self._up["similarity"].get(concept_id, {})}
        return self._steps({concept_id: both}, concept_id, 1, upward=False)

    async def parents(self, concept_id: str, depth: int | None = 1) -> tuple[Step, ...]:
        return self._steps(self._down["hierarchical"], concept_id, depth, upward=False)

    async def children(self, concept_id: str, depth: int | None = 1) -> tuple[Step, ...]:
        return self._steps(self._up["hierarchical"], concept_id, depth, upward=True)

    async def relations(self, source: str, target: str) -> tuple[Relation, ...]:
        return tuple(sorted(self._stated.get((source, target), ()), key=lambda edge: edge.type))

    async def holds(self, source: str, relation: RelationType, target: str, *, transitive: bool = True) -> Chain | None:
        if relation == "similarity" or not transitive:
            for edge in self._stated.get((source, target), ()):
                if edge.type == relation:
                    return Chain(relation, (source, target), edge.weight)
            return None
        reached = _search(self._up[relation], target, None, until=source).get(source)
        return None if reached is None else Chain(relation, reached[2], reached[1])

    async def misconception(self, misconception_id: str) -> Misconception | None:
        return self._misconceptions.get(misconception_id)

    async def misconceptions_of(
        self, concepts: Iterable[str] = (), errors: Iterable[str] = ()
    ) -> tuple[Misconception, ...]:
        about = frozenset(concepts)
        exact = frozenset(errors)
        wider = family(exact)
        pool = (
            {item.id: item for concept in about for item in self._about.get(concept, ())}
            if about
            else self._misconceptions
        )
        found = [item for item in pool.values() if not wider or not wider.isdisjoint(item.errors)]
        found.sort(
            key=lambda item: (
                -len(about.intersection(item.concepts)),
                -len(exact.intersection(item.errors)),
                item.id,
            )
        )
        return tuple(found)

    async def around(
        self, names: Sequence[str], *, depth: int, errors: Sequence[str] = (), misconceptions: Sequence[str] = ()
    ) -> Surroundings:
        concepts = tuple([await self.find(name) for name in names])
        ids = tuple(dict.fromkeys(concept.id for concept in concepts if concept is not None))
        chains = {item: await self.prerequisites(item, depth) for item in ids}
        about = dict.fromkeys((*ids, *(step.concept.id for chain in chains.values() for step in chain)))
        wider = family(errors)
        beliefs = {
            item.id: item
            for concept in about
            for item in self._about.get(concept, ())
            if not wider.isdisjoint(item.errors)
        }
        return Surroundings(
            concepts=concepts,
            prerequisites=chains,
            parents={item: await self.parents(item) for item in ids},
            similar={item: await self.similar(item) for item in ids},
            misconceptions=tuple(
                self._misconceptions[item] for item in dict.fromkeys(misconceptions) if item in self._misconceptions
            ),
            beliefs=tuple(beliefs[key] for key in sorted(beliefs)),
        )

    async def aclose(self) -> None:
        """Nothing is held open."""

    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon(self._graph.concepts)

    def _steps(self, edges: _Adjacency, start: str, depth: int | None, *, upward: bool) -> tuple[Step, ...]:
        steps = [
            Step(self._concepts[found], distance, weight, way if upward else way[::-1])
            for found, (distance, weight, way) in _search(edges, start, depth).items()
        ]
        steps.sort(key=lambda step: (step.distance, -step.weight, step.concept.id))
        return tuple(steps)


_KINDS: tuple[RelationType, ...] = ("prerequisite", "similarity", "hierarchical")


def _adjacency(relations: Iterable[Relation], kind: RelationType, *, forward: bool) -> _Adjacency:
    ends = sorted(
        (edge.source, edge.target, edge.weight) if forward else (edge.target, edge.source, edge.weight)
        for edge in relations
        if edge.type == kind
    )
    edges: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for start, end, weight in ends:
        edges[start][end] = weight
    return dict(edges)


def _search(edges: _Adjacency, start: str, depth: int | None, *, until: str | None = None) -> _Reached:
    """Breadth-first search, layer by layer.

    A node takes its weight and way from the neighbour in the layer before that gives the largest product of
    weights, on a tie from the one whose id comes first. The start itself is not among what is reached. The
    search ends after the layer in which `until` lies.
    """
    reached: _Reached = {}
    layer: _Reached = {start: (0, 1.0, (start,))}
    distance = 0
    while layer and (depth is None or distance < depth) and (until is None or until not in reached):
        distance += 1
        following: _Reached = {}
        for node in sorted(layer):
            _, weight, way = layer[node]
            for neighbour, own in edges.get(node, {}).items():
                if neighbour == start or neighbour in reached:
                    continue
                product = weight * own
                if neighbour not in following or product > following[neighbour][1]:
                    following[neighbour] = (distance, product, (neighbour, *way))
        reached.update(following)
        layer = following
    return reached
