"""`gradatim diagnose`: what is wrong with a program, by running and reading it; no model takes part."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gradatim.app.console import plural, printable, shorten
from gradatim.app.options import json_option, jsonl_option, language_option, sandbox_option, workers_option
from gradatim.app.programs import Batch, Judgement, Tally, brief, judge_all
from gradatim.domain import Diagnosis, Execution, Task
from gradatim.errors import InputError, SubmissionError
from gradatim.kg.labels import misconception_text
from gradatim.languages import has, rendered, say, speaking
from gradatim.settings import Settings, load_settings
from gradatim.tools.diagnosis import diagnose as find_faults
from gradatim.tools.execution import execute as run_tests
from gradatim.tools.repair.pool import Pool
from gradatim.tools.sandbox import Sandbox, open_sandbox
from gradatim.tools.submissions import HandedIn, read_submissions
from gradatim.tools.taskfile import load_task
from gradatim.tools.telling import told, told_change, told_why

SHOWN = 3
"""Suspicious lines and misconceptions that a person is shown; the JSON has all."""
UNJUDGED: dict[str, Any] = {
    "verdict": None,
    "error_category": None,
    "suspicious_lines": [],
    "misconceptions": [],
    "repair": None,
    "repairs": [],
    "evidence": [],
    "outcomes": [],
    "tier": None,
}


@click.command()
@click.argument("task", type=click.Path())
@click.argument("programs", nargs=-1, required=True, metavar="PROGRAM...", type=click.Path(allow_dash=True))
@language_option
@jsonl_option
@json_option
@workers_option
@sandbox_option
@click.option(
    "--repair-seconds",
    type=click.FloatRange(0, 60),
    metavar="S",
    help="Time for the search of a change that makes every test pass (setting: repair_seconds); 0 searches none.",
)
@click.option(
    "--pool",
    multiple=True,
    metavar="PROGRAMS",
    type=click.Path(),
    help="Correct programs of others, whose parts the search may use: a file, a folder or a .jsonl file.",
)
@click.pass_context
def diagnose(
    ctx: click.Context,
    task: str,
    programs: tuple[str, ...],
    language: str | None,
    jsonl_out: Path | None,
    as_json: bool,
    workers: int | None,
    sandbox: str | None,
    repair_seconds: float | None,
    pool: tuple[str, ...],
) -> None:
    """Say what is wrong with each PROGRAM for TASK (a YAML file), as far as it can be shown.

    PROGRAM is a Python file, a folder (every *.py below it), a .jsonl file (one {"file", "code"} object a
    line), or - for standard input. A program that cannot be read does not stop the others.

    With --json and in the file of --jsonl, each program is one object on a line, in the order of the
    programs: submission, verdict, error_category, suspicious_lines (line, score, why; best first),
    misconceptions (id, lines, evidence, confidence, why), repair (a change that makes every test pass, or null),
    repairs (that one and others), evidence, outcomes, tier. It shows solutions: it is for staff, not for learners.

    \b
    Exit codes: 0 every program is correct; 1 some program is not; 2 some program could not be read,
    or the task file is wrong; 3 programs cannot be run safely here.
    """
    settings = load_settings(workers=workers, sandbox=sandbox, repair_seconds=repair_seconds, language=language)
    batch = Batch(programs, settings, as_json, jsonl_out, UNJUDGED)
    with speaking(settings.language):
        tally = asyncio.run(_diagnose(load_task(task), batch, pool))
    ctx.exit(tally.exit_code)


async def _diagnose(task: Task, batch: Batch, donors: Sequence[str]) -> Tally:
    async with open_sandbox(batch.settings) as sandbox:
        pool = await _pool(sandbox, task, donors, batch.settings) if donors else None

        async def judge(handed_in: HandedIn) -> Judgement:
            submission = handed_in.submission(task.id)
            execution = await run_tests(sandbox, task, submission)
            diagnosis = await find_faults(
                sandbox, task, submission, execution, repair_seconds=batch.settings.repair_seconds, pool=pool
            )
            return Judgement(
                execution.passed,
                diagnosis_row(handed_in.name, execution, diagnosis),
                _text(handed_in, execution, diagnosis),
            )

        return await judge_all(batch, judge)


async def _pool(sandbox: Sandbox, task: Task, paths: Sequence[str], settings: Settings) -> Pool:
    """The programs under these paths that pass every test.

    Raises:
        InputError: One cannot be read, or none passes.
    """
    codes: list[str] = []
    count = 0
    for handed_in in read_submissions(paths, settings):
        if isinstance(handed_in, SubmissionError):
            raise handed_in
        count += 1
        if (await run_tests(sandbox, task, handed_in.submission(task.id))).passed:
            codes.append(handed_in.code)
    if not codes:
        raise InputError(
            f"none of {plural(count, 'program')} passes every test of {task.id}",
            place=f"--pool {' '.join(paths)}",
            remedy="give programs that are correct for this task",
        )
    pool = Pool.of(codes, verified=True)
    await pool.prepare(sandbox, task)
    return pool


def diagnosis_row(name: str, execution: Execution, diagnosis: Diagnosis) -> dict[str, Any]:
    """The JSON object of one program."""
    plain = diagnosis.plain()
    return {
        "submission": name,
        "verdict": execution.verdict,
        "error_category": diagnosis.error_category,
        "suspicious_lines": plain["suspicious_lines"],
        "misconceptions": plain["misconceptions"],
        "repair": plain["repairs"][0] if plain["repairs"] else None,
        "repairs": plain["repairs"],
        "evidence": plain["evidence"],
        "outcomes": [brief(outcome) for outcome in execution.outcomes],
        "tier": execution.tier,
    }


def _text(handed_in: HandedIn, execution: Execution, diagnosis: Diagnosis) -> str:
    name = printable(handed_in.name)
    if execution.passed:
        return f"{click.style(say('cli.verdict.correct'), fg='green')}    {name}"
    lines = [f"{click.style(say('cli.verdict.incorrect'), fg='red')}  {name}: {_category(diagnosis)}"]
    for suspicious in diagnosis.suspicious_lines[:SHOWN]:
        where = say("cli.line", line=suspicious.line, score=f"{suspicious.score:.2f}")
        lines.append(f"      {where}: {_source_line(handed_in.code, suspicious.line)}")
        lines.append(f"          {shorten(told_why(suspicious.why), 240)}")
    lines.extend(
        f"      {say('cli.misconception', name=_called(match.id), score=f'{match.confidence:.2f}')}: "
        f"{shorten(rendered(match.why), 240)}"
        for match in diagnosis.misconceptions[:SHOWN]
    )
    if diagnosis.repair is not None:
        beyond = {None: "tests", True: "beyond", False: "not_beyond"}[diagnosis.repair.generalises]
        change = shorten(told_change(diagnosis.repair.change), 240)
        lines.append(f"      {say(f'cli.change.{beyond}', change=change)}")
    lines.extend(f"      {shorten(told(item).summary, 240)}" for item in diagnosis.evidence if item.kind == "trace")
    return "\n".join(lines)


def _category(diagnosis: Diagnosis) -> str:
    """The kind of error: an exception's own name, or what the language calls it."""
    name = diagnosis.error_category
    return say(f"assessment.category.{name}") if has(f"assessment.category.{name}") else str(name)


def _called(misconception: str) -> str:
    """The id, and the name where the language spoken has one."""
    name = misconception_text(misconception, "name")
    return misconception if name is None else f"{misconception} {name}"


def _source_line(code: str, number: int) -> str:
    lines = code.split("\n")
    return shorten(lines[number - 1].strip(), 80) if number <= len(lines) else ""
