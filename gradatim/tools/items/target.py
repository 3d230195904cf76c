"""Which item fits: `d* = argmin |d − θ|² + β·KL(concepts(d) ‖ target)` (SPEC §4)."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from gradatim.errors import InputError
from gradatim.kg import ConceptGraph
from gradatim.memory.ability import Ability
from gradatim.memory.bridge import ability_from_mastery
from gradatim.memory.propagation import Propagation
from gradatim.memory.propagation.estimates import BeliefLike
from gradatim.memory.tracing import ParameterSource

BETA = 0.1
"""Squared logits that one nat of divergence is worth."""
_SMOOTHING = 0.05
_LEADING = 8
"""Concepts to learn next that a target is made of."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is wanted.

    Attributes:
        theta: Ability that the item should be made for, logits; its difficulty should be near.
        concepts: Wanted share of each concept; empty for any.
        needed: Concepts of which an item has to have at least one; empty for any.
        beta: β.

    Raises:
        InputError: The ability is no number within ±6, a share is negative or no number, or β is.
    """

    theta: float
    concepts: Mapping[str, float] = field(default_factory=dict[str, float])
    needed: frozenset[str] = frozenset()
    beta: float = BETA

    def __post_init__(self) -> None:
        if not (math.isfinite(self.theta) and abs(self.theta) <= 6.0):
            raise InputError(f"{self.theta!r} is no ability", place="theta", remedy="give logits from -6 to 6")
        if not (math.isfinite(self.beta) and self.beta >= 0.0):
            raise InputError(f"{self.beta!r} cannot be", place="beta", remedy="give a number that is not negative")
        for concept, share in self.concepts.items():
            if not (math.isfinite(share) and share >= 0.0):
                raise InputError(f"{share!r} is no share", place=f"concept {concept!r}", remedy="give 0 or more")

    def loss(self, difficulty: float, concepts: Sequence[str]) -> float:
        """|d − θ|² + β·KL(concepts(d) ‖ target)."""
        return (difficulty - self.theta) ** 2 + self.beta * divergence(concepts, self.concepts)


def divergence(concepts: Sequence[str], target: Mapping[str, float]) -> float:
    """Kullback–Leibler divergence of an item's concepts, each of the same share, from a target; nats.

    A twentieth of the target is spread evenly over everything named by either, so that a concept which nobody asked
    for costs something and not everything. 0 where nothing is wanted.
    """
    total = sum(target.values())
    if total <= 0.0 or not concepts:
        return 0.0
    share = 1.0 / len(concepts)
    rest = _SMOOTHING / len(set(concepts) | set(target))
    return sum(
        share * math.log(share / ((1.0 - _SMOOTHING) * target.get(concept, 0.0) / total + rest)) for concept in concepts
    )


def covered(graph: ConceptGraph, concept: str, among: Collection[str]) -> frozenset[str]:
    """Concepts that stand for one that items may not be about themselves.

    The concept itself where it can be asked about; else its kinds and parts, those of these included; else the
    concepts that it is a direct prerequisite of.

    Args:
        among: Concepts that items can be about.
    """
    if concept in among:
        return frozenset({concept})
    below: dict[str, list[str]] = {}
    after: list[str] = []
    for relation in graph.relations:
        if relation.type == "hierarchical":
            below.setdefault(relation.target, []).append(relation.source)
        elif relation.type == "prerequisite" and relation.source == concept:
            after.append(relation.target)
    found, waiting = {concept}, [concept]
    while waiting:
        for part in below.get(waiting.pop(), ()):
            if part not in found:
                found.add(part)
                waiting.append(part)
    return frozenset(found & set(among)) or frozenset(set(after) & set(among))


def next_concepts(
    graph: ConceptGraph, mastery: Mapping[str, float], among: Collection[str], *, count: int = _LEADING
) -> dict[str, float]:
    """What is next to learn: concepts not yet mastered whose prerequisites are.

    The weight of a concept is (1 − m)·r, with its mastery m and the least mastery r among its direct prerequisites
    (1 where it has none); the weights of the leading ones are scaled to 1.

    Args:
        mastery: Concept → probability, for all that anything is known or inferred of.
        among: Concepts that items can be about.
    """
    needed: dict[str, list[str]] = {}
    for relation in graph.relations:
        if relation.type == "prerequisite":
            needed.setdefault(relation.target, []).append(relation.source)
    weights = {
        concept: (1.0 - mastery[concept])
        * min((mastery[item] for item in needed.get(concept, ()) if item in mastery), default=1.0)
        for concept in among
        if concept in mastery
    }
    leading = sorted(weights, key=lambda concept: (-weights[concept], concept))[:count]
    total = sum(weights[concept] for concept in leading)
    return {concept: weights[concept] / total for concept in leading} if total > 0.0 else {}


def target_of(
    graph: ConceptGraph,
    beliefs: Mapping[str, BeliefLike],
    parameters: ParameterSource,
    among: Collection[str],
    *,
    beta: float = BETA,
) -> Target:
    """The target for a learner: ability by the bridge from mastery, concepts by what is next to learn.

    Args:
        beliefs: About the concepts that were observed; none for somebody new.
        parameters: Of knowledge tracing.
        among: Concepts that items can be about.
    """
    ability = ability_from_mastery(Ability(), beliefs, parameters)
    propagated = Propagation.of(graph, parameters=parameters).propagated(beliefs)
    mastery = {concept: item.probability for concept, item in propagated.items()}
    return Target(theta=ability.mean, concepts=next_concepts(graph, mastery, among), beta=beta)
