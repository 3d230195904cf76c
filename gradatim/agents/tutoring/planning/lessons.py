"""The plan of a session on a concept: what it means, examples to predict, where it goes wrong, one's own words."""

from __future__ import annotations

from typing import Any

from gradatim.agents.tutoring.notes import Plan, Tally, Understanding
from gradatim.agents.tutoring.planning.policy import TutorPolicy
from gradatim.agents.tutoring.turn import Move

STEPS: tuple[Move, ...] = ("define", "example", "example", "ask", "reflect")
"""Definition with its example; two programs to predict (where it goes wrong); lines of one's own; one's own words."""


def planned(
    plan: Plan, understood: Understanding, tally: Tally, policy: TutorPolicy, *, number: int, ran: dict[str, Any] | None
) -> Plan:
    """The plan of one turn; a step is taken when the learner has done something about the one before.

    Args:
        ran: What the learner's own lines did, where some came.
    """
    plan = plan.model_copy(update={"moves": (), "hint": 0, "question": None, "why": "", "person": None})
    intent = understood.intent
    if not number:
        return _step(plan, "greet", 0, why="the session begins")
    if intent == "distress" and "distress" in policy.hand_over:
        return _moves(plan, "hand-over", why="distress", person="distress")
    if intent == "person-request" and "asked" in policy.hand_over:
        return _moves(plan, "hand-over", why="the learner asks for a person", person="asked")
    if intent == "farewell" or (plan.closed and intent in ("thanks", "empty", "greeting")):
        return _moves(plan, "close", why="the learner leaves")
    if intent in ("greeting", "empty", "thanks"):
        return _moves(plan, "greet", "ask", why=f"no word on the subject: {intent}")
    if intent == "off-topic":
        return _moves(plan, "redirect", "ask", why="another subject")
    if ran is not None:
        return _step(plan, "encourage", plan.taught, why="lines of the learner's own were run")
    if understood.right is True:
        return _step(plan, "confirm", plan.taught, why="a right answer")
    if understood.right is False:
        return _step(plan, "correct", plan.taught, why="a wrong answer: the truth, and the next program")
    if intent in ("confusion", "frustration", "dont-know"):
        lead: Move = "rephrase" if intent == "confusion" else "encourage"
        return _moves(plan, lead, "concept", "ask", why=intent, representation=plan.representation + 1)
    if intent == "explanation" and not understood.copied:
        if plan.taught >= len(STEPS):
            return _moves(plan, "close", why="explained in the learner's own words", closed=True)
        return _step(plan, "encourage", plan.taught, why="an explanation")
    if intent in ("question", "hint-request", "answer-request"):
        lead = "define" if understood.concept is not None else "concept"
        return _moves(plan, lead, "ask", why=intent, representation=plan.representation + 1)
    return _step(plan, None, plan.taught, why=f"{intent}; {tally.turns} messages so far")


def _step(plan: Plan, lead: Move | None, taught: int, *, why: str) -> Plan:
    """The next step of the lesson behind another move; the end where there is none."""
    if taught >= len(STEPS):
        return _moves(plan, *((lead,) if lead else ()), "close", why=f"{why}; all steps are done", closed=True)
    moves = tuple(dict.fromkeys(move for move in (lead, STEPS[taught]) if move is not None))
    return plan.model_copy(update={"moves": moves, "why": why, "taught": taught + 1})


def _moves(plan: Plan, *moves: Move, why: str, **changed: Any) -> Plan:
    distinct = tuple(dict.fromkeys(moves))
    return plan.model_copy(update={"moves": distinct, "why": why, **changed})
