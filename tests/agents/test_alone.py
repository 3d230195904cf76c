"""Agents one at a time: state in, changed keys out."""

from __future__ import annotations

import pytest

from gradatim.agents import Deliverer, Intake, Reviser
from gradatim.agents.deliverer import UNCHECKED
from gradatim.agents.state import add_up, append_new, merge
from gradatim.domain import Check, Feedback, ProseClaim, ReviewDecision, Statement, Submission
from gradatim.errors import InputError, SubmissionError
from tests.cases import TASK, submission

CLAIM = ProseClaim(text="x")
REFUTED = Statement(
    text="f(1) is 2.", checks=(Check(claim=CLAIM, verdict="refuted", method="execution", detail="it is 3"),)
)
OPEN = Statement(
    text="It is slow.", checks=(Check(claim=CLAIM, verdict="unchecked", method="none", detail="nobody knows"),)
)
FEEDBACK = Feedback(
    error_identification=(REFUTED, Statement(text="Test t1 fails.")),
    explanation=(OPEN,),
    corrective_suggestion=(),
    encouragement=(),
    author="model:m",
)


async def test_intake_normalises_line_ends_and_marks_the_begin() -> None:
    given = submission().model_copy(update={"code": "a = 1\r\nb = 2\r"})
    update = await Intake(1000)({"task": TASK.plain(), "submission": given.plain()})
    assert update["submission"]["code"] == "a = 1\nb = 2\n"
    assert update["at"].endswith("+00:00")


async def test_intake_refuses_what_does_not_belong_or_is_too_large() -> None:
    other = Submission.of("other-task", "x = 1")
    with pytest.raises(SubmissionError, match="not for 'sum-up-to'"):
        await Intake(1000)({"task": TASK.plain(), "submission": other.plain()})
    with pytest.raises(SubmissionError, match="at most 5 are taken"):
        await Intake(5)({"task": TASK.plain(), "submission": submission().plain()})


async def test_a_missing_key_names_itself() -> None:
    with pytest.raises(InputError, match=r"state\.submission"):
        await Intake(1000)({"task": TASK.plain()})


async def test_the_reviser_counts_its_rounds_and_then_lets_evidence_speak() -> None:
    first = await Reviser(2)({"checked": FEEDBACK.plain()})
    assert first == {"revisions": 1, "refutations": ['"f(1) is 2." is wrong: it is 3.']}
    last = await Reviser(2)({"checked": FEEDBACK.plain(), "revisions": 2})
    assert last == {"realise": True, "refutations": []}


async def test_refuted_sentences_are_never_delivered_even_when_approved() -> None:
    decision = ReviewDecision(request_id="r", kind="approve", reviewer="grace", decided_at="now")
    outcome = Deliverer().settle(FEEDBACK, decision)
    texts = [item.text for item in outcome.feedback.statements()]
    assert texts == ["Test t1 fails.", f"{UNCHECKED}It is slow."]
    assert Deliverer().settle(outcome.feedback).feedback == outcome.feedback, "marked once, however often"


def test_reducers() -> None:
    assert append_new(None, [{"a": 1}]) == [{"a": 1}]
    assert append_new([{"a": 1}], [{"a": 1}, {"b": 2}]) == [{"a": 1}, {"b": 2}]
    assert add_up({"x": 1.0}, {"x": 0.5, "y": 2.0}) == {"x": 1.5, "y": 2.0}
    assert merge({"p": "1"}, {"p": "2", "q": "1"}) == {"p": "2", "q": "1"}
