"""`gradatim execute`: verdicts by running the tests, nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from gradatim.app.console import printable, shorten
from gradatim.app.options import json_option, jsonl_option, sandbox_option, workers_option
from gradatim.app.programs import Batch, Judgement, Tally, brief, judge_all
from gradatim.domain import Execution, Task
from gradatim.settings import load_settings
from gradatim.tools.execution import execute as run_tests
from gradatim.tools.sandbox import open_sandbox
from gradatim.tools.submissions import HandedIn
from gradatim.tools.taskfile import load_task

UNJUDGED: dict[str, Any] = {"passed": None, "outcomes": [], "tier": None, "seconds": 0.0}


@click.command()
@click.argument("task", type=click.Path())
@click.argument("programs", nargs=-1, required=True, metavar="PROGRAM...", type=click.Path(allow_dash=True))
@jsonl_option
@json_option
@workers_option
@sandbox_option
@click.pass_context
def execute(
    ctx: click.Context,
    task: str,
    programs: tuple[str, ...],
    jsonl_out: Path | None,
    as_json: bool,
    workers: int | None,
    sandbox: str | None,
) -> None:
    """Run the tests of TASK (a YAML file) on each PROGRAM in a sandbox and say which passed.

    PROGRAM is a Python file, a folder (every *.py below it), a .jsonl file (one {"file", "code"} object a
    line), or - for standard input. A program that cannot be read does not stop the others.

    With --json and in the file of --jsonl, each program is one object on a line, in the order of the
    programs: submission, passed, outcomes (test, status, detail), tier, seconds; error where it could not
    be read.

    \b
    Exit codes: 0 every program passed; 1 some program did not pass; 2 some program could not be read,
    or the task file is wrong; 3 programs cannot be run safely here.
    """
    settings = load_settings(workers=workers, sandbox=sandbox)
    batch = Batch(programs, settings, as_json, jsonl_out, UNJUDGED)
    tally = asyncio.run(_execute(load_task(task), batch))
    ctx.exit(tally.exit_code)


async def _execute(task: Task, batch: Batch) -> Tally:
    async with open_sandbox(batch.settings) as sandbox:

        async def judge(handed_in: HandedIn) -> Judgement:
            execution = await run_tests(sandbox, task, handed_in.submission(task.id))
            return Judgement(
                execution.passed,
                verdict_row(handed_in.name, execution),
                _text(handed_in.name, task, execution),
            )

        return await judge_all(batch, judge)


def verdict_row(name: str, execution: Execution) -> dict[str, Any]:
    """The JSON object of one program."""
    return {
        "submission": name,
        "passed": execution.passed,
        "outcomes": [brief(outcome) for outcome in execution.outcomes],
        "tier": execution.tier,
        "seconds": round(execution.seconds, 6),
    }


def _text(name: str, task: Task, execution: Execution) -> str:
    passed = sum(outcome.status == "passed" for outcome in execution.outcomes)
    mark = click.style("pass", fg="green") if execution.passed else click.style("FAIL", fg="red")
    lines = [f"{mark}  {printable(name)}  ({passed} of {len(execution.outcomes)} tests passed)"]
    if execution.load_error is not None:
        lines.append(f"      {shorten(execution.outcomes[0].detail, 240)}")
        return "\n".join(lines)
    for outcome in execution.outcomes:
        if outcome.status != "passed":
            what = f"{outcome.test} {task.test(outcome.test).label}"
            lines.append(f"      {shorten(what, 80)}: {shorten(outcome.detail or outcome.status, 240)}")
    return "\n".join(lines)
