"""A conversation of a simulated learner and any tutor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from gradatim.domain import Task
from gradatim.testing.learners.learner import SimulatedLearner
from gradatim.testing.learners.reply import How, Reply

TURNS = 8
"""What a tutor may say in one conversation, the opening counted."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a tutor says.

    Attributes:
        text: All that the learner reads.
        ended: Whether the tutor ends the conversation with it.
    """

    text: str
    ended: bool = False


class Tutor(Protocol):
    """Somebody who helps with one task, by text alone."""

    async def begin(self, task: Task, opening: Reply, language: str) -> Said:
        """The answer to a learner's first message, which holds the program."""
        ...

    async def answer(self, reply: Reply) -> Said:
        """The answer to a further message, with the new program if there is one."""
        ...


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a tutor said, and what the learner did then.

    Attributes:
        program: The program as it stood when the tutor spoke.
        text: What the tutor said.
        reply: The learner's answer.
    """

    program: str
    text: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A whole conversation.

    Attributes:
        opening: The learner's first message.
        exchanges: In their order.
    """

    opening: Reply
    exchanges: tuple[Exchange, ...] = field(default_factory=tuple)

    @property
    def turns(self) -> int:
        """How often the tutor spoke."""
        return len(self.exchanges)

    @property
    def how(self) -> How | None:
        """How the learner came to a passing program; `None` where it did not."""
        return self.exchanges[-1].reply.how if self.exchanges and self.exchanges[-1].reply.passed else None


async def converse(learner: SimulatedLearner, tutor: Tutor, turns: int = TURNS) -> Dialogue:
    """Let a learner and a tutor talk until the program passes, the tutor ends it, or the turns are used up.

    Args:
        learner: A fresh one.
        tutor: A fresh one.
        turns: How often the tutor may speak.

    Raises:
        SandboxError: Programs cannot be run safely here.
    """
    opening = await learner.open()
    said = await tutor.begin(learner.fault.task, opening, learner.language)
    exchanges: list[Exchange] = []
    while True:
        program = learner.draft.text
        reply = await learner.hear(said.text)
        exchanges.append(Exchange(program, said.text, reply))
        if reply.passed or said.ended or len(exchanges) >= turns:
            return Dialogue(opening, tuple(exchanges))
        said = await tutor.answer(reply)
