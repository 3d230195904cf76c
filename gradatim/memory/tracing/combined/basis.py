"""What the combined model knows about skills and items before it looks at a learner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradatim.memory.tracing.bkt import BKTParameters, ConceptParameters
from gradatim.memory.tracing.data.copies import CopyRule
from gradatim.memory.tracing.data.sequences import Sequences
from gradatim.memory.tracing.fitting.em import EMOptions, fit_bkt
from gradatim.memory.tracing.fitting.individual import Shifts, fit_shifts
from gradatim.memory.tracing.fitting.layout import strands
from gradatim.memory.tracing.models.ability import ability_before, difficulties
from gradatim.memory.tracing.models.protocol import flag

ITEM_SMOOTHING = 10.0
"""Responses' worth of evidence that its skill's difficulty counts in an item's."""
ITEM_SUPPORT = 30
"""Responses from which an item has a difficulty of its own here; with fewer, each response would say too much about
itself."""


@dataclass(frozen=True)
class Basis:
    """Parameters by skill, each list in the order of `skills` with the mean skill at the end."""

    skills: tuple[str, ...]
    parameters: tuple[BKTParameters, ...]
    difficulty: tuple[float, ...]
    """Log odds of a wrong response."""
    shifts: Shifts
    pairs: frozenset[tuple[int, int]]
    """Places of skills whose rows are one answer."""
    items: Mapping[str, float]
    """Difficulty of each item; empty where the data name none."""
    timed: bool
    """Whether the data tell times."""
    prerequisites: Mapping[int, tuple[int, ...]]

    @classmethod
    def fit(cls, data: Sequences, prerequisites: Mapping[str, Sequence[str]], seed: int) -> Basis:
        """Estimate everything from the responses of many learners."""
        rule = CopyRule.learned(data)
        fitted = fit_bkt(data, EMOptions(seed=seed)).parameters
        parameters = (*(fitted.parameters(name) for name in data.skills), fitted.default)
        difficulty = difficulties(data.skill, data.correct, len(data.skills))
        items = _item_difficulties(data, difficulty)
        shifts = fit_shifts(
            strands(data.learner, data.skill),
            data.correct,
            ability_before(data, difficulty, rule.copies(data)),
            list(parameters),
        )
        place = {name: number for number, name in enumerate(data.skills)}
        return cls(
            data.skills,
            parameters,
            difficulty,
            shifts,
            frozenset((place[a], place[b]) for a, b in rule.pairs),
            items,
            data.seconds is not None,
            {
                place[skill]: tuple(place[name] for name in needed if name in place and name != skill)
                for skill, needed in prerequisites.items()
                if skill in place and any(name in place and name != skill for name in needed)
            },
        )

    def concept_parameters(self) -> ConceptParameters:
        """The parameters of knowledge tracing by name."""
        return ConceptParameters(dict(zip(self.skills, self.parameters, strict=False)), self.parameters[-1])

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "skills": list(self.skills),
            "parameters": [[p.prior, p.learn, p.slip, p.guess, p.forget] for p in self.parameters],
            "difficulty": list(self.difficulty),
            "shifts": list(self.shifts.numbers()),
            "pairs": sorted(map(list, self.pairs)),
            "items": dict(self.items),
            "timed": self.timed,
            "prerequisites": [[skill, list(needed)] for skill, needed in self.prerequisites.items()],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Basis:
        """What `plain` came from."""
        return cls(
            tuple(plain["skills"]),
            tuple(BKTParameters(*map(float, values)) for values in plain["parameters"]),
            tuple(map(float, plain["difficulty"])),
            Shifts.of(np.array(plain["shifts"], np.float64)),
            frozenset((int(a), int(b)) for a, b in plain["pairs"]),
            {str(name): float(value) for name, value in plain["items"].items()},
            flag(plain["timed"]),
            {int(skill): tuple(map(int, needed)) for skill, needed in plain["prerequisites"]},
        )


def _item_difficulties(data: Sequences, difficulty: Sequence[float]) -> dict[str, float]:
    """Log odds of a wrong response to each item, drawn towards those of its skill."""
    if data.item is None:
        return {}
    size = len(data.items)
    expected = 1.0 / (1.0 + np.exp(np.array(difficulty)[data.skill]))
    count = np.bincount(data.item, minlength=size)
    own = np.bincount(data.item, weights=data.correct.astype(np.float64), minlength=size)
    usual = np.bincount(data.item, weights=expected, minlength=size) / np.maximum(count, 1)
    rate = (own + ITEM_SMOOTHING * usual) / (count + ITEM_SMOOTHING)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log1p(-rate) - np.log(rate)
    return {name: float(odds[place]) for place, name in enumerate(data.items) if name and count[place] >= ITEM_SUPPORT}
