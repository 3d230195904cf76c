"""How a dialogue goes: when the learner's program passes, and how much help came before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gradatim.evals.scorers.tutoring.reading.dialogue import Dialogue, Turn
from gradatim.evals.scorers.tutoring.reading.program import pointing
from gradatim.evals.scorers.tutoring.reading.relevance import bearing, relevant_kinds
from gradatim.evals.scorers.tutoring.reading.solution import gives_solution
from gradatim.evals.scorers.tutoring.reading.turns import Scene

TOP = 4
"""Highest rung of the hint ladder: 1 orients, 2 locates, 3 explains the concept, 4 is near the solution."""


@dataclass(frozen=True, slots=True)
class Course:
    """How it went.

    Attributes:
        passed: Whether the learner's program came to pass; `None` where nothing tells.
        turns: Turns of the tutor before it passed, or all.
        began: Whether it passed before the tutor said anything.
    """

    passed: bool | None
    turns: int
    began: bool = False


def course_of(dialogue: Dialogue) -> Course:
    """When the learner's program passes, by what the messages tell of it."""
    turns = 0
    known = False
    for turn in dialogue.turns:
        if turn.passed is True:
            return Course(True, turns, began=turns == 0)
        known = known or turn.passed is False
        turns += turn.tutor and bool(turn.text)
    return Course(False if known else None, turns)


def rungs_of(scene: Scene) -> Iterator[tuple[Turn, int, bool]]:
    """The tutor's turns before success: each with the rung of its hint, and whether the message itself tells it."""
    for turn in scene.dialogue.tutor:
        if scene.dialogue.passed_at(turn):
            return
        if turn.rung is not None:
            yield turn, min(turn.rung, TOP), True
        elif turn.text:
            yield turn, _rung_read(scene, turn), False


def _rung_read(scene: Scene, turn: Turn) -> int:
    """The rung that the words of a turn come to."""
    dialogue, truth = scene.dialogue, scene.truth
    shown = pointing(dialogue, turn, scene.words.code)
    if shown.swaps or (truth.solutions and gives_solution(turn, dialogue, truth.solutions) is not None):
        return TOP
    if bearing(shown.says, relevant_kinds(scene, turn)):
        return 3
    if shown.blamed or (shown.lines and not shown.asks):
        return 2
    return 1 if shown.facts or shown.lines or shown.parts else 0
