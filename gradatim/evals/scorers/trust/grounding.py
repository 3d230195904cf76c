"""Grounding: which share of what a feedback states rests on something.

A sentence rests on something when it cites evidence that the run has, or when a check bears one of its claims out.
"""

from __future__ import annotations

from gradatim.evals.scorers.feedback import evidence_of, statements
from gradatim.evals.scorers.given import Given, Missing, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import share

KEY = "grounding"


@scorer(KEY)
def grounding(given: Given) -> Score:
    """Share of the stating sentences that cite evidence of the run or have a supported claim."""
    evidence = evidence_of(given)
    stating = [said for said in statements(given) if said.factual]
    if not stating:
        raise Missing("no sentence of the feedback states anything")
    loose = [
        said.text[:200]
        for said in stating
        if not said.supported and not any(identifier in evidence for identifier in said.evidence)
    ]
    return share(
        KEY, len(stating) - len(loose), len(stating), "stating sentences rest on something", ungrounded=loose[:5]
    )


INFO = ScorerInfo(
    key=KEY,
    scorer=grounding,
    summary="Share of the stating sentences of a feedback that cite evidence or have a supported claim.",
    family="trust",
    needs=("outputs.feedback", "outputs.diagnosis.evidence"),
)
