"""Degradations: how many parts of a run could not do their work and had something stand in for them."""

from __future__ import annotations

from gradatim.evals.scorers.given import Given, list_of, mapping_of, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import listed, scored

KEY = "degradations"


@scorer(KEY)
def degradations(given: Given) -> Score:
    """How many degradations a run tells of."""
    given.items("outputs.degradations")
    nodes = [str(mapping_of(item).get("node"))[:80] for item in list_of(given.find("outputs.degradations"))]
    comment = f"{len(nodes)} parts were stood in for" + (f": {listed(nodes)}" if nodes else "")
    return scored(KEY, float(len(nodes)), comment, nodes=nodes[:20])


INFO = ScorerInfo(
    key=KEY,
    scorer=degradations,
    summary="Parts of a run that could not do their work and had something stand in for them.",
    family="trajectory",
    higher_is_better=False,
    unit="fallbacks",
    needs=("outputs.degradations",),
)
