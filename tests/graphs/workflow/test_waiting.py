"""Runs that wait for a person are found without their workflows."""

from __future__ import annotations

from gradatim.graphs.services import Services
from gradatim.graphs.workflow import parse_workflow
from gradatim.graphs.workflow.running import WorkflowRunner, open_workflow
from gradatim.graphs.workflow.waiting import WaitingRun, held_part, run_behind, waiting_run, waiting_runs
from tests.cases import CORRECT, TASK, submission

ASK = """
workflow: ask-each
inputs: [task, submissions]
outputs: [decisions]
nodes:
  ask:
    kind: ask_person
    with: {question: "May it go out?", shows: [submission, task]}
    for_each: submissions
    as: submission
    writes: {decision: decisions}
edges: [START -> ask -> END]
"""
YES = {"decisions": [{"type": "approve"}], "reviewer": "grace"}


async def waiting(runner: WorkflowRunner) -> list[WaitingRun]:
    return await waiting_runs(runner.checkpoints, runner.store)


async def test_open_questions_are_found_in_the_records_until_they_are_answered(plain_services: Services) -> None:
    class_ = [submission(CORRECT, "ada"), submission("pass", "bob")]
    async with open_workflow(parse_workflow(ASK), services=plain_services) as runner:
        assert await waiting(runner) == []
        stopped = await runner.run({"task": TASK, "submissions": class_}, thread="a/b")
        (found,) = await waiting(runner)
        assert (found.thread, found.workflow, found.task) == ("a/b", "ask-each", TASK.id)
        assert {item.id for item in found.questions} == {item.id for item in stopped.questions}
        assert {item.text for item in found.questions} == {"May it go out?"}
        assert found.learner is None, "it is about two"
        assert [await run_behind(runner.store, name) for name in ("a/b", "a/b/ask.1", "a/b/ask.1/deliver", "a")] == [
            "a/b", "a/b", "a/b", None,
        ]  # fmt: skip
        assert await held_part(runner.checkpoints, "a/b", "a/b/ask.1") is None, "no feedback is asked about"
        first, second = stopped.questions
        await runner.resume("a/b", {first.id: YES})
        (found,) = await waiting(runner)
        assert [item.id for item in found.questions] == [second.id]
        assert (await runner.resume("a/b", {second.id: YES})).finished
        assert await waiting(runner) == []
        assert await waiting_run(runner.checkpoints, runner.store, "a/b") is None
        assert await waiting_run(runner.checkpoints, runner.store, "nobody") is None
