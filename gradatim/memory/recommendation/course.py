"""The part of a concept graph that is planned over, with what knowledge tracing assumes of each concept."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradatim.errors import InputError
from gradatim.kg import ConceptGraph
from gradatim.memory.propagation import Plan
from gradatim.memory.propagation.plan import Floats
from gradatim.memory.tracing import BKTParameters, ConceptParameters, ParameterSource

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Concepts in an order in which each comes after its prerequisites; arrays have one column a concept."""

    plan: Plan
    needs: Floats
    """`needs[c, p]`: weight of p as a direct prerequisite of c, 0 where it is none."""
    prior: Floats
    learn: Floats
    slip: Floats
    guess: Floats
    forget: Floats

    @classmethod
    def of(
        cls,
        graph: ConceptGraph,
        *,
        parameters: ParameterSource | None = None,
        only: Collection[str] | None = None,
    ) -> Course:
        """The course of a graph.

        Args:
            graph: Concepts and their prerequisites.
            parameters: Of knowledge tracing; those of the memory when not given.
            only: The concepts to plan over, to which everything that they need is added; all when not given.

        Raises:
            CurriculumError: A prerequisite names no concept, or prerequisites run in a circle.
            InputError: One of `only` is no concept of the graph.
        """
        source: ParameterSource = ConceptParameters() if parameters is None else parameters
        if only is not None:
            kept = closure(graph, only)
            graph = graph.model_copy(
                update={
                    "concepts": tuple(concept for concept in graph.concepts if concept.id in kept),
                    "relations": tuple(e for e in graph.relations if e.source in kept and e.target in kept),
                }
            )
        plan = Plan.of(graph)
        size = len(plan.concepts)
        needs = np.zeros((size, size))
        for place, row in enumerate(plan.prerequisites):
            for neighbour, weight in row:
                needs[place, neighbour] = weight
        return cls(plan, needs, **_columns([source.parameters(concept) for concept in plan.concepts]))

    @property
    def concepts(self) -> tuple[str, ...]:
        return self.plan.concepts

    def needed_by(self, place: int) -> Flags:
        """A concept and everything that it needs, however indirectly: shape (concepts,)."""
        found = np.zeros(len(self.concepts), dtype=bool)
        waiting = [place]
        while waiting:
            here = waiting.pop()
            if not found[here]:
                found[here] = True
                waiting.extend(neighbour for neighbour, _ in self.plan.prerequisites[here])
        return found

    def ready(self, mastery: Floats, threshold: float) -> Flags:
        """Which concepts have all their direct prerequisites mastered at least so far.

        Args:
            mastery: Shape (learners, concepts).
            threshold: In [0, 1].

        Returns:
            Shape (learners, concepts).
        """
        return (mastery < threshold).astype(np.float64) @ (self.needs > 0.0).T.astype(np.float64) < 0.5

    def surmised(self, mastery: Floats, observed: Flags) -> Floats:
        """Mastery with what follows from it: who masters a concept masters what it needs.

        As in knowledge spaces (Doignon and Falmagne, 1985): mastery of c implies that of its prerequisites, so that
        their probability cannot be lower. Concepts that were observed keep what was observed of them.

        Args:
            mastery: Shape (concepts,).
            observed: Which of them there is evidence on: shape (concepts,).
        """
        sure = np.where(observed, mastery, 0.0)
        for place in reversed(range(len(self.concepts))):
            for neighbour, _ in self.plan.prerequisites[place]:
                sure[neighbour] = max(sure[neighbour], sure[place])
        return np.where(observed, mastery, np.maximum(mastery, sure))


def closure(graph: ConceptGraph, targets: Iterable[str]) -> frozenset[str]:
    """Concepts and everything that they need, however indirectly.

    Raises:
        InputError: A target is no concept of the graph.
    """
    known = {concept.id for concept in graph.concepts}
    before: dict[str, list[str]] = {}
    for edge in graph.relations:
        if edge.type == "prerequisite":
            before.setdefault(edge.target, []).append(edge.source)
    waiting = list(targets)
    for target in waiting:
        if target not in known:
            raise InputError(
                "the graph has no such concept",
                place=f"concept {target!r}",
                remedy="`gradatim kg search` looks for one",
            )
    found: set[str] = set()
    while waiting:
        concept = waiting.pop()
        if concept not in found:
            found.add(concept)
            waiting.extend(before.get(concept, ()))
    return frozenset(found)


def _columns(parameters: list[BKTParameters]) -> dict[str, Floats]:
    names = ("prior", "learn", "slip", "guess", "forget")
    return {name: np.array([getattr(each, name) for each in parameters], dtype=np.float64) for name in names}
