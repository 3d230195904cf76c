"""Whether the tutor helps on: facts, explanations, examples, questions that bear on the program (MRBench, BEA 2025)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.tutoring.reading.dialogue import Turn
from gradatim.evals.scorers.tutoring.reading.program import pointing
from gradatim.evals.scorers.tutoring.reading.relevance import bearing, relevant_kinds
from gradatim.evals.scorers.tutoring.reading.speech import spoken
from gradatim.evals.scorers.tutoring.reading.turns import Found, Scene, score_dimension


def providing_guidance(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Label each turn by what in it helps on.

    `Yes`: something that bears on this program and is not known to be wrong: what an input gives or needs, what is
    wrong with such programs, an example, a question about a value, a round, a line or an input. `To some extent`: only
    a place, the name of a topic, a change without a reason or a general question, or wrong things beside right ones.
    `No`: none. Judged are turns while the learner's program is wrong; dialogues without a program need a judge.
    """
    return score_dimension("providing_guidance", _rule, inputs, outputs, reference_outputs, needs_mistake=True)


def _rule(scene: Scene, turn: Turn) -> Found:
    if not scene.dialogue.program_at(turn) and not scene.dialogue.task.get("tests"):
        return Found(None, "there is no program and no test that a hint could be held against: ask a judge")
    said = spoken(turn.text, scene.words.code)
    shown = pointing(scene.dialogue, turn, scene.words.code)
    lines = scene.truth.lines_at(scene.dialogue, turn)
    relevant = relevant_kinds(scene, turn)
    explains = bearing(shown.says, relevant)
    leads = bool(said.questions) and (bool(lines & (shown.places | shown.parts)) or bearing(shown.asks_of, relevant))
    specific = shown.facts + shown.asks + explains + leads + shown.example + (turn.supported > 0)
    misled = turn.refuted > 0 or bool(lines and shown.blamed and not shown.blamed & lines)
    general = (
        len(shown.names)
        + len(shown.lines)
        + len(shown.parts)
        + said.steps
        + sum(not item.vague for item in said.questions)
    )
    if (shown.replaces or shown.swaps or said.changes) and not said.questions and not said.told and not misled:
        return Found("To some extent", "it says what to change, and no more")
    if said.scolds and not said.questions and not shown.facts:
        return Found("No", "it scolds instead of helping")
    if specific and not misled:
        return Found("Yes", "it gives facts, an explanation, an example or a question about this program")
    if specific:
        return Found("To some extent", "it helps on, and says something that is wrong")
    if general and not misled:
        return Found("To some extent", "it names a place, a topic or a step without saying more")
    return Found("No", "it misleads" if misled else "nothing in it helps on")


INFO = ScorerInfo(
    key="providing_guidance",
    scorer=providing_guidance,
    summary="Whether the tutor gives facts, explanations, examples or questions that bear on the program (MRBench).",
    family="tutoring",
    needs=("outputs.messages", "inputs.submission", "inputs.task.tests"),
)
