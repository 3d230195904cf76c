"""Whether the verdict is the one that is known to be right."""

from __future__ import annotations

from gradatim.evals.scorers.given import Given, Missing, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import scored

KEY = "verdict_agreement"
VERDICTS = ("correct", "incorrect")


@scorer(KEY)
def verdict_agreement(given: Given) -> Score:
    """Whether the run's verdict and the reference's are the same."""
    said, known = verdict_at(given, "outputs.diagnosis.verdict"), verdict_at(given, "reference.verdict")
    return scored(KEY, said == known, f"said {said}, known to be {known}", said=said, known=known)


def verdict_at(given: Given, place: str) -> str:
    """A verdict.

    Raises:
        Missing: There is none.
    """
    value = given.text(place)
    if value not in VERDICTS:
        raise Missing(f"`{place}` is neither {' nor '.join(VERDICTS)}")
    return value


INFO = ScorerInfo(
    key=KEY,
    scorer=verdict_agreement,
    summary="Whether the verdict (correct or incorrect) is the one that is known.",
    family="outcome",
    summarised="share",
    needs=("outputs.diagnosis.verdict", "reference.verdict"),
)
