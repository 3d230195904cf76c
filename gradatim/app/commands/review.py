"""`gradatim review`: what waits for a person, and their decisions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from gradatim.agents.reviews import find_decision, find_request, requests
from gradatim.app.commands.assess import assessment_row, node_progress, print_assessment
from gradatim.app.commands.reviewing import calibrate, export, policy
from gradatim.app.console import emit, out, say, shorten, table
from gradatim.app.edits import edit_template, read_edit
from gradatim.app.options import data_dir_option, json_option, sandbox_option
from gradatim.app.report.review import age, review_text
from gradatim.domain import Assessment, Feedback, ReviewDecision, ReviewRequest
from gradatim.errors import ReviewError
from gradatim.graphs import Assessor, open_assessor
from gradatim.graphs.assessor import held_assessment
from gradatim.graphs.persistence import open_persistence
from gradatim.graphs.services import open_services
from gradatim.serving.realiser import GroundedRealiser
from gradatim.settings import Settings, load_settings

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

    async def ask(_: Any, store: Any) -> list[ReviewRequest]:
        return await requests(store, everything=everything)

    found = _with_records(data_dir, ask)
    if as_json:
        emit({"reviews": [item.plain() for item in found]})
        return
    if not found:
        out("nothing waits for a person")
        return
    rows = [
        (
            item.id,
            str(item.priority),
            item.status,
            age(item.created_at),
            shorten(item.task_id, 24),
            shorten(item.learner_id or "-", 20),
            f"{item.confidence.value:.2f}",
            shorten("; ".join(item.reasons), 90),
        )
        for item in found
    ]
    out(table(rows, header=("id", "priority", "status", "age", "task", "learner", "conf", "why")))


@review.command()
@click.argument("request_id", metavar="ID")
@click.option("--template", is_flag=True, help="Print the feedback as YAML, to be edited and given to --edit.")
@json_option
@data_dir_option
def show(request_id: str, template: bool, as_json: bool, data_dir: Path | None) -> None:
    """Show what is asked about ID: program, diagnosis, repairs, and each sentence beside its checks and evidence.

    This shows everything, hidden tests and corrections included: it is for reviewers, not for learners.

    \b
    Exit codes: 0 done; 2 there is no such request.
    """

    async def ask(
        checkpoints: Any, store: Any
    ) -> tuple[ReviewRequest | None, ReviewDecision | None, Assessment | None]:
        return (
            await find_request(store, request_id),
            await find_decision(store, request_id),
            await held_assessment(checkpoints, store, request_id),
        )

    request, decision, held = _with_records(data_dir, ask)
    if request is None:
        raise _unknown(request_id)
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
@json_option
@sandbox_option
@data_dir_option
def decide(
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
    """Decide about ID; the run goes on from where it waits. A decision counts once.

    Sentences that an edit changes or adds are read and checked like any others; an edit with a refuted one is only
    taken with --anyway. What was decided is kept, and can be learnt from (`gradatim review export`, `calibrate`).

    \b
    Exit codes: 0 done; 2 no such request, already decided, or an unusable or refuted edit.
    """
    chosen = [approve, edit is not None, reject, respond is not None]
    if sum(chosen) != 1:
        raise click.UsageError("give exactly one of --approve, --edit FILE, --reject, --respond TEXT")
    if not reviewer.strip():
        raise click.UsageError("--reviewer needs a name")
    settings = load_settings(**overrides)
    kind = ("approve", "edit", "reject", "respond")[chosen.index(True)]
    message = respond if respond is not None else reason
    asyncio.run(_decide(settings, request_id, kind, edit, message, reviewer.strip(), anyway, as_json))


async def _decide(
    settings: Settings,
    request_id: str,
    kind: Any,
    edit: Path | None,
    message: str | None,
    reviewer: str,
    anyway: bool,
    as_json: bool,
) -> None:
    # what comes after the review asks no model
    async with (
        open_services(settings, model=GroundedRealiser()) as services,
        open_assessor(services=services) as assessor,
    ):
        feedback: Feedback | None = None
        if edit is not None:
            feedback = await _edited(assessor, request_id, edit, reviewer, anyway)
        decision = ReviewDecision(
            request_id=request_id,
            kind=kind,
            reviewer=reviewer,
            decided_at=datetime.now(UTC).isoformat(timespec="seconds"),
            feedback=feedback,
            message=message,
        )
        with node_progress(not as_json) as on_node:
            assessment = await assessor.decide(decision, on_node=on_node)
    if as_json:
        emit(assessment_row(assessment.submission.filename, assessment))
    else:
        print_assessment(assessment)


async def _edited(assessor: Assessor, request_id: str, path: Path, reviewer: str, anyway: bool) -> Feedback:
    """The edit of a file.

    Raises:
        ReviewError: There is no such request, or a check refutes what the edit says and nobody insists on it.
    """
    request = await find_request(assessor.store, request_id)
    held = await held_assessment(assessor.checkpoints, assessor.store, request_id)
    if request is None or held is None:
        raise _unknown(request_id)
    edit = read_edit(path, request.feedback, reviewer, {item.id for item in held.diagnosis.evidence})
    if request.status == "decided":
        return edit  # refused as stale, with the name of who decided
    checked = await assessor.check_edit(request_id, edit, reviewer)
    wrong = [
        f'"{shorten(statement.text, 80)}": {check.detail}'
        for statement in checked.statements()
        if statement.author is not None
        for check in statement.checks
        if check.verdict == "refuted"
    ]
    if wrong and not anyway:
        raise ReviewError(
            f"a check refutes what the edit says: {'; '.join(wrong)}",
            place=str(path),
            remedy="correct the sentence, or add --anyway to deliver it as it is",
        )
    for item in wrong:
        say(f"delivered although refuted: {item}")
    return edit


def _unknown(request_id: str) -> ReviewError:
    return ReviewError("there is no such request", place=f"review {request_id}", remedy="see `gradatim review list`")
