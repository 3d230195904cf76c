"""What an oral examiner hands out."""

from __future__ import annotations

from typing import Literal

from gradatim.domain import Line, Noun

OralKind = Literal["purpose", "value", "rounds", "change", "result", "reading"]
"""What a question asks: what a line is for; what a variable holds; how often a line runs; what another line would
change; what comes out for a new input; what is meant by a line that Python cannot read."""


class OralQuestion(Noun):
    """One question about a program."""

    kind: OralKind
    text: str
    """What the learner is asked."""
    answer: str
    """What is right, and how it was found; for the person who asks."""
    lines: tuple[Line, ...] = ()
    """Lines of the program that it is about."""


class OralSheet(Noun):
    """Questions for a talk about a program. They say nothing about who wrote it."""

    note: str
    """How they are meant, for the person who asks."""
    questions: tuple[OralQuestion, ...] = ()
