"""All tools at once, on services that are open or are opened for them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from langchain_core.tools import BaseTool

from gradatim.domain import Task
from gradatim.errors import InputError
from gradatim.graphs.assessor import open_assessor
from gradatim.graphs.services import Services, open_services
from gradatim.graphs.tools.audience import Audience
from gradatim.graphs.tools.concepts import concept_tools
from gradatim.graphs.tools.desk import Desk
from gradatim.graphs.tools.exercises import read_tasks
from gradatim.graphs.tools.learners import learner_tools
from gradatim.graphs.tools.programs import program_tools
from gradatim.graphs.tools.texts import text_tools
from gradatim.languages import language as known_language
from gradatim.settings import Settings

Tasks = str | Path | Iterable[str | Path | Task]
"""Task files, folders of them, or tasks."""


def agent_tools(desk: Desk, only: Iterable[str] | None = None) -> list[BaseTool]:
    """The agents as LangChain tools.

    Tools about programs need `desk.tasks`; `assess_program` needs an assessor; `learner_state` and `next_concepts` need
    a learner, or staff, who may name any.

    Args:
        only: Names of the tools that are wanted; all that can be had when not given.

    Raises:
        InputError: A tool of this name cannot be had.
    """
    tools: list[BaseTool] = []
    if desk.tasks:
        tools += [*program_tools(desk), *text_tools(desk)]
    tools += concept_tools(desk)
    if desk.learner_id is not None or desk.audience == "staff":
        tools += learner_tools(desk)
    if only is None:
        return tools
    wanted, known = list(only), {tool.name: tool for tool in tools}
    missing = [name for name in wanted if name not in known]
    if missing:
        raise InputError(
            f"there is no tool {missing[0]!r} here", place="only", remedy=f"choose from: {', '.join(known)}"
        )
    return [known[name] for name in wanted]


@asynccontextmanager
async def open_desk(
    settings: Settings | None = None,
    *,
    tasks: Tasks = (),
    audience: Audience = "learner",
    learner_id: str | None = None,
    language: str | None = None,
    services: Services | None = None,
) -> AsyncGenerator[Desk]:
    """A desk for the tools, with an assessor on the persistence of the settings.

    Args:
        tasks: Task files, folders of them, or tasks.
        audience: Who reads the answers.
        learner_id: The learner that the tools speak for.
        language: Code of the language that answers speak; that of the settings when not given.
        services: Used instead of opening new ones; stays open.

    Raises:
        GradatimError: A task file is wrong, or something that is needed cannot be had.
    """
    if services is None:
        async with (
            open_services(settings) as opened,
            open_desk(
                tasks=tasks, audience=audience, learner_id=learner_id, language=language, services=opened
            ) as desk,
        ):
            yield desk
        return
    exercises = _tasks(tasks)
    async with open_assessor(services=services) as assessor:
        yield Desk(services, exercises, audience, learner_id, assessor, language and known_language(language).code)


@asynccontextmanager
async def open_agent_tools(
    settings: Settings | None = None,
    *,
    tasks: Tasks = (),
    audience: Audience = "learner",
    learner_id: str | None = None,
    language: str | None = None,
    services: Services | None = None,
    only: Iterable[str] | None = None,
) -> AsyncGenerator[list[BaseTool]]:
    """`agent_tools` on a desk that is opened and closed with them; arguments as of `open_desk`."""
    async with open_desk(
        settings, tasks=tasks, audience=audience, learner_id=learner_id, language=language, services=services
    ) as desk:
        yield agent_tools(desk, only)


def _tasks(given: Tasks) -> dict[str, Task]:
    items = [given] if isinstance(given, str | Path) else list(given)
    tasks = read_tasks(item for item in items if not isinstance(item, Task))
    return tasks | {item.id: item for item in items if isinstance(item, Task)}
