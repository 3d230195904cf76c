"""A concept graph laid out for passing values along prerequisites, level by level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradatim.errors import CurriculumError
from gradatim.kg import ConceptGraph, Relation

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Step:
    """One level's share of a pass: for concepts `start` to `stop`, sums over their neighbours."""

    start: int
    stop: int
    neighbours: Places
    """Places of the neighbours, those of one concept behind one another."""
    weights: Floats
    offsets: Places
    """Where each concept's neighbours begin."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Concepts numbered so that each comes after its prerequisites, and those of one level side by side.

    The level of a concept is the length of the longest chain of prerequisites before it. Inside a level,
    concepts that something depends on come first, so that a level's part of each pass is one slice of an array.
    """

    concepts: tuple[str, ...]
    """Ids in the order of their places."""
    places: Mapping[str, int]
    levels: Places
    """Level of each place."""
    last: Places
    """Highest level among the concepts that depend on this one, however indirectly; its own when none does."""
    forward: tuple[Step, ...]
    """By level, from 1: prerequisites with their weights, which add up to 1 for each concept."""
    backward: tuple[Step | None, ...]
    """By level, from 0: dependents with the weights as stated; `None` where the level has none."""
    prerequisites: tuple[tuple[tuple[int, float], ...], ...]
    """Place and stated weight of each concept's prerequisites."""
    dependents: tuple[tuple[tuple[int, float], ...], ...]

    @classmethod
    def of(cls, graph: ConceptGraph) -> Plan:
        """The plan of a graph's prerequisites.

        Raises:
            CurriculumError: A prerequisite names a concept that the graph does not have, or prerequisites run in
                a circle.
        """
        ids = [concept.id for concept in graph.concepts]
        edges = [edge for edge in graph.relations if edge.type == "prerequisite"]
        level = levels_of(ids, edges)
        leading = {edge.source for edge in edges}
        rank = {concept: number for number, concept in enumerate(ids)}
        order = sorted(ids, key=lambda item: (level[item], item not in leading, rank[item]))
        places = {concept: place for place, concept in enumerate(order)}
        before: list[list[tuple[int, float]]] = [[] for _ in order]
        after: list[list[tuple[int, float]]] = [[] for _ in order]
        for edge in edges:
            before[places[edge.target]].append((places[edge.source], edge.weight))
            after[places[edge.source]].append((places[edge.target], edge.weight))
        for neighbours in (*before, *after):
            neighbours.sort()
        levels = np.array([level[item] for item in order], dtype=np.intp)
        count = int(levels[-1]) + 1 if order else 0
        bounds = np.searchsorted(levels, np.arange(count + 1))
        shared = [[(place, weight / sum(each for _, each in row)) for place, weight in row] for row in before]
        forward = [_step(shared, int(bounds[number]), int(bounds[number + 1])) for number in range(1, count)]
        backward: list[Step | None] = []
        for number in range(count):
            start = int(bounds[number])
            stop = start + sum(1 for place in range(start, int(bounds[number + 1])) if after[place])
            backward.append(_step(after, start, stop) if stop > start else None)
        last = levels.copy()
        for place in reversed(range(len(order))):
            for neighbour, _ in after[place]:
                last[place] = max(last[place], last[neighbour])
        return cls(
            concepts=tuple(order),
            places=places,
            levels=levels,
            last=last,
            forward=tuple(forward),
            backward=tuple(backward),
            prerequisites=tuple(map(tuple, before)),
            dependents=tuple(map(tuple, after)),
        )


def levels_of(concepts: Sequence[str], edges: Iterable[Relation]) -> dict[str, int]:
    """Length of the longest chain of prerequisites before each concept.

    Raises:
        CurriculumError: As `Plan.of`.
    """
    waiting = dict.fromkeys(concepts, 0)
    after: dict[str, list[str]] = {concept: [] for concept in waiting}
    for edge in edges:
        for end in (edge.source, edge.target):
            if end not in waiting:
                raise CurriculumError(
                    f"the prerequisite {edge.source} → {edge.target} names {end!r}, which is no concept of the graph",
                    place="relations",
                    remedy="`gradatim kg check` lists what is wrong with a graph",
                )
        after[edge.source].append(edge.target)
        waiting[edge.target] += 1
    level = dict.fromkeys(waiting, 0)
    ready = [concept for concept, count in waiting.items() if not count]
    for concept in ready:
        for following in after[concept]:
            level[following] = max(level[following], level[concept] + 1)
            waiting[following] -= 1
            if not waiting[following]:
                ready.append(following)
    if len(ready) < len(level):
        held = sorted(concept for concept, count in waiting.items() if count)
        raise CurriculumError(
            f"prerequisites run in a circle through {', '.join(held[:5])}",
            place="relations",
            remedy="`gradatim kg check` names the circle",
        )
    return level


def _step(rows: Sequence[Sequence[tuple[int, float]]], start: int, stop: int) -> Step:
    pairs = [pair for row in rows[start:stop] for pair in row]
    sizes = [len(row) for row in rows[start:stop]]
    return Step(
        start=start,
        stop=stop,
        neighbours=np.array([place for place, _ in pairs], dtype=np.intp),
        weights=np.array([weight for _, weight in pairs], dtype=np.float64),
        offsets=np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.intp),
    )
