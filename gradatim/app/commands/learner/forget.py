"""`gradatim learner forget`: delete everything about a learner."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gradatim.app.commands.learner.asking import with_memory
from gradatim.app.console import emit, out, plural, printable
from gradatim.app.options import data_dir_option, json_option
from gradatim.app.records import erase_records
from gradatim.errors import InputError
from gradatim.memory import LearnerMemory
from gradatim.settings import load_settings


@click.command()
@click.argument("learner_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_dir_option
@json_option
def forget(learner_id: str, yes: bool, data_dir: Path | None, as_json: bool) -> None:
    """Delete everything about the learner ID: events, estimates, recollections, assessments, unfinished runs.

    This cannot be undone. Exit codes: 0 nothing is remembered any more; 2 it was not confirmed.
    """

    async def ask(memory: LearnerMemory) -> tuple[int, int]:
        if not yes:
            _confirm(learner_id, (await memory.state(learner_id)).events)
        # The events last: as long as they are there, the learner is found and the call can be repeated.
        erased = await erase_records(load_settings(data_dir=data_dir), learner_id)
        return await memory.forget(learner_id), erased

    events, records = with_memory(data_dir, ask)
    if as_json:
        emit({"learner_id": learner_id, "deleted_events": events, "deleted_assessments": records})
    elif events or records:
        told = f"{plural(events, 'event')} and {plural(records, 'assessment')} deleted"
        out(f"forgot {printable(learner_id)}: {told}")
    else:
        out(f"nothing was remembered about {printable(learner_id)}")


def _confirm(learner_id: str, events: int) -> None:
    """Let a person say yes.

    Raises:
        InputError: Nobody can be asked, or the answer is no.
    """
    place = f"learner {learner_id!r}"
    if sys.stdin is None or not sys.stdin.isatty():
        raise InputError("deleting needs a yes", place=place, remedy="add --yes to delete without being asked")
    question = f"Delete {plural(events, 'event')} and all assessments of {printable(learner_id)} for good?"
    if not click.confirm(question, err=True):
        raise InputError("nothing was deleted", place=place)
