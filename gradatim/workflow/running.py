"""Workflows run: from a file, loaded, or put together in Python."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from gradatim.graphs.services import Services
from gradatim.graphs.workflow import Workflow as LoadedWorkflow
from gradatim.graphs.workflow.running import Run, WorkflowRunner
from gradatim.graphs.workflow.running import open_workflow as open_loaded
from gradatim.settings import Settings
from gradatim.workflow.builder import Workflow

__all__ = ["Run", "WorkflowRunner", "open_workflow"]


@asynccontextmanager
async def open_workflow(
    workflow: Workflow | LoadedWorkflow | str | Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    settings: Settings | None = None,
    services: Services | None = None,
) -> AsyncGenerator[WorkflowRunner]:
    """A workflow ready to run, with checkpoints: `run`, `resume`, `go_on`, `stream`.

    Args:
        workflow: Put together in Python, loaded, a file, or `packaged:NAME`.
        parameters: Values of its parameters.
        settings: Of the services that are opened; those of the environment when not given.
        services: Used instead of opening new ones; stay open.

    Raises:
        WorkflowError: Something is wrong with the workflow or a parameter.
    """
    async with open_loaded(_ready(workflow), parameters, settings=settings, services=services) as runner:
        yield runner


def _ready(workflow: Workflow | LoadedWorkflow | str | Path) -> LoadedWorkflow | str | Path:
    return workflow.loaded() if isinstance(workflow, Workflow) else workflow
