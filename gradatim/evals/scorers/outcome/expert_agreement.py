"""Agreement of the machine's composite with the consensus of experts.

Over many runs it is Pearson's r (and Spearman's rank correlation) between the machine's composite and the mean of the
experts: the measure of the source's table of accuracy. It is called agreement, for a person may be wrong as well.
"""

from __future__ import annotations

from gradatim.evals.scorers.given import Given, Missing, scorer
from gradatim.evals.scorers.outcome.ratings import compared, consensus, machine_scores, overall, weights
from gradatim.evals.scorers.score import Score, ScorerInfo

KEY = "expert_agreement"


@scorer(KEY)
def expert_agreement(given: Given) -> Score:
    """The machine's composite beside the experts' consensus; dimensions that both have stand in the metadata."""
    people = consensus(given)
    composite, measures = machine_scores(given)
    if composite is None:
        raise Missing("`outputs.rubric.value` is missing: the machine measured nothing")
    value, raters = overall(people, weights(given))
    return compared(given, KEY, composite, value, raters, dimensions=len(people.keys() & measures.keys()))


INFO = ScorerInfo(
    key=KEY,
    scorer=expert_agreement,
    summary="Agreement of the machine's composite score with the mean of the experts (Pearson r over many runs).",
    family="outcome",
    summarised="agreement",
    needs=("outputs.rubric", "reference.scores"),
)
