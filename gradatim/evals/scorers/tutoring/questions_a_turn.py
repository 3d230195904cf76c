"""How many questions a tutor's turn has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo, unscored
from gradatim.evals.scorers.tutoring.reading.socratic import counts_of


def questions_a_turn(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Questions divided by turns of the tutor; turns after the learner's program passed do not count."""
    counts = counts_of(inputs, outputs, reference_outputs)
    if isinstance(counts, str):
        return unscored("questions_a_turn", counts)
    return {
        "key": "questions_a_turn",
        "score": counts.questions / counts.turns,
        "comment": f"{counts.questions} questions in {counts.turns} turns",
        "metadata": counts.plain,
    }


INFO = ScorerInfo(
    key="questions_a_turn",
    scorer=questions_a_turn,
    summary="Questions in a turn of the tutor, on average.",
    family="tutoring",
    higher_is_better=None,
    unit="questions",
    needs=("outputs.messages",),
)
