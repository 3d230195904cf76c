"""What an item is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gradatim.domain import Noun, Task

ItemKind = Literal["write", "fix", "predict", "parsons", "choice"]
"""`write` a program; `fix` a wrong one; `predict` what a program prints or gives; `parsons`: put lines in order;
`choice`: pick one of several answers."""
ItemStatus = Literal["draft", "approved", "rejected"]


class WrongProgram(Noun):
    """A program as somebody writes it who holds a misconception; the item's tests tell it from a right one."""

    code: str
    misconception: str
    """Id in the concept graph."""
    failing: Annotated[tuple[str, ...], Field(min_length=1)]
    """Ids of the tests that it fails, as executed."""


class Option(Noun):
    """One answer of a `choice` item."""

    text: str
    right: bool = False
    misconception: str | None = None
    """Whoever holds this misconception picks this answer."""
    feedback: str = ""
    """What a learner who picked it is told."""


class Block(Noun):
    """One block of a `parsons` item."""

    text: str
    """One line or more, without the indentation that all of them share."""
    indent: Annotated[int, Field(ge=0)] = 0
    """Levels of indentation."""
    misconception: str | None = None
    """Set for a block that does not belong: the misconception that it comes from."""


class Difficulty(Noun):
    """How difficult an item is, on the logit scale of ability: at θ = `value` half of the learners are right (without
    guessing)."""

    value: float
    error: Annotated[float, Field(ge=0)] | None = None
    """Standard error, logits."""
    discrimination: Annotated[float, Field(gt=0)] = 1.0
    source: Literal["features", "calibrated"] = "features"
    """Estimated from what the item demands, or from learners' answers."""
    answers: Annotated[int, Field(ge=0)] = 0
    """How many answers carry a calibrated value."""
    features: dict[str, float] = Field(default_factory=dict[str, float])
    """What it was estimated from."""


class Item(Noun):
    """One question with its answer, its checks and its difficulty."""

    id: str
    """Follows from the content: the same item has the same id."""
    kind: ItemKind
    title: str
    prompt: str
    """What the learner reads, Markdown."""
    language: str = "en"
    concepts: Annotated[tuple[str, ...], Field(min_length=1)]
    task: Task
    """How programs are judged: statement, tests, reference. For `predict`, `choice` and `parsons` it stands behind the
    question: the program shown or put together passes these tests, as executed."""
    program: str | None = None
    """Code shown with the question (`fix`, `predict`, most `choice` items)."""
    answer: str
    """`write`, `fix`, `parsons`: a right program; `predict`: the output or value; `choice`: the right option."""
    options: tuple[Option, ...] = ()
    """`choice`: all answers in the order in which they are shown."""
    blocks: tuple[Block, ...] = ()
    """`parsons`: the blocks of a right program in their order, then those that do not belong."""
    wrong: tuple[WrongProgram, ...] = ()
    """Misconception programs that the tests find out."""
    difficulty: Difficulty
    template: str
    """Which template it was made from; `model` where a language model proposed all of it."""
    status: ItemStatus = "draft"
