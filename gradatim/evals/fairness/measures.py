"""What is compared between groups: figures of single runs, read from their traces.

A figure that a run does not have is not there; nothing is filled in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from gradatim.evals.traces.trace import Trace

Kind = Literal["share", "number"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a run.

    Attributes:
        kind: Of many runs: a share of them, or a mean.
        name: As a sentence names it.
        benefit: Whether more of it is better (`True`) or worse (`False`) for the learner; `None`: neither.
        among: Which runs it is about, where that is not all.
    """

    key: str
    kind: Kind
    name: str
    benefit: bool | None = None
    among: str = ""


MEASURES: Mapping[str, Measure] = {
    item.key: item
    for item in (
        Measure("score", "number", "score (composite of the rubric)", True),
        Measure("confidence", "number", "stated confidence"),
        Measure("review", "share", "share sent to a reviewer"),
        Measure("delivered", "share", "share delivered without waiting", True),
        Measure("error", "share", "share of wrong verdicts", False, "runs with a known verdict"),
        Measure("false_correct", "share", "share judged correct", None, "programs that are incorrect"),
        Measure("true_correct", "share", "share judged correct", True, "programs that are correct"),
        Measure("expert_bias", "number", "score less that of the experts", None, "runs with scores of experts"),
        Measure("calibration_gap", "number", "share right less confidence", None, "runs whose statements are known"),
        Measure("unsafe_delivery", "share", "share delivered", False, "runs with a wrong statement"),
        Measure("safe_delivery", "share", "share delivered", True, "runs without a wrong statement"),
    )
}  # fmt: skip
"""Measures that need no scorer, by key."""

FALSE_POSITIVE, TRUE_POSITIVE = ("false_correct", "unsafe_delivery"), ("true_correct", "safe_delivery")
"""Error and hit rates of the two decisions, for equalised odds: the verdict, and delivery."""


def measured(trace: Trace) -> dict[str, float]:
    """The figures of one run that its trace alone gives."""
    outputs = trace.outputs
    confidence = _mapping(outputs.get("confidence"))
    found: dict[str, float] = {}
    score = _number(_mapping(outputs.get("rubric")).get("value"))
    if score is not None:
        found["score"] = score
    if (value := _number(confidence.get("value"))) is not None:
        found["confidence"] = value
    if isinstance(route := confidence.get("route"), str):
        found["review"] = float(route == "review" or outputs.get("waiting") is True)
    if isinstance(delivered := outputs.get("delivered"), bool):
        found["delivered"] = float(delivered)
    verdict, truth = _verdict(outputs), trace.reference.get("verdict")
    if verdict is not None and truth in ("correct", "incorrect"):
        found["error"] = float(verdict != truth)
        found["true_correct" if truth == "correct" else "false_correct"] = float(verdict == "correct")
    experts = _consensus(trace.reference)
    if score is not None and experts is not None:
        found["expert_bias"] = score - experts
    return found


def judged(right: float, probability: Any, delivered: float | None) -> dict[str, float]:
    """The figures that follow from whether a run's statements are right.

    Args:
        right: 1 where every statement is.
        probability: Confidence that was stated.
        delivered: Whether it was delivered, where that is known.
    """
    found: dict[str, float] = {}
    if (value := _number(probability)) is not None:
        found["calibration_gap"] = right - value
    if delivered is not None and right in (0.0, 1.0):
        found["safe_delivery" if right else "unsafe_delivery"] = delivered
    return found


def _verdict(outputs: Mapping[str, Any]) -> str | None:
    for part in ("diagnosis", "audit"):
        verdict = _mapping(outputs.get(part)).get("verdict")
        if verdict in ("correct", "incorrect"):
            return cast("str", verdict)
    return None


def _consensus(reference: Mapping[str, Any]) -> float | None:
    """Mean over dimensions of the raters' means, in [0, 1] by `reference.scale`."""
    scale = reference.get("scale")
    low, high = 0.0, 1.0
    if isinstance(scale, list) and len(cast("list[Any]", scale)) == 2:
        ends = [_number(end) for end in cast("list[Any]", scale)]
        if ends[0] is None or ends[1] is None or ends[1] <= ends[0]:
            return None
        low, high = ends[0], ends[1]
    means: list[float] = []
    for raters in _mapping(reference.get("scores")).values():
        values = [value for value in map(_number, _mapping(raters).values()) if value is not None]
        if values:
            means.append(math.fsum(values) / len(values))
    return (math.fsum(means) / len(means) - low) / (high - low) if means else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
