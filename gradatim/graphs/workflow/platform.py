"""Workflows for a LangGraph platform: what `langgraph.json` names.

```json
{"graphs": {"lab": "gradatim.graphs.workflow.platform:make_graph"}, "env": {"GRADATIM_WORKFLOW": "lab-feedback.yaml"}}
```

For several workflows, a file of your own with `lab = workflow_graph("lab-feedback.yaml")` for each.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from gradatim.agents.prompts import load_prompts
from gradatim.errors import SettingsError, WorkflowError
from gradatim.graphs.services import open_services
from gradatim.graphs.workflow.checking import examine
from gradatim.graphs.workflow.compiling import compose, most_steps
from gradatim.graphs.workflow.loading import load_workflow
from gradatim.settings import load_settings

VARIABLE = "GRADATIM_WORKFLOW"
"""Environment variable that names the workflow of `make_graph`."""


def workflow_graph(
    path: str | Path, parameters: Mapping[str, Any] | None = None
) -> Callable[[], AbstractAsyncContextManager[Any]]:
    """A factory of the compiled graph of a workflow: services from the settings, persistence from the platform.

    Args:
        path: A file, or `packaged:NAME`.
    """

    @asynccontextmanager
    async def make() -> AsyncGenerator[Any]:
        # the platform refuses anything that blocks its event loop, reading a file included
        workflow = await asyncio.to_thread(load_workflow, path)
        settings = await asyncio.to_thread(load_settings)
        await asyncio.to_thread(load_prompts)
        found = await asyncio.to_thread(examine, workflow, parameters or {})
        if found.findings:
            raise WorkflowError(workflow.places.source, found.findings.problems())
        async with open_services(settings) as services:
            graph: Any = await asyncio.to_thread(compose, found, services)
            compiled = graph.compile(name=workflow.name)
            yield compiled.with_config(recursion_limit=most_steps(found))

    return make


@asynccontextmanager
async def make_graph() -> AsyncGenerator[Any]:
    """The graph of the workflow that the environment variable `GRADATIM_WORKFLOW` names.

    Raises:
        SettingsError: It names none.
    """
    path = os.environ.get(VARIABLE, "").strip()
    if not path:
        raise SettingsError(
            "names no workflow", place=VARIABLE, remedy="set it to a workflow file, or to packaged:assessment"
        )
    async with workflow_graph(path)() as graph:
        yield graph
