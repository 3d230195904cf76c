"""Socratic quality of a dialogue: whether the tutor leads by questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo, unscored
from gradatim.evals.scorers.tutoring.reading.socratic import counts_of


def socratic_quality(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Mean of five parts, equally weighted, in [0, 1].

    Turns with a question; openness of the questions (Graesser & Person 1994: long answer 1, short 0.5, yes or no 0);
    asking turns with exactly one question; questions among questions and things told; whether the first question comes
    before the first thing told. Turns after the learner's program passed do not count. The weights are a convention,
    not fitted: look at the parts in `metadata`.
    """
    counts = counts_of(inputs, outputs, reference_outputs)
    if isinstance(counts, str):
        return unscored("socratic_quality", counts)
    parts = counts.parts
    weakest = min(parts, key=lambda part: parts[part])
    return {
        "key": "socratic_quality",
        "score": sum(parts.values()) / len(parts),
        "comment": f"{counts.questions} questions in {counts.turns} turns, {counts.told} told; weakest: {weakest}",
        "metadata": {**parts, **counts.plain},
    }


INFO = ScorerInfo(
    key="socratic_quality",
    scorer=socratic_quality,
    summary="Whether the tutor leads by questions: open ones, one at a time, before telling (mean of five parts).",
    family="tutoring",
    needs=("outputs.messages",),
)
