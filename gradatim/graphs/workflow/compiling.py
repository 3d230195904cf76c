"""A workflow becomes an ordinary LangGraph graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langgraph.graph import START as GRAPH_START
from langgraph.graph import StateGraph
from langgraph.runtime import Runtime

from gradatim.agents.prompts import worded
from gradatim.agents.state import Plain, State
from gradatim.errors import WorkflowError
from gradatim.graphs.services import Services
from gradatim.graphs.workflow.analysis import Analysis, Node
from gradatim.graphs.workflow.checking import examine, facts_of
from gradatim.graphs.workflow.inner import each_agent, sub_agent
from gradatim.graphs.workflow.kinds.kind import Agent
from gradatim.graphs.workflow.nodes import NodeRunner, policies
from gradatim.graphs.workflow.rehearsal import longest_run
from gradatim.graphs.workflow.routing import Route, target_name
from gradatim.graphs.workflow.spec import START
from gradatim.graphs.workflow.state import SHARED, state_schema
from gradatim.graphs.workflow.workflow import Workflow

SLACK = 5
"""Supersteps that a run may take beyond what was worked out: LangGraph counts the beginning and the end, too."""


def build_workflow(
    workflow: Workflow, services: Services, parameters: Mapping[str, Any] | None = None
) -> StateGraph[Any, None, Any, Any]:
    """The uncompiled graph of a workflow, so that a user can add nodes before compiling it.

    Args:
        services: What its nodes work with.
        parameters: Values of its parameters.

    Raises:
        WorkflowError: Something is wrong with it, or a parameter has no value.
    """
    found = examine(workflow, parameters or {})
    if found.findings:
        raise WorkflowError(workflow.places.source, found.findings.problems())
    return compose(found, services)


def most_steps(found: Analysis) -> int:
    """LangGraph's `recursion_limit` for a workflow: no run of it takes more supersteps."""
    return longest_run(found.wiring, facts_of(found)) + SLACK


def compose(found: Analysis, services: Services) -> StateGraph[Any, None, Any, Any]:
    """The graph of a workflow that was examined and found right."""
    wiring = found.wiring
    routes = {source: Route(source, ways, found.conditions) for source, ways in wiring.routes.items()}
    keys = [key for key in found.types if key not in SHARED]
    schema = state_schema(found.workflow.name, keys, counting=any(route.counts for route in routes.values()))
    graph: Any = StateGraph(schema)
    for name, node in found.nodes.items():
        route = routes.get(name)
        runner = NodeRunner(
            node, _agent(found, node, services), services.settings, route if route and route.counts else None
        )
        graph.add_node(name, _function(runner), **policies(node, services.settings))
    for source, targets in wiring.follows.items():
        for target in targets:
            graph.add_edge(GRAPH_START if source == START else source, target_name(target))
    for join in wiring.joins:
        graph.add_edge(list(join.sources), join.target)
    for source, route in routes.items():
        graph.add_conditional_edges(GRAPH_START if source == START else source, route.__call__, route.targets)
    return graph


def _function(runner: NodeRunner) -> Any:
    async def node(state: Any, runtime: Runtime[None]) -> Any:
        return await runner(state, runtime)

    return node


def _agent(found: Analysis, node: Node, services: Services) -> Agent:
    if node.inner is not None:
        graph: Any = compose(node.inner, services)
        agent = sub_agent(node, graph.compile(name=node.inner.workflow.name), most_steps(node.inner))
    else:
        assert node.kind is not None
        agent = node.kind.build(services, node.parameters)
        agent = _in_words(agent, node.prompts) if node.prompts else agent
    return agent if node.element is None else each_agent(node, agent)


def _in_words(agent: Agent, prompts: Mapping[str, str]) -> Agent:
    """An agent that asks a model by prompts of a workflow's own."""

    async def run(state: State, runtime: Any) -> Plain:
        with worded(prompts):
            return await agent(state, runtime)

    return run
