"""`gradatim learner correct`: the learner's word against a label."""

from __future__ import annotations

from pathlib import Path

import click

from gradatim.app.commands.learner.asking import known, labels_of, named, with_memory
from gradatim.app.commands.learner.explain import label_text
from gradatim.app.console import emit, out, say
from gradatim.app.lazy import did_you_mean
from gradatim.app.options import data_dir_option, json_option
from gradatim.errors import InputError
from gradatim.memory import LearnerMemory
from gradatim.memory.rights.disputes import Action, correction_event
from gradatim.memory.rights.labels import Label, rule_of


@click.command()
@click.argument("learner_id", metavar="ID")
@click.argument("label", metavar="LABEL")
@click.option("--text", metavar="TEXT", help="What is wrong with it, in the learner's own words.")
@click.option("--restore", is_flag=True, help="Take an earlier dispute back: all observations count again.")
@click.option("--set", "value", metavar="VALUE", help="What holds instead, by the learner's own judgement.")
@data_dir_option
@json_option
def correct(
    learner_id: str,
    label: str,
    text: str | None,
    restore: bool,
    value: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Dispute the LABEL of the learner ID (`gradatim learner show` lists labels).

    From then on no agent uses the label, nor the numbers that say the same. It comes back only when what happens after
    the dispute establishes it more strongly than usual, and then says so. What the learner says is kept as an event.

    Exit codes: 0 noted; 2 nothing is remembered about this learner, or there is no such label.
    """
    if restore and value is not None:
        raise click.UsageError("give --restore or --set, not both")
    learner_id = named(learner_id, data_dir)
    action: Action = "restore" if restore else "set" if value is not None else "dispute"

    async def ask(memory: LearnerMemory) -> Label | None:
        state = await known(memory, learner_id)
        before = {item.key: item for item in await labels_of(memory, state)}
        if label not in before and (action == "restore" or rule_of(label, {}) is None):
            raise InputError(
                f"there is no such label{did_you_mean(label, before)}",
                place=f"label {label!r}",
                remedy="`gradatim learner show` lists the labels",
            )
        await memory.record(correction_event(learner_id, label, action, text=text, value=value))
        after = await labels_of(memory, await memory.state(learner_id))
        return next((item for item in after if item.key == label), None)

    found = with_memory(data_dir, ask)
    if as_json:
        emit({"learner_id": learner_id, "action": action, "label": found.plain() if found else None})
        return
    say("noted")
    out(label_text(found) if found else f"{label} does not hold")
