"""What the terms say: weights of words, from what a learner knows and what a task is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

PLAIN_WEIGHT = 0.5
"""Weight of words that everybody reads."""
MAX_WORDS = 128
"""Words that a term keeps: with both terms at most what a steering takes."""


def profile_term(
    mastery: Mapping[str, float],
    wordings: Mapping[str, Sequence[str]],
    *,
    plain: Iterable[str] = (),
    unseen: float | None = None,
    limit: int = MAX_WORDS,
) -> dict[str, float]:
    """Weights for wording that a learner can read.

    A word of a concept that the learner masters with probability `p` gets `2p - 1`: what is expected when knowing
    the concept counts 1 and not knowing it -1. Words of known concepts go up, words of concepts far above the
    learner go down, and what the learner half knows stays as it is. A word of several concepts counts for the best
    known of them.

    Args:
        mastery: Concept → probability that the learner masters it, in [0, 1] (`Mastery.probability`).
        wordings: Concept → the words that name it, for all concepts whose words may be wanted or not.
        plain: Words that everybody reads; they get `PLAIN_WEIGHT` unless a concept says more.
        unseen: Probability for concepts that `mastery` does not have; their words are left alone when not given.
        limit: Words kept at most: those of the largest weights, in alphabetical order among equals.

    Raises:
        ValueError: A probability is not in [0, 1].
    """
    weights = dict.fromkeys(plain, PLAIN_WEIGHT)
    best: dict[str, float] = {}
    for concept, words in wordings.items():
        probability = mastery.get(concept, unseen)
        if probability is None:
            continue
        if not 0 <= probability <= 1:
            raise ValueError(f"the mastery of {concept!r} is no probability: {probability}")
        for word in words:
            best[word] = max(best.get(word, -1.0), 2 * probability - 1)
    for word, weight in best.items():
        weights[word] = max(weight, weights.get(word, -1.0))
    return _strongest(weights, limit)


def curriculum_term(
    wordings: Mapping[str, Sequence[str]],
    *,
    relevance: Mapping[str, float] | None = None,
    limit: int = MAX_WORDS,
) -> dict[str, float]:
    """Weights for the words that name what a task is about.

    Args:
        wordings: Concept → the words that name it (its name first, then others), for the task's concepts.
        relevance: Concept → weight in [-1, 1], for example `1 / (1 + steps)` along prerequisites; 1 where it has none.
        limit: Words kept at most, as with `profile_term`.

    Raises:
        ValueError: A relevance is not in [-1, 1].
    """
    weights: dict[str, float] = {}
    for concept, words in wordings.items():
        weight = 1.0 if relevance is None else relevance.get(concept, 1.0)
        if not -1 <= weight <= 1:
            raise ValueError(f"the relevance of {concept!r} is not in [-1, 1]: {weight}")
        for word in words:
            weights[word] = max(weight, weights.get(word, -1.0))
    return _strongest(weights, limit)


def _strongest(weights: Mapping[str, float], limit: int) -> dict[str, float]:
    ranked = sorted(weights.items(), key=lambda item: (-abs(item[1]), item[0]))
    return {word: weight for word, weight in ranked[:limit] if weight}
