"""The offline harness on the assessment graph, and the assertions about what it did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, TypedDict

import pytest
import pytest_asyncio
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

from gradatim.agents.state import append_new
from gradatim.domain import Feedback, LearnerEvent, Observation
from gradatim.errors import InputError, ModelError
from gradatim.graphs import Services, build_assessment_graph
from gradatim.testing import (
    BROKEN,
    CORRECT,
    TASK,
    WRONG,
    Reply,
    Run,
    approve,
    assert_degraded,
    assert_delivered,
    assert_held_for_person,
    assert_loops_at_most,
    assert_no_leak,
    assert_no_unchecked,
    assert_not_delivered,
    assert_not_visited,
    assert_path,
    assert_visited,
    assert_wrote,
    edit,
    offline_services,
    reject,
    respond,
    run_graph,
    scripted,
    submission,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

WAY = ["intake", {"execute", "recall"}, "diagnose", "retrieve", "generate", {"verify", "critique"}, "decide"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def services() -> AsyncIterator[Services]:
    async with offline_services(repair_seconds=1.0) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strict() -> AsyncIterator[Services]:
    """Nothing is delivered without a person."""
    async with offline_services(deliver_threshold=1.0, repair_seconds=0) as opened:
        yield opened


def given(code: str = WRONG, learner: str | None = None) -> dict[str, Any]:
    return {"task": TASK, "submission": submission(code, learner)}


async def assessed(services: Services, code: str = WRONG, **more: Any) -> Run:
    return await run_graph(build_assessment_graph, given(code), services=services, **more)


async def test_a_run_without_a_model(services: Services) -> None:
    run = await assessed(services)
    assert_path(run, [*WAY, "deliver", "record"])
    assert_path(run, [..., "decide", ...])
    feedback = assert_delivered(run)
    assert feedback.author == "realiser"
    assert any("line 4" in statement.text for statement in feedback.statements())
    assert_no_unchecked(run)
    assert_no_leak(run)
    assert_loops_at_most(run, "generate", 1)
    assert_wrote(run, "diagnose", "diagnosis", "rubric")
    assert_not_visited(run, "human_review", "revise")
    assert not run.held
    assert run.trajectory()["steps"][1] == ["execute", "recall"]


@pytest.mark.parametrize("code", [CORRECT, BROKEN])
async def test_other_programs(services: Services, code: str) -> None:
    run = await assessed(services, code)
    assert_visited(run, "record")
    assert run.values["execution"]["outcomes"]


async def test_a_run_that_waits_is_answered(strict: Services) -> None:
    held = await assessed(strict)
    assert_held_for_person(held, "human_review")
    assert_not_delivered(held)
    assert held.questions[0].payload["action_requests"][0]["name"] == "deliver_feedback"
    run = await assessed(strict, answers=[approve("grace")])
    assert_path(run, [*WAY, "human_review", "deliver", "record"])
    assert_delivered(run)
    assert run.values["outcome"]["reviewed_by"] == "grace"
    assert run.questions[0].answer["decisions"] == [{"type": "approve"}]


async def test_persons_reject_respond_and_edit(strict: Services) -> None:
    no = await assessed(strict, answers=[reject("too early")])
    assert_not_delivered(no)
    with pytest.raises(AssertionError, match="was held back by tester"):
        assert_delivered(no)
    said = await assessed(strict, answers=[respond("Come and see me.")])
    assert assert_delivered(said).explanation[0].text == "Come and see me."

    def shorten(asked: Any) -> Any:
        feedback = Feedback.model_validate(asked["action_requests"][0]["args"]["request"]["feedback"])
        return edit(feedback.model_copy(update={"encouragement": ()}))

    edited = assert_delivered(await assessed(strict, answers=[shorten]))
    assert edited.author == "person:tester"
    assert not edited.encouragement


async def test_a_scripted_model_stands_in(services: Services) -> None:
    model = scripted(Reply(ModelError("down", place="scripted")))
    run = await assessed(services, model=model)
    assert_degraded(run, "generate")
    assert assert_delivered(run).author == "realiser"
    with pytest.raises(AssertionError, match="execute degraded nothing; told was generate: "):
        assert_degraded(run, "execute")
    assert model.requests


async def test_what_is_remembered_is_there() -> None:
    event = LearnerEvent(
        id="e1", learner_id="ada", kind="submission", at="2026-01-01T00:00:00+00:00",
        observations=(Observation(concept="for-loop", correct=False),),
    )  # fmt: skip
    run = await run_graph(build_assessment_graph, given(learner="ada"), remember=[event], repair_seconds=0)
    assert run.values["learner"]["mastery"][0]["concept"] == "for-loop"


class Counting(TypedDict, total=False):
    """A graph of a user."""

    id: str
    rounds: int
    seen: Annotated[list[Any], append_new]
    answer: str


def counting(times: int) -> StateGraph[Any, Any, Any, Any]:
    async def work(state: Counting) -> Any:
        return {"rounds": state.get("rounds", 0) + 1, "seen": [{"round": state.get("rounds", 0)}]}

    async def ask(state: Counting) -> Any:
        return {"answer": interrupt({"rounds": state["rounds"]})}

    async def ask_too(state: Counting) -> Any:
        return {"seen": [interrupt("and you?")]}

    graph: Any = StateGraph(Counting)
    for name, node in (("work", work), ("ask", ask), ("ask_too", ask_too)):
        graph.add_node(name, node)
    graph.add_edge(START, "work")
    graph.add_conditional_edges("work", lambda state: ["ask", "ask_too"] if state["rounds"] >= times else ["work"])
    graph.add_edge(["ask", "ask_too"], END)
    return graph


async def test_any_graph_is_run(services: Services) -> None:
    run = await run_graph(counting(3), {}, services=services, answers=["yes", "me too"], thread="t7")
    assert run.steps == (("work",), ("work",), ("work",), ("ask", "ask_too"))
    assert run.values["id"] == "t7"
    assert run.values["answer"] == "yes"
    assert run.values["seen"][-1] == "me too"
    assert_loops_at_most(run, "work", 3)
    with pytest.raises(AssertionError, match="work worked 3 times, not at most 2"):
        assert_loops_at_most(run, "work", 2)
    half = await run_graph(counting(1), {}, services=services, answers=["yes"])
    assert half.waiting == ("ask_too",)
    assert half.path == ("work", "ask")
    with pytest.raises(InputError, match="the state has no key 'nonsense'"):
        await run_graph(counting(1), {"nonsense": 1}, services=services)
    with pytest.raises(InputError, match="belong to services that are opened anew"):
        await run_graph(counting(1), {}, services=services, repair_seconds=0)


async def test_assertions_fail_with_what_was_there(services: Services) -> None:
    run = await assessed(services)
    for wrong in ([*WAY], ["intake", ...], [..., "deliver"], [{"execute"}, ...], ["intake", "execute", ...]):
        if wrong == ["intake", ...]:
            continue
        with pytest.raises(
            AssertionError, match=r"went another way\n  expected: .*\n  went: .*intake → execute ∥ recall"
        ):
            assert_path(run, wrong)
    with pytest.raises(AssertionError, match="never worked: revise"):
        assert_visited(run, "revise")
    with pytest.raises(AssertionError, match="worked all the same: decide"):
        assert_not_visited(run, "decide", "revise")
    with pytest.raises(AssertionError, match="nobody is asked"):
        assert_held_for_person(run)
    with pytest.raises(AssertionError, match="diagnose did not write feedback; it wrote diagnosis, rubric"):
        assert_wrote(run, "diagnose", "feedback")
    with pytest.raises(AssertionError, match="'revise' never worked"):
        assert_wrote(run, "revise", "refutations")
    with pytest.raises(AssertionError, match="was delivered"):
        assert_not_delivered(run)
    with pytest.raises(AssertionError, match="the state has no 'verdict'"):
        assert_delivered(run, "verdict")


async def test_false_open_and_leaking_sentences_are_found(services: Services) -> None:
    run = await assessed(services)
    outcome = run.values["outcome"]

    def saying(**statement: Any) -> Run:
        first = {**outcome["feedback"]["explanation"][0], "checks": [], "claims": [], **statement}
        feedback = {**outcome["feedback"], "explanation": [first]}
        return Run(run.steps, run.updates, {**run.values, "outcome": {**outcome, "feedback": feedback}})

    claim = {"kind": "prose", "text": "It is so."}
    for verdict, told in (("refuted", "a refuted sentence"), ("unchecked", "an unchecked sentence")):
        check = {"claim": claim, "verdict": verdict, "method": "none", "detail": "no"}
        with pytest.raises(AssertionError, match=told):
            assert_no_unchecked(saying(text="It is so.", checks=[check]))
    marked = {"claim": claim, "verdict": "unchecked", "method": "none", "detail": "no"}
    assert_no_unchecked(saying(text="Not checked: it is so.", checks=[marked]))
    with pytest.raises(AssertionError, match="the solution was given away"):
        assert_no_leak(saying(text="Write `top = numbers[0]` in line 4."))
