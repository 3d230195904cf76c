"""A plan: workflow files that an instruction asked for, with everything that a person has to know about them."""

from __future__ import annotations

from pydantic import Field

from gradatim.domain import Noun
from gradatim.graphs.planning.steps import Question, Step
from gradatim.languages import say


class Plan(Noun):
    """What became of an instruction.

    Attributes:
        name: Name of the workflow.
        language: In which its people are spoken to (`en`, `zh`).
        instructions: The instruction, and the changes to it, in order.
        rounds: The steps that were heard in each.
        steps: What the workflow does, each with the words it rests on.
        denied: What it leaves out because the instruction says so.
        questions: What did not become a step as it was said; nothing of an instruction is dropped in silence.
        notes: What else a person should know, in their language.
        files: File name → text; the workflow first, then those that it holds. Empty when none could be made.
        problems: What the checker finds wrong with it; empty for one that can run.
        left_out: Patterns that were left out because of such problems.
        model: Which model was asked; `none` where the words alone were read.
    """

    name: str
    language: str = "en"
    instructions: tuple[str, ...]
    rounds: tuple[tuple[Step, ...], ...]
    steps: tuple[Step, ...]
    denied: tuple[Step, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()
    files: dict[str, str] = Field(default_factory=dict[str, str])
    problems: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    model: str = "none"

    @property
    def sound(self) -> bool:
        """Whether there is a workflow, and the checker finds nothing wrong with it."""
        return bool(self.files) and not self.problems

    @property
    def main(self) -> str:
        """Name of the workflow's own file."""
        return next(iter(self.files), f"{self.name}.yaml")


def asked(question: Question) -> str:
    """A question as a sentence in the language that is spoken."""
    return say(f"planning.questions.{question.kind}", words=question.words, **question.values)


def told(step: Step) -> str:
    """A step as a line in the language that is spoken, with its numbers and its words."""
    text = say(f"planning.patterns.{step.pattern}")
    if not step.wanted:
        text = say("planning.not_wanted", what=text)
    numbers = ", ".join(say(f"planning.numbers.{key}", value=f"{value:g}") for key, value in step.numbers.items())
    by = say(f"planning.by.{step.found_by}")
    return f"{text}{f' ({numbers})' if numbers else ''}: “{step.words}”{f' {by}' if by else ''}"
