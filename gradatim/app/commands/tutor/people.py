"""What a person does with sessions that were handed over: see which wait, and answer."""

from __future__ import annotations

import click

from gradatim.app.console import emit, out, shorten, table
from gradatim.app.report.review import age
from gradatim.graphs.services import open_services
from gradatim.graphs.tutoring import open_tutor
from gradatim.serving.realiser import GroundedRealiser
from gradatim.settings import Settings


async def list_held(settings: Settings, as_json: bool) -> None:
    """Print the sessions that wait, most urgent first."""
    async with open_services(settings, model=GroundedRealiser()) as services, open_tutor(services=services) as tutor:
        found = await tutor.held()
    if as_json:
        emit({"held": [item.plain() for item in found]})
        return
    if not found:
        out("no session waits for a person")
        return
    rows = [
        (
            item.session,
            str(item.priority),
            item.reason,
            age(item.at),
            shorten(item.task_id or item.concept or "-", 24),
            shorten(item.learner_id or "-", 20),
            # what distressed learners wrote is for whoever opens the session, not for a list
            "-" if item.reason == "distress" else shorten(item.message, 60),
        )
        for item in found
    ]
    out(table(rows, header=("session", "priority", "reason", "age", "about", "learner", "message")))


async def answer_session(
    settings: Settings, session: str, said: str | None, reviewer: str | None, as_json: bool
) -> None:
    """Give a person's answer to a session."""
    if reviewer is None or not reviewer.strip():
        raise click.UsageError("--answer needs --reviewer NAME")
    # what comes after a person's answer asks no model
    async with open_services(settings, model=GroundedRealiser()) as services, open_tutor(services=services) as tutor:
        turn = await tutor.answer(session, said, reviewer)
    if as_json:
        emit(turn.plain())
    else:
        out(turn.text)
