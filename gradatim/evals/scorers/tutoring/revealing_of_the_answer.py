"""Whether the tutor gives the answer away (MRBench): found by comparing its text with the solution, not by judging."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.tutoring.reading.dialogue import Turn, dialogue_of
from gradatim.evals.scorers.tutoring.reading.program import pointing
from gradatim.evals.scorers.tutoring.reading.solution import gives_answer, gives_solution
from gradatim.evals.scorers.tutoring.reading.speech import spoken
from gradatim.evals.scorers.tutoring.reading.turns import Found, Scene, score_dimension


def revealing_of_the_answer(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Label each turn by what of the answer it tells.

    `Yes`: it shows code of the solution that the learner did not have, or tells the final answer. `To some extent`: it
    says in words what to change at the faulty line, without the code. `No`: neither. So lower is better.

    Needs `inputs.task.reference`, a repair, or `reference.answer`. `metadata["allowed"]` tells that the task allows its
    solution to be shown.
    """
    score = score_dimension("revealing_of_the_answer", _rule, inputs, outputs, reference_outputs)
    dialogue = dialogue_of(inputs, outputs)
    if not isinstance(dialogue, str) and dialogue.task.get("reveal_solution") is True and "metadata" in score:
        score["metadata"]["allowed"] = True
    return score


def _rule(scene: Scene, turn: Turn) -> Found:
    dialogue, truth = scene.dialogue, scene.truth
    if dialogue.passed_at(turn):
        return Found(None, "the learner's program passes already")
    if truth.answers and (told := gives_answer(turn, dialogue, truth.answers)) is not None:
        return Found("Yes", f"it tells the answer, {told}")
    if not truth.solutions:
        if truth.answers:
            return Found("No", "it does not tell the answer")
        return Found(None, "nothing tells what the answer is: give inputs.task.reference or reference.answer")
    told = gives_solution(turn, dialogue, truth.solutions)
    if told is not None:
        return Found("Yes", told)
    shown = pointing(dialogue, turn, scene.words.code)
    lines = truth.lines_at(dialogue, turn)
    said = spoken(turn.text, scene.words.code)
    place = lines & (shown.places | shown.parts)
    if shown.swaps or (said.changes and (place or shown.given)):
        return Found("To some extent", "it says in words what to change, and where")
    return Found("No", "it shows nothing of the solution that the learner did not have")


INFO = ScorerInfo(
    key="revealing_of_the_answer",
    scorer=revealing_of_the_answer,
    summary="Whether the tutor gives the answer away: code of the solution or the final answer in its text (MRBench).",
    family="tutoring",
    higher_is_better=False,
    needs=("outputs.messages", "inputs.task.reference"),
)
