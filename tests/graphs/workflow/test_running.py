"""Runs: questions to people, sub-workflows, elements, streams, and going on after a kill."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from gradatim.domain import Submission, Task
from gradatim.errors import InputError, ReviewError, StaleDecision, WorkflowError
from gradatim.graphs.services import Services
from gradatim.graphs.workflow import build_workflow, load_workflow, parse_workflow
from gradatim.graphs.workflow.checking import examine
from gradatim.graphs.workflow.inner import PARTS
from gradatim.graphs.workflow.inputs import checked_inputs
from gradatim.graphs.workflow.running import open_workflow
from gradatim.graphs.workflow.runs import RUNS
from gradatim.graphs.workflow.types import show
from tests.cases import CORRECT, OFF_BY_ONE, TASK, submission
from tests.graphs.workflow.support import SERVICES

NODES = """
from gradatim.domain import Submission
from gradatim.graphs.workflow.kinds.decorated import node

CALLS = []

@node
def words(submission: Submission) -> int:
    CALLS.append(submission.learner_id)
    return len(submission.code.split())
"""
ONE = """
workflow: one
imports: [nodes.py]
inputs: [submission]
outputs: [words, decision]
nodes:
  words:
  ask: {kind: ask_person, with: {question: "May it go out?", shows: [words], edits: [words]}}
edges: [START -> words, words -> ask, ask -> END]
"""
CLASS = """
workflow: class
inputs: [submissions]
outputs: [counts]
nodes:
  each_one: {workflow: one.yaml, for_each: submissions, as: submission, writes: {words: counts, decision: decisions}}
edges: [START -> each_one, each_one -> END]
"""
OUTER = """
workflow: outer
inputs: [program]
outputs: [words_here]
nodes:
  inner: {workflow: one.yaml, reads: {submission: program}, writes: {words: words_here}}
  check: {kind: set, with: {values: {done: true}}}
edges:
  - START -> inner
  - inner: [{when: decision.yes and words_here > 0, to: check}, {to: END}]
  - check -> END
