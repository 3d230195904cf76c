"""Proficiency in several dimensions at once: relevance-weighted correctness (SPEC §2)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gradatim.errors import InputError
from gradatim.kg import ConceptGraph

Relevance = Mapping[str, Mapping[str, float]]
"""Item or concept → dimension → how much it tells about it, not negative; 0 and missing are the same."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an answer to an item, or on a concept, came out."""

    of: str
    """Id of the item or concept."""
    score: float
    """From 0 (wrong) to 1 (right)."""


@dataclass(frozen=True, slots=True)
class Proficiency:
    """Proficiency in one dimension.

    The error is that of a proportion in as many equal answers as the weights are worth (Kish, 1965:
    n = (Σw)²/Σw²), with Wilson's centre (1927), so that it is not 0 after a few right answers.
    """

    dimension: str
    value: float
    """Σ relevance · score / Σ relevance, in [0, 1]."""
    error: float
    """Standard error of the value."""
    observations: int
    """Answers with any relevance to the dimension."""
    effective: float
    """Equal answers that they are worth."""


def proficiencies(outcomes: Iterable[Outcome], relevance: Relevance) -> dict[str, Proficiency]:
    """Proficiency in every dimension that some outcome is relevant to, by name.

    Args:
        outcomes: In any order; what has no relevance to anything is passed over.
        relevance: What each item or concept is about.

    Raises:
        InputError: A score lies outside 0 to 1, or a relevance is negative or no number; names which.
    """
    sums: dict[str, list[float]] = {}
    for outcome in outcomes:
        if not 0.0 <= outcome.score <= 1.0:
            raise InputError(
                f"{outcome.score!r} is no score", place=f"outcome of {outcome.of!r}", remedy="give a number from 0 to 1"
            )
        for dimension, weight in relevance.get(outcome.of, {}).items():
            if not (math.isfinite(weight) and weight >= 0.0):
                raise InputError(
                    f"{weight!r} is no relevance",
                    place=f"relevance of {outcome.of!r} to {dimension!r}",
                    remedy="give a number that is not negative",
                )
            if weight:
                kept = sums.setdefault(dimension, [0.0, 0.0, 0.0, 0])
                kept[0] += weight
                kept[1] += weight * weight
                kept[2] += weight * outcome.score
                kept[3] += 1
    return {dimension: _proficiency(dimension, *sums[dimension]) for dimension in sorted(sums)}


def by_topic(graph: ConceptGraph) -> dict[str, dict[str, float]]:
    """Relevance of each concept to the topics of a curriculum.

    1 to the topic that it belongs to. To the topics of what it is a kind or part of, half the weight of that relation,
    as they lie a step away.
    """
    topics = {concept.id: concept.topic for concept in graph.concepts}
    relevance = {concept: {topic: 1.0} for concept, topic in topics.items()}
    for edge in graph.relations:
        if edge.type == "hierarchical" and edge.source in topics and edge.target in topics:
            row = relevance[edge.source]
            topic = topics[edge.target]
            row[topic] = max(row.get(topic, 0.0), 0.5 * edge.weight)
    return relevance


def _proficiency(dimension: str, weight: float, squares: float, scored: float, count: float) -> Proficiency:
    value = min(1.0, scored / weight)
    effective = weight * weight / squares
    # Wilson's interval for one standard deviation (z = 1), half its width.
    error = math.sqrt(value * (1.0 - value) / effective + 0.25 / effective**2) / (1.0 + 1.0 / effective)
    return Proficiency(dimension, value, error, int(count), effective)
