"""Scorers in the hands of the real LangSmith, openevals and agentevals, without any server."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from agentevals.graph_trajectory.strict import graph_trajectory_strict_match
from agentevals.graph_trajectory.utils import extract_langgraph_trajectory_from_thread
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langsmith.evaluation import run_evaluator
from langsmith.schemas import Example, Run
from openevals.simulators import run_multiturn_simulation

from gradatim.errors import InputError
from gradatim.evals.harness.evaluator import evaluator
from gradatim.evals.scorers import SCORERS, inputs_of, score_trace
from gradatim.evals.scorers.trust.claim_support import claim_support
from tests.evals.traces.formats_material import assessment


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING_V2"):
        monkeypatch.setenv(name, "false")


@pytest.mark.parametrize("key", ["claim_support", "path_strict", "talk_ratio"])
def test_langsmith_takes_scorers_as_they_are(key: str) -> None:
    info, now = SCORERS[key], datetime.now(UTC)
    given = inputs_of(assessment())
    run = Run(id=uuid.uuid4(), trace_id=uuid.uuid4(), name="run", start_time=now, run_type="chain",
              inputs={}, outputs=dict(given["outputs"]))  # fmt: skip
    example = Example(id=uuid.uuid4(), dataset_id=uuid.uuid4(), created_at=now, inputs=dict(given["inputs"]),
                      outputs=dict(given["reference_outputs"]))  # fmt: skip
    found: Any = run_evaluator(info.scorer).evaluate_run(run, example)
    (wanted,) = score_trace(assessment(), [info])
    assert (found.key, found.score, found.comment) == (key, wanted["score"], wanted["comment"])
    assert (found.metadata or {}) == (wanted.get("metadata") or {})


def test_a_call_as_openevals_makes_it() -> None:
    given = inputs_of(assessment())
    found = claim_support(**given)
    assert set(found) <= {"key", "score", "comment", "metadata"}
    assert evaluator("claim_support")(**given, further="ignored") == found
    own = evaluator(SCORERS["claim_support"], known={"task": {}})
    assert own(outputs=given["outputs"]) == found
    assert own.__name__ == "claim_support"
    assert evaluator("claim_support")(outputs=None)["score"] is None
    with pytest.raises(InputError, match="claim_support"):
        evaluator("claim_suport")


def test_openevals_simulator_hands_messages_in() -> None:
    def app(message: Any, *, thread_id: str) -> dict[str, Any]:
        return {
            "role": "assistant",
            "content": "What does range(3) give? Which number comes last?",
            "id": uuid.uuid4().hex,
        }

    result = run_multiturn_simulation(
        app=app,
        user=["My sum is too small.", "I think it ends at 3."],
        max_turns=2,
        trajectory_evaluators=[evaluator("talk_ratio"), evaluator("questions_a_turn"), evaluator("claim_support")],
    )
    found: dict[str, Any] = {str(item["key"]): item["score"] for item in result["evaluator_results"]}
    assert found.keys() == {"talk_ratio", "questions_a_turn", "claim_support"}
    assert found["questions_a_turn"] == 2.0
    assert 0.5 < found["talk_ratio"] < 1.0
    assert found["claim_support"] is None
    spoken = [HumanMessage("My sum is too small."), AIMessage("Why? How?")]
    assert evaluator("questions_a_turn")(outputs=spoken)["score"] == 2.0


def test_agentevals_trajectories_are_compared() -> None:
    graph: Any = StateGraph(MessagesState)
    for name in ("diagnose", "generate"):
        graph.add_node(name, lambda _: {"messages": [AIMessage("done")]})
    graph.add_edge(START, "diagnose").add_edge("diagnose", "generate").add_edge("generate", END)
    compiled = graph.compile(checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "a"}}
    compiled.invoke({"messages": [HumanMessage("go")]}, config)
    found = extract_langgraph_trajectory_from_thread(compiled, config)
    right = {"inputs": [], "results": [], "steps": [["__start__", "diagnose", "generate"]]}
    wrong = {**right, "steps": [["__start__", "generate", "diagnose"]]}
    for reference, same in ((right, True), (wrong, False)):
        theirs: Any = graph_trajectory_strict_match(outputs=found["outputs"], reference_outputs=reference)
        ours = evaluator("path_strict")(**found, reference_outputs=reference)
        assert theirs["score"] is same
        assert ours["score"] is same
        assert evaluator("path_unordered")(**found, reference_outputs=reference)["score"] is True