"""
Write = Callable[..., Path]


def answer(kind: str, **more: Any) -> dict[str, Any]:
    return {"decisions": [{"type": kind, **more}], "reviewer": "grace"}


async def test_a_run_waits_for_a_person_and_goes_on_when_it_is_opened_again(
    plain_services: Services, folder: Write
) -> None:
    path = folder(one_yaml=ONE, nodes_py=NODES) / "one.yaml"
    async with open_workflow(path, services=plain_services) as runner:
        run = await runner.run({"submission": submission()}, thread="t")
        assert not run.finished
        (question,) = run.questions
        assert (question.text, question.shown, question.node) == ("May it go out?", {"words": 14}, "ask")
        assert question.allowed == ("approve", "reject", "respond", "edit")
        assert run.outputs == {"words": 14}
    async with open_workflow(path, services=plain_services) as runner:
        assert (await runner.run({"submission": submission()}, thread="t")).questions == (question,)
        edited = {"edited_action": {"name": "ask_person", "args": {"words": 3}}}
        done = await runner.resume("t", answer("edit", **edited))
        assert done.finished
        assert done.outputs["words"] == 3
        assert done.outputs["decision"]["reviewer"] == "grace"
        again = await runner.run({"submission": submission()}, thread="t")
        assert again.outputs == done.outputs, "a finished run is given back as it was"
        kept = [item async for item in runner.checkpoints.alist(None)]
        assert kept == [], "of a finished run only what came of it is kept"
        with pytest.raises(ReviewError, match="waits for nobody: it is finished"):
            await runner.resume("t", answer("approve"))


UNUSABLE = (
    ("yes", "HITLResponse"),
    ({"decisions": []}, "HITLResponse"),
    (answer("ignore"), "not among the answers"),
    (answer("respond", message=" "), "needs a text"),
    (answer("edit"), "needs the edited values"),
    (answer("edit", edited_action={"name": "x", "args": {"other": 1}}), "may not be edited"),
    (answer("edit", edited_action={"name": "x", "args": {"words": "many"}}), "is no whole number"),
    (answer("edit", edited_action={"name": "x", "args": {"words": float("nan")}}), "NaN"),
    ({"no-such-question": answer("approve")}, "waits with no question"),
)


async def test_an_answer_that_cannot_be_taken_is_refused_and_the_question_stays_open(
    plain_services: Services, folder: Write
) -> None:
    path = folder(one_yaml=ONE, nodes_py=NODES) / "one.yaml"
    async with open_workflow(path, services=plain_services) as runner:
        run = await runner.run({"submission": submission()}, thread="t")
        for given, message in UNUSABLE:
            with pytest.raises(ReviewError, match=message):
                await runner.resume("t", given)
        done = await runner.resume("t", {run.questions[0].id: answer("approve")})
        assert done.outputs["words"] == 14
        with pytest.raises(ReviewError):
            await runner.resume("t", answer("approve"))


async def test_an_inbox_that_sends_nonsense_past_the_runner_is_asked_again(folder: Write) -> None:
    path = folder(one_yaml=ONE, nodes_py=NODES) / "one.yaml"
    graph: Any = build_workflow(load_workflow(path), SERVICES)
    compiled = graph.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "t"}}
    await compiled.ainvoke({"submission": submission().plain()}, config)
    await compiled.ainvoke(Command(resume={"nonsense": 1}), config)
    (question,) = (await compiled.aget_state(config)).interrupts
    assert "HITLResponse" in question.value["action_requests"][0]["description"]
    inbox = [{"type": "accept", "args": None}]
    done = await compiled.ainvoke(Command(resume=inbox), config)
    assert done["decision"]["kind"] == "approve"


async def test_a_sub_workflow_asks_through_and_its_keys_are_mapped(plain_services: Services, folder: Write) -> None:
    path = folder(one_yaml=ONE, nodes_py=NODES, outer_yaml=OUTER) / "outer.yaml"
    seen: list[str] = []
    async with open_workflow(path, services=plain_services) as runner:
        run = await runner.run({"program": submission()}, thread="t", on_node=lambda event: seen.append(event.node))
        assert [item.node for item in run.questions] == ["inner"]
        done = await runner.resume("t", answer("approve"))
        assert done.outputs == {"words_here": 14}
        assert done.state["done"] is True
        assert {"inner", "inner/words"} <= done.state["seconds"].keys()
        part = await runner.store.aget(PARTS, "t/inner")
        assert part is not None
        assert part.value["learner_id"] == "ada", "who is forgotten is found here, too"
        rejected = await runner.run({"program": submission()}, thread="u")
        rejected = await runner.resume("u", answer("reject", message="no"))
        assert "done" not in rejected.state
    assert "inner/words" in seen


async def test_every_element_may_ask_and_answers_go_where_they_belong(plain_services: Services, folder: Write) -> None:
    path = folder(one_yaml=ONE, nodes_py=NODES, class_yaml=CLASS) / "class.yaml"
    programs = [submission(code, learner) for code, learner in ((OFF_BY_ONE, "ada"), (CORRECT, "bob"), ("x", "cem"))]
    async with open_workflow(path, services=plain_services) as runner:
        run = await runner.run({"submissions": programs}, thread="t")
        assert sorted(item.shown["words"] for item in run.questions) == [1, 14, 16]
        by_words = {item.shown["words"]: item.id for item in run.questions}
        run = await runner.resume(
            "t", {by_words[16]: answer("edit", edited_action={"name": "x", "args": {"words": 0}})}
        )
        assert len(run.questions) == 2
        with pytest.raises(StaleDecision):
            await runner.resume("t", {by_words[16]: answer("approve")})
        with pytest.raises(ReviewError, match="2 questions"):
            await runner.resume("t", answer("approve"))
        done = await runner.resume("t", {item.id: answer("approve") for item in run.questions})
        assert done.outputs["counts"] == [14, 0, 1]
    module = next(module for name, module in sys.modules.items() if name.startswith("gradatim_workflow_nodes") and
                  getattr(module, "__file__", None) == str(path.with_name("nodes.py")))  # fmt: skip
    assert sorted(module.CALLS) == ["ada", "bob", "cem"], "nobody's program was worked on twice"


async def test_streams_carry_values_updates_and_what_sub_workflows_do(plain_services: Services, folder: Write) -> None:
    path = folder(one_yaml=ONE, nodes_py=NODES, outer_yaml=OUTER) / "outer.yaml"
    async with open_workflow(path, services=plain_services) as runner:
        parts = [
            part
            async for part in runner.stream(
                {"program": submission()}, thread="t", stream_mode=["values", "updates", "tasks"], subgraphs=True
            )
        ]
        assert {mode for _, mode, _ in parts} == {"values", "updates", "tasks"}
        assert any(names and "words" in update for names, mode, update in parts if mode == "updates")
        question = next(part for _, mode, part in reversed(parts) if mode == "updates" and "__interrupt__" in part)
        resume = Command(resume={question["__interrupt__"][0].id: answer("approve")})
        more = [part async for part in runner.stream(resume, thread="t", stream_mode="updates")]
        assert any("check" in part for part in more)


async def test_a_run_that_was_killed_goes_on_where_it_stopped(plain_services: Services, folder: Write) -> None:
    nodes = f"""
