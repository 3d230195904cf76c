"""Confidence beside the truth: calibration, and how much could be delivered at once.

One run gives a pair: the confidence that it stated, and whether every statement is right. Two figures of many runs are
made of such pairs. Calibration: whether a confidence is the probability of being right (expected calibration error,
Brier score, area under the curve). Coverage at precision: the most confident are kept as long as the share of right
ones among them stays at or above the precision that is asked for (selective classification; El-Yaniv and Wiener 2010).
"""

from __future__ import annotations

from gradatim.evals.scorers.given import Given, Missing, probability_of, scorer
from gradatim.evals.scorers.score import Score, Scorer, ScorerInfo, Summary
from gradatim.evals.scorers.scores import scored
from gradatim.evals.scorers.trust.rightness import rightness_of

KEY = "calibration"
KEPT = "coverage_at_precision"
_PLACE = "outputs.confidence.value"


@scorer(KEY)
def calibration(given: Given) -> Score:
    """Whether every statement is right, with the confidence that the run stated."""
    return _stated(given, KEY)


@scorer(KEPT)
def coverage_at_precision(given: Given) -> Score:
    """Whether every statement is right, with the confidence by which runs are kept."""
    return _stated(given, KEPT)


def _stated(given: Given, key: str) -> Score:
    probability = probability_of(given.at(_PLACE))
    if probability is None:
        raise Missing(f"`{_PLACE}` is no number in [0, 1]")
    found = rightness_of(given)
    calibrated = given.find("outputs.confidence.calibrated") is True
    comment = f"confidence {probability:.2f}, {'right' if found.right else f'wrong: {found.why}'} (by {found.basis})"
    return scored(key, found.right, comment, probability=probability, basis=found.basis, calibrated=calibrated)


def _info(key: str, judge: Scorer, summary: str, summarised: Summary) -> ScorerInfo:
    return ScorerInfo(
        key=key,
        scorer=judge,
        summary=summary,
        family="trust",
        summarised=summarised,
        needs=(_PLACE, "outputs.feedback", "reference or outputs.audit"),
    )


INFOS = (
    _info(
        KEY,
        calibration,
        "Confidence against whether every statement is right: ECE and Brier score over many runs.",
        "calibration",
    ),
    _info(
        KEPT,
        coverage_at_precision,
        "Share of runs that can be kept, the most confident first, with a precision of at least .9.",
        "kept",
    ),
)
