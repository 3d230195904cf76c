"""Tokens that a run's questions to models took: read, written, and read before."""

from __future__ import annotations

from collections.abc import Mapping

from gradatim.evals.scorers.given import Given, Missing, scorer
from gradatim.evals.scorers.score import Score, Scorer, ScorerInfo
from gradatim.evals.scorers.scores import scored
from gradatim.evals.scorers.trajectory.reading import questions, tokens_of

_SAID: Mapping[str, str] = {
    "input": "Tokens of a run's prompts.",
    "output": "Tokens of a run's answers.",
    "cached": "Tokens of a run's prompts that were not read anew.",
}


def tokens(kind: str) -> Scorer:
    """A scorer that counts tokens of one kind.

    Args:
        kind: `input`, `output` or `cached`.
    """
    key = f"tokens_{kind}"

    @scorer(key)
    def judge(given: Given) -> Score:
        number = tokens_of(given).get(kind)
        if number is None:
            raise Missing(f"no question to a model tells of its {kind} tokens")
        asked = questions(given)
        return scored(key, number, f"{number:,.0f} tokens in {asked if asked is not None else '?'} questions")

    return judge


INFOS = tuple(
    ScorerInfo(
        key=f"tokens_{kind}",
        scorer=tokens(kind),
        summary=said,
        family="trajectory",
        higher_is_better=kind == "cached",
        unit="tokens",
        needs=("outputs.spans or outputs.usage",),
    )
    for kind, said in _SAID.items()
)
