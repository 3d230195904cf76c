"""`gradatim learner export`: everything that is remembered about a learner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gradatim.app.commands.learner.asking import known, with_memory
from gradatim.app.console import emit
from gradatim.app.options import data_dir_option, json_option
from gradatim.app.records import open_records
from gradatim.memory import LearnerMemory
from gradatim.memory.storage.decisions import SQLiteDecisions
from gradatim.settings import load_settings


@click.command()
@click.argument("learner_id", metavar="ID")
@data_dir_option
@json_option
def export(learner_id: str, data_dir: Path | None, as_json: bool) -> None:
    """Print everything that is remembered about the learner ID, as JSON: state, events, assessments, decisions.

    --json puts it on one line. Exit codes: 0 printed; 2 nothing is remembered about this learner.
    """

    async def ask(memory: LearnerMemory) -> dict[str, Any]:
        async with open_records(load_settings(data_dir=data_dir)) as records:
            kept = await records.of(learner_id) if records else []
        state = await memory.state(learner_id) if kept else await known(memory, learner_id)
        events = await memory.events(learner_id)
        decisions = SQLiteDecisions(load_settings(data_dir=data_dir).memory_path)
        try:
            decided = await decisions.decisions(learner_id)
        finally:
            await decisions.aclose()
        return {
            "learner_id": learner_id,
            "state": state.plain(),
            "events": [event.plain() for event in reversed(events)],
            "records": kept,
            "decisions": [record.plain() for record in decided],
        }

    emit(with_memory(data_dir, ask), indent=None if as_json else 2)
