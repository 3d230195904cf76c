"""`gradatim diagnose`: what is wrong with a program, by running and reading it; no model takes part."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from gradatim.app.console import printable, shorten
from gradatim.app.options import json_option, jsonl_option, sandbox_option, workers_option
from gradatim.app.programs import Batch, Judgement, Tally, brief, judge_all
from gradatim.domain import Diagnosis, Execution, Task
from gradatim.settings import load_settings
from gradatim.tools.diagnosis import diagnose as find_faults
from gradatim.tools.execution import execute as run_tests
from gradatim.tools.sandbox import open_sandbox
from gradatim.tools.submissions import HandedIn
from gradatim.tools.taskfile import load_task

SHOWN = 3
"""Suspicious lines and misconceptions that a person is shown; the JSON has all."""
UNJUDGED: dict[str, Any] = {
    "verdict": None,
    "error_category": None,
    "suspicious_lines": [],
    "misconceptions": [],
    "repair": None,
    "evidence": [],
    "outcomes": [],
    "tier": None,
}


@click.command()
@click.argument("task", type=click.Path())
@click.argument("programs", nargs=-1, required=True, metavar="PROGRAM...", type=click.Path(allow_dash=True))
@jsonl_option
@json_option
@workers_option
@sandbox_option
@click.pass_context
def diagnose(
    ctx: click.Context,
    task: str,
    programs: tuple[str, ...],
    jsonl_out: Path | None,
    as_json: bool,
    workers: int | None,
    sandbox: str | None,
) -> None:
    """Say what is wrong with each PROGRAM for TASK (a YAML file), as far as it can be shown.

    PROGRAM is a Python file, a folder (every *.py below it), a .jsonl file (one {"file", "code"} object a
    line), or - for standard input. A program that cannot be read does not stop the others.

    With --json and in the file of --jsonl, each program is one object on a line, in the order of the
    programs: submission, verdict, error_category, suspicious_lines (line, score, why; best first),
    misconceptions (id, lines, evidence, confidence, why), repair, evidence, outcomes, tier.

    \b
    Exit codes: 0 every program is correct; 1 some program is not; 2 some program could not be read,
    or the task file is wrong; 3 programs cannot be run safely here.
    """
    settings = load_settings(workers=workers, sandbox=sandbox)
    batch = Batch(programs, settings, as_json, jsonl_out, UNJUDGED)
    tally = asyncio.run(_diagnose(load_task(task), batch))
    ctx.exit(tally.exit_code)


async def _diagnose(task: Task, batch: Batch) -> Tally:
    async with open_sandbox(batch.settings) as sandbox:

        async def judge(handed_in: HandedIn) -> Judgement:
            submission = handed_in.submission(task.id)
            execution = await run_tests(sandbox, task, submission)
            diagnosis = await find_faults(sandbox, task, submission, execution)
            return Judgement(
                execution.passed,
                diagnosis_row(handed_in.name, execution, diagnosis),
                _text(handed_in, execution, diagnosis),
            )

        return await judge_all(batch, judge)


def diagnosis_row(name: str, execution: Execution, diagnosis: Diagnosis) -> dict[str, Any]:
    """The JSON object of one program."""
    plain = diagnosis.plain()
    return {
        "submission": name,
        "verdict": execution.verdict,
        "error_category": diagnosis.error_category,
        "suspicious_lines": plain["suspicious_lines"],
        "misconceptions": plain["misconceptions"],
        "repair": plain["repair"],
        "evidence": plain["evidence"],
        "outcomes": [brief(outcome) for outcome in execution.outcomes],
        "tier": execution.tier,
    }


def _text(handed_in: HandedIn, execution: Execution, diagnosis: Diagnosis) -> str:
    name = printable(handed_in.name)
    if execution.passed:
        return f"{click.style('correct', fg='green')}    {name}"
    lines = [f"{click.style('incorrect', fg='red')}  {name}: {diagnosis.error_category}"]
    for suspicious in diagnosis.suspicious_lines[:SHOWN]:
        where = f"line {suspicious.line} ({suspicious.score:.2f})"
        lines.append(f"      {where}: {_source_line(handed_in.code, suspicious.line)}")
        lines.append(f"          {shorten(suspicious.why, 240)}")
    lines.extend(
        f"      misconception {match.id} ({match.confidence:.2f}): {shorten(match.why, 240)}"
        for match in diagnosis.misconceptions[:SHOWN]
    )
    return "\n".join(lines)


def _source_line(code: str, number: int) -> str:
    lines = code.split("\n")
    return shorten(lines[number - 1].strip(), 80) if number <= len(lines) else ""
