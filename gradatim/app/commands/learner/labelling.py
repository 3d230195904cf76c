"""`gradatim learner label`: what learners say of their own work."""

from __future__ import annotations

from pathlib import Path

import click

from gradatim.app.commands.learner.asking import named, with_memory
from gradatim.app.console import emit, out, plural
from gradatim.app.options import data_dir_option, json_option
from gradatim.errors import InputError
from gradatim.kg import opened_graph
from gradatim.memory import LearnerMemory
from gradatim.memory.rights.disputes import self_assessment_event
from gradatim.settings import load_settings


@click.command()
@click.argument("learner_id", metavar="ID")
@click.option("--can", multiple=True, metavar="CONCEPT", help="A concept that the learner masters. May be repeated.")
@click.option("--cannot", multiple=True, metavar="CONCEPT", help="One that the learner does not. May be repeated.")
@click.option("--note", metavar="TEXT", help="Anything else, in the learner's own words.")
@data_dir_option
@json_option
def label(
    learner_id: str,
    can: tuple[str, ...],
    cannot: tuple[str, ...],
    note: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Add what the learner ID says of their own work.

    Own judgements are kept beside what is observed, never instead of it: they tell how well learners know themselves.

    Exit codes: 0 noted; 2 nothing was said, or the id cannot be used.
    """
    if not (can or cannot or (note or "").strip()):
        raise click.UsageError("give --can CONCEPT, --cannot CONCEPT or --note TEXT")
    if both := set(can) & set(cannot):
        raise InputError(f"says both of {', '.join(sorted(both))}", place="--can, --cannot", remedy="say one")
    learner_id = named(learner_id, data_dir)

    async def ask(memory: LearnerMemory) -> dict[str, list[str]]:
        said = {"can": await _ids(can), "cannot": await _ids(cannot)}
        event = self_assessment_event(learner_id, can=said["can"], cannot=said["cannot"], note=note)
        await memory.record(event)
        return said

    said = with_memory(data_dir, ask)
    if as_json:
        emit({"learner_id": learner_id, **said, "note": note})
    else:
        count = len(said["can"]) + len(said["cannot"])
        out(f"noted: {plural(count, 'judgement')}{' and a note' if note else ''}")


async def _ids(names: tuple[str, ...]) -> list[str]:
    """The concepts of the graph that names mean; a name that it does not have stays as it is."""
    if not names:
        return []
    async with opened_graph(load_settings()) as store:
        found = [(name, await store.find(name)) for name in names]
    return [concept.id if concept is not None else name for name, concept in found]
