"""`gradatim learner consent`: what a learner's data may be used for."""

from __future__ import annotations

from pathlib import Path

import click

from gradatim.app.commands.learner.asking import named, with_memory
from gradatim.app.commands.learner.show import consent_table
from gradatim.app.console import emit, out, say
from gradatim.app.options import data_dir_option, json_option
from gradatim.errors import InputError
from gradatim.memory import LearnerMemory
from gradatim.memory.rights.consent import PURPOSES, USES, Consent, checked_purpose, consent_event, consents_of
from gradatim.settings import load_settings


@click.command()
@click.argument("learner_id", metavar="ID")
@click.option("--give", multiple=True, type=click.Choice(PURPOSES), help="Agree to a purpose. May be repeated.")
@click.option("--withdraw", multiple=True, type=click.Choice(PURPOSES), help="No longer agree. May be repeated.")
@data_dir_option
@json_option
def consent(
    learner_id: str, give: tuple[str, ...], withdraw: tuple[str, ...], data_dir: Path | None, as_json: bool
) -> None:
    """Show what the learner ID agrees to; with --give and --withdraw, change it.

    \b
    personalisation  assessments use what is remembered, and add to it
    improvement      reviewers' decisions about the learner's feedback are learnt from
    research         the learner's answers enter tables and models of many learners

    The latest word counts. Before the first, the setting assumed_consent says what holds. What is stored stays stored
    when consent is withdrawn, and is not used: `gradatim learner forget` deletes it.

    Exit codes: 0 shown or noted; 2 the id cannot be used, or a purpose is given and withdrawn at once.
    """
    if both := set(give) & set(withdraw):
        raise InputError(f"names {', '.join(sorted(both))} twice", place="--give, --withdraw", remedy="say one")
    learner_id = named(learner_id, data_dir)
    assumed = load_settings(data_dir=data_dir).assumed_consent

    async def ask(memory: LearnerMemory) -> tuple[Consent, ...]:
        wanted = [(purpose, True) for purpose in give] + [(purpose, False) for purpose in withdraw]
        if wanted:
            await memory.append(
                [consent_event(learner_id, checked_purpose(purpose), given) for purpose, given in wanted]
            )
        return tuple((await consents_of(memory, learner_id, assumed)).values())

    found = with_memory(data_dir, ask)
    if as_json:
        emit({"learner_id": learner_id, "consents": [item.plain() for item in found]})
        return
    if give or withdraw:
        say("noted")
    out(consent_table(found))
    for item in found:
        if item.assumed and item.given:
            say(f"{item.purpose}: nobody asked; it means that {USES[item.purpose]}")
