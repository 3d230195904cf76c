"""`gradatim workflow run`: a workflow on inputs of the command line."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import click

from gradatim.app.commands.assess import node_progress
from gradatim.app.commands.workflow.showing import show_run
from gradatim.app.commands.workflow.values import Inputs, about_inputs, parameters_from
from gradatim.app.console import say
from gradatim.app.options import (
    cache_dir_option,
    data_dir_option,
    json_option,
    language_option,
    sandbox_option,
    traces_option,
)
from gradatim.app.whose import Whose
from gradatim.errors import InputError, ServiceError, WorkflowError
from gradatim.graphs.services import open_services
from gradatim.graphs.workflow import Workflow, read_workflow
from gradatim.graphs.workflow.analysis import Analysis
from gradatim.graphs.workflow.checking import examine
from gradatim.graphs.workflow.running import Run, WorkflowRunner, open_workflow
from gradatim.settings import Settings, load_settings


@click.command()
@click.argument("file")
@click.option(
    "--input", "inputs", multiple=True, metavar="KEY=VALUE",
    help="An input: a task file, a program (several: a folder), a value as YAML or JSON, or @FILE that holds one.",
)  # fmt: skip
@click.option("--set", "given", multiple=True, metavar="KEY=VALUE", help="Value of a parameter.")
@click.option("--thread", metavar="ID", help="Id of the run; a run of this id that was cut off goes on.")
@click.option("--learner", metavar="ID", help="Whose programs they are; the memory is read and written for them.")
@click.option(
    "--decide",
    type=click.Choice(("approve", "reject")),
    help="Answer so every question that takes it, for trying a workflow out.",
)
@click.option(
    "--model",
    metavar="MODEL",
    help="A catalogue name, a GGUF file, http(s)://host/v1#name, or none: text from evidence alone (setting: model).",
)
@language_option
@traces_option
@json_option
@sandbox_option
@data_dir_option
@cache_dir_option
@click.pass_context
def run(
    ctx: click.Context,
    file: str,
    inputs: tuple[str, ...],
    given: tuple[str, ...],
    thread: str | None,
    learner: str | None,
    decide: str | None,
    as_json: bool,
    **overrides: Any,
) -> None:
    """Run the workflow in FILE (or packaged:NAME).

    It is checked first. Its nodes are told on stderr as they work, its outputs on stdout. Where it asks a person, it
    stops and tells how to answer; it goes on from there, in any process.

    \b
    Exit codes: 0 finished; 1 it waits for a person; 2 the workflow, an input or a parameter is wrong; 3 something it
    needs does not work: the run is kept, and the same command with its --thread goes on.
    """
    settings = load_settings(**overrides)
    workflow = read_workflow(file)
    parameters = parameters_from(given, workflow.spec)
    found = examine(workflow, parameters)
    if found.findings:
        raise WorkflowError(workflow.places.source, found.findings.problems())
    values = Inputs(found, settings, Whose.of(settings, learner)).read(inputs)
    if overrides.get("language"):
        values.setdefault("language", overrides["language"])  # whoever goes on with the run speaks it too
    missing = [key for key in workflow.spec.inputs if key not in values]
    if missing:
        raise InputError(f"the input {missing[0]!r} is missing", place=file, remedy=f"give {about_inputs(found)}")
    name = thread or uuid.uuid4().hex[:12]
    work = _Work(workflow, found, settings, name, decide, not as_json)
    try:
        ended = asyncio.run(work.run(values, parameters))
    except KeyboardInterrupt:
        say(f"the run is kept: the same command with --thread {name} goes on")
        raise
    ctx.exit(show_run(ended, as_json, workflow.spec.outputs))


class _Work:
    """One call of the command."""

    def __init__(
        self, workflow: Workflow, found: Analysis, settings: Settings, thread: str, decide: str | None, shown: bool
    ) -> None:
        self.workflow = workflow
        self.found = found
        self.settings = settings
        self.thread = thread
        self.decide = decide
        self.shown = shown

    async def run(self, values: dict[str, Any], parameters: dict[str, Any]) -> Run:
        say(f"run {self.thread}")
        async with (
            open_services(self.settings) as services,
            open_workflow(self.workflow, parameters, services=services) as runner,
        ):
            try:
                with node_progress(self.shown) as on_node:
                    ended = await runner.run(values, thread=self.thread, on_node=on_node)
                    return ended if self.decide is None else await self._decided(runner, ended, on_node)
            except ServiceError as error:
                kept = f"the run is kept: go on with --thread {self.thread}"
                error.remedy = f"{error.remedy}; {kept}" if error.remedy else kept
                raise

    async def _decided(self, runner: WorkflowRunner, ended: Run, on_node: Any) -> Run:
        """Answer alike every question that can be answered so, until there is none left."""
        answer = {"decisions": [{"type": self.decide, "message": "by --decide"}], "reviewer": "command line"}
        while taken := [item.id for item in ended.questions if not item.allowed or self.decide in item.allowed]:
            ended = await runner.resume(self.thread, dict.fromkeys(taken, answer), on_node=on_node)
        if not ended.finished:
            say(f"it cannot be answered by --decide {self.decide}")
        return ended
