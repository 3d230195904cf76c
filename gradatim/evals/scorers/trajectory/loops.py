"""Loops: how often a run went back to an agent that had already done its work.

A new try of an agent that failed is a retry and no loop.
"""

from __future__ import annotations

from collections import Counter

from gradatim.evals.scorers.given import Given, Missing, number_of, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import listed, scored
from gradatim.evals.scorers.trajectory.reading import agents_of
from gradatim.evals.scorers.trajectory.retries import retried

KEY = "loops"


@scorer(KEY)
def loops(given: Given) -> Score:
    """Times that an agent began anew; without spans, the rounds of revision that the outputs tell of."""
    try:
        spans = agents_of(given)
    except Missing:
        rounds = number_of(given.find("outputs.revisions"))
        if rounds is None or rounds < 0:
            raise
        return scored(KEY, rounds, f"{rounds:.0f} rounds of revision (no spans were recorded)")
    again = retried(spans)
    visits = Counter(span.subject for span in spans if span.id not in again)
    repeated = {name: count for name, count in visits.most_common(20) if count > 1}
    number = sum(count - 1 for count in visits.values())
    told = [f"{name} ×{count}" for name, count in repeated.items()]
    return scored(KEY, float(number), f"{number} returns to an agent: {listed(told) or 'none'}", visits=repeated)


INFO = ScorerInfo(
    key=KEY,
    scorer=loops,
    summary="How often a run went back to an agent that had already done its work.",
    family="trajectory",
    higher_is_better=False,
    unit="returns",
    needs=("outputs.spans",),
)
