"""A reviewer's decision: counted once, kept as what it teaches, edits joined and checked."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gradatim.agents import Deliverer
from gradatim.domain import Feedback, ReviewDecision, Statement
from gradatim.errors import ReviewError, StaleDecision
from tests.cases import LEARNER, OFF_BY_ONE, TASK, answer, submission

ROOT = Path(__file__).parents[2]
WRONG = "`sum_up_to(2)` returns 7."


def decision(kind: str, **more: Any) -> ReviewDecision:
    return ReviewDecision.model_validate(
        {
            "request_id": "run",
            "kind": kind,
            "reviewer": "grace",
            "decided_at": "2026-01-01T00:00:00+00:00",
            **more,
        }
    )


def said(*texts: str, **parts: Any) -> Feedback:
    empty = {"error_identification": (), "explanation": (), "corrective_suggestion": (), "encouragement": ()}
    first = tuple(Statement(text=text) for text in texts)
    return Feedback.model_validate({**empty, "error_identification": first, "author": "x", **parts})


def _decide_together(folder: Path) -> list[str]:
    """What two processes say that are let go at the same moment, one to approve, one to reject."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.graphs.decide_once", str(folder), kind, reviewer],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for kind, reviewer in (("approve", "grace"), ("reject", "alan"))
    ]  # fmt: skip
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    return [process.communicate(timeout=100)[0].strip() for process in started]


async def test_of_two_processes_that_decide_at_once_one_is_refused(assessor_with: Any, settings: Any) -> None:
    async with assessor_with(deliver_threshold=1.0) as assessor:
        await assessor.assess(TASK, submission(), thread="run")
    told = sorted(await asyncio.to_thread(_decide_together, settings.data_dir))
    assert [line.partition(":")[0] for line in told] == ["done", "stale"], told
    winner = "grace" if told[0] == "done: grace True" else "alan"
    assert f"already decided by {winner}" in told[1]
    async with assessor_with() as assessor:
        (kept,) = await assessor.services.decisions.decisions()
        events = await assessor.services.memory.events(LEARNER, kind="review")
        assert kept.reviewer == winner
        assert [item.payload["reviewer"] for item in events] == [winner]
        assert await assessor.pending() == []


async def test_the_same_decision_sent_twice_changes_nothing(assessor_with: Any) -> None:
    async with assessor_with(deliver_threshold=1.0) as assessor:
        await assessor.assess(TASK, submission(), thread="run")
        once = await assessor.decide(decision("reject", message="no"))
        assert await assessor.decide(decision("reject", message="no", decided_at="2026-01-02T00:00:00+00:00")) == once
        with pytest.raises(StaleDecision):
            await assessor.decide(decision("reject", message="not at all"))
        assert len(await assessor.services.decisions.decisions()) == 1


async def test_an_answer_to_a_run_cut_off_after_another_answer_is_not_taken(
    assessor_with: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: Any) -> Any:
        raise RuntimeError("power cut")

    async with assessor_with(deliver_threshold=1.0) as assessor:
        await assessor.assess(TASK, submission(), thread="run")
        with monkeypatch.context() as patched:
            patched.setattr(Deliverer, "settle", cut_off)
            with pytest.raises(Exception):  # noqa: B017, PT011 whatever cuts it off
                await assessor.decide(decision("approve"))
        assert len(await assessor.pending()) == 1
        with pytest.raises(StaleDecision, match="already decided by grace"):
            await assessor.decide(decision("reject", reviewer="alan"))
        done = await assessor.find("run")
        assert done is not None
        assert (done.delivered, done.reviewed_by) == (True, "grace")
        assert await assessor.pending() == []


async def test_only_allowed_answers_are_taken(assessor_with: Any) -> None:
    async with assessor_with(deliver_threshold=1.0) as assessor:
        await assessor.assess(TASK, submission(), thread="run")
        item = await assessor.store.aget(("reviews",), "run")
        await assessor.store.aput(("reviews",), "run", {**item.value, "allowed": ["approve"]}, index=False)
        with pytest.raises(ReviewError, match="not among the answers"):
            await assessor.decide(decision("reject"))


async def test_an_edit_is_joined_to_what_was_there_and_checked(assessor_with: Any) -> None:
    async with assessor_with(deliver_threshold=1.0) as assessor:
        held = await assessor.assess(TASK, submission(), thread="run")
        kept = held.feedback.error_identification[0]
        edit = said(kept.text, WRONG, explanation=(Statement(text="Line 3 is `for i in range(n):` here."),))
        checked = await assessor.check_edit("run", edit, "grace")
        assert [item.refuted for item in checked.error_identification] == [False, True]
        done = await assessor.decide(decision("edit", feedback=edit))
    first, second = done.feedback.error_identification
    assert first == kept, "a sentence that was kept keeps its evidence, claims and checks"
    assert second.author == "person:grace"
    assert second.refuted
    assert second.text == WRONG, "the person answers for it"
    reworded = done.feedback.explanation[0]
    assert reworded.author == "person:grace"
    assert reworded.evidence, "it keeps the evidence of the sentence it was made from"
    assert reworded.checks


