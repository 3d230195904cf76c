"""Individualised knowledge tracing as a model: parameters by skill, moved by the learner's online ability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.bkt import ConceptParameters
from gradatim.memory.tracing.data.copies import CopyRule
from gradatim.memory.tracing.data.sequences import Sequences
from gradatim.memory.tracing.fitting.em import EMOptions, fit_bkt
from gradatim.memory.tracing.fitting.filtering import predict_individual
from gradatim.memory.tracing.fitting.individual import LIMIT, Shifts, fit_shifts, log_odds_of
from gradatim.memory.tracing.fitting.layout import strands
from gradatim.memory.tracing.models.ability import ability_before, difficulties, moved
from gradatim.memory.tracing.models.plain_bkt import parameters_of, plain_parameters
from gradatim.memory.tracing.models.protocol import Contribution, FitOptions, log_odds, probability

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class IndividualBKT:
    """Parameters by skill, eight numbers for everybody, and what the ability is measured against."""

    parameters: ConceptParameters
    shifts: Shifts
    difficulty: Mapping[str, float]
    """Log odds of a wrong response, by skill."""
    usual: float
    """The same for a skill that the data did not have."""
    rule: CopyRule
    """Rows that only repeat an answer say nothing new about ability."""

    @property
    def name(self) -> str:
        return "bkt-individual"

    @classmethod
    def fit(cls, data: Sequences, options: FitOptions) -> IndividualBKT:
        """Fit the skills by EM, then the eight numbers to the next responses."""
        parameters = fit_bkt(data, EMOptions(seed=options.seed)).parameters
        difficulty = difficulties(data.skill, data.correct, len(data.skills))
        rule = CopyRule.learned(data)
        shifts = fit_shifts(
            strands(data.learner, data.skill),
            data.correct,
            ability_before(data, difficulty, rule.copies(data)),
            [parameters.parameters(name) for name in data.skills],
        )
        return cls(parameters, shifts, dict(zip(data.skills, difficulty, strict=False)), difficulty[-1], rule)

    def start(self) -> IndividualTrace:
        """Begin with a learner about whom nothing is known."""
        return IndividualTrace(self)

    def predict(self, data: Sequences) -> Reals:
        """Probabilities of a correct response, shape (responses,)."""
        difficulty = [self.difficulty.get(name, self.usual) for name in data.skills]
        ability = ability_before(data, difficulty, self.rule.copies(data))
        own = [self.parameters.parameters(name) for name in data.skills]
        return predict_individual(data.learner, data.skill, data.correct, ability, own, self.shifts)

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return plain_parameters(self.parameters) | {
            "shifts": list(self.shifts.numbers()),
            "difficulty": dict(self.difficulty),
            "usual": self.usual,
            "pairs": sorted(map(list, self.rule.pairs)),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> IndividualBKT:
        """What `plain` came from."""
        shifts = np.array(plain["shifts"], np.float64)
        difficulty = {str(name): float(value) for name, value in plain["difficulty"].items()}
        usual = float(plain["usual"])
        if shifts.shape != (8,) or not np.isfinite([*shifts, *difficulty.values(), usual]).all():
            raise ValueError("shifts or difficulties are missing or no numbers")
        pairs = frozenset((str(one), str(other)) for one, other in plain["pairs"])
        return cls(parameters_of(plain), Shifts.of(shifts), difficulty, usual, CopyRule(pairs))

    def concept_parameters(self) -> ConceptParameters:
        """Parameters for a learner of ability 0, as far as they hold without one."""
        return self.parameters

    def odds(self, skill: str) -> tuple[float, float, float, float, float]:
        """As `log_odds_of`, worked out once."""
        return self._odds.get(skill) or self._usual_odds

    @cached_property
    def _odds(self) -> dict[str, tuple[float, float, float, float, float]]:
        return {name: log_odds_of(own) for name, own in self.parameters.by_concept.items()}

    @cached_property
    def _usual_odds(self) -> tuple[float, float, float, float, float]:
        return log_odds_of(self.parameters.default)


class IndividualTrace:
    """One learner: an ability, and a belief for each skill they have met."""

    def __init__(self, model: IndividualBKT) -> None:
        self._model = model
        self._ability = 0.0
        self._answered = 0
        self._beliefs: dict[str, float] = {}
        self._before: str | None = None

    def predict(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> float:
        """As in `LearnerTrace`."""
        belief, guess, slip, _ = self._now(skill, self._ability)
        return belief * (1.0 - slip) + (1.0 - belief) * guess

    def observe(
        self,
        skill: str,
        correct: bool,
        item: str | None = None,
        seconds: float | None = None,
        repeated: bool | None = None,
    ) -> None:
        """As in `LearnerTrace`."""
        model = self._model
        belief, guess, slip, learn = self._now(skill, self._ability)
        mastered, unmastered = (1.0 - slip, guess) if correct else (slip, 1.0 - guess)
        joint = belief * mastered
        after = joint / (joint + (1.0 - belief) * unmastered)
        forget = model.parameters.parameters(skill).forget
        self._beliefs[skill] = after * (1.0 - forget) + (1.0 - after) * learn
        copied = (self._before, skill) in model.rule.pairs if repeated is None else repeated
        if not (copied and self._before is not None):
            difficulty = model.difficulty.get(skill, model.usual)
            self._ability += moved(self._ability, difficulty, correct, self._answered)
            self._answered += 1
        self._before = skill

    def explain(
        self, skill: str, item: str | None = None, seconds: float | None = None, repeated: bool | None = None
    ) -> list[Contribution]:
        """As in `LearnerTrace`: the skill for a learner of ability 0, their ability, their answers in the skill."""
        beginner = self._unpractised(skill, 0.0)
        able = self._unpractised(skill, self._ability)
        odds, with_ability, now = log_odds(beginner), log_odds(able), log_odds(self.predict(skill))
        weight = (with_ability - odds) / self._ability if self._ability else 0.0
        return [
            Contribution(f"skill {skill}, before any answer", odds, 1.0, odds),
            Contribution("ability", self._ability, weight, with_ability - odds),
            Contribution(f"answers in {skill} so far", now - with_ability, 1.0, now - with_ability),
        ]

    def _unpractised(self, skill: str, ability: float) -> float:
        """What would be predicted with this ability and no answer in the skill."""
        prior, guess, slip, _ = self._now(skill, ability, fresh=True)
        return prior * (1.0 - slip) + (1.0 - prior) * guess

    def _now(self, skill: str, ability: float, *, fresh: bool = False) -> tuple[float, float, float, float]:
        """Belief, guess, slip and learn of this learner in this skill."""
        shifts = self._model.shifts
        prior, learn, guess, share, _ = self._model.odds(skill)
        own_guess = _moved(guess, shifts.guess, ability)
        belief = None if fresh else self._beliefs.get(skill)
        return (
            _moved(prior, shifts.prior, ability) if belief is None else belief,
            own_guess,
            (1.0 - own_guess) * _moved(share, shifts.slip, ability),
            _moved(learn, shifts.learn, ability),
        )


def _moved(odds: float, by: tuple[float, float], ability: float) -> float:
    return min(max(probability(odds + by[0] + by[1] * ability), LIMIT), 1.0 - LIMIT)
