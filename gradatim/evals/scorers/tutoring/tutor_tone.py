"""Whether the tutor's tone is encouraging, neutral or offensive (MRBench): for a judge to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo, unscored
from gradatim.evals.scorers.tutoring.reading.speech import spoken
from gradatim.evals.scorers.tutoring.reading.turns import scene_of


def tutor_tone(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Say that a tone needs a judge, and what words speak for one.

    Words of encouragement do not make a tone, nor does their absence: without a judge there is no score
    (`gradatim.evals.judging.judged_scorers`). `metadata` counts sentences that praise, take up feelings, and scold.
    """
    scene = scene_of(inputs, outputs, reference_outputs)
    if isinstance(scene, str):
        return unscored("tutor_tone", scene)
    said = [spoken(turn.text, scene.words.code) for turn in scene.dialogue.tutor]
    score = unscored("tutor_tone", "a tone is for a judge to say: gradatim eval score --judge MODEL")
    score["metadata"] = {
        "praises": sum(item.praises for item in said),
        "acknowledges": sum(item.acknowledges for item in said),
        "scolds": sum(item.scolds for item in said),
        "turns": len(said),
    }
    return score


INFO = ScorerInfo(
    key="tutor_tone",
    scorer=tutor_tone,
    summary="Whether the tutor's tone is encouraging, neutral or offensive (MRBench); needs a judge.",
    family="tutoring",
    needs=("outputs.messages", "a judge"),
)
