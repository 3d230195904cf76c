"""`gradatim workflow resume`: a person's answer to what a run waits with."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from gradatim.app.commands.workflow.answering import PersonAnswer, answer_run
from gradatim.app.commands.workflow.showing import show_run
from gradatim.app.options import cache_dir_option, data_dir_option, json_option, sandbox_option, traces_option
from gradatim.settings import load_settings


@click.command()
@click.argument("thread")
@click.option("--approve", is_flag=True, help="Go on as asked.")
@click.option(
    "--edit", type=click.Path(path_type=Path), metavar="FILE",
    help="Go on with the values of this YAML file: key and value, or a feedback as `review show --template` writes it.",
)  # fmt: skip
@click.option("--reject", metavar="TEXT", help="Do not, and why.")
@click.option("--respond", metavar="TEXT", help="Say this instead.")
@click.option("--question", metavar="ID", help="Which question is answered, where the run waits with several.")
@click.option("--reviewer", metavar="NAME", default="command line", show_default=True, help="Who answers.")
@click.option("--file", "moved", metavar="FILE", help="Where the workflow lies now, if it was moved.")
@click.option("--model", metavar="MODEL", help="As for `run` (setting: model).")
@traces_option
@json_option
@sandbox_option
@data_dir_option
@cache_dir_option
@click.pass_context
def resume(
    ctx: click.Context,
    thread: str,
    approve: bool,
    edit: Path | None,
    reject: str | None,
    respond: str | None,
    question: str | None,
    reviewer: str,
    moved: str | None,
    as_json: bool,
    **overrides: Any,
) -> None:
    """Answer what the run THREAD waits with, and go on.

    Without an answer, its questions are told, or it goes on where it was cut off.

    An answer counts once: a second one to the same question is refused.

    \b
    Exit codes: 0 finished; 1 it waits for a person; 2 there is no such run, or the answer cannot be taken; 3 something
    it needs does not work: the run is kept.
    """
    chosen = [approve, edit is not None, reject is not None, respond is not None]
    if sum(chosen) > 1:
        raise click.UsageError("give at most one of --approve, --edit FILE, --reject TEXT, --respond TEXT")
    if not reviewer.strip():
        raise click.UsageError("--reviewer needs a name")
    settings = load_settings(**overrides)
    kind = ("approve", "edit", "reject", "respond")[chosen.index(True)] if any(chosen) else None
    answer = PersonAnswer(kind, edit, reject if reject is not None else respond, reviewer.strip())
    ended, wanted = asyncio.run(answer_run(settings, thread, answer, question, moved, not as_json))
    ctx.exit(show_run(ended, as_json, wanted))
