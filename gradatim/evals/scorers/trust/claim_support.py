"""Claim support: which share of the claims that could be checked is borne out.

What could not be checked counts in neither; its number stands in the metadata, for a text of opinions alone is not a
supported one.
"""

from __future__ import annotations

from collections import Counter

from gradatim.evals.scorers.feedback import statements, verdict_of
from gradatim.evals.scorers.given import Given, Missing, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import share

KEY = "claim_support"


@scorer(KEY)
def claim_support(given: Given) -> Score:
    """Share of the checked claims of a feedback that are supported."""
    found: Counter[str] = Counter()
    methods: Counter[str] = Counter()
    for said in statements(given):
        for check in said.checks:
            verdict = verdict_of(check)
            if verdict != "unchecked":
                found[verdict] += 1
                methods[str(check.get("method"))[:40]] += 1
        found["unchecked"] += sum(verdict == "unchecked" for _, verdict in said.all_claims())
    checked = found["supported"] + found["refuted"]
    if not checked:
        raise Missing(f"no claim of the feedback was checked ({found['unchecked']} could not be)")
    return share(
        KEY,
        found["supported"],
        checked,
        f"checked claims are supported, {found['unchecked']} unchecked",
        refuted=found["refuted"],
        unchecked=found["unchecked"],
        methods=dict(methods.most_common(10)),
    )


INFO = ScorerInfo(
    key=KEY,
    scorer=claim_support,
    summary="Share of the checked claims of a feedback that execution, evidence or the concept graph bears out.",
    family="trust",
    needs=("outputs.feedback",),
)
