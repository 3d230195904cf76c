"""Figures of a detector: precision and recall, coverage, calibration; and folds that hold whole tasks out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gradatim.agents.reliability import expected_calibration_error
from gradatim.domain import stable_id

FOLDS = 10


@dataclass(frozen=True, slots=True)
class Detection:
    """How well false sentences are told from true ones.

    Attributes:
        found: False sentences that were taken for false.
        wrongly: True sentences that were taken for false.
        false: All false sentences.
        true: All true sentences.
    """

    found: int
    wrongly: int
    false: int
    true: int

    @property
    def precision(self) -> float | None:
        """Of what was taken for false, the share that is; `None` where nothing was."""
        taken = self.found + self.wrongly
        return self.found / taken if taken else None

    @property
    def recall(self) -> float | None:
        """Of what is false, the share that was found; `None` where nothing is."""
        return self.found / self.false if self.false else None

    def f_score(self, beta: float = 1.0) -> float:
        """Weighted harmonic mean of both, recall counting `beta` times as much; 0 where there is none."""
        precision, recall = self.precision or 0.0, self.recall or 0.0
        below = beta**2 * precision + recall
        return (1 + beta**2) * precision * recall / below if below else 0.0

    def figures(self, prefix: str) -> dict[str, float | int | None]:
        """Flat figures whose names begin with a prefix."""
        return {
            f"{prefix}_false": self.false,
            f"{prefix}_true": self.true,
            f"{prefix}_precision": rounded(self.precision),
            f"{prefix}_recall": rounded(self.recall),
        }


def detection(taken: Sequence[bool], false: Sequence[bool]) -> Detection:
    """Count.

    Args:
        taken: Whether each sentence was taken for false.
        false: Whether it is.
    """
    pairs = list(zip(taken, false, strict=True))
    return Detection(
        found=sum(said and wrong for said, wrong in pairs),
        wrongly=sum(said and not wrong for said, wrong in pairs),
        false=sum(wrong for _, wrong in pairs),
        true=sum(not wrong for _, wrong in pairs),
    )


def coverage_table(
    stated: Sequence[float],
    false: Sequence[bool],
    steps: Sequence[float] = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
) -> list[tuple[float, float, float]]:
    """Share of sentences kept, largest probability among them, and share of the kept that is false: likely true first.

    Args:
        stated: Probability of being false.
    """
    order = sorted(zip(stated, false, strict=True))
    found: list[tuple[float, float, float]] = []
    for share in steps:
        kept = order[: max(1, round(share * len(order)))]
        found.append((share, kept[-1][0], sum(wrong for _, wrong in kept) / len(kept)))
    return found


def best_threshold(stated: Sequence[float], false: Sequence[bool], precision: float, least: float = 0.2) -> float:
    """The lowest probability from which sentences are taken for false with at least this precision.

    Where none reaches it with a recall of at least `least`, the one with the best F0.5, which counts precision twice.
    """
    scored = [(choice, detection([value >= choice for value in stated], false)) for choice in sorted(set(stated))]
    good = [
        choice
        for choice, result in scored
        if (result.precision or 0.0) >= precision and (result.recall or 0.0) >= least
    ]
    return min(good) if good else max(scored, key=lambda item: item[1].f_score(0.5))[0]


def folds_of(groups: Sequence[str], folds: int = FOLDS) -> list[int]:
    """A fold for each item, so that a group lies in one fold and folds hold about the same number of items.

    Groups are dealt out from the largest to the smallest; equally large ones in an order that only their name gives.
    """
    sizes: dict[str, int] = {}
    for group in groups:
        sizes[group] = sizes.get(group, 0) + 1
    held = [0] * folds
    chosen: dict[str, int] = {}
    for group in sorted(sizes, key=lambda name: (-sizes[name], stable_id(name))):
        chosen[group] = min(range(folds), key=lambda number: (held[number], number))
        held[chosen[group]] += sizes[group]
    return [chosen[group] for group in groups]


def out_of_fold(
    rows: Sequence[Any], folds: Sequence[int], fit: Callable[[Sequence[Any]], Callable[[Any], float]]
) -> list[float]:
    """The value for each row from a model that was fitted without the row's fold."""
    models = {
        fold: fit([row for row, number in zip(rows, folds, strict=True) if number != fold]) for fold in set(folds)
    }
    return [models[fold](row) for row, fold in zip(rows, folds, strict=True)]


def calibration_error(stated: Sequence[float], false: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error over bins of equal mass, in [0, 1]."""
    return expected_calibration_error(stated, list(false), bins, "mass")


def rounded(value: float | None, digits: int = 4) -> float | None:
    """For people."""
    return None if value is None else round(value, digits)


def area_under_curve(stated: Sequence[float], false: Sequence[bool]) -> float | None:
    """Probability that a false sentence gets a higher value than a true one; ties count half."""
    wrong = [value for value, is_false in zip(stated, false, strict=True) if is_false]
    right = [value for value, is_false in zip(stated, false, strict=True) if not is_false]
    if not wrong or not right:
        return None
    wins = sum((one > other) + 0.5 * (one == other) for one in wrong for other in right)
    return wins / (len(wrong) * len(right))


__all__ = [
    "FOLDS", "Detection", "area_under_curve", "best_threshold", "calibration_error", "coverage_table", "detection",
    "folds_of", "out_of_fold", "rounded",
]  # fmt: skip
