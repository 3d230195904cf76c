"""How much a tutor tells for each question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo, unscored
from gradatim.evals.scorers.tutoring.reading.socratic import counts_of


def facts_a_question(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Sentences that state something about the matter, divided by questions; by 1 where nothing is asked.

    Greetings, praise, and requests to do something state nothing.
    """
    counts = counts_of(inputs, outputs, reference_outputs)
    if isinstance(counts, str):
        return unscored("facts_a_question", counts)
    return {
        "key": "facts_a_question",
        "score": counts.told / max(1, counts.questions),
        "comment": f"{counts.told} things told, {counts.questions} questions",
        "metadata": counts.plain,
    }


INFO = ScorerInfo(
    key="facts_a_question",
    scorer=facts_a_question,
    summary="How much the tutor tells for each question: statements divided by questions.",
    family="tutoring",
    higher_is_better=False,
    unit="facts",
    needs=("outputs.messages",),
)
