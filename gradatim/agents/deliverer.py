"""Deliverer: settles what the learner may read."""

from __future__ import annotations

from typing import Any

from gradatim.agents.hitl import to_decision
from gradatim.agents.reviews import mark_decided
from gradatim.agents.state import Plain, State, checked_of
from gradatim.domain import Feedback, Noun, ReviewDecision, Statement

UNCHECKED = "Not checked: "
"""Stands before a sentence that nothing could decide, so that it is not taken for a fact."""


class Outcome(Noun):
    """What became of a feedback."""

    feedback: Feedback
    delivered: bool
    reviewed_by: str | None = None


class Deliverer:
    """Applies a reviewer's decision, if there is one, and marks what could not be checked."""

    name = "deliver"

    def settle(self, feedback: Feedback, decision: ReviewDecision | None = None) -> Outcome:
        """What the learner may read.

        Without a decision, refuted sentences never get here: `decide` routes them away. A reviewer who approves
        takes the text as it stands, except that refuted sentences are left out.
        """
        if decision is None:
            return Outcome(feedback=marked(feedback), delivered=True)
        reviewer = decision.reviewer
        if decision.kind == "reject":
            return Outcome(feedback=feedback, delivered=False, reviewed_by=reviewer)
        if decision.kind == "edit" and decision.feedback is not None:
            edited = decision.feedback.model_copy(update={"author": f"person:{reviewer}"})
            return Outcome(feedback=edited, delivered=True, reviewed_by=reviewer)
        if decision.kind == "respond":
            said = Feedback(
                error_identification=(),
                explanation=(Statement(text=decision.message or ""),),
                corrective_suggestion=(),
                encouragement=(),
                author=f"person:{reviewer}",
            )
            return Outcome(feedback=said, delivered=True, reviewed_by=reviewer)
        return Outcome(feedback=marked(feedback), delivered=True, reviewed_by=reviewer)

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        answer = state.get("decision")
        decision = to_decision(str(state.get("id", "")), answer) if answer else None
        if decision is not None:
            await mark_decided(runtime, decision)
        return {"outcome": self.settle(checked_of(state), decision).plain()}


def marked(feedback: Feedback) -> Feedback:
    """The feedback without refuted sentences, and with undecided ones marked as such."""
    parts = {
        part: tuple(_mark(statement) for statement in statements if not statement.refuted)
        for part, statements in feedback.parts()
    }
    return feedback.model_copy(update=parts)


def _mark(statement: Statement) -> Statement:
    if not statement.unchecked or statement.text.startswith(UNCHECKED):
        return statement
    return statement.model_copy(update={"text": f"{UNCHECKED}{statement.text}"})
