"""Whether the tutor notices that something is wrong (MRBench, BEA 2025)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.tutoring.reading.dialogue import Turn
from gradatim.evals.scorers.tutoring.reading.program import pointing
from gradatim.evals.scorers.tutoring.reading.relevance import bearing, relevant_kinds
from gradatim.evals.scorers.tutoring.reading.solution import gives_answer, gives_solution
from gradatim.evals.scorers.tutoring.reading.speech import spoken
from gradatim.evals.scorers.tutoring.reading.turns import Found, Scene, score_dimension


def mistake_identification(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Label each turn by the signs in its words that a mistake was noticed.

    `Yes`: it says that something is wrong, or tells what comes where something else is needed. `To some extent`: it
    only hints at it, or says so and praises the work as right. `No`: neither, or it calls the work right. Judged are
    turns while the learner's work is wrong (`reference.verdict`, `lines` or labels, or `passed` in messages).
    """
    return score_dimension("mistake_identification", _rule, inputs, outputs, reference_outputs, needs_mistake=True)


def _rule(scene: Scene, turn: Turn) -> Found:
    said = spoken(turn.text, scene.words.code)
    shown = pointing(scene.dialogue, turn, scene.words.code)
    relevant = relevant_kinds(scene, turn)
    explicit = said.wrong + len(shown.blamed) + shown.facts + shown.swaps
    if said.affirms and not explicit and not shown.replaces:
        return Found("No", "it calls the work right")
    if explicit and said.affirms_work:
        return Found("To some extent", "it says that something is wrong, and calls the work right")
    if explicit:
        return Found("Yes", "it says that something is wrong, or what comes and what is needed")
    lines = scene.truth.lines_at(scene.dialogue, turn)
    if (lines & shown.places and (said.questions or said.steps)) or lines & shown.replaces:
        return Found("Yes", "it aims at the place of the mistake")
    meant = bearing(shown.says, relevant) or (said.questions and bearing(shown.asks_of, relevant))
    if meant and lines & (shown.places | shown.parts):
        return Found("Yes", "it speaks of what is wrong with such programs")
    if gives_solution(turn, scene.dialogue, scene.truth.solutions) is not None:
        return Found("Yes", "it corrects the work")
    if gives_answer(turn, scene.dialogue, scene.truth.answers) is not None:
        return Found("To some extent", "it tells the right answer without saying that the learner's is wrong")
    if (
        said.doubts
        or shown.asks
        or shown.lines
        or shown.parts
        or bearing(shown.says | shown.asks_of | shown.names, relevant)
    ):
        return Found("To some extent", "it hints at something without saying that it is wrong")
    return Found("No", "no sign that a mistake was noticed")


INFO = ScorerInfo(
    key="mistake_identification",
    scorer=mistake_identification,
    summary="Whether the tutor notices that something is wrong, by its words (MRBench; BEA 2025).",
    family="tutoring",
    needs=("outputs.messages", "reference.verdict"),
)
