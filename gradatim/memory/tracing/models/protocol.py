"""What every model of knowledge tracing can do: be fitted, follow a learner, predict, and say why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.bkt import ConceptParameters
from gradatim.memory.tracing.data.sequences import Sequences

Reals = npt.NDArray[np.float64]

SURE = 1e-4
"""No prediction comes nearer to 0 or 1, so that its log odds are finite."""


class Contribution(NamedTuple):
    """One part of a prediction."""

    name: str
    """What it is, in words."""
    value: float
    """What was observed or estimated about this learner."""
    weight: float
    """What one unit of it counts, in log odds."""
    contribution: float
    """`value · weight`; all contributions of a prediction add up to its log odds."""


class LearnerTrace(Protocol):
    """What a model knows about one learner: asked before a response, told after it."""

    def predict(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> float:
        """Probability that the next response is correct.

        Args:
            skill: What it asks for.
            item: What is answered, where known.
            seconds: When, in seconds since any instant, where known.
            repeated: Whether it is the same answer as the response before, written down for another skill; `None`
                lets the model judge by what it learned from data.
        """
        ...

    def observe(
        self,
        skill: str,
        correct: bool,
        item: str | None = None,
        seconds: float | None = None,
        repeated: bool | None = None,
    ) -> None:
        """Take in a response; arguments as in `predict`."""
        ...

    def explain(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> list[Contribution]:
        """The parts of what `predict` would say; they add up to its log odds."""
        ...


@dataclass(frozen=True, slots=True)
class FitOptions:
    """What fitting may use besides the responses."""

    prerequisites: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Skill → the skills that are needed before it, where a concept graph is given."""
    seed: int = 0
    """Of random starting points and of the inner validation."""


class TracingModel(Protocol):
    """A fitted model; frozen: learners are followed by what `start` returns."""

    @property
    def name(self) -> str:
        """By which commands and files know the kind of model."""
        ...

    @classmethod
    def fit(cls, data: Sequences, options: FitOptions) -> TracingModel:
        """Fit to the responses of many learners."""
        ...

    def start(self) -> LearnerTrace:
        """Begin with a learner about whom nothing is known."""
        ...

    def predict(self, data: Sequences) -> Reals:
        """Predict every response from those before it; the same numbers as `start` gives, for many at once.

        Returns:
            Probabilities of a correct response, shape (responses,).
        """
        ...

    def plain(self) -> dict[str, Any]:
        """All of it as JSON values."""
        ...

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> TracingModel:
        """The model that `plain` came from."""
        ...

    def concept_parameters(self) -> ConceptParameters | None:
        """Fitted parameters of knowledge tracing by skill, where the model has some."""
        ...


def log_odds(probability: float) -> float:
    """`ln(p / (1 − p))`, finite for every probability."""
    inside = min(max(probability, SURE), 1.0 - SURE)
    return math.log(inside / (1.0 - inside))


def probability(odds: float) -> float:
    """The inverse of `log_odds`."""
    return 1.0 / (1.0 + math.exp(-odds)) if odds > -700.0 else 0.0


def flag(value: object) -> bool:
    """A JSON value that has to be true or false.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def two_parts(before: float, now: float, skill: str) -> list[Contribution]:
    """An explanation of a prediction that rests on one skill alone.

    Args:
        before: Probability before anything was known of the learner.
        now: Probability after the learner's responses.
        skill: The skill.
    """
    start, end = log_odds(before), log_odds(now)
    return [
        Contribution(f"skill {skill}, before any answer", start, 1.0, start),
        Contribution(f"answers in {skill} so far", end - start, 1.0, end - start),
    ]
