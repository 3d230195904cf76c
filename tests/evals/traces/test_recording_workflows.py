"""Recorded runs of workflow files: workflows in workflows, elements, tries, and persons who are asked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from langgraph.types import Command

from gradatim.domain import Submission
from gradatim.errors import ServiceError
from gradatim.evals.traces import Trace, read_traces
from gradatim.evals.traces.formats.conventions import check_trace
from gradatim.evals.traces.recording import recording
from gradatim.graphs.services import Services
from gradatim.graphs.workflow import load_workflow
from gradatim.graphs.workflow.running import open_workflow
from gradatim.memory.rights.scrubbing import Scrubber
from gradatim.serving.realiser import GroundedRealiser
from gradatim.settings import Settings
from gradatim.telemetry import names
from tests.cases import OFF_BY_ONE, TASK, submission
from tests.graphs.workflow.support import flow, kind, writes

INNER = """
workflow: inner
imports: [nodes.py]
inputs: [submission]
outputs: [words]
nodes: {words: }
edges: [START -> words -> END]
"""
OUTER = """
workflow: outer
inputs: [program, programs]
outputs: [words_here, counts]
nodes:
  one: {workflow: inner.yaml, reads: {submission: program}, writes: {words: words_here}}
  all: {workflow: inner.yaml, for_each: programs, as: submission, writes: {words: counts}}
edges: [START -> one, START -> all, one -> END, all -> END]
"""
NODES = """
from gradatim.domain import Submission
from gradatim.graphs.workflow.kinds.decorated import node

@node
def words(submission: Submission) -> int:
    return len(submission.code.split())
"""
ASK = """
workflow: ask
imports: [nodes.py]
inputs: [submission]
outputs: [words, decision]
nodes:
  words:
  ask: {kind: ask_person, with: {question: "May it go out?", shows: [words]}}
edges: [START -> words -> ask -> END]
"""
ASKING = """
workflow: asking
inputs: [submission]
outputs: [words]
nodes: {part: {workflow: ask.yaml}}
edges: [START -> part -> END]
"""
SHAKY = """
workflow: shaky
nodes:
  degrading: {kind: shaky, retry: {attempts: 3, wait: 0}, on_error: degrade}
  set_x:
edges: [START -> degrading -> set_x -> END]
"""


@pytest.fixture
def services(tmp_path: Path) -> Services:
    """Services for workflows that need none but their folder."""
    settings = Settings(data_dir=tmp_path / "data", model="none")
    found: Any = SimpleNamespace(settings=settings, policy=Scrubber.of(settings), model=GroundedRealiser())
    return found


def tree(trace: Trace) -> list[tuple[str, str | None]]:
    by_id = {span.id: span.name for span in trace.spans}
    return [(span.name, by_id.get(span.parent or "")) for span in trace.spans]


async def test_workflows_in_workflows_hang_below_their_node(tmp_path: Path, services: Services) -> None:
    for name, text in (("inner.yaml", INNER), ("outer.yaml", OUTER), ("nodes.py", NODES)):
        (tmp_path / name).write_text(text, "utf-8")
    given = {"program": submission(), "programs": [submission(OFF_BY_ONE), submission("x = 1\n")]}
    async with open_workflow(tmp_path / "outer.yaml", services=services) as runner:
        with recording(tmp_path / "t.jsonl", settings=services.settings):
            done = await runner.run(given, thread="run-1")
    assert done.outputs == {"words_here": 14, "counts": [14, 3]}
    (trace,) = read_traces(tmp_path / "t.jsonl")
    assert check_trace(trace) == []
    assert (trace.name, trace.attributes["conversation"]) == ("outer", "run-1")
    assert sorted(tree(trace), key=str) == sorted(
        [
            ("invoke_workflow outer", None),
            ("invoke_agent one", "invoke_workflow outer"),
            ("invoke_agent all", "invoke_workflow outer"),
            ("invoke_workflow inner", "invoke_agent one"),
            ("invoke_workflow inner", "invoke_agent all"),
            ("invoke_workflow inner", "invoke_agent all"),
            *[("invoke_agent words", "invoke_workflow inner")] * 3,
        ],
        key=str,
    )
    # each of them below the run of its own
    runs = {span.parent for span in trace.spans if span.name == "invoke_agent words"}
    assert len(runs) == 3
    assert {span.attributes[names.KIND] for span in trace.of("invoke_agent")} == {"workflow", "words"}
    assert trace.outputs["words_here"] == 14


async def test_a_run_about_a_whole_class_tells_nobody(tmp_path: Path, services: Services) -> None:
    for name, text in (("inner.yaml", INNER), ("outer.yaml", OUTER), ("nodes.py", NODES)):
        (tmp_path / name).write_text(text, "utf-8")
    people = ("ada-lovelace", "grace-hopper")
    programs = [Submission.of(TASK.id, f"# {person} and {people[0]}\n", f"{person}.py", person) for person in people]
    path = tmp_path / "t.jsonl"
    async with open_workflow(tmp_path / "outer.yaml", services=services) as runner:
        with recording(path, settings=services.settings, content="pseudonymised"):
            await runner.run({"program": programs[0], "programs": programs}, thread="class")
    text = path.read_text("utf-8")
    assert [person for person in people if person in text] == []
    (trace,) = read_traces(path)
    found = trace.inputs["programs"]
    ada, grace = (item["learner_id"] for item in found)
    assert ada != grace
    assert [item["code"] for item in found] == [f"# {ada} and {ada}\n", f"# {grace} and {ada}\n"]
    assert trace.inputs["program"] == found[0]
    assert {item["filename"] for item in found} == {"submission.py"}
    assert found[0]["id"] not in {item.id for item in programs}


async def test_a_run_that_asks_a_person_and_its_end_have_the_same_conversation(
    tmp_path: Path, services: Services
) -> None:
    path = tmp_path / "t.jsonl"
    (tmp_path / "ask.yaml").write_text(ASK, "utf-8")
    (tmp_path / "nodes.py").write_text(NODES, "utf-8")
    workflow = load_workflow(tmp_path / "ask.yaml")
    answer = {"decisions": [{"type": "approve"}], "reviewer": "grace"}
    async with open_workflow(workflow, services=services) as runner:
        with recording(path, settings=services.settings):
            waiting = await runner.run({"submission": submission()}, thread="run-ada")
            assert not waiting.finished
    async with open_workflow(workflow, services=services) as runner:
        with recording(path, settings=services.settings):
            assert (await runner.resume("run-ada", answer)).finished
    first, second = read_traces(path)
    assert first.id != second.id
    assert first.attributes["conversation"] == second.attributes["conversation"] != "run-ada"
    assert [span.name for span in first.spans] == ["invoke_workflow ask", "invoke_agent words", "invoke_agent ask"]
    assert [span.name for span in second.spans] == ["invoke_workflow ask", "invoke_agent ask"]
    asked = first.spans[-1]
    assert asked.ok
    assert asked.attributes[names.WAITING] is True
    assert first.outputs["waiting"] is True
    assert second.outputs["waiting"] is False
    assert "grace" not in path.read_text("utf-8")
    assert " ada" not in path.read_text("utf-8")


async def test_a_person_who_is_asked_inside_another_workflow_is_no_error(tmp_path: Path, services: Services) -> None:
    for name, text in (("asking.yaml", ASKING), ("ask.yaml", ASK), ("nodes.py", NODES)):
        (tmp_path / name).write_text(text, "utf-8")
    async with open_workflow(tmp_path / "asking.yaml", services=services) as runner:
        with recording(tmp_path / "t.jsonl", settings=services.settings):
            assert not (await runner.run({"submission": submission()}, thread="s")).finished
    (trace,) = read_traces(tmp_path / "t.jsonl")
    assert [(span.name, span.ok) for span in trace.spans] == [
        ("invoke_workflow asking", True),
        ("invoke_agent part", True),
        ("invoke_workflow ask", True),
        ("invoke_agent words", True),
        ("invoke_agent ask", True),
    ]
    waiting = [span.name for span in trace.spans if span.attributes.get(names.WAITING)]
    assert waiting == [span.name for span in trace.spans if span.subject != "words"]


async def test_a_stream_is_recorded_as_a_run(tmp_path: Path, services: Services) -> None:
    path = tmp_path / "t.jsonl"
    (tmp_path / "ask.yaml").write_text(ASK, "utf-8")
    (tmp_path / "nodes.py").write_text(NODES, "utf-8")
    async with open_workflow(tmp_path / "ask.yaml", services=services) as runner:
        with recording(path, settings=services.settings):
            parts = [part async for part in runner.stream({"submission": submission()}, thread="s")]
            assert parts
            snapshot = await runner.graph.aget_state({"configurable": {"thread_id": "s"}})
            (question,) = snapshot.interrupts
            answer = {"decisions": [{"type": "approve"}], "reviewer": "grace"}
            parts = [part async for part in runner.stream(Command(resume={question.id: answer}), thread="s")]
            assert parts
    first, second = read_traces(path)
    assert tree(first) == [
        ("invoke_workflow ask", None),
        ("invoke_agent words", "invoke_workflow ask"),
        ("invoke_agent ask", "invoke_workflow ask"),
    ]
    assert first.outputs["waiting"] is True
    assert second.outputs["waiting"] is False


async def test_each_try_of_a_node_that_degrades_is_told(tmp_path: Path, services: Services) -> None:
    calls: list[int] = []

    def work(state: Any) -> dict[str, Any]:
        calls.append(1)
        if len(calls) < 3:
            raise ServiceError("the line is dead")
        return {"n": 7}

    workflow = flow(SHAKY, kind("shaky", work, writes={"n": int}), writes("x", 1))
    async with open_workflow(workflow, services=services) as runner:
        with recording(tmp_path / "t.jsonl", settings=services.settings):
            await runner.run({}, thread="s")
    (trace,) = read_traces(tmp_path / "t.jsonl")
    tries = [span for span in trace.spans if span.name == "invoke_agent degrading"]
    assert [(span.ok, span.attributes.get(names.ATTEMPT)) for span in tries] == [(False, None), (False, 2), (True, 3)]


async def test_runs_at_the_same_time_do_not_mix(tmp_path: Path, services: Services) -> None:
    for name, text in (("inner.yaml", INNER), ("nodes.py", NODES)):
        (tmp_path / name).write_text(text, "utf-8")
    async with open_workflow(tmp_path / "inner.yaml", services=services) as runner:
        with recording(tmp_path / "t.jsonl", settings=services.settings):
            await asyncio.gather(
                *(runner.run({"submission": submission(f"x = {n}\n" * n)}, thread=f"r{n}") for n in range(1, 9))
            )
    traces = list(read_traces(tmp_path / "t.jsonl"))
    assert {(item.attributes["conversation"], item.outputs["words"]) for item in traces} == {
        (f"r{n}", 3 * n) for n in range(1, 9)
    }
    assert all(len(item.spans) == 2 for item in traces)


def test_a_task_is_told_whole_and_a_program_is_not(tmp_path: Path) -> None:
    """What a workflow is given is kept to the same rules as an assessment."""
    from gradatim.evals.traces.recording.converting import trace_of_run
    from gradatim.telemetry import agent, recorded_by
    from tests.telemetry.conftest import Kept

    kept = Kept()
    with recorded_by(kept), agent("a"):
        pass
    run = kept.runs[0]
    run.learner = "ada"
    given = {"task": TASK.plain(), "submission": submission().plain(), "note": "by ada", "marks": [1, "ada"], "mark": 3}
    run.result = lambda: ("workflow", given, {"hint": "ada may look at i", "words": 3})
    trace = trace_of_run(run, Scrubber(False, lambda: b"k" * 16))
    assert trace.inputs["task"] == TASK.plain()
    assert trace.inputs["submission"] | {"id": ""} == {
        "id": "", "task_id": TASK.id, "code": "", "filename": "submission.py", "learner_id": None,
    }  # fmt: skip
    assert {key: trace.inputs.get(key) for key in ("note", "marks", "mark", "learner")} == {
        "note": "", "marks": None, "mark": 3, "learner": None,
    }  # fmt: skip
    assert trace.outputs == {"hint": "", "words": 3}
    assert given["submission"]["code"] == OFF_BY_ONE  # what was handed over stays as it was
