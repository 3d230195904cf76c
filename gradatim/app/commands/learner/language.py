"""`gradatim learner language`: the language that a learner wants to be spoken to in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from gradatim.app.commands.learner.asking import named, with_memory
from gradatim.app.console import emit, out
from gradatim.app.options import data_dir_option, json_option
from gradatim.languages import language as language_of
from gradatim.memory import LearnerMemory
from gradatim.memory.speech import language_event, language_of_learner


@click.command()
@click.argument("learner_id", metavar="ID")
@click.argument("code", required=False)
@data_dir_option
@json_option
def language(learner_id: str, code: str | None, data_dir: Path | None, as_json: bool) -> None:
    """Show the language that the learner ID chose, or choose CODE (e.g. en, zh).

    It counts before the setting `language`; `--language` of a command counts before both.

    Exit codes: 0 shown or noted; 2 there is no such language, or the id cannot be used.
    """
    learner_id = named(learner_id, data_dir)

    async def ask(memory: LearnerMemory) -> str | None:
        if code is not None:
            now = datetime.now(UTC).isoformat(timespec="microseconds")
            await memory.append([language_event(learner_id, code, now)])
        return await language_of_learner(memory, learner_id)

    if code is not None:
        language_of(code)  # before anything is opened
    chosen = with_memory(data_dir, ask)
    if as_json:
        emit({"learner_id": learner_id, "language": chosen})
    elif chosen is None:
        out("none chosen: the setting language is used")
    else:
        out(f"{chosen}  {language_of(chosen).name}")
