"""Bayesian knowledge tracing with parameters fitted for each skill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.bkt import BKTParameters, ConceptParameters, predict_correct, update
from gradatim.memory.tracing.data.sequences import Sequences
from gradatim.memory.tracing.fitting.em import EMOptions, fit_bkt
from gradatim.memory.tracing.fitting.filtering import predict_plain
from gradatim.memory.tracing.models.protocol import Contribution, FitOptions, two_parts

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class BKT:
    """Prior, learn, slip, guess and forget by skill; the default serves skills that the data did not have."""

    parameters: ConceptParameters

    @property
    def name(self) -> str:
        return "bkt"

    @classmethod
    def fit(cls, data: Sequences, options: FitOptions) -> BKT:
        """Estimate the parameters by EM."""
        return cls(fit_bkt(data, EMOptions(seed=options.seed)).parameters)

    def start(self) -> BKTTrace:
        """Begin with a learner about whom nothing is known."""
        return BKTTrace(self.parameters)

    def predict(self, data: Sequences) -> Reals:
        """Probabilities of a correct response, shape (responses,)."""
        own = [self.parameters.parameters(name) for name in data.skills]
        return predict_plain(data.learner, data.skill, data.correct, own)

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return plain_parameters(self.parameters)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> BKT:
        """What `plain` came from."""
        return cls(parameters_of(plain))

    def concept_parameters(self) -> ConceptParameters:
        """The fitted parameters."""
        return self.parameters


class BKTTrace:
    """One learner: a belief for each skill they have met."""

    def __init__(self, parameters: ConceptParameters) -> None:
        self._parameters = parameters
        self._beliefs: dict[str, float] = {}

    def predict(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> float:
        """As in `LearnerTrace`."""
        own = self._parameters.parameters(skill)
        return predict_correct(self._beliefs.get(skill, own.prior), own)

    def observe(
        self,
        skill: str,
        correct: bool,
        item: str | None = None,
        seconds: float | None = None,
        repeated: bool | None = None,
    ) -> None:
        """As in `LearnerTrace`."""
        own = self._parameters.parameters(skill)
        self._beliefs[skill] = update(self._beliefs.get(skill, own.prior), correct, own)

    def explain(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> list[Contribution]:
        """As in `LearnerTrace`."""
        own = self._parameters.parameters(skill)
        return two_parts(predict_correct(own.prior, own), self.predict(skill), skill)


def plain_parameters(parameters: ConceptParameters) -> dict[str, Any]:
    """Parameters as JSON values."""
    return {
        "concepts": {name: _values(own) for name, own in parameters.by_concept.items()},
        "default": _values(parameters.default),
    }


def parameters_of(plain: Mapping[str, Any]) -> ConceptParameters:
    """What `plain_parameters` came from.

    Raises:
        ValueError: A value is no probability, or they do not fit together.
    """
    by_concept = {str(name): _parameters(values) for name, values in plain["concepts"].items()}
    return ConceptParameters(by_concept, _parameters(plain["default"]))


def _values(own: BKTParameters) -> dict[str, float]:
    return {name: getattr(own, name) for name in BKTParameters.__slots__}


def _parameters(values: Mapping[str, Any]) -> BKTParameters:
    return BKTParameters(**{name: float(values[name]) for name in BKTParameters.__slots__})
