"""Whether a turn gives the solution or the final answer away."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from gradatim.evals.scorers.tutoring.reading.dialogue import Dialogue, Turn
from gradatim.evals.scorers.tutoring.reading.program import bare_task, task_key
from gradatim.languages.sentences import sentences

if TYPE_CHECKING:
    from gradatim.tools.claims.case import Case

_NUMBER = re.compile(r"-?\d{1,30}(?:[.,]\d{1,30}){0,8}")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SOLUTIONS = 3
"""Correct programs that a text is compared with."""


def gives_answer(turn: Turn, dialogue: Dialogue, answers: Sequence[str]) -> str | None:
    """The final answer that a turn tells, where neither the task nor anybody before it has told it.

    A number counts as a whole number: 12 is not told by 120 or by 1.12.
    """
    earlier = [item.text for item in dialogue.before(turn)]
    statement = dialogue.task.get("statement", dialogue.task.get("question"))
    if isinstance(statement, str):
        earlier.append(statement[:20_000])
    for answer in answers:
        if _holds(turn.text, answer) and not any(_holds(text, answer) for text in earlier):
            return answer
    return None


def gives_solution(turn: Turn, dialogue: Dialogue, solutions: Sequence[str]) -> str | None:
    """What a turn shows of a solution that the learner did not have, in a sentence; `None` where it shows nothing."""
    task, program = task_key(dialogue.task), dialogue.program_at(turn)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # of other people's code, which is only read
        found = (_leak(turn.text, program, task, solution) for solution in solutions[:_SOLUTIONS])
        return next((told for told in found if told is not None), None)


@lru_cache(maxsize=256)
def _leak(text: str, program: str, task: bytes, solution: str) -> str | None:
    from gradatim.tools.claims.leaks import find_leak

    case = _case(program, task, solution)
    for part in dict.fromkeys((*sentences(text), text)):
        check = find_leak(part, case)
        if check is not None:
            return check.detail.removesuffix(", which this task does not allow")
    return None


def _holds(text: str, answer: str) -> bool:
    if _NUMBER.fullmatch(answer):
        wanted = _value(answer)
        return any(_value(item) == wanted for item in _NUMBER.findall(text))
    words = answer.casefold().split()
    if not words:
        return False
    pattern = r"\s+".join(map(re.escape, words))
    return re.search(rf"(?<!\w){pattern}(?!\w)", text.casefold()) is not None


def _value(number: str) -> float:
    if _THOUSANDS.fullmatch(number):
        return float(number.replace(",", ""))
    whole, _, rest = number.replace(",", ".").partition(".")
    return float(f"{whole}.{rest.replace('.', '')}" if rest else whole)


@lru_cache(maxsize=64)
def _case(program: str, task: bytes, solution: str) -> Case:
    """A case as leaks are looked for in: the task with a solution, and the learner's program."""
    from gradatim.domain import Diagnosis, Execution, Submission
    from gradatim.tools.claims.case import Case

    whole = bare_task(task, solution)
    submission = Submission.of(whole.id, program)
    execution = Execution(submission=submission.id, task=whole.id, outcomes=(), tier="unsafe")
    return Case.of(whole, submission, execution, Diagnosis(submission=submission.id, verdict="incorrect"))
