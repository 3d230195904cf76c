"""From a draft to an item: everything that it claims is executed once more, each program on its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gradatim.domain import Execution, Submission, Task, stable_id
from gradatim.languages import say, spoken
from gradatim.tools.execution import execute
from gradatim.tools.items.item import Difficulty, Item, Option, WrongProgram
from gradatim.tools.items.kinds import Draft
from gradatim.tools.items.orders import with_one_order
from gradatim.tools.sandbox import Sandbox

LEAST_WRONG = 2


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a draft is no item."""

    reason: str


async def finish(
    sandbox: Sandbox, draft: Draft, difficulty: Difficulty, corrections: Mapping[str, str]
) -> Item | Refused:
    """Execute what a draft claims, and make the item of it, in the language that is spoken.

    Args:
        difficulty: As it was estimated.
        corrections: Misconception → why it is wrong, as the concept graph says it.

    Raises:
        SandboxError: Programs cannot be run safely here.
    """
    if draft.kind == "parsons":
        ordered = await with_one_order(sandbox, draft)
        if ordered is None:
            return Refused("another arrangement of the blocks is right, too")
        draft = ordered
    task = _task(draft)
    right = await execute(sandbox, task, Submission.of(task.id, draft.reference))
    if not right.passed:
        return Refused(f"the reference does not pass: {_first(right)}")
    wrong: list[WrongProgram] = []
    behaviours: set[tuple[str, ...]] = set()
    printed: set[str] = set()
    for program in draft.wrong:
        execution = await execute(sandbox, task, Submission.of(task.id, program.code))
        failing = tuple(outcome.test for outcome in execution.outcomes if outcome.status != "passed")
        behaviour = tuple(f"{outcome.status} {outcome.actual}" for outcome in execution.outcomes)
        if failing and behaviour not in behaviours:
            behaviours.add(behaviour)
            printed.add((execution.outcomes[0].actual or "").strip())
            wrong.append(WrongProgram(code=program.code, misconception=program.misconception, failing=failing))
        elif draft.answers or any(block.misconception == program.misconception for block in draft.blocks):
            return Refused(f"the program of an offered answer is not told apart ({program.misconception})")
    if draft.kind == "fix" and draft.shown not in [program.code for program in wrong]:
        return Refused("the program that is to be corrected passes")
    if len(wrong) < LEAST_WRONG:
        return Refused("fewer than two programs of misconceptions fail its tests")
    if draft.whole and any(not answer.right and answer.text not in printed for answer in draft.answers):
        return Refused("an option is not what its program prints")
    return _item(draft, task, tuple(wrong), difficulty, corrections)


def _task(draft: Draft) -> Task:
    program = draft.material.program
    statement = "\n\n".join(map(str, draft.prompt))
    content = [draft.kind, spoken(), statement, draft.shown or "", draft.answer]
    content += [f"{case.call} {case.stdin} {case.expect} {case.stdout}" for case in draft.cases]
    content += [f"{block.indent} {block.text}" for block in draft.blocks]
    content += [answer.text for answer in draft.answers]
    return Task(
        id=f"item-{stable_id(*content)}",
        title=str(draft.title),
        statement=statement,
        kind="program" if draft.whole else "function",
        entry_point=None if draft.whole else program.name,
        concepts=program.concepts,
        tests=draft.cases,
        reference=draft.reference,
    )


def _item(
    draft: Draft, task: Task, wrong: tuple[WrongProgram, ...], difficulty: Difficulty, corrections: Mapping[str, str]
) -> Item:
    options = tuple(
        Option(
            text=answer.text,
            right=answer.right,
            misconception=answer.misconception,
            feedback=_feedback(answer.why, corrections.get(answer.misconception or "", "")),
        )
        for answer in draft.answers
    )
    return Item(
        id=task.id,
        kind=draft.kind,
        title=task.title,
        prompt=task.statement,
        language=spoken(),
        concepts=task.concepts,
        task=task,
        program=draft.shown,
        answer=draft.answer,
        options=options,
        blocks=draft.blocks,
        wrong=wrong,
        difficulty=difficulty,
        template=draft.material.program.family,
    )


def _feedback(why: object, correction: str) -> str:
    from gradatim.tools.items.families import Said

    if not isinstance(why, Said):
        return say("items.kind.choice.right")
    return say(why.key, **{name: str(value) for name, value in why.values}, correction=correction).strip()


def _first(execution: Execution) -> str:
    if execution.load_error is not None:
        return execution.load_error.type
    return next(outcome.detail for outcome in execution.outcomes if outcome.status != "passed")
