"""`gradatim learner export`: everything that is remembered about a learner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gradatim.app.commands.learner.asking import known, labels_of, named, with_memory
from gradatim.app.console import emit
from gradatim.app.material import material_of
from gradatim.app.options import data_dir_option, json_option
from gradatim.memory import LearnerMemory
from gradatim.memory.rights.artefacts import Artefacts
from gradatim.memory.rights.consent import consents_of
from gradatim.settings import load_settings


@click.command()
@click.argument("learner_id", metavar="ID")
@data_dir_option
@json_option
def export(learner_id: str, data_dir: Path | None, as_json: bool) -> None:
    """Print everything that is remembered about the learner ID, as JSON.

    That is: state, labels, consents, events, assessments and reviews (records), unfinished runs, reviewers' decisions,
    and the files that were written about the learner. `gradatim learner publish` writes events in the formats of
    other systems. --json puts it on one line. Exit codes: 0 printed; 2 nothing is remembered about this learner.
    """
    settings = load_settings(data_dir=data_dir)
    learner_id = named(learner_id, data_dir)

    async def ask(memory: LearnerMemory) -> dict[str, Any]:
        material = await material_of(settings, memory, learner_id)
        state = await known(memory, learner_id) if material.empty else await memory.state(learner_id)
        consents = await consents_of(memory, learner_id, settings.assumed_consent)
        return {
            "learner_id": learner_id,
            "state": state.plain(),
            "labels": [label.plain() for label in await labels_of(memory, state)],
            "consents": [consent.plain() for consent in consents.values()],
            "events": [event.plain() for event in reversed(material.events)],
            "records": list(material.records),
            "unfinished": [{"id": thread, **_inputs(content)} for thread, content in material.unfinished.items()],
            "decisions": [record.plain() for record in material.decisions],
            "files": [item.plain() for item in Artefacts.of(settings).holding(learner_id)],
        }

    emit(with_memory(data_dir, ask), indent=None if as_json else 2)


def _inputs(state: dict[str, Any]) -> dict[str, Any]:
    """What a run holds that waits or was cut off, without the graph's own marks (`branch:to:…`, `join:…`)."""
    values: dict[str, Any] = state.get("__start__") or state
    return {key: value for key, value in values.items() if not key.startswith("__") and ":" not in key}