import os
from pathlib import Path
from gradatim.graphs.workflow.kinds.decorated import node

HERE = Path({str(folder())!r})

@node
def first(x: int) -> int:
    with (HERE / "first.txt").open("a") as file:
        file.write("x")
    return x + 1

@node
def second(first: int) -> int:
    if not (HERE / "mark").exists():
        (HERE / "mark").touch()
        os._exit(9)
    return first * 10
"""
    sub = "workflow: sub\nimports: [nodes.py]\ninputs: [x]\noutputs: [second]\n"
    sub += "nodes: {first: , second: }\nedges: [START -> first, first -> second, second -> END]\n"
    main = "workflow: main\ninputs: [x]\noutputs: [second]\nnodes: {inner: {workflow: sub.yaml}}\n"
    main += "edges: [START -> inner, inner -> END]\n"
    path = folder(nodes_py=nodes, sub_yaml=sub, main_yaml=main) / "main.yaml"
    code = "import sys; from gradatim.app.cli import main; sys.argv = sys.argv[1:]; main()"
    data = str(plain_services.settings.data_dir)
    options = ("--input", "x=4", "--thread", "t", "--data-dir", data, "--model", "none")
    command = [sys.executable, "-W", "ignore", "-c", code, "gradatim", "workflow", "run", str(path), *options]
    killed = await asyncio.to_thread(subprocess.run, command, capture_output=True, timeout=100)
    assert killed.returncode == 9, killed.stderr
    async with open_workflow(path, services=plain_services) as runner:
        done = await runner.run({"x": 4}, thread="t")
        assert done.outputs == {"second": 50}
    assert (path.parent / "first.txt").read_text() == "x", "what was done was not done again"


def test_an_input_of_a_customary_name_is_what_it_is_called_although_a_prompt_takes_anything() -> None:
    text = "workflow: w\ninputs: [submission, task, remark]\nnodes:\n"
    text += "  ask: {kind: ask_model, with: {prompt: '{submission} {task} {remark}'}}\nedges: [START -> ask -> END]\n"
    found = examine(parse_workflow(text))
    assert (found.inputs["submission"], found.inputs["task"]) == (Submission, Task)
    assert show(found.inputs["remark"]) == "unchecked any"
    with pytest.raises(InputError, match="is no Submission"):
        checked_inputs(found, {"submission": "program.py", "task": TASK, "remark": 1})


async def test_inputs_are_held_against_the_types_of_their_readers(plain_services: Services, folder: Write) -> None:
    path = folder(one_yaml=ONE, nodes_py=NODES) / "one.yaml"
    async with open_workflow(path, services=plain_services) as runner:
        for given, message in (
            ({}, "'submission' is missing"),
            ({"submission": submission(), "sub": 1}, "no input 'sub'"),
            ({"submission": {"id": "x"}}, "is no Submission"),
            ({"submission": submission(), "id": float("nan")}, "NaN"),
        ):
            with pytest.raises(InputError, match=message):
                await runner.run(given)
        await runner.run({"submission": submission()}, thread="t")
        with pytest.raises(InputError, match="other inputs"):
            await runner.run({"submission": submission(CORRECT)}, thread="t")
        with pytest.raises(ReviewError, match="no such run"):
            await runner.resume("nix", answer("approve"))


async def test_a_run_keeps_its_language_and_its_thread_to_itself(plain_services: Services, folder: Write) -> None:
    path = folder(one_yaml=ONE, nodes_py=NODES) / "one.yaml"
    chinese = plain_services.settings.model_copy(update={"language": "zh"})
    async with open_workflow(path, services=plain_services) as runner:
        runner.services = replace(plain_services, settings=chinese)
        await runner.run({"submission": submission()}, thread="t")
    async with open_workflow(path, services=plain_services) as runner:
        done = await runner.resume("t", answer("approve"))
        assert done.state["language"] == "zh"
        await runner.graph.aupdate_state({"configurable": {"thread_id": "u"}}, {"words": 3})
        with pytest.raises(InputError, match="another workflow"):
            await runner.run({"submission": submission()}, thread="u")


async def test_a_workflow_that_was_changed_meanwhile_is_not_gone_on_with(
    plain_services: Services, folder: Write
) -> None:
    path = folder(one_yaml=ONE, nodes_py=NODES) / "one.yaml"
    async with open_workflow(path, services=plain_services) as runner:
        await runner.run({"submission": submission()}, thread="t")
    folder(one_yaml=ONE.replace("May it", "Shall it"))
    async with open_workflow(path, services=plain_services) as runner:
        with pytest.raises(InputError, match="was changed since"):
            await runner.run({"submission": submission()}, thread="t")


async def test_what_speaks_of_several_learners_is_not_kept(plain_services: Services, folder: Write) -> None:
    text = """
