"""What a judge gets to see: a tutor's reply, and what it replies to."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Literal

import orjson

from gradatim.evals.scorers.tutoring.reading import Dialogue, Turn
from gradatim.evals.scorers.tutoring.reading.truth import Truth

Speaker = Literal["tutor", "learner"]
EARLIER = 6
"""Messages before the reply that are shown."""
REPLY = 2_000
"""Characters of the reply that are shown: enough for any sensible turn, and the same bound for all."""
HEARD = 800
"""Characters of an earlier message that are shown."""
PROGRAM = 3_000
STATEMENT = 1_500


@dataclass(frozen=True, slots=True)
class Exchange:
    """A reply in its context, cut to what is shown.

    Attributes:
        reply: The tutor's words that are judged.
        heard: What was said before, oldest first.
        task: What the task asks for; empty where there is none.
        program: The learner's program as it stood; empty where there is none.
        truth: What is known of the mistake, in a sentence: a judge need not find it. Empty where nothing is.
        cut: Whether something was left out for its length.
    """

    reply: str
    heard: tuple[tuple[Speaker, str], ...] = ()
    task: str = ""
    program: str = ""
    truth: str = ""
    cut: bool = False

    @property
    def digest(self) -> str:
        """Hexadecimal digits that stand for its content."""
        return hashlib.sha256(orjson.dumps(asdict(self))).hexdigest()[:24]


def exchange_of(dialogue: Dialogue, turn: Turn, truth: Truth | None = None) -> Exchange:
    """The exchange around a turn of a dialogue, with what is known of the mistake."""
    before = dialogue.before(turn)
    statement = dialogue.task.get("statement", dialogue.task.get("question", ""))
    statement = statement if isinstance(statement, str) else ""
    program = dialogue.program_at(turn)
    heard: list[tuple[Speaker, str]] = [
        ("tutor" if item.tutor else "learner", item.text) for item in before[-EARLIER:] if item.text
    ]
    cut = (
        len(turn.text) > REPLY
        or len(statement) > STATEMENT
        or len(program) > PROGRAM
        or any(len(text) > HEARD for _, text in heard)
    )
    return Exchange(
        reply=clean(turn.text[:REPLY]),
        heard=tuple((speaker, clean(text[:HEARD])) for speaker, text in heard),
        task=clean(statement[:STATEMENT]),
        program=clean(program[:PROGRAM]),
        truth=clean(_told(truth)[:STATEMENT]) if truth is not None else "",
        cut=cut,
    )


def _told(truth: Truth) -> str:
    parts = [truth.known] if truth.known else []
    if truth.lines:
        listed = ", ".join(map(str, sorted(truth.lines)[:10]))
        parts.append(f"The mistake is in line {listed} of the program that the learner began with.")
    return " ".join(parts)


def clean(text: str) -> str:
    """A text without halves of characters, which cannot be sent to anybody."""
    return text.encode("utf-8", "replace").decode()
