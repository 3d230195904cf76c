"""Which question ends a turn: one at a time, not asked before, its answer not told yet."""

from __future__ import annotations

from gradatim.agents.tutoring.asking.questions import asked, code, questions
from gradatim.agents.tutoring.asking.view import View
from gradatim.agents.tutoring.notes import Plan, Question, Tally
from gradatim.domain import ExpectedResultClaim, Task
from gradatim.languages import say

_TABLE = "| --- |"
"""What only a table of a run has."""


def chosen_question(
    task: Task, view: View | None, plan: Plan, tally: Tally, number: int, text: str, *, has_program: bool
) -> Question | None:
    """The question of a turn.

    A question that can be judged comes before one that cannot. Whoever is to think first, or wandered off, hears the
    open question once more.

    Args:
        view: The learner's failing program; `None` where there is none.
        number: Of the turn.
        text: What the turn says so far.
    """
    moves = plan.moves
    if "reflect" in moves:
        key = "next-time" if plan.taught else "why" if tally.attempts > 1 else "why-at-once"
        return asked("explain", say(f"tutoring.ask.{key}"))
    if view is None:
        return _before_a_program(task, plan, has_program=has_program)
    wandered = number and any(move in moves for move in ("redirect", "greet"))
    first = "predict-first" in moves and plan.open is not None and plan.open.answer is not None
    if plan.open is not None and (wandered or first):
        return plan.open.model_copy(update={"text": _once_more(plan.open.text)})
    return _fresh(view, plan, tally, number, text)


def _fresh(view: View, plan: Plan, tally: Tally, number: int, text: str) -> Question | None:
    """A question of the rung that was not asked and whose answer was not told."""
    options = questions(view, max(plan.hint, plan.rung))
    fresh = [item for item in options if item.id not in plan.given and not _told(item, text)]
    if _TABLE in text:  # the values of the run have just been shown
        fresh = [item for item in fresh if item.kind != "value"]
    if any(item.kind == "needed" and item.id in plan.given for item in options):
        fresh = [item for item in fresh if item.kind != "needed"]  # what the task wants is clear after one
    judged = [item for item in fresh if item.answer is not None]
    if plan.rung >= 4 and tally.same_fault and number % 2:
        judged = []  # everything was told: every other time the question is what to try
    chosen = next(iter(judged or fresh), None)
    if chosen is not None:
        return chosen
    rest = [item for item in options if item.answer is None]
    return rest[number % len(rest)] if rest else None


def _before_a_program(task: Task, plan: Plan, *, has_program: bool) -> Question:
    """Before there is a program: what should come out, then how it begins."""
    anything = asked("explain", say("tutoring.ask.change-anything"))
    if has_program:
        return anything
    for case in task.tests:
        if case.hidden or case.call is None or case.expect is None:
            continue
        question = asked(
            "needed",
            say("tutoring.ask.needed", call=case.call),
            answer=case.expect,
            truth=say("tutoring.truth.needed", call=case.call, value=code(case.expect)),
            claims=(ExpectedResultClaim(call=case.call, result=case.expect),),
        )
        if question.id not in plan.given:
            return question
    first = asked("explain", say("tutoring.ask.first-step"))
    return first if first.id not in plan.given else anything


def _told(question: Question, text: str) -> bool:
    """Whether the answer to a question stands in the words before it."""
    return question.truth != "" and question.truth in text


def _once_more(text: str) -> str:
    if text.startswith(say("tutoring.ask.again", question="").strip()):
        return text
    return say("tutoring.ask.again", question=text[:1].lower() + text[1:] if text[:1].isascii() else text)
