"""What a LangGraph platform does with the graph: opens it by its configured name, draws it, runs it."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from gradatim.agents.hitl import request_of
from gradatim.graphs import build_assessment_graph, open_services
from gradatim.settings import Settings
from tests.cases import OFF_BY_ONE, TASK, submission

CONFIGURED = json.loads((Path(__file__).parents[2] / "langgraph.json").read_text("utf-8"))["graphs"]["assessment"]


async def test_the_configured_graph_opens_and_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("GRADATIM_MODEL", "none")
    module, _, name = CONFIGURED.partition(":")
    async with getattr(importlib.import_module(module), name)() as graph:
        drawn = graph.get_graph()
        edges = {(edge.source, edge.target) for edge in drawn.edges}
        done = await graph.ainvoke({"id": "run", "task": TASK.plain(), "submission": submission(learner=None).plain()})
    assert done["execution"]["submission"] == submission(learner=None).id
    assert {
        ("__start__", "intake"), ("intake", "execute"), ("intake", "recall"), ("execute", "diagnose"),
        ("recall", "diagnose"), ("diagnose", "retrieve"), ("retrieve", "generate"), ("generate", "verify"),
        ("generate", "critique"), ("verify", "decide"), ("critique", "decide"), ("decide", "revise"),
        ("revise", "retrieve"), ("decide", "human_review"), ("human_review", "deliver"), ("decide", "deliver"),
        ("deliver", "record"), ("record", "__end__"),
    } == edges  # fmt: skip


async def test_streams_carry_the_interrupt_and_a_plain_answer_resumes(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, model="none", deliver_threshold=1.0, workers=1)
    config: Any = {"configurable": {"thread_id": "run"}}
    start = {"id": "run", "task": TASK.plain(), "submission": submission(OFF_BY_ONE).plain()}
    async with open_services(settings) as services:
        graph: Any = build_assessment_graph(services).compile(checkpointer=InMemorySaver())
        parts = [part async for part in graph.astream(start, config, stream_mode="updates")]
        (interrupt,) = parts[-1]["__interrupt__"]
        assert request_of(interrupt.value).id == "run"
        answer = {"decisions": [{"type": "approve"}], "reviewer": "grace"}
        done = await graph.ainvoke(Command(resume={interrupt.id: answer}), config)
    assert done["outcome"]["reviewed_by"] == "grace"
    state = graph.get_state(config).values
    assert json.loads(json.dumps(state)) == state, "the state is plain JSON"
