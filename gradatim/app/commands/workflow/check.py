"""`gradatim workflow check`: everything that is wrong with workflow files."""

from __future__ import annotations

import click

from gradatim.app.commands.workflow.values import parameters_from
from gradatim.app.console import emit, out, plural, printable, say
from gradatim.app.options import json_option
from gradatim.errors import WorkflowError, WorkflowProblem
from gradatim.graphs.workflow import check_workflow, read_workflow


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--set", "given", multiple=True, metavar="KEY=VALUE", help="Value of a parameter, as `run` would get it.")
@json_option
@click.pass_context
def check(ctx: click.Context, files: tuple[str, ...], given: tuple[str, ...], as_json: bool) -> None:
    """Check each FILE (or packaged:NAME): form, kinds, types, and every way that a run could go.

    Nothing is run but the Python files that a workflow imports. Everything that is wrong is told at once, each with its
    line and a remedy.

    \b
    Exit codes: 0 all of them can run; 1 something is wrong with one.
    """
    wrong = 0
    for file in files:
        problems, name = _problems(file, given)
        wrong += bool(problems)
        if as_json:
            emit({
                "file": file, "workflow": name, "ok": not problems,
                "problems": [
                    {"place": item.place, "message": item.message, "remedy": item.remedy, "path": list(item.path)}
                    for item in problems
                ],
            })  # fmt: skip
            continue
        if not problems:
            out(f"{file}: {name} can run")
        for problem in problems:
            out(printable(f"{problem.place}: {problem.message}", lines=True))
            out(printable(f"    {problem.remedy}", lines=True), colour="green")
        if problems:
            say(f"{file}: {plural(len(problems), 'problem')}")
    ctx.exit(1 if wrong else 0)


def _problems(file: str, given: tuple[str, ...]) -> tuple[tuple[WorkflowProblem, ...], str | None]:
    try:
        workflow = read_workflow(file)
        values = parameters_from(given, workflow.spec) if given else None
        return check_workflow(workflow, values), workflow.name
    except WorkflowError as error:
        return error.problems, None
