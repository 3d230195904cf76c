"""The combined model: a logistic sum of named contributions that a teacher can read.

`logit P(correct) = intercept + Σ weight · measure + Σ weight of the case that each circumstance is in`. The measures
stand in `features`; they take up individualised knowledge tracing, performance factors (Pavlik, Cen and Koedinger,
2009), online ability against difficulty (Pelánek, 2016), recency (Galyardt and Goldin, 2015) and sequences of skills
(Gervet, Koedinger, Schneider and Mitchell, 2020).
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.bkt import ConceptParameters
from gradatim.memory.tracing.combined.basis import Basis
from gradatim.memory.tracing.combined.features import CONTEXTS, SLOPES, measures
from gradatim.memory.tracing.combined.rows import Penalties, Rows, Vocabulary, laid_out
from gradatim.memory.tracing.combined.trace import CombinedTrace, Sum
from gradatim.memory.tracing.data.sequences import Sequences
from gradatim.memory.tracing.fitting.logistic import Weights, fit_logistic
from gradatim.memory.tracing.models.protocol import FitOptions, flag

Reals = npt.NDArray[np.float64]

_CONTEXT_PENALTIES = (8.0, 16.0, 32.0)
_SLOPE_PENALTIES = (20.0, 100.0)
_TUNED_ON = 0.2
"""Share of the learners that the penalties are chosen on."""
_FEWEST_TO_TUNE = 20


@dataclass(frozen=True)
class Combined:
    """A fitted combined model."""

    basis: Basis
    itemised: bool
    vocabulary: Vocabulary
    weights: Weights
    penalties: Penalties

    @property
    def name(self) -> str:
        return "combined"

    @classmethod
    def fit(cls, data: Sequences, options: FitOptions) -> Combined:
        """Fit on responses; penalties are chosen on learners held back from these alone."""
        basis = Basis.fit(data, options.prerequisites, options.seed)
        itemised = data.item is not None
        rows, vocabulary = laid_out(data, basis, itemised)
        penalties = _tuned(data, rows, vocabulary, len(basis.skills), options.seed)
        weights = fit_logistic(rows.design(vocabulary, len(basis.skills), penalties), data.correct)
        return cls(basis, itemised, vocabulary, weights, penalties)

    def start(self) -> CombinedTrace:
        """Begin with a learner about whom nothing is known."""
        return CombinedTrace(self.sum)

    def predict(self, data: Sequences) -> Reals:
        """Probabilities of a correct response, shape (responses,), each from the responses before it."""
        rows, _ = laid_out(data, self.basis, self.itemised, self.vocabulary)
        odds = self.weights.log_odds(rows.design(self.vocabulary, len(self.basis.skills), self.penalties))
        return 1.0 / (1.0 + np.exp(-np.clip(odds, -700.0, 700.0)))

    @cached_property
    def sum(self) -> Sum:
        """The weights, laid out for predicting one learner at a time."""
        groups = [weights.tolist() for weights in self.weights.groups]
        first_context = 1 + len(SLOPES)
        by_skill = [list(values) for values in zip(*groups[:first_context], strict=True)]
        contexts = [
            _by_key(known, weights)
            for known, weights in zip(self.vocabulary.contexts, groups[first_context:], strict=False)
        ]
        pairs = _by_key(self.vocabulary.pairs, groups[first_context + len(CONTEXTS)])
        items = _by_key(self.vocabulary.items, groups[-1]) if self.itemised else {}
        return Sum(
            self.basis,
            measures(timed=self.basis.timed, itemised=self.itemised, graph=bool(self.basis.prerequisites)),
            self.itemised,
            self.weights.intercept,
            self.weights.dense.tolist(),
            by_skill,
            contexts,
            pairs,
            cast("dict[str, float]", items),
        )

    def concept_parameters(self) -> ConceptParameters:
        """Fitted parameters of knowledge tracing by skill."""
        return self.basis.concept_parameters()

    def plain(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "basis": self.basis.plain(),
            "itemised": self.itemised,
            "contexts": [_listed(known) for known in self.vocabulary.contexts],
            "pairs": _listed(self.vocabulary.pairs),
            "items": list(self.vocabulary.items),
            "intercept": self.weights.intercept,
            "measures": self.weights.dense.tolist(),
            "groups": [weights.tolist() for weights in self.weights.groups],
            "penalties": {name: getattr(self.penalties, name) for name in Penalties.__slots__},
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Combined:
        """The model that `plain` came from."""
        vocabulary = Vocabulary(
            tuple(_numbered(keys) for keys in plain["contexts"]),
            _numbered(plain["pairs"]),
            {str(name): place for place, name in enumerate(plain["items"], start=1)},
        )
        weights = Weights(
            float(plain["intercept"]),
            np.array(plain["measures"], np.float64),
            tuple(np.array(values, np.float64) for values in plain["groups"]),
        )
        penalties = Penalties(**{str(name): float(value) for name, value in plain["penalties"].items()})
        model = cls(Basis.from_plain(plain["basis"]), flag(plain["itemised"]), vocabulary, weights, penalties)
        model.check()
        return model

    def check(self) -> None:
        """Refuse weights that do not fit together.

        Raises:
            ValueError: Some are missing, left over, or no numbers.
        """
        skills = len(self.basis.skills) + 1
        sizes = [skills] * (1 + len(SLOPES))
        sizes += [len(known) + 1 for known in (*self.vocabulary.contexts, self.vocabulary.pairs)]
        sizes += [len(self.vocabulary.items) + 1] if self.itemised else []
        named = measures(timed=self.basis.timed, itemised=self.itemised, graph=bool(self.basis.prerequisites))
        if [len(weights) for weights in self.weights.groups] != sizes or len(self.weights.dense) != len(named):
            raise ValueError("weights are missing or left over")
        if len(self.vocabulary.contexts) != len(CONTEXTS) or len(self.basis.parameters) != skills:
            raise ValueError("skills or circumstances are missing or left over")
        numbers = np.concatenate([self.weights.dense, *self.weights.groups, [self.weights.intercept]])
        if not np.isfinite(numbers).all():
            raise ValueError("a weight is no number")


def _tuned(data: Sequences, rows: Rows, vocabulary: Vocabulary, skills: int, seed: int) -> Penalties:
    """The penalties under which learners held back from the data are predicted best, one after the other."""
    best = Penalties()
    if len(data.starts) - 1 < _FEWEST_TO_TUNE:
        return best
    learners = np.cumsum(data.first) - 1
    held = (np.random.default_rng(seed).random(int(learners[-1]) + 1) < _TUNED_ON)[learners]
    if not held.any() or held.all():
        return best
    losses: dict[Penalties, float] = {}
    start: Weights | None = None

    def loss(penalties: Penalties) -> float:
        nonlocal start
        if penalties not in losses:
            design = rows.design(vocabulary, skills, penalties)
            start = fit_logistic(design.rows(~held), data.correct[~held], start=start, tolerance=1e-5)
            odds = start.log_odds(design.rows(held))
            losses[penalties] = float((np.logaddexp(0.0, odds) - data.correct[held] * odds).mean())
        return losses[penalties]

    best = min((replace(best, contexts=value) for value in _CONTEXT_PENALTIES), key=loss)
    return min((replace(best, slopes=value) for value in _SLOPE_PENALTIES), key=loss)


def _by_key(known: Mapping[Any, int], weights: list[float]) -> dict[Hashable, float]:
    return {key: weights[place] for key, place in known.items()}


def _listed(known: Mapping[Hashable, int]) -> list[Any]:
    """Keys in the order of their places."""
    return json.loads(json.dumps(sorted(known, key=lambda key: known[key])))


def _numbered(keys: list[list[Any]]) -> dict[Hashable, int]:
    return {tuple(int(part) for part in key): place for place, key in enumerate(keys, start=1)}
