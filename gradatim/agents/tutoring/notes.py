"""What the tutor notes of a session, hidden from the learner: the plan, the open question, counts, the last turns.

Everything is bounded: a session of two hundred turns has notes as short as one of twenty.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gradatim.agents.tutoring.turn import Intent, Move, Rung
from gradatim.domain import Claim, Noun, Probability

KEPT = 6
"""Turns that are kept word for word."""
GIVEN = 60
"""Hints and questions that are remembered as given, the latest ones."""
LONGEST = 600
"""Characters of a message or a reply that are kept."""

AskedKind = Literal[
    "needed", "predict", "value", "needed-value", "rounds", "next-line", "output", "type", "explain", "where",
]  # fmt: skip
"""What a question asks for.

`needed`: what the task needs for an input. `predict`: what the learner's program gives for it. `value`: of a variable
in a run; `needed-value`: the same in a run that would pass. `rounds`: of a loop. `next-line`: which line runs next.
`output`: of a small example. `type`: of a value. `explain` and `where` are answered in words and not judged.
"""


class Understanding(Noun):
    """How a message was understood."""

    intent: Intent
    confidence: Probability = 1.0
    by: Literal["rule", "likeness", "model", "context"] = "rule"
    also: tuple[Intent, ...] = ()
    """What else the message is: an attempt with a question, a question full of frustration."""
    affect: Annotated[float, Field(ge=-1, le=1)] = 0.0
    """Valence: -1 very unhappy, 1 very happy."""
    answer: str | None = None
    """The reply to the open question, as a literal where there is one."""
    right: bool | None = None
    """Whether that reply is the true answer; `None` where it was not judged."""
    concept: str | None = None
    """Id of a concept that is asked about."""
    copied: bool = False
    """Whether the message is mostly the tutor's own words."""
    orders: bool = False
    """Whether it gives orders to the tutor (an injection); it is otherwise treated like any message."""


class Question(Noun):
    """A question that the tutor asked, with its true answer, which the learner does not see."""

    id: str
    """The same question has the same id."""
    kind: AskedKind
    text: str
    """As the learner reads it."""
    answer: str | None = None
    """Literal of the true answer, as executed; `None` where it is not judged."""
    truth: str = ""
    """Sentence that tells the answer, as executed."""
    claims: tuple[Claim, ...] = ()
    """What that sentence claims."""
    evidence: tuple[str, ...] = ()
    concept: str | None = None
    """What a right answer speaks for."""
    misled: str | None = None
    """Literal that somebody answers who has the misconception."""


class Fault(Noun):
    """The fault that the tutor works on."""

    key: str
    """The same fault has the same key, as far as can be told."""
    test: str | None = None
    """Id of a visible failing test that shows it."""
    line: int | None = None
    lines: tuple[int, ...] = ()
    family: str | None = None
    """Kind of fault (`gradatim.agents.tutoring.worked`)."""
    misconception: str | None = None
    concept: str | None = None
    verified: bool = False
    """Whether a change at these lines makes every test pass."""


class Tally(Noun):
    """Counts of a session."""

    turns: int = 0
    attempts: int = 0
    same_fault: int = 0
    """Failing attempts on the present fault."""
    passed: int | None = None
    """Tests that the latest program passes."""
    best: int = 0
    total: int = 0
    hints: int = 0
    hints_since_attempt: int = 0
    """Hints on request since the learner last did something: tried, answered, explained."""
    asked_for_help: int = 0
    asked_for_answer: int = 0
    dont_knows: int = 0
    dont_knows_running: int = 0
    quick: int = 0
    """Requests and "I don't know"s within a few seconds of the tutor's words."""
    copied: int = 0
    right: int = 0
    wrong: int = 0
    explained: int = 0
    confusions: int = 0
    frustrations: int = 0
    off_topic: int = 0
    off_topic_running: int = 0
    orders: int = 0
    withheld: int = 0
    """Times that a prediction was asked for in place of a hint."""


class Plan(Noun):
    """What the tutor is about, hidden from the learner."""

    fault: Fault | None = None
    need: float = 0.0
    """How much help the learner needs now: the ladder's rung is its whole part."""
    rung: Rung = 0
    """Highest rung that was given on this fault."""
    moves: tuple[Move, ...] = ()
    """What this turn does, in order; the first gives the turn its name."""
    hint: Rung = 0
    """Rung of the hint in this turn; 0: none."""
    why: str = ""
    """Why, for people who read traces."""
    question: Question | None = None
    """The question of this turn."""
    open: Question | None = None
    """The question that the learner has not answered yet."""
    given: tuple[str, ...] = ()
    """Keys of what was said and asked on this fault."""
    reflecting: bool = False
    """Whether the program passes and an explanation is wanted."""
    closed: bool = False
    person: str | None = None
    """Why a person has to take over, if so."""
    taught: int = 0
    """Steps of a session on a concept that are done."""
    representation: int = 0
    """How often this fault was put another way."""


class Exchange(Noun):
    """One turn as it is kept: what was said on both sides, shortened."""

    number: int
    message: str
    intent: Intent | None
    move: Move
    rung: Rung
    reply: str


class Digest(Noun):
    """What became of the turns that are not kept any more."""

    turns: int = 0
    points: tuple[str, ...] = ()
    """The most telling ones, a short phrase each."""
    intents: dict[str, int] = Field(default_factory=dict[str, int])
    summary: str = ""


def shortened(text: str, limit: int = LONGEST) -> str:
    """A text of at most `limit` characters."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
