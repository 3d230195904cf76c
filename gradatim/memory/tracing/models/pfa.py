"""Performance factors analysis: right and wrong answers in a skill (Pavlik, Cen and Koedinger, 2009).

Counts enter by their logarithm, as in the models that Gervet, Koedinger, Schneider and Mitchell (2020) found best: the
hundredth right answer says less than the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log1p
from typing import Any

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.bkt import ConceptParameters
from gradatim.memory.tracing.data.sequences import Sequences
from gradatim.memory.tracing.fitting.layout import strands
from gradatim.memory.tracing.fitting.logistic import Design, Group, fit_logistic
from gradatim.memory.tracing.models.protocol import Contribution, FitOptions, probability

Reals = npt.NDArray[np.float64]

_EASINESS_PENALTY = 1.0
_COUNT_PENALTY = 2.0


@dataclass(frozen=True)
class PFA:
    """`logit P = intercept + β + γ·ln(1 + right) + ρ·ln(1 + wrong)`, with β, γ and ρ for each skill."""

    intercept: float
    skills: Mapping[str, tuple[float, float, float]]
    """β, γ, ρ."""

    @property
    def name(self) -> str:
        return "pfa"

    @classmethod
    def fit(cls, data: Sequences, options: FitOptions) -> PFA:
        """Fit by penalised logistic regression."""
        right, wrong = _counts(data)
        size = len(data.skills)
        design = Design(
            np.zeros((len(data), 0)),
            [
                Group(data.skill, size, _EASINESS_PENALTY),
                Group(data.skill, size, _COUNT_PENALTY, right),
                Group(data.skill, size, _COUNT_PENALTY, wrong),
            ],
        )
        weights = fit_logistic(design, data.correct, steps=300, tolerance=1e-8)
        triples = np.stack(weights.groups, axis=1).tolist()
        return cls(weights.intercept, {name: (a, b, c) for name, (a, b, c) in zip(data.skills, triples, strict=True)})

    def start(self) -> PFATrace:
        """Begin with a learner about whom nothing is known."""
        return PFATrace(self)

    def predict(self, data: Sequences) -> Reals:
        """Probabilities of a correct response, shape (responses,)."""
        right, wrong = _counts(data)
        own = np.array([self.of(name) for name in data.skills], np.float64)[data.skill]
        odds = self.intercept + own[:, 0] + own[:, 1] * right + own[:, 2] * wrong
        return 1.0 / (1.0 + np.exp(-np.clip(odds, -700.0, 700.0)))

    def of(self, skill: str) -> tuple[float, float, float]:
        """β, γ and ρ of a skill; 0 for one that the data did not have."""
        return self.skills.get(skill, (0.0, 0.0, 0.0))

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {"intercept": self.intercept, "skills": {name: list(own) for name, own in self.skills.items()}}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> PFA:
        """What `plain` came from."""
        skills: dict[str, tuple[float, float, float]] = {}
        for name, (easiness, right, wrong) in plain["skills"].items():
            skills[str(name)] = (float(easiness), float(right), float(wrong))
        model = cls(float(plain["intercept"]), skills)
        if not np.isfinite([model.intercept, *(value for own in skills.values() for value in own)]).all():
            raise ValueError("a weight is no number")
        return model

    def concept_parameters(self) -> ConceptParameters | None:
        """None: it does not trace mastery."""
        return None


class PFATrace:
    """One learner: two counts for each skill they have met."""

    def __init__(self, model: PFA) -> None:
        self._model = model
        self._counts: dict[str, tuple[int, int]] = {}

    def predict(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> float:
        """As in `LearnerTrace`."""
        return probability(sum(part.contribution for part in self.explain(skill)))

    def observe(
        self,
        skill: str,
        correct: bool,
        item: str | None = None,
        seconds: float | None = None,
        repeated: bool | None = None,
    ) -> None:
        """As in `LearnerTrace`."""
        right, wrong = self._counts.get(skill, (0, 0))
        self._counts[skill] = (right + 1, wrong) if correct else (right, wrong + 1)

    def explain(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> list[Contribution]:
        """As in `LearnerTrace`."""
        right, wrong = self._counts.get(skill, (0, 0))
        easiness, gained, lost = self._model.of(skill)
        return [
            Contribution("all skills", 1.0, self._model.intercept, self._model.intercept),
            Contribution(f"skill {skill}", 1.0, easiness, easiness),
            Contribution(f"ln(1 + right answers in {skill})", log1p(right), gained, gained * log1p(right)),
            Contribution(f"ln(1 + wrong answers in {skill})", log1p(wrong), lost, lost * log1p(wrong)),
        ]


def _counts(data: Sequences) -> tuple[Reals, Reals]:
    """Right and wrong answers of the learner in the skill before each response, as ln(1 + count)."""
    laid = strands(data.learner, data.skill)
    right = np.zeros(len(data))
    step = np.zeros(len(data))
    # Within `order` each strand's rows follow each other, so that one cumulative sum counts all of them.
    total = np.concatenate(([0.0], np.cumsum(data.correct[laid.order])))
    start = np.repeat(laid.begins, laid.lengths)
    places = start + np.arange(len(start)) - np.repeat(np.cumsum(laid.lengths) - laid.lengths, laid.lengths)
    right[laid.order[places]] = total[places] - total[start]
    step[laid.order[places]] = places - start
    return np.log1p(right), np.log1p(step - right)
