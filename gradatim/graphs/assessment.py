"""The assessment graph.

```
START ─ intake ─┬─ execute ─┐
                └─ recall ──┴─ diagnose ─ retrieve ─ generate ─┬─ verify ───┐
                                             ▲                 └─ critique ─┴─ decide
                                             └───────── revise ◄────────────────┤
                    record ◄─ deliver ◄─ human_review (interrupt) ◄─────────────┤
                                 ▲──────────────────────────────────────────────┘
```
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import RetryPolicy, TimeoutPolicy, interrupt

from gradatim.agents import (
    AssessmentState,
    Critic,
    Decider,
    Deliverer,
    Diagnostician,
    Executor,
    Generator,
    Intake,
    Recaller,
    Recorder,
    Retriever,
    Reviser,
    Verifier,
)
from gradatim.agents.calibration import load_calibration
from gradatim.agents.hitl import to_hitl
from gradatim.agents.policy import policy_of
from gradatim.agents.prompts import load_prompts
from gradatim.agents.reviews import review_request
from gradatim.agents.state import Plain, State, confidence_of, language_of
from gradatim.agents.wording import Wording
from gradatim.errors import InputError, ServiceError
from gradatim.graphs.observing import node_of
from gradatim.graphs.services import Services, open_services
from gradatim.languages import speaking
from gradatim.settings import load_settings
from gradatim.tools.claims import ClaimChecker

Agent = Callable[[State, Any], Awaitable[Plain]]

_RETRY = RetryPolicy(max_attempts=2, initial_interval=0.2, retry_on=ServiceError)


def build_assessment_graph(
    services: Services, replaced: Mapping[str, Agent] | None = None
) -> StateGraph[AssessmentState, None, AssessmentState, AssessmentState]:
    """The uncompiled graph, so that a user can add nodes before compiling it.

    Args:
        services: What the agents work with.
        replaced: Agents that stand in for those of these nodes; they write the keys that theirs write.

    Raises:
        InputError: There is no node of such a name.
    """
    replaced = replaced or {}
    settings = services.settings
    policy = policy_of(settings)
    verifier = Verifier(ClaimChecker(services.sandbox, services.concepts))
    graph: Any = StateGraph(AssessmentState)
    model_timeout = TimeoutPolicy(run_timeout=2.5 * settings.model_timeout)  # one request, one repair, some air

    agents: list[tuple[str, Agent, dict[str, Any]]] = [
        ("intake", Intake(settings.submission_limit), {}),
        ("execute", Executor(services.sandbox), {"retry_policy": _RETRY}),
        ("recall", Recaller(services.memory), {}),
        (
            "diagnose",
            Diagnostician(services.sandbox, services.concepts, settings.repair_seconds),
            {"retry_policy": _RETRY},
        ),
        ("retrieve", Retriever(services.concepts, services.passages, services.related), {}),
        (
            "generate",
            Generator(services.model, concepts=services.concepts, wording=_wording(services)),
            {"timeout": model_timeout},
        ),
        ("verify", verifier, {"retry_policy": _RETRY}),
        ("critique", Critic(services.model, settings.samples), {"timeout": model_timeout}),
        ("decide", Decider(policy, load_calibration(settings), services.decisions), {}),
        ("revise", Reviser(policy.rounds), {}),
        ("deliver", Deliverer(verifier, services.memory, services.decisions), {}),
        ("record", Recorder(services.memory, services.concepts), {}),
    ]
    unknown = replaced.keys() - {name for name, _, _ in agents}
    if unknown:
        raise InputError(
            f"the graph has no agent {min(unknown)!r}",
            place="replaced",
            remedy=f"name one of {', '.join(name for name, _, _ in agents)}",
        )
    for name, agent, policies in agents:
        graph.add_node(name, timed(name, replaced.get(name, agent), settings.language), **policies)
    graph.add_node("human_review", human_review)

    graph.add_edge(START, "intake")
    graph.add_edge("intake", "execute")
    graph.add_edge("intake", "recall")
    graph.add_edge(["execute", "recall"], "diagnose")
    graph.add_edge("diagnose", "retrieve")
    graph.add_edge("retrieve", "generate")
    graph.add_edge("generate", "verify")
    graph.add_edge("generate", "critique")
    graph.add_edge(["verify", "critique"], "decide")
    graph.add_conditional_edges("decide", route, {"deliver": "deliver", "revise": "revise", "review": "human_review"})
    graph.add_edge("revise", "retrieve")
    graph.add_edge("human_review", "deliver")
    graph.add_edge("deliver", "record")
    graph.add_edge("record", END)
    return graph


def _wording(services: Services) -> Wording | None:
    """Controlled decoding, where the settings ask for it."""
    profile, curriculum = services.settings.lambda_profile, services.settings.lambda_curriculum
    return Wording(services.concepts, profile, curriculum) if profile or curriculum else None


def timed(name: str, agent: Agent, language: str | None = None) -> Callable[..., Awaitable[Plain]]:
    """The agent as a node that speaks the run's language and also reports its seconds of work.

    Args:
        language: Spoken where the run's state names none.
    """

    async def node(state: AssessmentState, runtime: Runtime[None]) -> Plain:
        start = perf_counter()
        with speaking(language_of(state) or language), node_of(name, runtime):
            update = await agent(state, runtime)
        return {**update, "seconds": {name: perf_counter() - start}}

    return node


def route(state: AssessmentState) -> str:
    """Where `decide` sends the feedback."""
    return confidence_of(state).route


async def human_review(state: AssessmentState) -> Plain:
    """Waits for a person. Nothing else: a node runs again from its first line when it is resumed."""
    with node_of("human_review"):
        return {"decision": interrupt(to_hitl(review_request(state)))}


@asynccontextmanager
async def make_graph() -> AsyncGenerator[Any]:
    """The compiled graph for `langgraph dev`: services from the settings, persistence from the platform."""
    # the platform refuses anything that blocks its event loop, reading a file included
    settings = await asyncio.to_thread(load_settings)
    await asyncio.to_thread(load_prompts)
    async with open_services(settings) as services:
        graph: Any = await asyncio.to_thread(build_assessment_graph, services)
        yield graph.compile(name="assessment")
