"""The tutoring graph: one run is one turn, its thread the session.

```
START ─ recall ─ understand ─┬───────────┬─ plan ─ compose ─ word ─ check ─ remember ─┬─ END
                             └─ examine ─┘                                  ▲         └─ hand_over (interrupt)
                                                                            └──────── relay ◄──┘
```
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import RetryPolicy, TimeoutPolicy, interrupt

from gradatim.agents.retriever import Retriever
from gradatim.agents.state import Plain, State
from gradatim.agents.tutoring.checking import Speaker
from gradatim.agents.tutoring.composing import Composer
from gradatim.agents.tutoring.examiner import Examiner
from gradatim.agents.tutoring.handover import Relay, hand_over_of, to_request
from gradatim.agents.tutoring.planning import Planner, TutorPolicy
from gradatim.agents.tutoring.recaller import SessionRecaller
from gradatim.agents.tutoring.rememberer import Rememberer
from gradatim.agents.tutoring.state import TutoringState, turn_of
from gradatim.agents.tutoring.understanding import Listener
from gradatim.agents.tutoring.wording import Worder
from gradatim.errors import ServiceError
from gradatim.graphs.observing import node_of
from gradatim.graphs.services import Services
from gradatim.telemetry import Work
from gradatim.tools.claims import ClaimChecker

_RETRY = RetryPolicy(max_attempts=2, initial_interval=0.2, retry_on=ServiceError)


def build_tutoring_graph(
    services: Services, policy: TutorPolicy | None = None
) -> StateGraph[TutoringState, None, TutoringState, TutoringState]:
    """The uncompiled graph, so that a user can add nodes before compiling it.

    Args:
        services: What the agents work with.
        policy: What the course allows its tutor.
    """
    settings, rules = services.settings, policy or TutorPolicy()
    checker = ClaimChecker(services.sandbox, services.concepts)
    graph: Any = StateGraph(TutoringState)
    asking = TimeoutPolicy(run_timeout=2.5 * settings.model_timeout)
    retriever = Retriever(services.concepts, services.passages, services.related)
    agents: list[tuple[str, Any, dict[str, Any]]] = [
        ("recall", SessionRecaller(services.memory), {}),
        ("understand", Listener(services.concepts, services.model), {"timeout": asking}),
        (
            "examine",
            Examiner(
                services.sandbox, retriever, limit=settings.submission_limit, repair_seconds=settings.repair_seconds
            ),
            {"retry_policy": _RETRY},
        ),
        ("plan", Planner(rules, services.concepts), {}),
        ("compose", Composer(services.sandbox, services.concepts), {"retry_policy": _RETRY}),
        ("word", Worder(services.model, checker, rules), {"timeout": asking}),
        ("check", Speaker(checker), {"retry_policy": _RETRY}),
        ("remember", Rememberer(services.memory, services.concepts), {}),
        ("relay", Relay(), {}),
    ]
    for name, agent, policies in agents:
        graph.add_node(name, _timed(name, agent), **policies)
    graph.add_node("hand_over", hand_over)
    graph.add_edge(START, "recall")
    graph.add_edge("recall", "understand")
    graph.add_conditional_edges("understand", _with_code, {"examine": "examine", "plan": "plan"})
    graph.add_edge("examine", "plan")
    graph.add_edge("plan", "compose")
    graph.add_edge("compose", "word")
    graph.add_edge("word", "check")
    graph.add_edge("check", "remember")
    graph.add_conditional_edges("remember", _held, {"hand_over": "hand_over", "end": END})
    graph.add_edge("hand_over", "relay")
    graph.add_edge("relay", "remember")
    return graph


def _timed(name: str, agent: Callable[[State, Any], Awaitable[Plain]]) -> Callable[..., Awaitable[Plain]]:
    """The agent as a node that also reports its seconds of work."""

    async def node(state: TutoringState, runtime: Runtime[None]) -> Plain:
        start = perf_counter()
        with node_of(name, runtime) as work:
            update = await agent(state, runtime)
            if "turn" in update and work.listened_to:
                _evaluate(work, update["turn"])
        return {**update, "seconds": {name: perf_counter() - start}}

    return node


def _evaluate(work: Work, turn: Plain) -> None:
    """Report how much of what the tutor is about to say was borne out by checks."""
    verdicts = [check["verdict"] for statement in turn["statements"] for check in statement["checks"]]
    if verdicts:
        work.evaluated("claim_support", verdicts.count("supported") / len(verdicts))


async def hand_over(state: TutoringState) -> Plain:
    """Waits for a person. Nothing else: a node runs again from its first line when it is resumed."""
    with node_of("hand_over"):
        return {"decision": interrupt(to_request(hand_over_of(state)))}


def _with_code(state: TutoringState) -> str:
    return "plan" if state.get("code") is None else "examine"


def _held(state: TutoringState) -> str:
    return "hand_over" if turn_of(state).held else "end"
