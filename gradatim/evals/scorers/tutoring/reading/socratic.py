"""Counts of a dialogue from which Socratic quality is made."""

from __future__ import annotations

from dataclasses import dataclass

from gradatim.evals.scorers.tutoring.reading.speech import Kind, spoken
from gradatim.evals.scorers.tutoring.reading.turns import Scene, scene_of

_WORTH: dict[Kind, float] = {"closed": 0.0, "short": 0.5, "long": 1.0}


@dataclass(frozen=True, slots=True)
class Counts:
    """What the tutor's turns hold.

    Attributes:
        turns: Of the tutor, without those after the learner's program passed.
        asking: Turns with a question; `single`: with exactly one.
        closed, short, long: Questions by kind.
        told: Sentences that state something about the matter.
        asked_first: Whether the first question comes before the first thing told; `None` where neither is there.
    """

    turns: int
    asking: int
    single: int
    closed: int
    short: int
    long: int
    told: int
    asked_first: bool | None

    @property
    def questions(self) -> int:
        """All questions."""
        return self.closed + self.short + self.long

    @property
    def openness(self) -> float:
        """Mean worth of the questions: 1 for a long answer, 0.5 for a short one, 0 for yes or no."""
        worth = self.long * _WORTH["long"] + self.short * _WORTH["short"] + self.closed * _WORTH["closed"]
        return worth / self.questions if self.questions else 0.0

    @property
    def parts(self) -> dict[str, float]:
        """The five parts of Socratic quality, each in [0, 1]."""
        said = self.questions + self.told
        return {
            "asks": self.asking / self.turns,
            "openness": self.openness,
            "one_at_a_time": self.single / self.asking if self.asking else 0.0,
            "asks_rather_than_tells": self.questions / said if said else 0.0,
            "asks_first": float(bool(self.asked_first)),
        }

    @property
    def plain(self) -> dict[str, int]:
        """The counts as metadata."""
        return {
            "turns": self.turns,
            "questions": self.questions,
            "closed": self.closed,
            "short": self.short,
            "long": self.long,
            "told": self.told,
        }


def counts_of(inputs: object, outputs: object, reference: object) -> Counts | str:
    """The counts of a dialogue, or why there are none."""
    scene = scene_of(inputs, outputs, reference)
    if isinstance(scene, str):
        return scene
    found = _counted(scene)
    return found if found.turns else "the learner's program passes before the tutor says anything"


def _counted(scene: Scene) -> Counts:
    turns = asking = single = told = 0
    kinds: dict[Kind, int] = {"closed": 0, "short": 0, "long": 0}
    first: bool | None = None
    for turn in scene.dialogue.tutor:
        if not turn.text or scene.dialogue.passed_at(turn):
            continue
        said = spoken(turn.text, scene.words.code)
        turns += 1
        asking += bool(said.questions)
        single += len(said.questions) == 1
        told += said.told
        for question in said.questions:
            kinds[question.kind] += 1
        if first is None and (said.questions or said.told):
            asked = said.questions[0].place if said.questions else len(said.sentences)
            stated = said.first_told if said.first_told is not None else len(said.sentences)
            # a fact in front of its own question, "fib(3) gives 1. Why?", is what the question is about
            first = asked <= stated + 1 if said.questions else False
    return Counts(turns, asking, single, kinds["closed"], kinds["short"], kinds["long"], told, first)
