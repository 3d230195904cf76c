"""Whether an answer to an item is right, and what is said about it: by execution alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from gradatim.domain import Execution, LearnerEvent, Observation, Submission, stable_id
from gradatim.errors import InputError
from gradatim.kg import ConceptGraph
from gradatim.languages import say
from gradatim.tools.execution import execute
from gradatim.tools.items.item import Block, Item
from gradatim.tools.items.kinds import assembled
from gradatim.tools.sandbox import Sandbox

LONGEST = 20_000
"""Characters that an answer may have."""


@dataclass(frozen=True, slots=True)
class Score:
    """What became of an answer.

    Attributes:
        said: What the learner is told, sentence by sentence; executed facts and what the concept graph says.
        misconception: Whose program does what the answer does, where one does; `None` for a right answer.
        passed: Tests passed, of `total`; one of one for answers that are no programs.
    """

    right: bool
    said: tuple[str, ...]
    misconception: str | None = None
    passed: int = 0
    total: int = 1


async def score(sandbox: Sandbox, item: Item, answer: str, corrections: Mapping[str, str]) -> Score:
    """Judge an answer.

    Args:
        answer: `write` and `fix`: a program. `predict`: the output. `parsons`: a JSON list of blocks in order, each its
            number from 1, or `[number, levels of indentation]`; or the program itself. `choice`: the number of the
            option from 1, or its text.
        corrections: Misconception → why it is wrong, in the language that is spoken.

    Raises:
        InputError: It is no answer to this kind of item.
        SandboxError: Programs cannot be run safely here.
    """
    if len(answer) > LONGEST:
        raise InputError(
            f"the answer has {len(answer):,} characters", place="answer", remedy=f"give at most {LONGEST:,}"
        )
    match item.kind:
        case "choice":
            return _choice(item, answer)
        case "predict":
            return await _prediction(sandbox, item, answer, corrections)
        case "parsons":
            return await _program(sandbox, item, _arranged(item, answer), corrections)
        case _:
            return await _program(sandbox, item, answer, corrections)


def event_of(item: Item, found: Score, learner_id: str, at: str, graph: ConceptGraph) -> LearnerEvent:
    """The answer as the learner memory takes it in: evidence of mastery, and a response for calibration.

    A right answer speaks for all concepts of the item; a wrong one against those of the misconception that it shows,
    or, where none is known, against the item's.
    """
    blamed: Sequence[str] = item.concepts
    if not found.right and found.misconception is not None:
        held = next((one for one in graph.misconceptions if one.id == found.misconception), None)
        blamed = held.concepts if held is not None else item.concepts
    return LearnerEvent(
        id=f"item:{stable_id(item.id, learner_id, at, length=20)}",
        learner_id=learner_id,
        kind="assessment",
        at=at,
        task_id=item.id,
        observations=tuple(Observation(concept=concept, correct=found.right) for concept in blamed),
        payload={
            "passed": found.right,
            "item": item.kind,
            "template": item.template,
            "misconceptions": [] if found.misconception is None else [found.misconception],
        },
    )


def _choice(item: Item, answer: str) -> Score:
    text = answer.strip()
    chosen = next((option for option in item.options if option.text.strip() == text), None)
    if chosen is None and text.isascii() and text.isdigit() and 1 <= int(text) <= len(item.options):
        chosen = item.options[int(text) - 1]
    if chosen is None:
        raise InputError(
            f"{text[:60]!r} is no option",
            place="answer",
            remedy=f"give a number from 1 to {len(item.options)}, or the text of an option",
        )
    said = chosen.feedback or say("items.answer.right" if chosen.right else "items.answer.wrong_output")
    return Score(chosen.right, (said,), None if chosen.right else chosen.misconception, int(chosen.right))


async def _prediction(sandbox: Sandbox, item: Item, answer: str, corrections: Mapping[str, str]) -> Score:
    if _lines(answer) == _lines(item.answer):
        return Score(True, (say("items.answer.right"),), passed=1)
    misconception = None
    for program in item.wrong:
        execution = await execute(sandbox, item.task, Submission.of(item.id, program.code))
        outcome = execution.outcomes[0] if execution.outcomes else None
        if outcome is not None and outcome.actual is not None and _lines(outcome.actual) == _lines(answer):
            misconception = program.misconception
            break
    said = [say("items.answer.wrong_output")]
    if misconception is not None and misconception in corrections:
        said.append(corrections[misconception])
    return Score(False, tuple(said), misconception)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


async def _program(sandbox: Sandbox, item: Item, code: str, corrections: Mapping[str, str]) -> Score:
    execution = await execute(sandbox, item.task, Submission.of(item.id, code))
    total = len(execution.outcomes)
    passed = sum(outcome.status == "passed" for outcome in execution.outcomes)
    if execution.passed:
        return Score(True, (say("items.answer.right_program", total=total),), passed=passed, total=total)
    misconception = await _like(sandbox, item, execution)
    said = _facts(item, execution, passed, total)
    if misconception is not None and misconception in corrections:
        said.append(corrections[misconception])
    return Score(False, tuple(said), misconception, passed, total)


def _facts(item: Item, execution: Execution, passed: int, total: int) -> list[str]:
    """What was executed, as far as the learner may know it."""
    broken = execution.load_error
    if broken is not None and broken.type in ("SyntaxError", "IndentationError", "TabError"):
        return [say("items.answer.no_program", line=broken.line or 1)]
    said = [say("items.answer.wrong_program", passed=passed, total=total)]
    if item.kind == "parsons":
        said.insert(0, say("items.answer.order"))
    for outcome in execution.outcomes:
        case = item.task.test(outcome.test)
        if outcome.status != "passed" and not case.hidden and case.call is not None:
            said.append(say("items.answer.wrong_call", call=case.call, expected=case.expect, actual=_actual(outcome)))
            return said
    return [*said, say("items.answer.hidden_only")]


def _actual(outcome: Any) -> str:
    if outcome.exception is not None:
        return say("items.kind.raises", name=outcome.exception.type)
    if outcome.status in ("timeout", "not-run"):
        return say("items.kind.endless")
    return say("items.kind.value", value=outcome.actual)


async def _like(sandbox: Sandbox, item: Item, execution: Execution) -> str | None:
    """The misconception whose program does on every test what this one does."""
    own = [(outcome.status, outcome.actual) for outcome in execution.outcomes]
    for program in item.wrong:
        failing = tuple(outcome.test for outcome in execution.outcomes if outcome.status != "passed")
        if set(failing) != set(program.failing):
            continue
        other = await execute(sandbox, item.task, Submission.of(item.id, program.code))
        if [(outcome.status, outcome.actual) for outcome in other.outcomes] == own:
            return program.misconception
    return None


def _arranged(item: Item, answer: str) -> str:
    """The program that an arrangement of blocks makes.

    Raises:
        InputError: It names a block that there is not, or is neither an arrangement nor a program.
    """
    try:
        data: Any = json.loads(answer)
    except ValueError:
        return answer  # the program itself, wrong or right: execution tells
    if not isinstance(data, list) or not data:
        raise InputError(
            "this is no arrangement of blocks", place="answer", remedy="give a list such as `[1, 3, [2, 1]]`"
        )
    placed: list[Block] = []
    for place, entry in enumerate(cast("list[Any]", data)):
        number, indent = (entry, None) if isinstance(entry, int) else (_pair(entry, place))
        if isinstance(number, bool) or not 1 <= number <= len(item.blocks):
            raise InputError(
                f"there is no block {number}",
                place=f"answer[{place}]",
                remedy=f"blocks have numbers from 1 to {len(item.blocks)}",
            )
        block = shown_blocks(item)[number - 1]
        placed.append(block if indent is None else block.model_copy(update={"indent": indent}))
    return assembled(placed)


def _pair(entry: Any, place: int) -> tuple[int, int]:
    if (
        isinstance(entry, list)
        and len(cast("list[Any]", entry)) == 2
        and all(isinstance(part, int) and not isinstance(part, bool) for part in cast("list[Any]", entry))
        and 0 <= entry[1] <= 20
    ):
        return int(entry[0]), int(entry[1])  # pyright: ignore[reportUnknownArgumentType]
    raise InputError(
        "this is neither a number nor `[number, indentation]`", place=f"answer[{place}]", remedy="write `3` or `[3, 1]`"
    )


def shown_blocks(item: Item) -> tuple[Block, ...]:
    """The blocks in the order in which a learner sees them: mixed, the same for everybody."""
    return tuple(sorted(item.blocks, key=lambda block: stable_id(item.id, block.text, str(block.indent))))
