"""The simplest model: how often the skill is answered correctly, whoever answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.bkt import ConceptParameters
from gradatim.memory.tracing.data.sequences import Sequences
from gradatim.memory.tracing.models.ability import difficulties
from gradatim.memory.tracing.models.protocol import Contribution, FitOptions, log_odds, probability

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SkillMean:
    """Share of correct responses by skill, drawn towards the mean of all."""

    means: Mapping[str, float]
    overall: float

    @property
    def name(self) -> str:
        return "skill-mean"

    @classmethod
    def fit(cls, data: Sequences, options: FitOptions) -> SkillMean:
        """Count."""
        shares = [probability(-odds) for odds in difficulties(data.skill, data.correct, len(data.skills))]
        return cls(dict(zip(data.skills, shares, strict=False)), shares[-1])

    def start(self) -> SkillMeanTrace:
        """Begin with a learner."""
        return SkillMeanTrace(self)

    def predict(self, data: Sequences) -> Reals:
        """Probabilities of a correct response, shape (responses,)."""
        return np.array([self.means.get(name, self.overall) for name in data.skills], np.float64)[data.skill]

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {"means": dict(self.means), "overall": self.overall}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> SkillMean:
        """What `plain` came from."""
        means = {str(name): float(value) for name, value in plain["means"].items()}
        overall = float(plain["overall"])
        if not all(0.0 <= value <= 1.0 for value in (*means.values(), overall)):
            raise ValueError("a mean is no probability")
        return cls(means, overall)

    def concept_parameters(self) -> ConceptParameters | None:
        """None: it traces nothing."""
        return None


class SkillMeanTrace:
    """Any learner: their responses change nothing."""

    def __init__(self, model: SkillMean) -> None:
        self._model = model

    def predict(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> float:
        """As in `LearnerTrace`."""
        return self._model.means.get(skill, self._model.overall)

    def observe(
        self,
        skill: str,
        correct: bool,
        item: str | None = None,
        seconds: float | None = None,
        repeated: bool | None = None,
    ) -> None:
        """As in `LearnerTrace`."""

    def explain(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> list[Contribution]:
        """As in `LearnerTrace`."""
        odds = log_odds(self.predict(skill))
        return [Contribution(f"how often skill {skill} is answered correctly", odds, 1.0, odds)]
