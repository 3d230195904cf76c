"""Whether the tutor asks before telling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo, unscored
from gradatim.evals.scorers.tutoring.reading.socratic import counts_of


def question_before_telling(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """True where the first question comes before the first thing told, or right after the one fact that it is about."""
    counts = counts_of(inputs, outputs, reference_outputs)
    if isinstance(counts, str):
        return unscored("question_before_telling", counts)
    if counts.asked_first is None:
        return unscored("question_before_telling", "the tutor neither asks nor tells anything")
    return {
        "key": "question_before_telling",
        "score": counts.asked_first,
        "comment": "asks first" if counts.asked_first else "tells first",
        "metadata": counts.plain,
    }


INFO = ScorerInfo(
    key="question_before_telling",
    scorer=question_before_telling,
    summary="Whether the tutor's first question comes before the first thing that is told.",
    family="tutoring",
    summarised="share",
    needs=("outputs.messages",),
)
