"""Short answers in words, marked criterion by criterion with the learner's own words as evidence."""

from gradatim.agents.classroom.shortanswer.marker import ShortAnswerMarker
from gradatim.agents.classroom.shortanswer.question import (
    Criterion,
    Judgement,
    ShortAnswerMarks,
    ShortAnswerQuestion,
    WrongFact,
)

__all__ = ["Criterion", "Judgement", "ShortAnswerMarker", "ShortAnswerMarks", "ShortAnswerQuestion", "WrongFact"]
