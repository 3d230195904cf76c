"""What an instruction asks for, step by step, each with the words it rests on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gradatim.domain import Noun

FoundBy = Literal["cue", "likeness", "model", "implied", "person"]
"""How a step was found: words that say it, a sentence of the same meaning, the model's choice, because another step
needs it, or because a person said so when asked."""


class Step(Noun):
    """A pattern that is asked for, or that is denied.

    Attributes:
        pattern: Its id.
        wanted: Whether it is asked for; denied otherwise.
        words: The words of the instruction that it rests on.
        clause: Number of their clause, from 0.
        numbers: Parameter → value that the instruction names.
        chosen: Choice → options that the instruction names.
        found_by: How it was found.
        start: First character of its words in the instruction.
        end: Behind the last one.
    """

    pattern: str
    wanted: bool = True
    words: str
    clause: int = 0
    numbers: dict[str, float] = Field(default_factory=dict[str, float])
    chosen: dict[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])
    found_by: FoundBy = "cue"
    start: int = 0
    end: int = 0


QuestionKind = Literal["unknown", "contradiction", "bounds", "impossible", "number"]


class Question(Noun):
    """Something of an instruction that did not become a step as it was said.

    Attributes:
        kind: `unknown`: nothing known matches; `contradiction`: it is both asked for and denied; `bounds`: a number
            beyond what is possible; `number`: a number that counts nothing known; `impossible`: it cannot be done.
        words: The words of the instruction.
        values: What the question's sentence in `languages/*/planning.yaml` is filled in with.
    """

    kind: QuestionKind
    words: str
    values: dict[str, str] = Field(default_factory=dict[str, str])
