"""`gradatim learner forget`: delete everything about a learner, and prove it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gradatim.app.commands.learner.asking import named, with_memory
from gradatim.app.console import emit, out, plural, printable, say
from gradatim.app.forgetting import Forgotten, forget_learner
from gradatim.app.options import data_dir_option, json_option
from gradatim.errors import InputError
from gradatim.memory import LearnerMemory
from gradatim.memory.rights.artefacts import Fated
from gradatim.memory.rights.journal import Journal
from gradatim.settings import load_settings

_FATES = {
    "missing": "is not where it was written: it was moved or deleted; look for it",
    "changed": "was changed since it was written, and is left: look at it, then delete it by hand",
    "busy": "is being written by a batch: forget the learner once more when that has ended",
}


@click.command()
@click.argument("learner_id", metavar="[ID]", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_dir_option
@json_option
def forget(learner_id: str | None, yes: bool, data_dir: Path | None, as_json: bool) -> None:
    """Delete everything about the learner ID, and look through everything that is kept for what is left.

    Deleted are events, estimates, profile, labels, recollections, assessments, unfinished runs, reviewers' decisions,
    cached answers of a model, and what was written to files about the learner (reports, results, training data). This
    cannot be undone. Afterwards every byte in the data folder, the response cache and these files is searched for the
    id and for pieces of the deleted texts.

    Without ID, it goes on with what was begun and cut off. Exit codes: 0 nothing is left; 1 something is left, which is
    named; 2 it was not confirmed.
    """
    settings = load_settings(data_dir=data_dir)
    begun = [entry.learner_id for entry in Journal.of(settings).unfinished()]
    if learner_id is None and not begun:
        raise click.UsageError("name the learner; nothing is unfinished")
    learners = begun if learner_id is None else [named(learner_id, data_dir)]

    async def ask(memory: LearnerMemory) -> list[Forgotten]:
        done: list[Forgotten] = []
        if learner_id is not None and learner_id not in learners and (await memory.state(learner_id)).events:
            learners.append(learner_id)  # remembered before pseudonyms were switched on
        for learner in learners:
            if not yes and learner not in begun:
                _confirm(learner, (await memory.state(learner)).events)
            also = (learner_id,) if learner_id is not None and learner_id not in learners else ()
            done.append(await forget_learner(settings, memory, learner, also=also))
        return done

    found = with_memory(data_dir, ask, warn=False)
    for item in found:
        if as_json:
            emit(item.plain())
        else:
            _tell(item)
    if not all(item.complete for item in found):
        click.get_current_context().exit(1)


def _tell(done: Forgotten) -> None:
    name = printable(done.learner_id)
    counts = [
        (done.events, "event"),
        (done.records, "assessment"),
        (done.decisions, "decision"),
        (done.answers, "cached answer"),
        (sum(item.fate in ("deleted", "cleaned") for item in done.files), "file"),
    ]
    told = [plural(count, noun) for count, noun in counts if count]
    if done.resumed:
        say("goes on with a forgetting that was cut off")
    if told or done.resumed:
        out(f"forgot {name}: {', '.join(told) or 'nothing more'} deleted")
    else:
        out(f"nothing was remembered about {name}")
    for item in done.files:
        _tell_file(item)
    proof = done.scan
    searched = f"searched {plural(proof.files, 'file')}, {proof.bytes:,} bytes, for {proof.needles} byte strings"
    out(f"{searched}: {'nothing found' if proof.clean else 'something is left'}")
    if proof.shared:
        out(f"{plural(proof.shared, 'piece')} of text also stand{'s' if proof.shared == 1 else ''} in data of others")
    for place in proof.mentions:
        out(f"not theirs: {printable(place)}")
    for place in (*proof.traces, *proof.unread):
        out(f"left: {printable(place)}")


def _tell_file(item: Fated) -> None:
    path = printable(str(item.artefact.path))
    if item.left:
        out(f"{item.artefact.kind} {path} {_FATES[item.fate]}")
    elif item.fate == "cleaned":
        out(f"{item.artefact.kind} {path}: {plural(item.rows, 'row')} taken out")
    elif item.fate == "deleted":
        out(f"{item.artefact.kind} {path}: deleted")


def _confirm(learner_id: str, events: int) -> None:
    """Let a person say yes.

    Raises:
        InputError: Nobody can be asked, or the answer is no.
    """
    place = f"learner {learner_id!r}"
    if sys.stdin is None or not sys.stdin.isatty():
        raise InputError("deleting needs a yes", place=place, remedy="add --yes to delete without being asked")
    question = f"Delete {plural(events, 'event')} and all assessments of {printable(learner_id)} for good?"
    if not click.confirm(question, err=True):
        raise InputError("nothing was deleted", place=place)
