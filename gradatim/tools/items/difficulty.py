"""Difficulty estimated from what an item demands: before anybody has answered it.

    d = w₀ + Σ wᵢ · (fᵢ − mᵢ) / sᵢ

on the logit scale of ability, with weights of its own for each kind of items (a linear logistic test model in spirit:
Fischer, 1973; explanatory item response models: De Boeck and Wilson, 2004). Features are those of
`gradatim.tools.items.features`. Weights were fitted by ridge regression to the difficulties that simulated learners
showed on items of some of the families (`python -m gradatim.app.bench.items.fit`); the standard error is that on
families that were left out. As soon as people answer, calibration takes over (`gradatim.tools.items.calibration`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gradatim.kg import ConceptGraph
from gradatim.tools.items.features import code_features, concept_depths, depth_of
from gradatim.tools.items.item import Difficulty, ItemKind
from gradatim.tools.items.kinds import Draft

_FILE = Path(__file__).parent / "data" / "difficulty.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of one kind of items.

    Attributes:
        intercept: w₀: difficulty of an item whose features are all at their means.
        weights: Feature → wᵢ, logits for one standard deviation.
        means: Feature → mᵢ.
        scales: Feature → sᵢ.
        error: Standard error on families that the weights do not know.
        discrimination: Of a typical item of the kind.
    """

    intercept: float
    weights: Mapping[str, float]
    means: Mapping[str, float]
    scales: Mapping[str, float]
    error: float
    discrimination: float = 1.0

    def difficulty(self, features: Mapping[str, float]) -> float:
        """d; features that are not given count as average."""
        return self.intercept + sum(
            weight * (features[name] - self.means[name]) / self.scales[name]
            for name, weight in self.weights.items()
            if name in features
        )


@dataclass(frozen=True, slots=True)
class FittedWeights:
    """Weights of every kind, and which families they were fitted on."""

    kinds: Mapping[ItemKind, Weights]
    families: tuple[str, ...]


@cache
def packaged_weights() -> FittedWeights:
    """The weights that come with the package."""
    return read_weights(_FILE)


def read_weights(path: Path) -> FittedWeights:
    """Weights of a file, as `gradatim.app.bench.items.fit` writes it."""
    held = json.loads(path.read_text(encoding="utf-8"))
    return FittedWeights({kind: Weights(**weights) for kind, weights in held["kinds"].items()}, tuple(held["families"]))


class Estimator:
    """Estimates difficulties with the concepts of one graph."""

    def __init__(self, graph: ConceptGraph, weights: FittedWeights | None = None) -> None:
        self._depths = concept_depths(graph)
        self._weights = weights or packaged_weights()

    def features(self, draft: Draft) -> dict[str, float]:
        """All features of a draft."""
        program = draft.material.program
        return {
            **self.of_program(program.code, draft.features["steps"], program.concepts),
            **{name: value for name, value in draft.features.items() if name != "steps"},
        }

    def of_program(self, code: str, steps: float, concepts: Sequence[str]) -> dict[str, float]:
        """The features that a program has whatever is asked about it."""
        return {**code_features(code, steps), "concept_depth": depth_of(concepts, self._depths)}

    def guess(self, kind: ItemKind, features: Mapping[str, float]) -> float:
        """d from some of the features."""
        return self._weights.kinds[kind].difficulty(features)

    def difficulty(self, draft: Draft) -> Difficulty:
        """The estimate for a draft."""
        features = self.features(draft)
        weights = self._weights.kinds[draft.kind]
        return Difficulty(
            value=round(weights.difficulty(features), 3),
            error=round(weights.error, 3),
            discrimination=round(weights.discrimination, 3),
            features={name: round(value, 3) for name, value in features.items()},
        )
