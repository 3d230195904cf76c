"""Whether the tutor sounds like a person rather than a machine (MRBench): for a judge to say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo, unscored
from gradatim.evals.scorers.tutoring.reading.turns import scene_of
from gradatim.languages.sentences import sentences

_LIST = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s", re.MULTILINE)
_START = 12
"""Characters that make a beginning."""


def humanlikeness(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Say that this needs a judge, and what speaks against a person.

    How natural a tutor sounds is nothing that evidence decides: without a judge there is no score
    (`gradatim.evals.judging.judged_scorers`). `metadata` tells shares in [0, 1]: of turns that begin as an earlier one,
    of sentences that were said before, and of turns with lists.
    """
    scene = scene_of(inputs, outputs, reference_outputs, any_language=True)
    if isinstance(scene, str):
        return unscored("humanlikeness", scene)
    turns = [turn.text for turn in scene.dialogue.tutor if turn.text]
    starts = [text[:_START].casefold() for text in turns]
    said = [" ".join(part.split()).casefold() for text in turns for part in sentences(text)]
    score = unscored("humanlikeness", "this is for a judge to say: gradatim eval score --judge MODEL")
    score["metadata"] = {
        "alike_beginnings": 1 - len(set(starts)) / len(starts) if starts else 0.0,
        "repeated_sentences": 1 - len(set(said)) / len(said) if said else 0.0,
        "lists": sum(_LIST.search(text) is not None for text in turns) / len(turns) if turns else 0.0,
        "turns": len(turns),
    }
    return score


INFO = ScorerInfo(
    key="humanlikeness",
    scorer=humanlikeness,
    summary="Whether the tutor sounds like a person rather than a machine (MRBench); needs a judge.",
    family="tutoring",
    needs=("outputs.messages", "a judge"),
)
