"""What propagation gives: an estimate for every concept, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

ContributionKind = Literal["prior", "ability", "direct", "prerequisite_mastered", "prerequisite_lacking", "dependent"]


class BeliefLike(Protocol):
    """A belief of knowledge tracing, whatever type holds it."""

    @property
    def probability(self) -> float:
        """Of mastery, in [0, 1]."""
        ...

    @property
    def observations(self) -> int:
        """How many answers it rests on; a belief that rests on none is no evidence."""
        ...


@dataclass(frozen=True, slots=True)
class Propagated:
    """Mastery of one concept by everything that is known."""

    concept: str
    probability: float
    """Of mastery, in (0, 1)."""
    logit: float
    """Its log-odds."""
    observations: int
    """Answers that were seen on this very concept."""

    @property
    def inferred(self) -> bool:
        """Whether it rests on other concepts alone: never to be counted as observed."""
        return self.observations == 0


@dataclass(frozen=True, slots=True)
class Contribution:
    """One named part of the log-odds of mastery."""

    kind: ContributionKind
    value: float
    """In log-odds."""
    concept: str | None = None
    """The prerequisite or dependent that it comes from."""
    mastery: float | None = None
    """Mastery of that concept as this part sees it: by its own evidence and by what lies beyond it."""
    weight: float | None = None
    """Of the relation, as the graph states it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a concept is held to be mastered or not: parts that add up to the log-odds."""

    estimate: Propagated
    contributions: tuple[Contribution, ...]
    """The prior first, then the learner's ability and own evidence where there is any, then what other concepts
    say, the largest effect first. Concepts that say nothing are left out."""

    def total(self, *kinds: ContributionKind) -> float:
        """Sum of the parts of these kinds; of all when none is given."""
        return sum(item.value for item in self.contributions if not kinds or item.kind in kinds)
