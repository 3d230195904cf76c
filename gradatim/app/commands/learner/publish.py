"""`gradatim learner publish`: learners' events in the formats of other systems."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import click

from gradatim.app.commands.learner.asking import known, named, with_memory
from gradatim.app.console import emit, out, plural, printable
from gradatim.app.options import data_dir_option, json_option
from gradatim.domain import LearnerEvent
from gradatim.errors import InputError
from gradatim.memory import LearnerMemory
from gradatim.memory.rights.artefacts import Artefacts
from gradatim.memory.rights.consent import agreement
from gradatim.settings import load_settings


@click.command()
@click.argument("learner_ids", metavar="[ID]...", nargs=-1)
@click.option("--format", "form", type=click.Choice(("xapi", "progsnap2")), required=True)
@click.option(
    "--out",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    metavar="PATH",
    help="A new file (xapi: JSON Lines) or folder (progsnap2).",
)
@data_dir_option
@json_option
def publish(learner_ids: tuple[str, ...], form: str, target: Path, data_dir: Path | None, as_json: bool) -> None:
    """Write the events of the learners ID, of all learners without one, for other systems.

    Without ID, only learners who consented to research are written. What is written can be collected again without
    loss. Learners' ids are written as they are; who gets the file gets their data. `forget` deletes the files while
    they lie where they were written; it cannot reach copies.

    Exit codes: 0 written; 2 nothing is remembered about a learner, nobody consented, or PATH is there already.
    """

    settings = load_settings(data_dir=data_dir)

    async def run(memory: LearnerMemory) -> tuple[int, int, int]:
        ids = list(dict.fromkeys(named(learner_id, data_dir) for learner_id in learner_ids))
        left_out = 0
        for learner_id in ids:
            await known(memory, learner_id)
        if not ids:
            agreed = await agreement(memory, "research", settings.assumed_consent)
            everybody = [found.learner_id for found in await memory.learners()]
            ids = [learner_id for learner_id in everybody if learner_id in agreed]
            left_out = len(everybody) - len(ids)
            if not ids:
                raise InputError(
                    f"none of {plural(left_out, 'learner')} has consented to research",
                    place="learners",
                    remedy="name those whose events are meant for themselves, or ask for consent",
                )
        events = await (_xapi if form == "xapi" else _progsnap2)(memory, ids, target)
        _note(Artefacts.of(settings), target, ids)
        return len(ids), events, left_out

    learners, events, left_out = with_memory(data_dir, run)
    if as_json:
        emit({"out": str(target), "format": form, "learners": learners, "events": events, "without_consent": left_out})
    else:
        out(f"{plural(events, 'event')} of {plural(learners, 'learner')} written to {printable(str(target))}")
        if left_out:
            out(f"left out: {plural(left_out, 'learner')} who did not consent to research")


def _note(artefacts: Artefacts, target: Path, ids: Sequence[str]) -> None:
    """Register what was written, so that it is forgotten with any of its learners."""
    files = sorted(path for path in target.rglob("*") if path.is_file()) if target.is_dir() else [target]
    for path in files:
        artefacts.whole(path, "published events", ids)


async def _events(memory: LearnerMemory, ids: Sequence[str]) -> AsyncIterator[tuple[LearnerEvent, ...]]:
    """The events of one learner after another, each learner's oldest first."""
    for learner_id in ids:
        yield tuple(reversed(await memory.events(learner_id)))


async def _xapi(memory: LearnerMemory, ids: Sequence[str], target: Path) -> int:
    from gradatim.memory.collection import write_xapi

    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # learners' data: for its owner alone
    except FileExistsError as error:
        raise InputError("is there already", place=str(target), remedy="name a new file") from error
    except OSError as error:
        remedy = "name a file that can be written"
        raise InputError(f"cannot be written: {error.strerror}", place=str(target), remedy=remedy) from error
    count = 0
    with os.fdopen(handle, "wb") as file:
        async for events in _events(memory, ids):
            count += write_xapi(events, file)
    return count


async def _progsnap2(memory: LearnerMemory, ids: Sequence[str], target: Path) -> int:
    from gradatim.memory.collection.progsnap2 import ProgSnapWriter

    with ProgSnapWriter(target) as writer:
        async for events in _events(memory, ids):
            for event in events:
                writer.write(event)
        return writer.count
