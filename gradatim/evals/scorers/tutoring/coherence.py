"""Whether a tutor's turn goes together with what was said before (MRBench)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.tutoring.reading.continuity import break_in, foreign, tied
from gradatim.evals.scorers.tutoring.reading.dialogue import Turn
from gradatim.evals.scorers.tutoring.reading.turns import Found, Scene, score_dimension


def coherence(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Label each turn by what ties it to the turns before.

    `No`: it breaks with what is known: a line that the program does not have, a program called right that fails (or the
    reverse), another language than before, the tutor's own words once more. `Yes`: it speaks of the program, the test
    or the words of the turn before. `To some extent`: neither, so that it would fit any dialogue; or it speaks of a
    function that nobody knows.
    """
    return score_dimension("coherence", _rule, inputs, outputs, reference_outputs)


def _rule(scene: Scene, turn: Turn) -> Found:
    broken = break_in(scene, turn)
    if broken is not None:
        return Found("No", broken)
    if not scene.dialogue.before(turn) and not scene.dialogue.program and not scene.dialogue.task:
        return Found(None, "nothing was said before, and there is no task or program that it could be about")
    strange = foreign(scene, turn)
    if strange is not None:
        return Found("To some extent", f"it speaks of `{strange}`, which neither the program nor the task has")
    tie = tied(scene, turn)
    return Found("Yes", tie) if tie is not None else Found("To some extent", "it would fit any dialogue")


INFO = ScorerInfo(
    key="coherence",
    scorer=coherence,
    summary="Whether a tutor's turn is about the same program, test and words as the turns before it (MRBench).",
    family="tutoring",
    needs=("outputs.messages",),
)
