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
from gradatim.app.console import emit, out, printable, shorten, table
from gradatim.app.edits import edit_template, read_edit
from gradatim.app.options import data_dir_option, json_option, sandbox_option
from gradatim.domain import Feedback, ReviewDecision, ReviewRequest
from gradatim.errors import ReviewError
from gradatim.graphs import open_assessor
from gradatim.graphs.persistence import open_persistence
from gradatim.graphs.services import open_services
from gradatim.serving.realiser import GroundedRealiser
from gradatim.settings import Settings, load_settings

T = TypeVar("T")


def _with_store(data_dir: Path | None, ask: Callable[[Any], Awaitable[T]]) -> T:
    async def run() -> T:
        async with open_persistence(load_settings(data_dir=data_dir)) as (_, store):
            return await ask(store)

    return asyncio.run(run())


@click.group()
def review() -> None:
    """See and decide about feedback that waits for a person."""


@review.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what was decided.")
@json_option
@data_dir_option
def list_requests(everything: bool, as_json: bool, data_dir: Path | None) -> None:
    """List what waits for a person, oldest first.

    \b
    Exit codes: 0 done.
    """

    async def ask(store: Any) -> list[ReviewRequest]:
        return await requests(store, everything=everything)

    found = _with_store(data_dir, ask)
    if as_json:
        emit({"reviews": [item.plain() for item in found]})
        return
    if not found:
        out("nothing waits for a person")
        return
    rows = [
        (
            item.id,
            item.status,
            item.created_at[:16].replace("T", " "),
            shorten(item.task_id, 24),
            shorten(item.learner_id or "-", 20),
            f"{item.confidence.value:.2f}",
            shorten("; ".join(item.reasons), 90),
        )
        for item in found
    ]
    out(table(rows, header=("id", "status", "since", "task", "learner", "conf", "why")))


@review.command()
@click.argument("request_id", metavar="ID")
@click.option("--template", is_flag=True, help="Print the feedback as YAML, to be edited and given to --edit.")
@json_option
@data_dir_option
def show(request_id: str, template: bool, as_json: bool, data_dir: Path | None) -> None:
    """Show what is asked about ID, with its feedback and checks.

    \b
    Exit codes: 0 done; 2 there is no such request.
    """

    async def ask(store: Any) -> tuple[ReviewRequest | None, ReviewDecision | None]:
        return await find_request(store, request_id), await find_decision(store, request_id)

    request, decision = _with_store(data_dir, ask)
    if request is None:
        raise _unknown(request_id)
    if template:
        out(edit_template(request.feedback), end="")
    elif as_json:
        emit({"review": request.plain(), "decision": decision.plain() if decision else None})
    else:
        out(_request_text(request, decision))


@review.command()
@click.argument("request_id", metavar="ID")
@click.option("--approve", is_flag=True, help="Deliver the feedback as it stands (refuted sentences are left out).")
@click.option("--edit", type=click.Path(path_type=Path), metavar="FILE", help="Deliver the feedback of this YAML file.")
@click.option("--reject", is_flag=True, help="Deliver nothing.")
@click.option("--respond", metavar="TEXT", help="Deliver this text instead.")
@click.option("--reason", metavar="TEXT", help="Why, for --reject.")
@click.option("--reviewer", required=True, metavar="NAME", help="Who decides.")
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
    as_json: bool,
    **overrides: Any,
) -> None:
    """Decide about ID; the run goes on from where it waits. A decision counts once.

    \b
    Exit codes: 0 done; 2 no such request, already decided, or an unusable edit.
    """
    chosen = [approve, edit is not None, reject, respond is not None]
    if sum(chosen) != 1:
        raise click.UsageError("give exactly one of --approve, --edit FILE, --reject, --respond TEXT")
    if not reviewer.strip():
        raise click.UsageError("--reviewer needs a name")
    settings = load_settings(**overrides)
    kind = ("approve", "edit", "reject", "respond")[chosen.index(True)]
    asyncio.run(_decide(settings, request_id, kind, edit, respond or reason, reviewer.strip(), as_json))


async def _decide(
    settings: Settings,
    request_id: str,
    kind: Any,
    edit: Path | None,
    message: str | None,
    reviewer: str,
    as_json: bool,
) -> None:
    # what comes after the review asks no model
    async with (
        open_services(settings, model=GroundedRealiser()) as services,
        open_assessor(services=services) as assessor,
    ):
        feedback: Feedback | None = None
        if edit is not None:
            request = await find_request(assessor.store, request_id)
            if request is None:
                raise _unknown(request_id)
            feedback = read_edit(edit, request.feedback, reviewer)
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


def _request_text(request: ReviewRequest, decision: ReviewDecision | None) -> str:
    lines = [
        f"review {request.id}  ({request.status})",
        f"task {printable(request.task_id)}, learner {printable(request.learner_id or '-')}",
        f"since {request.created_at}",
        f"confidence {request.confidence.value:.2f}: "
        + ", ".join(
            f"{name} {'not measured' if value is None else format(value, '.2f')}"
            for name, value in request.confidence.components.items()
        ),
        f"why: {printable('; '.join(request.reasons))}",
        "",
    ]
    marks = {"supported": "✓", "refuted": "✗", "unchecked": "?"}
    for part, statements in request.feedback.parts():
        lines.append(part.replace("_", " "))
        for statement in statements:
            cites = " ".join(f"[{item}]" for item in statement.evidence)
            lines.append(f"  {printable(statement.text)} {cites}".rstrip())
            lines += [
                f"      {marks[check.verdict]} {check.claim.kind}: {shorten(check.detail, 120)}"
                for check in statement.checks
            ]
    if decision is not None:
        lines += ["", f"decided by {printable(decision.reviewer)} at {decision.decided_at}: {decision.kind}"]
        if decision.message:
            lines.append(f"  {printable(decision.message, lines=True)}")
    else:
        lines += ["", f"decide with: gradatim review decide {request.id} --approve --reviewer NAME"]
    return "\n".join(lines)


def _unknown(request_id: str) -> ReviewError:
    return ReviewError("there is no such request", place=f"review {request_id}", remedy="see `gradatim review list`")
