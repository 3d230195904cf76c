"""Whether the error belongs to the category that is known: a Python exception's name, `logical`, `timeout`, …"""

from __future__ import annotations

from gradatim.evals.scorers.given import Given, Missing, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import listed, scored

KEY = "error_category"


@scorer(KEY)
def error_category(given: Given) -> Score:
    """Whether the diagnosis' category is one of those that the reference allows (`category`, a text or a list)."""
    known = given.names("reference.category")
    if not known:
        raise Missing("`reference.category` is empty")
    said = given.text("outputs.diagnosis.error_category")
    return scored(KEY, said in known, f"said {said}, known to be {listed(known)}", said=said, known=list(known))


INFO = ScorerInfo(
    key=KEY,
    scorer=error_category,
    summary="Whether the category of the error is the one that is known.",
    family="outcome",
    summarised="share",
    needs=("outputs.diagnosis.error_category", "reference.category"),
)
