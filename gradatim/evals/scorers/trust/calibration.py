"""Calibration: whether a confidence is the probability that every statement is right.

One run gives a pair; many give the expected calibration error, the Brier score and the area under the curve.
"""

from __future__ import annotations

from gradatim.evals.scorers.given import Given, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.trust.rightness import stated

KEY = "calibration"


@scorer(KEY)
def calibration(given: Given) -> Score:
    """Whether every statement is right, with the confidence that the run stated."""
    return stated(given, KEY)


INFO = ScorerInfo(
    key=KEY,
    scorer=calibration,
    summary="Confidence against whether every statement is right: ECE and Brier score over many runs.",
    family="trust",
    summarised="calibration",
    needs=("outputs.confidence.value", "outputs.feedback", "reference or outputs.audit"),
)
