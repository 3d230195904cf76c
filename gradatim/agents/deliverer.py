"""Deliverer: settles what the learner may read, and keeps what a reviewer's decision teaches.

It stands behind the question to a person, never in the same node, and everything it writes is keyed by the run: a node
that is cut off and runs again writes the same once more.
"""

from __future__ import annotations

from typing import Any

from gradatim import telemetry
from gradatim.agents.conversation import citable
from gradatim.agents.edited import FeedbackChecker, checked_again, merged
from gradatim.agents.generator import Generator
from gradatim.agents.hitl import to_decision
from gradatim.agents.payloads import fetch_text
from gradatim.agents.preferences import decision_record
from gradatim.agents.reviews import mark_decided
from gradatim.agents.state import (
    Plain,
    State,
    checked_of,
    confidence_of,
    degraded,
    diagnosis_of,
    draft_of,
    execution_of,
    generation_of,
    grounds_of,
    learner_of,
    submission_of,
    task_of,
)
from gradatim.domain import Feedback, LearnerEvent, Noun, ReviewDecision, Statement
from gradatim.errors import InputError, ServiceError, StorageError
from gradatim.languages import say
from gradatim.memory import LearnerMemory
from gradatim.memory.inputs import microseconds
from gradatim.memory.storage.decisions import DecisionRecord, DecisionStore
from gradatim.tools.claims.case import Case

UNCHECKED = "Not checked: "
"""Stands, in the language spoken (`labels.unchecked`), before a sentence that nothing could decide, so that it is not
taken for a fact."""


_RIGHT = {"approve": 1.0, "reject": 0.0}
"""What a reviewer's decision says of a feedback, as a score."""


class Outcome(Noun):
    """What became of a feedback."""

    feedback: Feedback
    delivered: bool
    reviewed_by: str | None = None


