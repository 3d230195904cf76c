"""What a learner feels, as words show it, and how a tutor's turn answers it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from gradatim.evals.scorers.tutoring.reading.continuity import alike
from gradatim.evals.scorers.tutoring.reading.dialogue import Turn
from gradatim.evals.scorers.tutoring.reading.labels import Label
from gradatim.evals.scorers.tutoring.reading.speech import spoken
from gradatim.evals.scorers.tutoring.reading.turns import Scene
from gradatim.evals.scorers.tutoring.reading.words import words

Feeling = Literal["doubt", "frustration", "confusion", "joy"]
_FEELINGS: tuple[Feeling, ...] = ("doubt", "frustration", "confusion", "joy")
"""In the order in which they are looked for: who doubts themselves needs another answer than who is annoyed."""
_INTENTS: Mapping[str, Feeling] = {
    "frustration": "frustration",
    "frustrated": "frustration",
    "confusion": "confusion",
    "confused": "confusion",
    "distress": "doubt",
}
_LONGEST = 2_000
_SAME = 0.6
"""Share of terms in common from which a turn says the same once more rather than in other words."""


def feeling_of(turn: Turn) -> Feeling | None:
    """What a learner's message shows; `None` for nothing. Words of both languages are looked for in any message."""
    if turn.intent is not None and turn.intent in _INTENTS:
        return _INTENTS[turn.intent]
    text = turn.text[:_LONGEST]
    for feeling in _FEELINGS:
        if any(words(code).shows(feeling, text) for code in ("en", "zh")):
            return feeling
    return None


def answer_to(scene: Scene, turn: Turn, feeling: Feeling) -> tuple[Label, str]:
    """How a turn of the tutor answers a feeling, and why."""
    said = spoken(turn.text, scene.words.code)
    if said.scolds:
        return "No", "it scolds"
    goes_on = bool(said.questions or said.steps or said.told)
    if feeling == "joy":
        return ("Yes", "it shares the joy") if said.praises or said.affirms else ("To some extent", "it passes over it")
    if feeling == "confusion":
        before = [item.text for item in scene.dialogue.before(turn) if item.tutor and item.text]
        fresh = not before or alike(before[-1], turn.text) < _SAME
        if not fresh:
            return "No", "it says the same once more"
        if said.acknowledges or said.praises:
            return ("Yes", "it takes it up, in other words") if goes_on else ("To some extent", "it only takes it up")
        # other words are what somebody who did not follow asked for
        return ("Yes", "it says it in other words") if before and goes_on else ("To some extent", "it goes on")
    if said.acknowledges or said.praises:
        return ("Yes", "it takes it up and goes on") if goes_on else ("To some extent", "it takes it up, and no more")
    if said.steps or said.questions:
        return "To some extent", "it goes on without taking it up"
    return "No", "it passes over it"
