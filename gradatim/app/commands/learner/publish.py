"""`gradatim learner publish`: learners' events in the formats of other systems."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import click

from gradatim.app.commands.learner.asking import known, with_memory
from gradatim.app.console import emit, out, plural, printable
from gradatim.app.options import data_dir_option, json_option
from gradatim.domain import LearnerEvent
from gradatim.errors import InputError
from gradatim.memory import LearnerMemory


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

    What is written can be collected again without loss. Learners' ids are written as they are; who gets the file gets
    their data, and `forget` does not reach it.

    Exit codes: 0 written; 2 nothing is remembered about a learner, or PATH is there already.
    """

    async def run(memory: LearnerMemory) -> tuple[int, int]:
        ids = list(dict.fromkeys(learner_ids))
        for learner_id in ids:
            await known(memory, learner_id)
        ids = ids or [found.learner_id for found in await memory.learners()]
        return len(ids), await (_xapi if form == "xapi" else _progsnap2)(memory, ids, target)

    learners, events = with_memory(data_dir, run)
    if as_json:
        emit({"out": str(target), "format": form, "learners": learners, "events": events})
    else:
        out(f"{plural(events, 'event')} of {plural(learners, 'learner')} written to {printable(str(target))}")


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
