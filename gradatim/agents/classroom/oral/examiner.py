"""The oral examiner: questions that whoever understands a program can answer, whoever wrote it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from typing import Any

from gradatim.agents.classroom.oral.material import gather
from gradatim.agents.classroom.oral.questions import FAMILIES
from gradatim.agents.classroom.oral.sheet import OralQuestion, OralSheet
from gradatim.agents.state import Plain, State, submission_of, task_of
from gradatim.domain import Submission, Task
from gradatim.languages import say
from gradatim.tools.sandbox.protocol import Sandbox


class OralExaminer:
    """Makes questions for a talk about a program, each with an answer that was executed.

    The questions ask for understanding: what a line is for, what a variable holds, how often a line runs, what another
    line would change, what comes out for a new input. They rest on the program alone and never on a guess about its
    author: the same program gives the same questions for everybody. Hidden tests are not used.

    Args:
        count: Questions at most.
    """

    name = "oral_questions"

    def __init__(self, sandbox: Sandbox, count: int = 5) -> None:
        self.sandbox = sandbox
        self.count = count

    async def prepare(self, task: Task, submission: Submission) -> OralSheet:
        """The questions; kinds take turns, and no two ask about the same line in the same way.

        Raises:
            SandboxError: Programs cannot be run safely here.
        """
        material = await gather(self.sandbox, task, submission)
        chosen: list[OralQuestion] = []
        async with AsyncExitStack() as stack:
            turns = [await stack.enter_async_context(aclosing(family(material))) for family in FAMILIES]
            seen: set[tuple[str, tuple[int, ...] | str]] = set()
            while turns and len(chosen) < self.count:
                going_on: list[AsyncGenerator[OralQuestion]] = []
                for questions in turns:
                    question = await _next_new(questions, seen)
                    if question is not None:
                        chosen.append(question)
                        going_on.append(questions)
                turns = going_on
        return OralSheet(note=say("classroom.oral.note"), questions=tuple(chosen[: self.count]))

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        sheet = await self.prepare(task_of(state), submission_of(state))
        return {"oral_sheet": sheet.plain(), "oral_questions": [item.text for item in sheet.questions]}


async def _next_new(
    questions: AsyncGenerator[OralQuestion], seen: set[tuple[str, tuple[int, ...] | str]]
) -> OralQuestion | None:
    """The next question of a family that asks about something new."""
    async for question in questions:
        about = (question.kind, question.lines or question.text)
        if about not in seen:
            seen.add(about)
            return question
    return None
