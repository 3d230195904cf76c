"""Knowledge tracing that knows the trap: a row that repeats the answer before is predicted to repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.bkt import ConceptParameters
from gradatim.memory.tracing.data.copies import CopyRule
from gradatim.memory.tracing.data.sequences import Sequences
from gradatim.memory.tracing.models.plain_bkt import BKT, BKTTrace
from gradatim.memory.tracing.models.protocol import Contribution, FitOptions, log_odds

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CopyRuleBKT:
    """BKT, and beside it the pairs of skills whose rows are one answer: a baseline for data with such rows."""

    bkt: BKT
    rule: CopyRule
    agreement: float
    """How often such rows agree."""

    @property
    def name(self) -> str:
        return "copy-rule"

    @classmethod
    def fit(cls, data: Sequences, options: FitOptions) -> CopyRuleBKT:
        """Fit BKT and learn the pairs."""
        rule = CopyRule.learned(data)
        copies = np.flatnonzero(rule.copies(data))
        agreed = int((data.correct[copies] == data.correct[copies - 1]).sum())
        return cls(BKT.fit(data, options), rule, (agreed + 1.0) / (len(copies) + 2.0))

    def start(self) -> CopyRuleTrace:
        """Begin with a learner about whom nothing is known."""
        return CopyRuleTrace(self)

    def predict(self, data: Sequences) -> Reals:
        """Probabilities of a correct response, shape (responses,)."""
        predicted = self.bkt.predict(data)
        copies = np.flatnonzero(self.rule.copies(data))
        predicted[copies] = np.where(data.correct[copies - 1], self.agreement, 1.0 - self.agreement)
        return predicted

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return self.bkt.plain() | {"pairs": sorted(map(list, self.rule.pairs)), "agreement": self.agreement}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> CopyRuleBKT:
        """What `plain` came from."""
        agreement = float(plain["agreement"])
        if not 0.0 <= agreement <= 1.0:
            raise ValueError("the agreement is no probability")
        pairs = frozenset((str(one), str(other)) for one, other in plain["pairs"])
        return cls(BKT.from_plain(plain), CopyRule(pairs), agreement)

    def concept_parameters(self) -> ConceptParameters:
        """The parameters of its BKT."""
        return self.bkt.parameters


class CopyRuleTrace:
    """One learner."""

    def __init__(self, model: CopyRuleBKT) -> None:
        self._model = model
        self._trace = BKTTrace(model.bkt.parameters)
        self._before: tuple[str, bool] | None = None

    def predict(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> float:
        """As in `LearnerTrace`."""
        if self._before is not None and self._repeats(skill, repeated):
            return self._model.agreement if self._before[1] else 1.0 - self._model.agreement
        return self._trace.predict(skill)

    def observe(
        self,
        skill: str,
        correct: bool,
        item: str | None = None,
        seconds: float | None = None,
        repeated: bool | None = None,
    ) -> None:
        """As in `LearnerTrace`."""
        self._trace.observe(skill, correct)
        self._before = (skill, correct)

    def explain(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> list[Contribution]:
        """As in `LearnerTrace`."""
        if not self._repeats(skill, repeated):
            return self._trace.explain(skill)
        odds = log_odds(self.predict(skill, repeated=repeated))
        return [Contribution("same item as the row before", odds, 1.0, odds)]

    def _repeats(self, skill: str, repeated: bool | None) -> bool:
        if self._before is None:
            return False
        return (self._before[0], skill) in self._model.rule.pairs if repeated is None else repeated
