"""Small kinds and workflows that the tests of workflows share."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from gradatim.agents.state import Plain
from gradatim.graphs.services import Services
from gradatim.graphs.workflow import Workflow, build_workflow, parse_workflow
from gradatim.graphs.workflow.checking import examine
from gradatim.graphs.workflow.compiling import most_steps
from gradatim.graphs.workflow.kinds import Kind
from gradatim.settings import Settings

SERVICES = cast(Services, SimpleNamespace(settings=Settings()))
"""For nodes that need nothing."""


def kind(
    key: str,
    work: Callable[[Plain], Any] | None = None,
    *,
    reads: dict[str, Any] | None = None,
    writes: dict[str, Any] | None = None,
    **more: Any,
) -> Kind:
    """A kind whose agent is a plain function from what it reads to its update."""

    async def agent(state: Any, runtime: Any = None) -> Plain:
        return {} if work is None else work(state)

    return Kind(key, key, lambda services, given: agent, reads=reads or {}, writes=writes or {}, **more)


def writes(key: str, value: Any, kind_of: Any = None) -> Kind:
    """A kind `set_KEY` that writes a constant."""
    return kind(f"set_{key}", lambda _: {key: value}, writes={key: kind_of or type(value)})


def flow(text: str, *kinds: Kind, **more: Any) -> Workflow:
    """A workflow from YAML text."""
    return parse_workflow(text, "w.yaml", kinds=kinds, **more)


async def run(workflow: Workflow, inputs: Plain | None = None, **parameters: Any) -> Plain:
    """The last state of a workflow without services, checkpointer or store."""
    graph: Any = build_workflow(workflow, SERVICES, parameters)
    limit = most_steps(examine(workflow, parameters))
    return await graph.compile().ainvoke(inputs or {}, {"recursion_limit": limit})
