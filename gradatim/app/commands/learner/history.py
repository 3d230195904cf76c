"""`gradatim learner history`: what happened, and what each event changed."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from gradatim.app.commands.learner.asking import known, named, with_memory
from gradatim.app.console import emit, out, shorten, table
from gradatim.app.options import data_dir_option, json_option
from gradatim.domain import EventKind, LearnerEvent
from gradatim.memory import LearnerMemory, parameters_of
from gradatim.memory.inputs import microseconds
from gradatim.memory.rights.timeline import Moment, timeline
from gradatim.settings import load_settings


@click.command()
@click.argument("learner_id", metavar="ID")
@click.option("--concept", metavar="CONCEPT", help="Only events that observe this concept.")
@click.option("--kind", type=click.Choice(get_args(EventKind)), help="Only events of this kind.")
@click.option("--since", metavar="INSTANT", help="Only events from then on (2026-01-31, 2026-01-31T12:00:00Z).")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the latest N of them.")
@data_dir_option
@json_option
def history(
    learner_id: str,
    concept: str | None,
    kind: str | None,
    since: str | None,
    limit: int | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Show the time line of the learner ID: each event, and how it changed the beliefs about their mastery.

    Beliefs are computed from all events in the order of time, also from those that are not shown. Exit codes: 0 shown;
    2 nothing is remembered about this learner, or an option is wrong.
    """
    learner_id = named(learner_id, data_dir)
    first = None if since is None else microseconds(since)

    async def ask(memory: LearnerMemory) -> tuple[LearnerEvent, ...]:
        await known(memory, learner_id)
        return await memory.events(learner_id)

    moments = [
        moment
        for moment in timeline(with_memory(data_dir, ask), parameters_of(load_settings()))
        if (kind is None or moment.event.kind == kind)
        and (concept is None or any(item.concept == concept for item in moment.event.observations))
        and (first is None or microseconds(moment.event.at) >= first)
    ]
    moments = moments[-limit:] if limit else moments
    if as_json:
        emit({"learner_id": learner_id, "history": [moment.plain() for moment in moments]})
    elif not moments:
        out("no event fits")
    else:
        rows = [(item.event.at, item.event.kind, item.event.task_id or "", _changed(item, concept)) for item in moments]
        out(table(rows, header=("at", "kind", "task", "mastery before → after")))


def _changed(moment: Moment, concept: str | None) -> str:
    changes = [item for item in moment.changes if concept is None or item.concept == concept]
    if changes:
        return shorten(", ".join(f"{item.concept} {item.before:.0%} → {item.after:.0%}" for item in changes), 140)
    return shorten(said(moment.event), 140)


def said(event: LearnerEvent) -> str:
    """What an event says that changes no belief."""
    payload = event.payload
    match event.kind:
        case "consent":
            return f"{'agrees' if payload.get('given') else 'does not agree'} to {payload.get('purpose')}"
        case "correction":
            return f"{payload.get('action')} {payload.get('label')}: {payload.get('text') or ''}".rstrip(": ")
        case "self_assessment":
            judged = [f"{'can' if item.correct else 'cannot'} {item.concept}" for item in event.observations]
            return "; ".join([*judged, str(payload["text"])] if payload.get("text") else judged)
        case "interaction":
            return str(payload.get("action") or "")
        case _:
            return ""
