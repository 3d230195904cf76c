"""How many turns of the tutor it takes until the learner's program passes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo, unscored
from gradatim.evals.scorers.tutoring.reading.course import course_of
from gradatim.evals.scorers.tutoring.reading.turns import scene_of


def turns_to_success(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Turns of the tutor before the learner's program passed, as `passed` in the messages tells.

    A dialogue that ends without success has no number of turns: its score is `None` and `metadata["censored"]` tells
    how long it went on. Look at `reached_success` beside it; the mean of those who succeeded is not the whole story.
    """
    scene = scene_of(inputs, outputs, reference_outputs, any_language=True)
    if isinstance(scene, str):
        return unscored("turns_to_success", scene)
    noted = scene.truth.passes_after
    course = course_of(scene.dialogue)
    if course.passed:
        return {
            "key": "turns_to_success",
            "score": float(course.turns),
            "comment": "the program passed before the tutor said anything" if course.began else "the program passes",
            "metadata": {"success": True, "turns": course.turns},
        }
    if noted is not None:
        return {
            "key": "turns_to_success",
            "score": float(noted),
            "comment": "as reference.passes_after_turns notes",
            "metadata": {"success": True, "turns": noted},
        }
    if course.passed is None:
        return unscored("turns_to_success", "no message tells whether the program passes: give `passed` with messages")
    score = unscored("turns_to_success", f"the program does not pass within {course.turns} turns")
    score["metadata"] = {"success": False, "censored": course.turns}
    return score


INFO = ScorerInfo(
    key="turns_to_success",
    scorer=turns_to_success,
    summary="Turns of the tutor until the learner's program passes; without a number where it never does.",
    family="tutoring",
    higher_is_better=False,
    unit="turns",
    needs=("outputs.messages[].passed",),
)
