"""Hallucination: which share of what a feedback states is refuted, and whether any of it reached the learner.

Of sentences that state something, those count of which a check decides anything; how many are left open stands in the
metadata, and a feedback of which nothing was checked is not judged, for it is not known to be free of errors. Where
an experiment has audited its variants, the audit decides. Three figures: in the feedback as it ended; in the author's
draft, with the sentences that were withheld; and whether a learner was shown something refuted.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.evals.scorers.feedback import Said, delivered, judged, withheld
from gradatim.evals.scorers.given import Given, Missing, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import scored, share

KEY = "hallucination"
DRAFTED = "hallucination_drafted"
TOLD = "hallucination_told"


@scorer(KEY)
def hallucination(given: Given) -> Score:
    """Share of the checked sentences of the feedback with a refuted claim."""
    return _share(KEY, judged(given))


@scorer(DRAFTED)
def hallucination_drafted(given: Given) -> Score:
    """The same in the author's draft: withheld sentences count as well."""
    return _share(DRAFTED, [*judged(given), *withheld(given)])


@scorer(TOLD)
def hallucination_told(given: Given) -> Score:
    """Whether a learner may read a sentence that is refuted."""
    said = judged(given)
    if not any(sentence.decided for sentence in said):
        raise Missing("nothing that the feedback says was checked")
    refuted = [sentence for sentence in said if sentence.refuted]
    shown = delivered(given)
    comment = f"{len(refuted)} refuted sentences, {'delivered' if shown else 'not delivered'}"
    return scored(TOLD, shown and bool(refuted), comment, refuted=len(refuted), delivered=shown)


def _share(key: str, said: Sequence[Said]) -> Score:
    stating = [sentence for sentence in said if sentence.factual]
    if not stating:
        raise Missing("no sentence of the feedback states anything")
    checked = [sentence for sentence in stating if sentence.decided]
    if not checked:
        raise Missing("nothing that the feedback says was checked")
    refuted = [sentence.text[:200] for sentence in checked if sentence.refuted]
    left = len(stating) - len(checked)
    what = "checked sentences are refuted" + (f", {left} could not be checked" if left else "")
    return share(key, len(refuted), len(checked), what, unchecked=left, refuted=refuted[:5])


INFOS = (
    ScorerInfo(
        key=KEY,
        scorer=hallucination,
        summary="Share of the checked sentences of a feedback with a refuted claim.",
        family="trust",
        higher_is_better=False,
        needs=("outputs.feedback",),
    ),
    ScorerInfo(
        key=DRAFTED,
        scorer=hallucination_drafted,
        summary="Share of the checked sentences that the author wrote with a refuted claim, withheld ones included.",
        family="trust",
        higher_is_better=False,
        needs=("outputs.feedback",),
    ),
    ScorerInfo(
        key=TOLD,
        scorer=hallucination_told,
        summary="Whether a learner may read a sentence that is refuted.",
        family="trust",
        summarised="share",
        higher_is_better=False,
        needs=("outputs.feedback", "outputs.delivered"),
    ),
)
