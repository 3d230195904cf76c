"""Agreement with experts in one dimension of the rubric: a scorer for each of the five."""

from __future__ import annotations

from gradatim.evals.scorers.given import Given, Missing, scorer
from gradatim.evals.scorers.outcome.ratings import DIMENSIONS, compared, consensus, machine_scores
from gradatim.evals.scorers.score import Score, Scorer, ScorerInfo


def dimension_agreement(dimension: str) -> Scorer:
    """A scorer that compares one dimension of the rubric with the experts' consensus in it.

    Args:
        dimension: As the rubric and `reference.scores` name it.
    """
    key = f"agreement_{dimension}"

    @scorer(key)
    def judge(given: Given) -> Score:
        people = consensus(given).get(dimension)
        if people is None:
            raise Missing(f"`reference.scores.{dimension}` is missing")
        machine = machine_scores(given)[1].get(dimension)
        if machine is None:
            raise Missing(f"the machine did not measure {dimension}")
        return compared(given, key, machine, *people)

    return judge


INFOS = tuple(
    ScorerInfo(
        key=f"agreement_{dimension}",
        scorer=dimension_agreement(dimension),
        summary=f"Agreement with the mean of the experts in {dimension.replace('_', ' ')} (Pearson r over many runs).",
        family="outcome",
        summarised="agreement",
        needs=("outputs.rubric.measures", f"reference.scores.{dimension}"),
    )
    for dimension in DIMENSIONS
)
