"""`gradatim review`: what waits for a person, and their decisions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gradatim.agents.hitl import ACTION
from gradatim.agents.reviews import ORDINARY, find_decision, find_request, requests
from gradatim.app.commands.deciding import decide_request, unknown
from gradatim.app.commands.reviewing import calibrate, export, policy
from gradatim.app.commands.workflow.answering import PersonAnswer
from gradatim.app.commands.workflow.showing import row_of, show_questions
from gradatim.app.console import emit, out, printable, shorten, table
from gradatim.app.edits import edit_template
from gradatim.app.options import data_dir_option, json_option, sandbox_option, traces_option
from gradatim.app.report.review import age, review_text
from gradatim.domain import Assessment, ReviewDecision, ReviewRequest
from gradatim.graphs.assessor import held_assessment
from gradatim.graphs.persistence import open_persistence
from gradatim.graphs.workflow.runs import Run
from gradatim.graphs.workflow.waiting import WaitingRun, held_part, run_behind, waiting_run, waiting_runs
from gradatim.settings import load_settings

T = TypeVar("T")


def _with_records(data_dir: Path | None, ask: Callable[[Any, Any], Awaitable[T]]) -> T:
    """What `ask` makes of the checkpoints and the store."""

    async def run() -> T:
        async with open_persistence(load_settings(data_dir=data_dir)) as (checkpoints, store):
            return await ask(checkpoints, store)

    return asyncio.run(run())


@click.group()
def review() -> None:
    """See and decide about feedback that waits for a person, and learn from the decisions."""


for command in (policy, export, calibrate):
    review.add_command(command)


@review.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what was decided.")
@json_option
@data_dir_option
def list_requests(everything: bool, as_json: bool, data_dir: Path | None) -> None:
    """List what waits for a person, most urgent first.

    \b
    Exit codes: 0 done.
    """

    async def ask(checkpoints: Any, store: Any) -> tuple[list[ReviewRequest], list[WaitingRun]]:
        return await requests(store, everything=everything), await waiting_runs(checkpoints, store)

    found, runs = _with_records(data_dir, ask)
    # what a workflow asks about a feedback is on the list of requests already
    asked = [(run, item) for run in runs for item in run.questions if item.action != ACTION]
    if as_json:
        emit(
            {
                "reviews": [item.plain() for item in found],
                "questions": [
                    {
                        "run": run.thread, "workflow": run.workflow, "id": item.id, "question": item.text,
                        "allowed": list(item.allowed), "since": run.since, "task": run.task, "learner": run.learner,
                    }
                    for run, item in asked
                ],
            }
        )  # fmt: skip
        return
    if not found and not asked:
        out("nothing waits for a person")
        return
    rows = [
        (item.priority, item.id, item.status, item.created_at, item.task_id, item.learner_id or "-",
         f"{item.confidence.value:.2f}", "; ".join(item.reasons))
        for item in found
    ]  # fmt: skip
    rows += [
        (ORDINARY, run.thread, "open", run.since, run.task or "-", run.learner or "-", "-",
         f"{run.workflow} asks: {item.text}")
        for run, item in asked
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row[0], row[3], row[1]))
    told = [
        (printable(name), str(priority), status, age(since), shorten(task, 24), shorten(learner, 20), confidence,
         shorten(why, 90))
        for priority, name, status, since, task, learner, confidence, why in rows
    ]  # fmt: skip
    out(table(told, header=("id", "priority", "status", "age", "task", "learner", "conf", "why")))


@review.command()
@click.argument("request_id", metavar="ID")
@click.option("--template", is_flag=True, help="Print the feedback as YAML, to be edited and given to --edit.")
@json_option
@data_dir_option
def show(request_id: str, template: bool, as_json: bool, data_dir: Path | None) -> None:
    """Show what is asked about ID: program, diagnosis, repairs, and each sentence beside its checks and evidence.

    This shows everything, hidden tests and corrections included: it is for reviewers, not for learners.

    Of a workflow that asks something else, its questions with what they show.

    \b
    Exit codes: 0 done; 2 there is no such request.
    """

    async def ask(
        checkpoints: Any, store: Any
    ) -> tuple[ReviewRequest | None, ReviewDecision | None, Assessment | None, WaitingRun | None]:
        thread = await run_behind(store, request_id)
        held = await held_assessment(checkpoints, store, request_id)
        if held is None and thread is not None:
            held = await held_part(checkpoints, thread, request_id)
        run = None if thread is None else await waiting_run(checkpoints, store, thread)
        return await find_request(store, request_id), await find_decision(store, request_id), held, run

    request, decision, held, run = _with_records(data_dir, ask)
    if request is None and run is not None and run.thread == request_id and not template:
        _show_questions(run, as_json)
        return
    if request is None:
        raise unknown(request_id)
    if template:
        out(edit_template(request.feedback), end="")
    elif as_json:
        emit(
            {
                "review": request.plain(),
                "decision": decision.plain() if decision else None,
                "assessment": held.plain() if held else None,
            }
        )
    else:
        out(review_text(request, decision, held))


@review.command()
@click.argument("request_id", metavar="ID")
@click.option("--approve", is_flag=True, help="Deliver the feedback as it stands (refuted sentences are left out).")
@click.option("--edit", type=click.Path(path_type=Path), metavar="FILE", help="Deliver the feedback of this YAML file.")
@click.option("--reject", is_flag=True, help="Deliver nothing.")
@click.option("--respond", metavar="TEXT", help="Deliver this text instead.")
@click.option("--reason", metavar="TEXT", help="Why, for --reject.")
@click.option("--reviewer", required=True, metavar="NAME", help="Who decides.")
@click.option("--anyway", is_flag=True, help="Deliver an edit although a check refutes one of its sentences.")
@traces_option
@json_option
@sandbox_option
@data_dir_option
@click.pass_context
def decide(
    ctx: click.Context,
    request_id: str,
    approve: bool,
    edit: Path | None,
    reject: bool,
    respond: str | None,
    reason: str | None,
    reviewer: str,
    anyway: bool,
    as_json: bool,
    **overrides: Any,
) -> None:
    """Decide about ID; the run goes on from where it waits, also one of a workflow. A decision counts once.

    Sentences that an edit changes or adds are read and checked like any others; an edit with a refuted one is only
    taken with --anyway. What was decided is kept, and can be learnt from (`gradatim review export`, `calibrate`).

    \b
    Exit codes: 0 done; 1 the workflow waits for a person once more; 2 no such request, already decided, or an
    unusable or refuted edit.
    """
    chosen = [approve, edit is not None, reject, respond is not None]
    if sum(chosen) != 1:
        raise click.UsageError("give exactly one of --approve, --edit FILE, --reject, --respond TEXT")
    if not reviewer.strip():
        raise click.UsageError("--reviewer needs a name")
    settings = load_settings(**overrides)
    kind = ("approve", "edit", "reject", "respond")[chosen.index(True)]
    message = respond if respond is not None else reason
    answer = PersonAnswer(kind, edit, message, reviewer.strip())
    ctx.exit(asyncio.run(decide_request(settings, request_id, answer, anyway, as_json)))


def _show_questions(run: WaitingRun, as_json: bool) -> None:
    """What a workflow asks that is no feedback."""
    stopped = Run(run.thread, run.workflow, questions=run.questions)
    if as_json:
        emit(row_of(stopped))
        return
    about = [f"task {run.task}" if run.task else "", f"learner {run.learner}" if run.learner else ""]
    told = ", ".join(part for part in about if part)
    out(printable(f"run {run.thread} of the workflow {run.workflow} waits since {run.since} ({age(run.since)})"))
    if told:
        out(printable(told))
    show_questions(stopped)
