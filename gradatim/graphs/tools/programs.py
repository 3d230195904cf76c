"""Tools about exercises and the programs handed in for them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

from langchain_core.tools import BaseTool
from pydantic import Field, create_model

from gradatim.graphs.tools.desk import Desk
from gradatim.graphs.tools.tool import Arguments, Plain, make_tool

CODE = Annotated[str, Field(description="The learner's whole program, as Python source code.")]
_ENUMERATED = 60
"""Tasks whose ids stand in the schema, so that a grammar-guided model cannot name others."""


class Nothing(Arguments):
    """No arguments."""


def task_field(desk: Desk) -> Any:
    """The argument that names a task, its ids enumerated where they are few."""
    ids = sorted(desk.tasks)
    extra: dict[str, Any] | None = {"enum": list(ids)} if 0 < len(ids) <= _ENUMERATED else None
    return Annotated[str, Field(description="Id of the task.", json_schema_extra=extra)]


def program_tools(desk: Desk) -> Iterator[BaseTool]:
    """Tools to list and read tasks, and to run, diagnose and assess programs."""
    tool = partial(make_tool, language=desk.spoken)
    task = task_field(desk)
    named: Any = create_model("TaskArguments", __base__=Arguments, task=(task, ...))
    program: Any = create_model("ProgramArguments", __base__=Arguments, task=(task, ...), code=(CODE, ...))

    async def list_tasks(given: Arguments) -> Plain:
        rows = [{"id": item.id, "title": item.title, "concepts": list(item.concepts)} for item in desk.tasks.values()]
        return {"tasks": rows}

    async def read_task(given: Any) -> Plain:
        found = desk.task(given.task)
        return desk.view(found).exercise()

    async def run_tests(given: Any) -> Plain:
        found = desk.task(given.task)
        return desk.view(found).execution(await desk.execution(found, given.code))

    async def diagnose_program(given: Any) -> Plain:
        found = desk.task(given.task)
        return desk.view(found).diagnosis((await desk.case(found, given.code)).diagnosis)

    yield tool("list_tasks", "List the exercises: id, title, concepts.", Nothing, list_tasks)
    yield tool("read_task", "Read an exercise: what to do and the tests that may be seen.", named, read_task)
    yield tool(
        "run_tests",
        "Run a task's tests on a program in a sandbox. The verdict rests on these executed tests alone.",
        program,
        run_tests,
    )
    yield tool(
        "diagnose_program",
        "Say what is wrong with a program as far as it can be shown: kind of error, suspicious lines, misconceptions, "
        "where a verified repair lies, with evidence. No language model takes part.",
        program,
        diagnose_program,
    )
    if desk.assessor is not None:
        yield assessing_tool(desk, task)


def assessing_tool(desk: Desk, task: Any) -> BaseTool:
    """The tool that runs the whole assessment graph."""
    fields: dict[str, Any] = {"task": (task, ...), "code": (CODE, ...)}
    if desk.audience == "staff":
        whose = Annotated[str | None, Field(description="Whose program it is; the memory learns from it.")]
        fields["learner_id"] = (whose, None)
    arguments: Any = create_model("AssessArguments", __base__=Arguments, **fields)

    async def assess_program(given: Any) -> Plain:
        assert desk.assessor is not None
        found = desk.task(given.task)
        named: str | None = getattr(given, "learner_id", None)
        learner = desk.learner(named) if named or desk.learner_id else None
        submission = desk.submission(found, given.code, learner)
        run = f"tool-{uuid.uuid4().hex[:12]}"
        assessment = await desk.assessor.assess(found, submission, thread=run, language=desk.language)
        return desk.view(found).assessment(assessment)

    return partial(make_tool, language=desk.spoken)(
        "assess_program",
        "Assess a program: run, diagnose, write feedback whose every claim is checked. Gives the feedback that the "
        "learner may read, or says that a person has to look at it first. Takes seconds to a minute.",
        arguments,
        assess_program,
        writes=True,
    )
