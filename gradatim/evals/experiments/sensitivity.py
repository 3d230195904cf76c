"""How much figures hang on weights that somebody chose: each raised and lowered by a share of itself, one at a time.

Three weighted means are looked at: the composite of the ten indicators (through `gradatim.memory.profile.sensitivity`),
the rubric of an assessment, and the confidence before calibration. For each changed weight: the correlation with what
people said (or with the unchanged mean, where nobody said anything), the order of the learners or programs, and, for
the confidence, how many would take another route.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gradatim.agents.features import WEIGHTS
from gradatim.errors import InputError
from gradatim.evals.scorers.given import mapping_of, number_of, objects_of, text_of
from gradatim.evals.traces import Trace
from gradatim.memory.profile.indicators import INDICATORS
from gradatim.memory.profile.sensitivity import LEAST
from gradatim.memory.profile.sensitivity import sensitivity as of_composite

Row = Mapping[str, float | None]
Subject = Literal["indicators", "rubric", "confidence"]
Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class WeightEffect:
    """What one changed weight does.

    Attributes:
        name: Whose weight was changed.
        factor: By what it was multiplied.
        r: Pearson's r of the changed mean with the target; `None` where nothing varies.
        change: `r` minus that of the weights as they are.
        order: Spearman's rank correlation of the changed with the unchanged mean.
        moved: Most places by which one of them moves in the order.
        rerouted: How many would take another route; `None` where there is no threshold.
    """

    name: str
    factor: float
    r: float | None
    change: float | None
    order: float | None
    moved: int
    rerouted: int | None = None


@dataclass(frozen=True, slots=True)
class WeightSensitivity:
    """Effects of all weights of one mean.

    Attributes:
        subject: Which mean.
        against: `expert`, `outcome` or `unchanged weights`: what `r` is the correlation with.
        baseline: r with the weights as they are.
        n: Learners or programs.
    """

    subject: Subject
    against: str
    baseline: float | None
    n: int
    effects: tuple[WeightEffect, ...]

    @property
    def largest(self) -> WeightEffect | None:
        """The effect that changes r most; `None` where r is known of none."""
        known = [(abs(effect.change), effect) for effect in self.effects if effect.change is not None]
        return max(known, key=lambda item: item[0])[1] if known else None


def of_indicators(rows: Sequence[Row], expert: Sequence[float] | None = None, change: float = 0.2) -> WeightSensitivity:
    """The composite of the ten indicators.

    Args:
        rows: For each learner the values in [0, 1]; `None` or absent where not measured.
        expert: For each learner what an expert said, on any scale.
        change: Share of a weight, in (0, 1).

    Raises:
        InputError: Fewer than three learners have a measured indicator, or nothing varies.
    """
    known = of_composite(rows, expert, change)
    ordered = of_weights(
        "indicators", rows, {item.name: item.weight for item in INDICATORS}, expert, change, against="expert"
    )
    by_key = {(effect.indicator, round(effect.factor, 9)): effect for effect in known.effects}
    effects = tuple(
        WeightEffect(
            item.name, item.factor, by_key[item.name, round(item.factor, 9)].r,
            by_key[item.name, round(item.factor, 9)].change, item.order, item.moved,
        )
        for item in ordered.effects
    )  # fmt: skip
    return WeightSensitivity("indicators", known.against, known.baseline, known.learners, effects)


def of_weights(
    subject: Subject,
    rows: Sequence[Row],
    weights: Mapping[str, float],
    target: Sequence[float] | None = None,
    change: float = 0.2,
    *,
    against: str = "expert",
    threshold: float | None = None,
) -> WeightSensitivity:
    """A weighted mean of named parts, the weights of what was not measured shared by the others.

    Args:
        rows: Values of the parts, in [0, 1]; `None` or absent where not measured.
        weights: Of the parts.
        target: What the mean is correlated with; the mean of the unchanged weights when not given.
        against: What the target is.
        threshold: From which on a value is delivered.

    Raises:
        InputError: Fewer than three rows have a measured part, or the target has another length.
    """
    if target is not None and len(target) != len(rows):
        raise InputError(
            f"{len(target)} scores for {len(rows)} rows", place="sensitivity", remedy="give one score for each row"
        )
    names = list(weights)
    values = np.array([[np.nan if row.get(name) is None else row[name] for name in names] for row in rows], dtype=float)
    kept = ~np.isnan(values).all(axis=1) if len(values) else np.zeros(0, dtype=bool)
    if int(kept.sum()) < LEAST:
        raise InputError(
            f"{int(kept.sum())} of them have a measured part, and a correlation needs {LEAST}",
            place=f"sensitivity of the {subject}",
            remedy="give more of them",
        )
    values = values[kept]
    given = np.array([weights[name] for name in names])
    unchanged = _means(values, given)
    wanted = unchanged if target is None else np.asarray(target, dtype=float)[kept]
    baseline = _pearson(unchanged, wanted)
    effects: list[WeightEffect] = []
    for place, name in enumerate(names):
        for factor in (1.0 - change, 1.0 + change):
            altered = given.copy()
            altered[place] *= factor
            means = _means(values, altered)
            r = _pearson(means, wanted)
            ranks, before = _ranks(means), _ranks(unchanged)
            effects.append(
                WeightEffect(
                    name=name,
                    factor=factor,
                    r=r,
                    change=None if r is None or baseline is None else r - baseline,
                    order=_pearson(ranks, before),
                    moved=int(np.abs(ranks - before).max()),
                    rerouted=None
                    if threshold is None
                    else int(((means >= threshold) != (unchanged >= threshold)).sum()),
                )
            )
    return WeightSensitivity(
        subject, "unchanged weights" if target is None else against, baseline, len(values), tuple(effects)
    )


def of_traces(
    traces: Iterable[Trace], change: float = 0.2, threshold: float | None = None
) -> tuple[WeightSensitivity, ...]:
    """The rubric and the confidence of recorded assessments.

    The rubric is held against experts' scores (`reference.scores`) where every trace has some. The confidence is held
    against what came of the text in the audit of an experiment (1: nothing in it was refuted), where every trace has
    one.

    Raises:
        InputError: Fewer than three traces have a rubric, and fewer than three have a confidence.
    """
    rubrics: list[tuple[Row, float | None]] = []
    confidences: list[tuple[Row, float | None]] = []
    weights: dict[str, float] = {}
    for trace in traces:
        row: dict[str, float | None] = {}
        for item in objects_of(mapping_of(trace.outputs.get("rubric")).get("measures")):
            name, weight = text_of(item.get("name")), number_of(item.get("weight"))
            if name and weight is not None and weight > 0:
                weights[name] = weight
                row[name] = number_of(item.get("value"))
        if row:
            rubrics.append((row, _expert(trace)))
        features = mapping_of(mapping_of(trace.outputs.get("confidence")).get("features"))
        if features:
            confidences.append(({name: number_of(features.get(name)) for name in WEIGHTS}, _borne_out(trace)))
    found: list[WeightSensitivity] = []
    if len(rubrics) >= LEAST:
        found.append(of_weights("rubric", [row for row, _ in rubrics], weights, _all(rubrics), change))
    if len(confidences) >= LEAST:
        rows = [row for row, _ in confidences]
        found.append(
            of_weights("confidence", rows, WEIGHTS, _all(confidences), change, against="outcome", threshold=threshold)
        )
    if not found:
        raise InputError(
            f"hold {len(rubrics)} rubrics and {len(confidences)} confidences, and a correlation needs {LEAST}",
            place="traces", remedy="name results of assessments",
        )  # fmt: skip
    return tuple(found)


def _all(items: Sequence[tuple[Row, float | None]]) -> list[float] | None:
    """The targets, where every item has one and they differ."""
    known = [target for _, target in items if target is not None]
    return known if len(known) == len(items) and len(set(known)) > 1 else None


def _expert(trace: Trace) -> float | None:
    """Mean of the experts' scores of all dimensions."""
    means: list[float] = []
    for raters in mapping_of(trace.reference.get("scores")).values():
        given = [value for item in mapping_of(raters).values() if (value := number_of(item)) is not None]
        if given:
            means.append(sum(given) / len(given))
    return sum(means) / len(means) if means else None


def _borne_out(trace: Trace) -> float | None:
    counts = mapping_of(mapping_of(trace.outputs.get("audit")).get("counts"))
    return float(not counts.get("refuted")) if counts else None


def _means(values: Array, weights: Array) -> Array:
    known = ~np.isnan(values)
    return np.where(known, values, 0.0) @ weights / (known @ weights)


def _pearson(left: Array, right: Array) -> float | None:
    left, right = left - left.mean(), right - right.mean()
    scale = float(np.sqrt((left @ left) * (right @ right)))
    return None if scale < 1e-12 else float(left @ right) / scale


def _ranks(values: Array) -> Array:
    """Ranks from 1, ties with their mean rank."""
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1.0, len(values) + 1.0)
    _, groups = np.unique(np.round(values, 12), return_inverse=True)
    sums = np.bincount(groups, weights=ranks)
    return (sums / np.bincount(groups))[groups]
