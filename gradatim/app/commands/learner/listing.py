"""`gradatim learner list`: the learners of whom something is remembered."""

from __future__ import annotations

from pathlib import Path

import click

from gradatim.app.commands.learner.asking import with_memory
from gradatim.app.console import emit, out, table
from gradatim.app.options import data_dir_option, json_option


@click.command(name="list")
@data_dir_option
@json_option
def list_learners(data_dir: Path | None, as_json: bool) -> None:
    """List the learners of whom something is remembered."""
    learners = with_memory(data_dir, lambda memory: memory.learners())
    if as_json:
        emit({"learners": [found._asdict() for found in learners]})
    elif not learners:
        out("the memory holds no learner")
    else:
        rows = [(found.learner_id, f"{found.events:,}", found.last_at) for found in learners]
        out(table(rows, header=("learner", "events", "last event")))
