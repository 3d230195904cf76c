"""How two concepts hang together: a chain of prerequisites, or the shortest way over all relations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from gradatim.kg import ConceptStore, Relation, RelationType

_RANK: dict[RelationType, int] = {"prerequisite": 0, "hierarchical": 1, "similarity": 2}
"""Between two concepts with several relations the way takes the first of these, where weights are equal."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way between two concepts."""

    concepts: tuple[str, ...]
    """Ids, both ends included."""
    relations: tuple[Relation, ...]
    """Between each of them and the next, in whichever direction they are stated."""
    chain: bool
    """Whether it is a chain of prerequisites, from what comes first to what needs it."""

    @property
    def weight(self) -> float:
        """Product of the weights, in (0, 1]."""
        return prod(edge.weight for edge in self.relations)


async def way_between(store: ConceptStore, start: str, end: str, kinds: Collection[RelationType]) -> Way | None:
    """How two concepts hang together.

    The chain of prerequisites from one to the other, where there is one: then the way begins with the concept that
    comes first. Otherwise a shortest way over relations of any direction, of those the one with the largest product of
    weights.

    Args:
        store: The graph.
        start: Id of a concept.
        end: Id of another one.
        kinds: Relations that may be used.
    """
    if "prerequisite" in kinds:
        for first, last in ((start, end), (end, start)):
            chain = await store.holds(first, "prerequisite", last)
            if chain is not None:
                relations = [await _stated(store, *ends) for ends in pairwise(chain.concepts)]
                return Way(chain.concepts, tuple(relations), chain=True)
    graph = await store.snapshot()
    return shortest((edge for edge in graph.relations if edge.type in kinds), start, end)


def shortest(relations: Iterable[Relation], start: str, end: str) -> Way | None:
    """A shortest way in either direction of the relations, of those the one with the largest product of weights.

    Ties are broken by the ids on the way, so that the same graph gives the same way.
    """
    beside: defaultdict[str, dict[str, Relation]] = defaultdict(dict)
    for edge in sorted(relations, key=lambda edge: (-edge.weight, _RANK[edge.type], edge.source, edge.target)):
        beside[edge.source].setdefault(edge.target, edge)
        beside[edge.target].setdefault(edge.source, edge)
    seen = {start}
    layer = {start: Way((start,), (), chain=False)}
    while layer and end not in layer:
        following: dict[str, Way] = {}
        for node in sorted(layer):
            so_far = layer[node]
            for other, edge in sorted(beside[node].items()):
                further = Way((*so_far.concepts, other), (*so_far.relations, edge), chain=False)
                if other not in seen and (other not in following or further.weight > following[other].weight):
                    following[other] = further
        seen |= following.keys()
        layer = following
    return layer.get(end)


def worded(edge: Relation, here: str, names: Mapping[str, str]) -> str:
    """A step of a way in words: `list is needed before list index`, and the other way round `list index needs list`.

    Args:
        edge: The relation that the step goes along.
        here: Id of the end that it starts from.
        names: Id → name.
    """
    along = edge.source == here
    start, end = (edge.source, edge.target) if along else (edge.target, edge.source)
    match edge.type:
        case "prerequisite":
            verb = "is needed before" if along else "needs first"
        case "hierarchical":
            verb = "is a kind or part of" if along else "has as a kind or part"
        case "similarity":
            verb = "is similar to"
    return f"{names[start]} {verb} {names[end]}"


async def _stated(store: ConceptStore, first: str, second: str) -> Relation:
    found = [edge for edge in await store.relations(first, second) if edge.type == "prerequisite"]
    return max(found, key=lambda edge: edge.weight)
