"""Which share of the tutor's questions is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo, unscored
from gradatim.evals.scorers.tutoring.reading.socratic import counts_of


def open_questions(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Share of questions that want more than a word or a value: why, how, explain, what happens if.

    Kinds as in Graesser and Person (1994): verification and choice (closed), short answers (`what is the value of n?`),
    long answers. A yes-or-no form that asks for an explanation ("can you explain why …?") counts as open.
    """
    counts = counts_of(inputs, outputs, reference_outputs)
    if isinstance(counts, str):
        return unscored("open_questions", counts)
    if not counts.questions:
        return unscored("open_questions", "the tutor asks nothing")
    return {
        "key": "open_questions",
        "score": counts.long / counts.questions,
        "comment": f"of {counts.questions} questions {counts.long} open, {counts.short} short, {counts.closed} closed",
        "metadata": counts.plain,
    }


INFO = ScorerInfo(
    key="open_questions",
    scorer=open_questions,
    summary="Share of the tutor's questions that want more than a word: why, how, explain (Graesser & Person 1994).",
    family="tutoring",
    needs=("outputs.messages",),
)
