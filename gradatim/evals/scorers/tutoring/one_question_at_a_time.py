"""Whether the tutor asks one question at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo, unscored
from gradatim.evals.scorers.tutoring.reading.socratic import counts_of


def one_question_at_a_time(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Share of the turns with questions that have exactly one."""
    counts = counts_of(inputs, outputs, reference_outputs)
    if isinstance(counts, str):
        return unscored("one_question_at_a_time", counts)
    if not counts.asking:
        return unscored("one_question_at_a_time", "the tutor asks nothing")
    return {
        "key": "one_question_at_a_time",
        "score": counts.single / counts.asking,
        "comment": f"{counts.single} of {counts.asking} turns with questions have one",
        "metadata": counts.plain,
    }


INFO = ScorerInfo(
    key="one_question_at_a_time",
    scorer=one_question_at_a_time,
    summary="Share of the turns with questions that have exactly one.",
    family="tutoring",
    needs=("outputs.messages",),
)
