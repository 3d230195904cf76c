"""The same error in the same situation is told in the same substance."""

from __future__ import annotations

import pytest

from gradatim.domain import Assessment, ReviewDecision
from gradatim.kg import ConceptGraph
from tests.cases import OFF_BY_ONE, TASK, answer, submission
from tests.graphs.conftest import Opener

RENAMED = OFF_BY_ONE.replace("total", "result").replace("    result = 0\n", "    result = 0\n\n")
"""The same fault with another name, two lines lower."""
OTHER = OFF_BY_ONE.replace("range(n)", "range(n + 1)").replace("+= i", "= i")

FIRST = answer(error_identification="`sum_up_to(2)` returns 1 instead of 3.", explanation="")
SECOND = answer(
    error_identification="Test t3 `sum_up_to(2)`: expected 3, got 1.",
    explanation="",
    corrective_suggestion="How many rounds does the loop make when n is 2?",
)


def question(assessment: Assessment) -> str:
    return assessment.feedback.corrective_suggestion[0].text


async def test_another_learner_with_the_same_error_is_asked_the_same_question(assessor_with: Opener) -> None:
    async with assessor_with(SECOND, answer(), deliver_threshold=0.0) as assessor:
        first = await assessor.assess(TASK, submission(learner="ada"))
        again = await assessor.assess(TASK, submission(RENAMED, learner="bob"))
        assert first.delivered
        assert again.delivered
        assert not first.feedback.reused
        assert again.feedback.reused
        assert question(again) == question(first) == "How many rounds does the loop make when n is 2?"
        assert all(check.verdict == "supported" for item in again.feedback.statements() for check in item.checks)
        asked = [item for item in assessor.services.model.requests if "second look" not in item.messages[-1].text]
        assert len(asked) == 1


async def test_what_speaks_of_the_program_is_said_of_the_present_one(assessor_with: Opener) -> None:
    async with assessor_with(SECOND | {"explanation": answer()["explanation"]}, deliver_threshold=0.0) as assessor:
        await assessor.assess(TASK, submission(learner="ada"))
        again = await assessor.assess(TASK, submission(RENAMED, learner="bob"))
        text = " ".join(item.text for item in again.feedback.explanation)
        assert again.feedback.reused
        assert "Line 3 is" not in text
        assert "Line 4 is" in text


async def test_another_error_is_written_anew(assessor_with: Opener) -> None:
    async with assessor_with(SECOND, answer(), deliver_threshold=0.0) as assessor:
        await assessor.assess(TASK, submission(learner="ada"))
        other = await assessor.assess(TASK, submission(OTHER, learner="bob"))
        assert not other.feedback.reused


async def test_a_changed_task_is_another_situation(assessor_with: Opener) -> None:
    async with assessor_with(SECOND, SECOND, deliver_threshold=0.0) as assessor:
        await assessor.assess(TASK, submission(learner="ada"))
        changed = TASK.model_copy(update={"statement": "Add up all numbers to n."})
        again = await assessor.assess(changed, submission(RENAMED, learner="bob"))
        assert not again.feedback.reused


async def test_a_rejection_makes_it_forgotten(assessor_with: Opener) -> None:
    async with assessor_with(SECOND, SECOND, deliver_threshold=0.0) as assessor:
        first = await assessor.assess(TASK, submission(learner="ada"))
        assert first.delivered
    async with assessor_with(SECOND, SECOND, deliver_threshold=1.0) as assessor:
        held = await assessor.assess(TASK, submission(RENAMED, learner="bob"))
        assert held.waiting
        decision = ReviewDecision(
            request_id=held.id, kind="reject", reviewer="ines", decided_at="2026-03-01T10:00:00Z", message="no"
        )
        await assessor.decide(decision)
        again = await assessor.assess(TASK, submission(learner="cem"))
        assert not again.feedback.reused


async def test_no_assessment_reads_the_whole_graph(assessor_with: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    async with assessor_with(SECOND, deliver_threshold=0.0) as assessor:

        async def refused() -> ConceptGraph:
            raise AssertionError("the whole concept graph was read")

        monkeypatch.setattr(assessor.services.concepts, "snapshot", refused)
        assessment = await assessor.assess(TASK, submission(learner="ada"))
        assert assessment.delivered
        assert not assessment.degradations
