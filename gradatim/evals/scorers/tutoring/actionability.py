"""Whether it is clear what the learner should do next (MRBench, BEA 2025): a question or a step that can be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.tutoring.reading.dialogue import Turn
from gradatim.evals.scorers.tutoring.reading.speech import spoken
from gradatim.evals.scorers.tutoring.reading.turns import Found, Scene, score_dimension

_ENOUGH = 6
"""Words from which a question says what it is about, even where it names no value, code or part."""


def actionability(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Label each turn by what it gives the learner to do.

    `Yes`: it asks something that can be answered from the program, the task or a run, or names a step that can be done.
    `To some extent`: a question or a step that fits anything ("does that make sense?", "try again"). `No`: neither.
    """
    return score_dimension("actionability", _rule, inputs, outputs, reference_outputs)


def _rule(scene: Scene, turn: Turn) -> Found:
    if scene.dialogue.passed_at(turn) and turn is scene.dialogue.turns[-1]:
        return Found(None, "the learner's program passes and the dialogue ends: nothing is left to do")
    said = spoken(turn.text, scene.words.code)
    clear = [
        item for item in said.questions if not item.vague and (item.concrete or item.kind == "long" or _long(item.text))
    ]
    if clear:
        return Found("Yes", "it asks a question that can be answered")
    if said.steps:
        return Found("Yes", "it names a step that can be done")
    if said.questions:
        return Found("To some extent", "it asks, but nothing in particular")
    if said.vague_steps:
        return Found("To some extent", "it asks to try again without saying what to do")
    return Found("No", "it names nothing to do")


def _long(question: str) -> bool:
    return len(question.split()) >= _ENOUGH or (not question.isascii() and len(question) >= 2 * _ENOUGH)


INFO = ScorerInfo(
    key="actionability",
    scorer=actionability,
    summary="Whether it is clear what to do next: a question or a step that can be done (MRBench; BEA 2025).",
    family="tutoring",
    needs=("outputs.messages",),
)
