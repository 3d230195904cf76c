"""`gradatim learner indicators`: the ten indicators and what each rests on."""

from __future__ import annotations

from pathlib import Path

import click

from gradatim.app.commands.learner.asking import indicators_of, known, named, share, with_memory
from gradatim.app.console import emit, out, table
from gradatim.app.options import data_dir_option, json_option
from gradatim.domain import Composite
from gradatim.memory import LearnerMemory


@click.command(name="indicators")
@click.argument("learner_id", metavar="ID")
@data_dir_option
@json_option
def show_indicators(learner_id: str, data_dir: Path | None, as_json: bool) -> None:
    """Show the ten indicators of the learner ID and their composite, each with what it rests on.

    What was not measured says so, and its weight is shared by the others. Exit codes: 0 shown; 2 nothing is
    remembered about this learner.
    """

    learner_id = named(learner_id, data_dir)

    async def ask(memory: LearnerMemory) -> Composite:
        await known(memory, learner_id)
        return await indicators_of(memory, learner_id)

    found = with_memory(data_dir, ask)
    if as_json:
        emit({"learner_id": learner_id, **found.plain()})
        return
    rows = [
        (item.name.replace("_", " "), share(item.value) if item.value is not None else "–",
         f"{found.shares.get(item.name, 0.0):.2f}", item.why)
        for item in found.measures
    ]  # fmt: skip
    out(table(rows, header=("indicator", "value", "weight", "what it rests on")))
    out(f"composite {share(found.value)}, from {found.measured:.0%} of the whole weight")