workflow: pass-on
inputs: [submissions]
outputs: [all_of_them]
nodes: {a: {kind: collect, with: {of: [submissions]}, writes: {collected: all_of_them}}}
edges: [START -> a, a -> END]
"""
    path = folder(pass_yaml=text) / "pass.yaml"
    async with open_workflow(path, services=plain_services) as runner:
        done = await runner.run({"submissions": [submission(learner="ada"), submission(learner="bob")]}, thread="t")
        assert len(done.outputs["all_of_them"]["submissions"]) == 2
        kept = await runner.store.aget(RUNS, "t")
        assert kept is not None
        assert "ada" not in json.dumps(kept.value)


async def test_a_failure_that_goes_its_own_way_is_a_run_like_others(plain_services: Services) -> None:
    text = """
workflow: sorry
inputs: [submission]
outputs: []
nodes:
  ask: {kind: ask_model, with: {prompt: "What about {submission}?"}, on_error: sorry}
  sorry: {kind: set, with: {values: {said: nothing}}}
edges: [START -> ask -> END, sorry -> END]
"""
    seen: list[tuple[str, str]] = []
    async with open_workflow(parse_workflow(text), services=plain_services) as runner:
        done = await runner.run(
            {"submission": submission()}, on_node=lambda event: seen.append((event.node, event.status))
        )
    assert done.state["said"] == "nothing"
    assert "there is no model to ask" in done.state["degradations"][0]["reason"]
    assert seen[-2:] == [("sorry", "started"), ("sorry", "finished")]
    assert {node for node, _ in seen} == {"ask", "sorry"}


def test_workflows_that_contain_each_other_are_refused(folder: Write) -> None:
    text = "workflow: {name}\nnodes: {{a: {{workflow: {other}.yaml}}}}\nedges: [START -> a, a -> END]\n"
    path = folder(p_yaml=text.format(name="p", other="q"), q_yaml=text.format(name="q", other="p"))
    with pytest.raises(WorkflowError, match=r"contain each other: p\.yaml → q\.yaml → p\.yaml"):
        load_workflow(path / "p.yaml")


def test_what_is_wrong_in_a_sub_workflow_is_told_with_its_own_place(folder: Write) -> None:
    path = folder(one_yaml=ONE.replace("ask -> END", "ask -> ende"), nodes_py=NODES, outer_yaml=OUTER)
    with pytest.raises(WorkflowError) as caught:
        load_workflow(path / "outer.yaml")
    assert any(item.place.endswith("one.yaml:9") for item in caught.value.problems), caught.value.problems


async def test_a_task_is_assessed_by_hand_composed_kinds(plain_services: Services, folder: Write) -> None:
    text = """
workflow: marks
inputs: [task, submission]
outputs: [grade, agreement]
nodes:
  intake:
  execute: {retry: 2}
  diagnose:
  grade: {with: {points: 10, step: 1}}
  second: {kind: grade, with: {points: 10, tests: 0.5}, writes: {grade: other}}
  compare: {reads: {first: grade, second: other}, with: {points: 2}}
edges:
  - START -> intake -> execute -> diagnose -> grade, second
  - grade, second -> compare
  - compare -> END
"""
    path = folder(marks_yaml=text) / "marks.yaml"
    async with open_workflow(path, services=plain_services) as runner:
        right = (await runner.run({"task": TASK, "submission": submission(CORRECT)})).outputs
        wrong = (await runner.run({"task": TASK, "submission": submission(OFF_BY_ONE)})).outputs
    assert (right["grade"]["points"], right["grade"]["verdict"]) == (10, "correct")
    assert (wrong["grade"]["points"], wrong["grade"]["verdict"]) == (2, "incorrect")
    assert wrong["grade"]["parts"][0]["evidence"] == ["test:t1", "test:t2", "test:t3", "test:t4", "test:t5"]
    assert wrong["agreement"]["difference"] > 0
