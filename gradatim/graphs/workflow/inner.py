"""Sub-workflows and work for each element of a list: graphs of their own below one node.

They run below the node's place in the checkpoints: a person can be asked inside, and a run that was cut off goes on
inside where it stopped.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypedDict, cast

from langgraph.config import get_config
from langgraph.errors import GraphBubbleUp
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send

from gradatim import telemetry
from gradatim.agents.payloads import store_of
from gradatim.agents.state import Plain, State, degraded, merge
from gradatim.errors import InputError
from gradatim.graphs.observing import learner_in
from gradatim.graphs.workflow.analysis import Node
from gradatim.graphs.workflow.kinds.kind import Agent
from gradatim.graphs.workflow.nodes import reason_of
from gradatim.graphs.workflow.state import REDUCERS, SHARED

ELEMENT = "element"
PARTS = ("workflow-parts",)
"""Where the store says whose parts of runs there are."""
Work = Callable[[Plain, Any], Awaitable[Plain]]


def sub_agent(node: Node, graph: Any, limit: int) -> Agent:
    """An agent that runs a sub-workflow.

    Args:
        graph: The sub-workflow, compiled.
        limit: Supersteps that it may take.
    """
    names = (
        tuple(node.writes) if node.element is None else tuple(node.inner.workflow.spec.outputs) if node.inner else ()
    )

    async def run(state: State, runtime: Any) -> Plain:
        given = dict(state)
        if node.element is None:
            given["id"] = f"{state.get('id') or ''}/{node.name}"
            await _note_part(runtime, given)
        with telemetry.workflow(graph.name, learner=learner_in(given), expected=(GraphBubbleUp,)):
            done = cast(Plain, await graph.ainvoke(given, {**get_config(), "recursion_limit": limit}))
        return _outputs(done, names, node.name)

    return run


async def _note_part(runtime: Any, given: Plain) -> None:
    """Say in the store whose part of a run this is, so that what is kept under its id can be forgotten."""
    store, learner = store_of(runtime), learner_in(given)
    if store is not None and learner is not None:
        await store.aput(PARTS, str(given["id"]), {"learner_id": learner}, index=False)


def _outputs(done: Plain, names: tuple[str, ...], prefix: str) -> Plain:
    """What a sub-workflow hands up: its outputs, and what all workflows keep account of."""
    found = {name: done[name] for name in names}
    for key in SHARED:
        value = done.get(key)
        if value:
            named = key in ("seconds", "usage")
            found[key] = {f"{prefix}/{name}": item for name, item in value.items()} if named else value
    return found


class _Elements(TypedDict, total=False):
    """State of the graph that works for each element."""

    elements: list[Any]
    common: Plain
    results: Annotated[dict[str, Any], merge]


class _One(TypedDict, total=False):
    place: int
    element: Any
    common: Plain


def each_agent(node: Node, work: Work) -> Agent:
    """An agent that works for each element of a list, several at a time, and keeps their order.

    Args:
        work: Does it for one element.
    """
    element = node.element or ""
    names = tuple(name for name in node.writes if name not in SHARED)
    degrades = node.spec.on_error == "degrade"

    async def one(state: _One, runtime: Runtime[None]) -> Plain:
        given = {**state.get("common", {}), element: state.get("element")}
        place = state.get("place", 0)
        given["id"] = f"{given.get('id') or ''}/{node.name}.{place}"
        await _note_part(runtime, given)
        try:
            update = await work(given, runtime)
        except GraphBubbleUp:
            raise
        except Exception as error:
            if not degrades:
                raise
            reason = f"element {place}: {reason_of(error)}"
            update = degraded(node.name, reason, "the run goes on without this element")
        return {"results": {str(place): update}}

    def split(state: _Elements) -> Any:
        common, elements = state.get("common", {}), state.get("elements", [])
        sent = [
            Send(ELEMENT, {"place": place, "element": item, "common": common}) for place, item in enumerate(elements)
        ]
        return sent or END

    graph: Any = StateGraph(cast(Any, _Elements))
    graph.add_node(ELEMENT, one, input_schema=_One)
    graph.add_conditional_edges(START, split, [ELEMENT, END])
    graph.add_edge(ELEMENT, END)
    compiled = graph.compile(name=f"{node.name}: each {element}")

    async def run(state: State, runtime: Any) -> Plain:
        elements = state[f"each {element}"]
        if not isinstance(elements, list):
            raise InputError(
                f"{node.spec.for_each!r} is not a list",
                place=f"node {node.name}",
                remedy="give a list, or leave for_each out",
            )
        common = {key: value for key, value in state.items() if not key.startswith("each ")}
        config = {**get_config(), "max_concurrency": node.spec.at_once, "recursion_limit": 10}
        done = await compiled.ainvoke({"elements": elements, "common": common}, config)
        results: Plain = done.get("results") or {}
        updates = [cast(Plain, results[str(place)]) for place in range(len(cast("list[Any]", elements)))]
        found: Plain = {name: [update.get(name) for update in updates] for name in names}
        for key in SHARED:
            total: Any = None
            for update in updates:
                if update.get(key):
                    total = REDUCERS[key](total, update[key])
            if total:
                found[key] = total
        return found

    return run
