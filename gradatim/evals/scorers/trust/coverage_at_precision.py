"""Coverage at precision: which share of the feedback could be delivered at once if nine in ten of it had to be right.

One run gives a pair of confidence and truth. Over many runs, the most confident ones are kept as long as the share of
right ones among them stays at or above the precision that is asked for (selective classification; El-Yaniv and Wiener
2010).
"""

from __future__ import annotations

from gradatim.evals.scorers.given import Given, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.trust.rightness import stated

KEY = "coverage_at_precision"


@scorer(KEY)
def coverage_at_precision(given: Given) -> Score:
    """Whether every statement is right, with the confidence by which runs are kept."""
    return stated(given, KEY)


INFO = ScorerInfo(
    key=KEY,
    scorer=coverage_at_precision,
    summary="Share of runs that can be kept, the most confident first, with a precision of at least .9.",
    family="trust",
    summarised="kept",
    needs=("outputs.confidence.value", "outputs.feedback", "reference or outputs.audit"),
)
