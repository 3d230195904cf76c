"""Services without a model, and tools on them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from langchain_core.tools import BaseTool

from gradatim.domain import LearnerEvent, Observation, Task
from gradatim.graphs import Services, open_services
from gradatim.graphs.tools import Audience, agent_tools, open_desk
from gradatim.settings import Settings
from gradatim.tools.taskfile import load_task

ROOT = Path(__file__).resolve().parents[3]
TASKS = ROOT / "examples" / "tasks"

Toolbox = dict[str, BaseTool]
Opener = Callable[..., Any]


@pytest.fixture(scope="session")
def fibonacci() -> Task:
    return load_task(TASKS / "fibonacci.yaml")


@pytest.fixture
def wrong() -> str:
    """A program for `fibonacci` that goes one round too few."""
    return (ROOT / "examples" / "submissions" / "fibonacci" / "03.py").read_text()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def services(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Services]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), workers=1, model="none", repair_seconds=0.5)
    async with open_services(settings) as opened:
        yield opened


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def toolbox(services: Services) -> AsyncIterator[Toolbox]:
    """The tools of a learner about whom one thing is remembered."""
    seen = Observation(concept="for-loop", correct=True)
    at = "2026-01-01T00:00:00+00:00"
    event = LearnerEvent(id="e1", learner_id="ada", kind="submission", at=at, observations=(seen,))
    await services.memory.append([event])
    async with open_desk(services=services, tasks=TASKS, learner_id="ada") as desk:
        yield {tool.name: tool for tool in agent_tools(desk)}


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def staff_toolbox(services: Services) -> AsyncIterator[Toolbox]:
    """The tools of staff."""
    audience: Audience = "staff"
    async with open_desk(services=services, tasks=TASKS, audience=audience) as desk:
        yield {tool.name: tool for tool in agent_tools(desk)}
