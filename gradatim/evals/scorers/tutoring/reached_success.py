"""Whether the learner's program comes to pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo, unscored
from gradatim.evals.scorers.tutoring.reading.course import course_of
from gradatim.evals.scorers.tutoring.reading.turns import scene_of


def reached_success(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Whether a message tells that the learner's program passes (`passed`), or `reference.passes_after_turns` does."""
    scene = scene_of(inputs, outputs, reference_outputs, any_language=True)
    if isinstance(scene, str):
        return unscored("reached_success", scene)
    course = course_of(scene.dialogue)
    passed = True if scene.truth.passes_after is not None else course.passed
    if passed is None:
        return unscored("reached_success", "no message tells whether the program passes: give `passed` with messages")
    return {
        "key": "reached_success",
        "score": passed,
        "comment": "the program passes" if passed else f"it does not pass within {course.turns} turns",
        "metadata": {"turns": course.turns},
    }


INFO = ScorerInfo(
    key="reached_success",
    scorer=reached_success,
    summary="Whether the learner's program comes to pass.",
    family="tutoring",
    summarised="share",
    needs=("outputs.messages[].passed",),
)
