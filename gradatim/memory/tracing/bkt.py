"""Bayesian knowledge tracing: how strongly one believes that a learner masters a concept.

A concept is either mastered or not, which cannot be seen; what can be seen is whether a learner's work on it
is correct. Each observation moves the belief twice: by Bayes' rule on what was seen, then by the chance that
working on the concept taught it, or that it was forgotten. This is the forward filter of a hidden Markov
model with two states (Corbett and Anderson, 1995; forgetting as in Qiu et al., 2011).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BKTParameters:
    """Parameters of one concept; all are probabilities.

    The defaults suit small programming exercises: most learners meet a concept unmastered, a few exercises
    teach it, a master errs one time in ten, and a working program is written without understanding one
    time in five. They stand until parameters are estimated from data.

    Raises:
        ValueError: A value is no probability; `guess + slip ≥ 1` (a correct answer would count against
            mastery); `learn + forget > 1` (a stronger belief would turn into a weaker one by waiting).
    """

    prior: float = 0.25
    """P(L₀): mastered before the first observation."""
    learn: float = 0.12
    """P(T): an unmastered concept becomes mastered by one opportunity to practise."""
    slip: float = 0.1
    """P(S): a mastered concept is nevertheless answered wrongly."""
    guess: float = 0.2
    """P(G): an unmastered concept is nevertheless answered correctly."""
    forget: float = 0.01
    """P(F): a mastered concept is lost between two opportunities."""

    def __post_init__(self) -> None:
        for name in ("prior", "learn", "slip", "guess", "forget"):
            value: float = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ValueError(f"{name} must lie in [0, 1], got {value!r}")
        if self.guess + self.slip >= 1.0:
            raise ValueError(f"guess + slip must be below 1, got {self.guess!r} + {self.slip!r}")
        if self.learn + self.forget > 1.0:
            raise ValueError(f"learn + forget must not exceed 1, got {self.learn!r} + {self.forget!r}")


def predict_correct(mastery: float, parameters: BKTParameters) -> float:
    """Probability that the next observation is correct: `P(L)(1 − S) + (1 − P(L))G`."""
    return _clip(mastery * (1.0 - parameters.slip) + (1.0 - mastery) * parameters.guess)


def posterior(mastery: float, correct: bool, parameters: BKTParameters) -> float:
    """Belief after seeing one observation, by Bayes' rule: `P(L | obs)`.

    An observation that the parameters hold impossible (its probability is 0) leaves the belief as it is.
    """
    if correct:
        mastered, unmastered = 1.0 - parameters.slip, parameters.guess
    else:
        mastered, unmastered = parameters.slip, 1.0 - parameters.guess
    joint = mastery * mastered
    evidence = joint + (1.0 - mastery) * unmastered
    return _clip(joint / evidence) if evidence > 0.0 else mastery


def transition(mastery: float, parameters: BKTParameters) -> float:
    """Belief after one opportunity to learn or forget: `P(L)(1 − F) + (1 − P(L))P(T)`."""
    return _clip(mastery * (1.0 - parameters.forget) + (1.0 - mastery) * parameters.learn)


def update(mastery: float, correct: bool, parameters: BKTParameters) -> float:
    """Belief after one observation and the opportunity that it was: `transition(posterior(…))`."""
    return transition(posterior(mastery, correct, parameters), parameters)


class ParameterSource(Protocol):
    """Where the parameters of a concept come from."""

    @property
    def version(self) -> str:
        """Changes whenever the parameters of any concept do: estimates of another version are redone."""
        ...

    def parameters(self, concept: str) -> BKTParameters:
        """The parameters of this concept."""
        ...


@dataclass(frozen=True)
class ConceptParameters:
    """Parameters by concept id, with one set for all concepts that have none of their own."""

    by_concept: Mapping[str, BKTParameters] = field(default_factory=dict[str, BKTParameters])
    default: BKTParameters = field(default_factory=BKTParameters)

    @property
    def version(self) -> str:
        text = repr((self.default, sorted(self.by_concept.items(), key=lambda item: item[0])))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]

    def parameters(self, concept: str) -> BKTParameters:
        return self.by_concept.get(concept, self.default)


def _clip(probability: float) -> float:
    """Keep rounding from leaving [0, 1]."""
    return min(1.0, max(0.0, probability))
