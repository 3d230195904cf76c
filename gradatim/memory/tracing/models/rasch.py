"""Item response theory online: one ability a learner, against the difficulty of the item (without items, the skill)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.bkt import ConceptParameters
from gradatim.memory.tracing.data.copies import CopyRule
from gradatim.memory.tracing.data.sequences import Sequences
from gradatim.memory.tracing.fitting.logistic import Design, Group, fit_logistic
from gradatim.memory.tracing.models.ability import ability_before, difficulties, moved
from gradatim.memory.tracing.models.protocol import Contribution, FitOptions, flag, probability

Reals = npt.NDArray[np.float64]

_PENALTY = 0.5
_ROUNDS = 3
"""Abilities depend on difficulties and these on abilities; they settle fast."""


@dataclass(frozen=True)
class OnlineRasch:
    """`logit P = θ − b` (Rasch, 1960) with an ability θ that every response moves.

    Full item response theory, with discrimination and guessing, is in `gradatim.memory.irt`; this is its simplest model
    as one that traces.
    """

    difficulty: Mapping[str, float]
    """b by item or, without items, by skill."""
    usual: float
    """b of what the data did not have."""
    itemised: bool
    rule: CopyRule

    @property
    def name(self) -> str:
        return "irt"

    @classmethod
    def fit(cls, data: Sequences, options: FitOptions) -> OnlineRasch:
        """Estimate difficulties and abilities in turn."""
        itemised = data.item is not None
        codes = data.skill if data.item is None else data.item
        names = data.items if itemised else data.skills
        rule = CopyRule.learned(data)
        copies = rule.copies(data)
        first = np.array(difficulties(codes, data.correct, len(names)))
        difficulty, usual = first[:-1], float(first[-1])
        for _ in range(_ROUNDS):
            theta = ability_before(data, difficulty.tolist(), copies, codes)
            weights = fit_logistic(Design(theta[:, None], [Group(codes, len(names), _PENALTY)], 1e-3), data.correct)
            usual = -weights.intercept
            difficulty = usual - weights.groups[0]
        return cls(dict(zip(names, difficulty.tolist(), strict=True)), usual, itemised, rule)

    def start(self) -> OnlineRaschTrace:
        """Begin with a learner about whom nothing is known."""
        return OnlineRaschTrace(self)

    def predict(self, data: Sequences) -> Reals:
        """Probabilities of a correct response, shape (responses,)."""
        codes, names = data.skill, data.skills
        if self.itemised:
            codes, names = (np.zeros_like(data.skill), ("",)) if data.item is None else (data.item, data.items)
        difficulty = np.array([self.difficulty.get(name, self.usual) for name in names], np.float64)
        theta = ability_before(data, difficulty.tolist(), self.rule.copies(data), codes)
        return 1.0 / (1.0 + np.exp(difficulty[codes] - theta))

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "difficulty": dict(self.difficulty),
            "usual": self.usual,
            "itemised": self.itemised,
            "pairs": sorted(map(list, self.rule.pairs)),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> OnlineRasch:
        """What `plain` came from."""
        difficulty = {str(name): float(value) for name, value in plain["difficulty"].items()}
        usual = float(plain["usual"])
        if not np.isfinite([usual, *difficulty.values()]).all():
            raise ValueError("a difficulty is no number")
        pairs = frozenset((str(one), str(other)) for one, other in plain["pairs"])
        return cls(difficulty, usual, flag(plain["itemised"]), CopyRule(pairs))

    def concept_parameters(self) -> ConceptParameters | None:
        """None: it does not trace mastery."""
        return None


class OnlineRaschTrace:
    """One learner: an ability."""

    def __init__(self, model: OnlineRasch) -> None:
        self._model = model
        self._ability = 0.0
        self._answered = 0
        self._before: str | None = None

    def predict(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> float:
        """As in `LearnerTrace`."""
        return probability(self._ability - self._difficulty(skill, item))

    def observe(
        self,
        skill: str,
        correct: bool,
        item: str | None = None,
        seconds: float | None = None,
        repeated: bool | None = None,
    ) -> None:
        """As in `LearnerTrace`."""
        copied = (self._before, skill) in self._model.rule.pairs if repeated is None else repeated
        if not (copied and self._before is not None):
            self._ability += moved(self._ability, self._difficulty(skill, item), correct, self._answered)
            self._answered += 1
        self._before = skill

    def explain(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> list[Contribution]:
        """As in `LearnerTrace`."""
        difficulty = self._difficulty(skill, item)
        named = f"difficulty of item {item}" if self._model.itemised and item else f"difficulty of skill {skill}"
        return [
            Contribution("ability", self._ability, 1.0, self._ability),
            Contribution(named, difficulty, -1.0, -difficulty),
        ]

    def _difficulty(self, skill: str, item: str | None) -> float:
        name = (item or "") if self._model.itemised else skill
        return self._model.difficulty.get(name, self._model.usual)