async def test_an_edit_is_kept_as_a_pair_on_the_prompt_that_the_model_got(assessor_with: Any) -> None:
    better = "`sum_up_to(2)` returns 1, but it should return 3."
    async with assessor_with(answer(), deliver_threshold=1.0) as assessor:
        held = await assessor.assess(TASK, submission(), thread="run")
        asked = next(item for item in assessor.services.model.requests if "second look" not in item.messages[-1].text)
        edit = held.feedback.model_copy(update={"error_identification": (Statement(text=better),)})
        await assessor.decide(decision("edit", feedback=edit))
        (record,) = await assessor.services.decisions.decisions()
    assert [item.content for item in record.prompt] == [item.text for item in asked.messages]
    assert [item.role for item in record.prompt] == ["system", "user", "user"]
    draft, chosen = json.loads(record.draft), json.loads(record.chosen or "")
    assert draft == answer(), "the draft is what the model really answered"
    assert chosen["error_identification"]["text"] == better
    assert {key: chosen[key] for key in chosen if key != "error_identification"} == {
        key: draft[key] for key in draft if key != "error_identification"
    }, "only what the reviewer changed differs"
    assert record.right is False
    assert record.changed is not None
    assert 0 < record.changed < 0.5
    assert record.features == held.confidence.features
    assert record.author.startswith("model:")


async def test_the_prompt_of_a_revised_draft_holds_the_refutation(assessor_with: Any) -> None:
    async with assessor_with(answer(error_identification=WRONG), answer(), deliver_threshold=1.0) as assessor:
        await assessor.assess(TASK, submission(), thread="run")
        asked = [item for item in assessor.services.model.requests if "second look" not in item.messages[-1].text]
        await assessor.decide(decision("approve"))
        (record,) = await assessor.services.decisions.decisions()
    assert [item.content for item in record.prompt] == [item.text for item in asked[-1].messages]
    assert [item.role for item in record.prompt] == ["system", "user", "user", "assistant", "user"]
    assert record.right is True
    assert record.shown == record.draft
    assert record.features["refuted_before"] == 0.5


async def test_what_other_decisions_teach(assessor_with: Any) -> None:
    async with assessor_with(deliver_threshold=1.0) as assessor:
        for kind, right in (("reject", False), ("respond", None)):
            await assessor.assess(TASK, submission(f"# {kind}\n{OFF_BY_ONE}"), thread=kind)
            await assessor.decide(decision(kind, request_id=kind, message="Come and see me."))
            record = await assessor.services.decisions.find(kind)
            assert record is not None
            assert record.right is right
            assert record.chosen is None


async def test_the_first_use_of_a_task_is_seen_by_a_person_where_the_policy_says_so(
    assessor_with: Any, tmp_path: Path
) -> None:
    (tmp_path / "policy.yaml").write_text("rules: {first-use: {active: true, priority: 77}}\n")
    async with assessor_with(policy=tmp_path / "policy.yaml") as assessor:
        held = await assessor.assess(TASK, submission(), thread="run")
        assert [cause.kind for cause in held.confidence.causes] == ["first-use"]
        (request,) = await assessor.pending()
        assert request.priority == 77
        await assessor.decide(decision("approve"))
        assert (await assessor.assess(TASK, submission(OFF_BY_ONE + "# again\n"))).delivered


async def test_the_most_urgent_request_stands_first(assessor_with: Any) -> None:
    async with assessor_with(deliver_threshold=1.0) as assessor:
        await assessor.assess(TASK, submission(), thread="earlier")
        await assessor.assess(TASK, submission("# i want to die\n" + OFF_BY_ONE), thread="later")
        assert [item.id for item in await assessor.pending()] == ["later", "earlier"]
        assert "i want to die" not in " ".join((await assessor.pending())[0].reasons)


async def test_who_is_forgotten_leaves_no_decision(assessor_with: Any) -> None:
    async with assessor_with(deliver_threshold=1.0) as assessor:
        await assessor.assess(TASK, submission(), thread="run")
        await assessor.decide(decision("approve"))
        assert len(await assessor.services.decisions.decisions(LEARNER)) == 1
        await assessor.services.memory.forget(LEARNER)
        assert await assessor.services.decisions.decisions() == ()