class Deliverer:
    """Applies a reviewer's decision, if there is one, and marks what could not be checked.

    Args:
        checker: Checks the sentences that a reviewer wrote; without one they stay unchecked.
        memory: Where a review is recorded as an event of the learner.
        decisions: Where a decision is kept for thresholds, calibration and preferences.
    """

    name = "deliver"

    def __init__(
        self,
        checker: FeedbackChecker | None = None,
        memory: LearnerMemory | None = None,
        decisions: DecisionStore | None = None,
    ) -> None:
        self.checker = checker
        self.memory = memory
        self.decisions = decisions

    def settle(self, feedback: Feedback, decision: ReviewDecision | None = None) -> Outcome:
        """What the learner may read.

        Without a decision, refuted sentences never get here: `decide` routes them away. A reviewer who approves
        takes the text as it stands, except that refuted sentences are left out. What a reviewer wrote is delivered
        as it was written.
        """
        if decision is None:
            return Outcome(feedback=marked(feedback), delivered=True)
        reviewer = decision.reviewer
        if decision.kind == "reject":
            return Outcome(feedback=feedback, delivered=False, reviewed_by=reviewer)
        if decision.kind == "edit" and decision.feedback is not None:
            edited = decision.feedback.model_copy(update={"author": f"person:{reviewer}"})
            return Outcome(feedback=marked(edited), delivered=True, reviewed_by=reviewer)
        if decision.kind == "respond":
            author = f"person:{reviewer}"
            said = Feedback(
                error_identification=(),
                explanation=(Statement(text=decision.message or "", author=author),),
                corrective_suggestion=(),
                encouragement=(),
                author=author,
            )
            return Outcome(feedback=said, delivered=True, reviewed_by=reviewer)
        return Outcome(feedback=marked(feedback), delivered=True, reviewed_by=reviewer)

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        answer = state.get("decision")
        feedback, update = checked_of(state), Plain()
        decision = to_decision(str(state.get("id", "")), answer) if answer else None
        if decision is not None:
            decision = decision.model_copy(update={"decided_at": _instant(decision.decided_at, str(state.get("at")))})
            if decision.kind == "edit" and decision.feedback is not None:
                decision, problems = await self._taken_in(state, decision)
                update |= problems
        outcome = self.settle(feedback, decision)
        if decision is not None:
            # a number only where the person said whether it may stand
            telemetry.evaluated("review", _RIGHT.get(decision.kind), decision.kind, decision.message)
        update |= {"outcome": outcome.plain()}
        try:
            if decision is not None:
                await self._keep(state, decision, runtime)
            if self.decisions is not None:
                await self.decisions.note_use(task_of(state).id)
        except (StorageError, InputError) as error:
            update |= degraded(self.name, error, "the decision is applied; nothing is learnt from it")
        if decision is not None:
            await mark_decided(runtime, decision)  # last: whoever finds it decided finds everything else done
        return update

    async def _taken_in(self, state: State, decision: ReviewDecision) -> tuple[ReviewDecision, Plain]:
        """The decision with its edit joined to what was there and checked."""
        case = _case(state)
        original, edit = checked_of(state), decision.feedback
        assert edit is not None
        edited, problems = merged(original, edit, decision.reviewer, case.submission.code), Plain()
        if self.checker is not None:
            try:
                edited = await checked_again(case, edited, self.checker)
            except ServiceError as error:
                problems = degraded(self.name, error, "the reviewer's sentences were not checked")
        return decision.model_copy(update={"feedback": edited}), problems

    async def _keep(self, state: State, decision: ReviewDecision, runtime: Any) -> None:
        """Write down what the decision teaches; the same decision writes the same again."""
        record = await self._record(state, decision, runtime)
        if self.decisions is not None:
            await self.decisions.add(record)
        if self.memory is not None and record.learner_id is not None:
            event = LearnerEvent(
                id=f"review:{record.id}",
                learner_id=record.learner_id,
                kind="review",
                at=record.at,
                task_id=record.task_id,
                payload={
                    "decision": record.kind,
                    "reviewer": record.reviewer,
                    "right": record.right,
                    "changed": record.changed,
                },
            )
            await self.memory.append([event])

    async def _record(self, state: State, decision: ReviewDecision, runtime: Any) -> DecisionRecord:
        case, draft, generation = _case(state), draft_of(state), generation_of(state)
        run, round_ = str(state.get("id") or ""), int(state.get("revisions") or 0)
        refutations: list[str] = list(state.get("refutations") or ())
        previous: str | None = None
        if refutations and "raw_in" in generation:  # the answer before the last one stands beside it
            before = {"raw_in": [generation["raw_in"][0], str(round_ - 1)]}
            previous = await fetch_text(runtime, run, before)
        prompt, _ = Generator.messages(case, citable(case, grounds_of(state)), learner_of(state), refutations, previous)
        return decision_record(
            decision,
            task=case.task,
            submission=case.submission,
            confidence=confidence_of(state),
            draft=draft,
            shown=checked_of(state),
            edited=decision.feedback if decision.kind == "edit" else None,
            raw=await fetch_text(runtime, run, generation),
            prompt=prompt,
        )


def marked(feedback: Feedback) -> Feedback:
    """The feedback without refuted sentences, and with undecided ones marked as such.

    What a person wrote stays as it was written: the person answers for it.
    """
    parts = {
        part: tuple(_mark(statement) for statement in statements if statement.by_person or not statement.refuted)
        for part, statements in feedback.parts()
    }
    return feedback.model_copy(update=parts)


def _mark(statement: Statement) -> Statement:
    opening = say("labels.unchecked")
    if statement.by_person or not statement.unchecked or statement.text.startswith((UNCHECKED, opening)):
        return statement
    return statement.model_copy(update={"text": f"{opening}{statement.text}"})


def _case(state: State) -> Case:
    return Case.of(task_of(state), submission_of(state), execution_of(state), diagnosis_of(state), grounds_of(state))


def _instant(given: str, otherwise: str) -> str:
    """When it was decided, or when the assessment began where an inbox does not say."""
    try:
        microseconds(given)
    except InputError:
        return otherwise
    return given
