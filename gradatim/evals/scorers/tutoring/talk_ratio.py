"""Who talks: the tutor's share of all words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo, unscored
from gradatim.evals.scorers.tutoring.reading.turns import scene_of
from gradatim.evals.scorers.tutoring.reading.wordcount import words_in


def talk_ratio(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """The tutor's words divided by all words, in [0, 1]; programs do not count. Chinese counts 1.6 characters a word.

    Neither end is good: a lecture is near 1, a tutor who only nods near 0.
    """
    scene = scene_of(inputs, outputs, reference_outputs, any_language=True)
    if isinstance(scene, str):
        return unscored("talk_ratio", scene)
    turns = scene.dialogue.turns
    tutor = sum(words_in(turn.text) for turn in turns if turn.tutor)
    learner = sum(words_in(turn.text) for turn in turns if not turn.tutor)
    if not any(not turn.tutor for turn in turns):
        return unscored("talk_ratio", "the learner says nothing in this dialogue")
    if not tutor + learner:
        return unscored("talk_ratio", "nobody says a word")
    return {
        "key": "talk_ratio",
        "score": tutor / (tutor + learner),
        "comment": f"{tutor} words of the tutor, {learner} of the learner",
        "metadata": {"tutor": tutor, "learner": learner, "ratio": tutor / learner if learner else None},
    }


INFO = ScorerInfo(
    key="talk_ratio",
    scorer=talk_ratio,
    summary="The tutor's share of all words, programs left out.",
    family="tutoring",
    higher_is_better=None,
    needs=("outputs.messages",),
)
