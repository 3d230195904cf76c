"""Whether the tutor takes up what a learner feels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo, unscored
from gradatim.evals.scorers.tutoring.reading.affect import answer_to, feeling_of
from gradatim.evals.scorers.tutoring.reading.labels import VALUES, Label
from gradatim.evals.scorers.tutoring.reading.turns import scene_of


def affect_response(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Mean over the learner's messages that show a feeling, in [0, 1], of how the next turn of the tutor answers it.

    1: it takes the feeling up, and goes on with something to do; for confusion, it says it in other words. 0.5: one of
    the two. 0: neither, or it scolds. Feelings: frustration, confusion, self-doubt, joy, as messages tell them
    (`intent`) or as their words show.
    """
    scene = scene_of(inputs, outputs, reference_outputs)
    if isinstance(scene, str):
        return unscored("affect_response", scene)
    found: list[tuple[int, str, Label, str]] = []
    turns = scene.dialogue.turns
    for turn in scene.dialogue.tutor:
        before = turns[turn.number - 1] if turn.number else None
        if before is None or before.tutor:
            continue
        feeling = feeling_of(before)
        if feeling is not None:
            label, why = answer_to(scene, turn, feeling)
            found.append((turn.number, feeling, label, why))
    if not found:
        return unscored("affect_response", "the learner shows no feeling that the tutor could answer")
    return {
        "key": "affect_response",
        "score": sum(VALUES[label] for _, _, label, _ in found) / len(found),
        "comment": f"{found[-1][1]}: {found[-1][3]}",
        "metadata": {
            "feelings": {str(number): feeling for number, feeling, _, _ in found},
            "labels": {str(number): label for number, _, label, _ in found},
            "n": len(found),
        },
    }


INFO = ScorerInfo(
    key="affect_response",
    scorer=affect_response,
    summary="Whether the tutor takes up frustration, confusion, self-doubt and joy, and goes on from there.",
    family="tutoring",
    needs=("outputs.messages",),
)
