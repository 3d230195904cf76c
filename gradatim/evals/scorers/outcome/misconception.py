"""Whether the misconception is found: first, or among three, in the diagnosis and in the text that a learner reads."""

from __future__ import annotations

from gradatim.evals.scorers.given import Given, objects_of
from gradatim.evals.scorers.outcome.among_first import Naming, among_first, infos
from gradatim.evals.scorers.outcome.blamed import told_misconceptions
from gradatim.evals.scorers.score import Scorer

_PLACE, _KNOWN = "outputs.diagnosis.misconceptions", "reference.misconceptions"


def _diagnosed(given: Given) -> list[str]:
    matches = objects_of(given.items(_PLACE))
    return [name for item in matches if isinstance(name := item.get("id"), str)]


MISCONCEPTION = Naming(
    key="misconception",
    noun="misconception",
    what="a misconception that describes the fault",
    known=lambda given: given.names(_KNOWN),
    diagnosed=_diagnosed,
    told=told_misconceptions,
    verbs=("matches", "explains"),
    places=(_PLACE, _KNOWN),
)


def misconception(most: int) -> Scorer:
    """A scorer: is a known misconception among the first `most` of the diagnosis?"""
    return among_first(MISCONCEPTION, most, told=False)


def misconception_told(most: int) -> Scorer:
    """A scorer: is a known misconception among the first `most` that the text of the feedback explains?"""
    return among_first(MISCONCEPTION, most, told=True)


INFOS = infos(MISCONCEPTION)
