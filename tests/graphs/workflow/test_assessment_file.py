"""The packaged assessment file is the assessment graph: the same nodes, edges, values and stream."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command

from gradatim.graphs import Assessor, build_assessment_graph, open_services
from gradatim.graphs.services import Services
from gradatim.graphs.workflow import build_workflow, load_workflow
from gradatim.graphs.workflow.checking import examine
from gradatim.graphs.workflow.compiling import most_steps
from gradatim.serving.scripted import ScriptedChat
from gradatim.settings import Settings
from tests.cases import OFF_BY_ONE, TASK, answer, opinion, submission

WRONG = "`sum_up_to(2)` returns 7."


def scripted(*answers: Any) -> ScriptedChat:
    script = list(answers)

    def speak(messages: Any) -> Any:
        if "second look" in messages[-1].text:
            return opinion()
        return script.pop(0) if script else answer()

    return ScriptedChat(script=speak)


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    settings = Settings(data_dir=tmp_path / "data", workers=1, repair_seconds=0.0, deliver_threshold=0.0)
    async with open_services(settings, model=scripted(answer())) as opened:
        yield opened


def graphs(services: Services) -> tuple[Any, Any]:
    written: Any = build_assessment_graph(services)
    composed: Any = build_workflow(load_workflow("packaged:assessment"), services)
    return written, composed


def drawn(graph: Any) -> tuple[set[str], set[tuple[str, str, bool]]]:
    picture = graph.compile().get_graph()
    return set(picture.nodes), {(edge.source, edge.target, edge.conditional) for edge in picture.edges}


def timeless(value: Any) -> Any:
    """Without what no two runs share: instants, seconds, ids of tasks, and the composer's own counts."""
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in ("seconds", "at", "ways_taken")}
    return [timeless(item) for item in value] if isinstance(value, list | tuple) else value


def test_nodes_and_edges_are_the_same(services: Services) -> None:
    written, composed = graphs(services)
    assert drawn(composed) == drawn(written)
    assert set(composed.waiting_edges) == set(written.waiting_edges)
    for name, spec in written.nodes.items():
        assert composed.nodes[name].retry_policy == spec.retry_policy, name
        assert composed.nodes[name].timeout == spec.timeout, name


@pytest.mark.parametrize("revised", [False, True])
async def test_a_run_gives_the_same_values_and_the_same_stream(services: Services, revised: bool) -> None:
    start = {"id": "run", "task": TASK.plain(), "submission": submission(OFF_BY_ONE, learner=None).plain()}
    streams: list[list[Any]] = []
    for graph in graphs_of(services, revised):
        compiled = graph.compile(checkpointer=InMemorySaver(), store=InMemoryStore())
        config: Any = {"configurable": {"thread_id": "run"}, "recursion_limit": 60}
        parts = [
            timeless(part)
            async for part in compiled.astream(start, config, stream_mode=["values", "updates"], durability="sync")
        ]
        final = (await compiled.aget_state(config)).values
        assert json.loads(json.dumps(final)) == final, "the state is plain JSON"
        streams.append([*sorted(parts, key=lambda part: json.dumps(part[1]))])
    written, composed = streams
    assert len(written) > 20
    assert composed == written
    values = [part for mode, part in composed if mode == "values"]
    assert any(part.get("revisions") for part in values) is revised


def graphs_of(services: Services, revised: bool) -> list[Any]:
    """Both graphs, each with a model of its own that says the same."""
    found: list[Any] = []
    for build in (build_assessment_graph, lambda opened: build_workflow(load_workflow("packaged:assessment"), opened)):
        script = (answer(error_identification=WRONG), answer()) if revised else (answer(),)
        object.__setattr__(services, "model", scripted(*script))
        found.append(build(services))
    return found


async def test_the_question_to_a_person_is_the_same_and_resumes(services: Services) -> None:
    object.__setattr__(services, "settings", services.settings.model_copy(update={"deliver_threshold": 1.0}))
    start = {"id": "run", "task": TASK.plain(), "submission": submission(OFF_BY_ONE, learner=None).plain()}
    config: Any = {"configurable": {"thread_id": "run"}}
    asked: list[Any] = []
    outcomes: list[Any] = []
    for graph in graphs(services):
        compiled = graph.compile(checkpointer=InMemorySaver(), store=InMemoryStore())
        await compiled.ainvoke(start, config)
        (question,) = (await compiled.aget_state(config)).interrupts
        asked.append(timeless(question.value))
        response = {"decisions": [{"type": "approve"}], "reviewer": "grace", "decided_at": "2026-01-01T00:00:00Z"}
        outcomes.append((await compiled.ainvoke(Command(resume={question.id: response}), config))["outcome"])
    assert strip(asked[0]) == strip(asked[1])
    assert outcomes[0] == outcomes[1]
    assert outcomes[0]["reviewed_by"] == "grace"


def strip(request: Any) -> Any:
    text = json.dumps(request)
    return json.loads(text, object_hook=lambda item: {key: item[key] for key in item if key != "created_at"})


async def test_the_assessor_runs_on_the_composed_graph(services: Services) -> None:
    workflow = load_workflow("packaged:assessment")
    saver, store = InMemorySaver(), InMemoryStore()
    graph: Any = build_workflow(workflow, services)
    compiled = graph.compile(checkpointer=saver, store=store, name="assessment")
    assessor = Assessor(services, compiled, saver, store)
    assessment = await assessor.assess(TASK, submission(OFF_BY_ONE, learner="ada"))
    assert assessment.delivered
    assert assessment.feedback.author.startswith("model:")
    assert {"intake", "execute", "deliver", "record"} <= assessment.seconds.keys()
    assert most_steps(examine(workflow, {})) >= 60, "the recursion limit holds all rounds of revision"
