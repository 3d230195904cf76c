"""One turn of a tutoring session: what the learner said, how it was understood, and what the tutor says to it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gradatim.domain import Noun, Statement

Intent = Literal[
    "question", "attempt", "answer", "explanation", "confusion", "frustration", "answer-request", "hint-request",
    "dont-know", "thanks", "greeting", "off-topic", "person-request", "farewell", "distress", "empty",
]  # fmt: skip
"""What a message is.

`attempt`: a new program. `answer`: to the question that the tutor asked. `explanation`: in the learner's own words.
`answer-request`: the solution is wanted; `hint-request`: help is wanted. `distress`: a person has to see it.
"""

Move = Literal[
    "greet", "ask", "orient", "locate", "concept", "near-solution", "solution", "rephrase", "encourage", "reflect",
    "confirm", "correct", "predict-first", "decline", "redirect", "define", "example", "close", "hand-over",
]  # fmt: skip
"""What the tutor does.

`predict-first`: asks for a prediction or an explanation before there is a hint. `decline`: the solution is not given.
`confirm` and `correct`: of the learner's answer. `define` and `example` belong to sessions on a concept.
"""

Rung = Annotated[int, Field(ge=0, le=4)]
"""0: no hint; 1: orient, 2: locate, 3: concept, 4: near-solution."""

RUNGS: tuple[Move, ...] = ("ask", "orient", "locate", "concept", "near-solution")
"""The move of each rung of the hint ladder."""


class Heard(Noun):
    """What the learner said."""

    message: str = ""
    code: str | None = None
    """A program that came with it."""
    at: str
    """Instant, ISO 8601 in UTC."""


class Turn(Noun):
    """What the tutor says in one turn."""

    session: str
    """Id of the session; also the thread of its graph."""
    number: Annotated[int, Field(ge=0)]
    """0: the opening; then one for each message."""
    text: str
    """All that the learner reads."""
    statements: tuple[Statement, ...] = ()
    """The same, sentence by sentence, each with its evidence, claims and checks."""
    understood: Intent | None = None
    """How the learner's message was understood; `None` for the opening."""
    move: Move
    rung: Rung = 0
    passed: bool | None = None
    """Whether the learner's latest program passes every test; `None` before any run."""
    ended: bool = False
    """Whether the session is closed."""
    held: bool = False
    """Whether a person has been asked and has not answered yet."""
    language: str = "en"
    author: str = "tutor"
    """`tutor` for text from evidence alone, `model:NAME` where a model worded it, `person:NAME` for a person."""


class Piece(Noun):
    """A checked piece of a turn's text, as it is released."""

    text: str
