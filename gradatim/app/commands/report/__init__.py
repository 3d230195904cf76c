"""`gradatim report`: what is known, for a learner, for those who teach, and about a class."""

from __future__ import annotations

import click

from gradatim.app.lazy import LazyCommand, LazyGroup

_HERE = "gradatim.app.commands.report"

COMMANDS = {
    "learner": LazyCommand(f"{_HERE}.one:learner", "A report that speaks to a learner about their own work."),
    "teacher": LazyCommand(f"{_HERE}.one:teacher", "A report about a learner for those who teach."),
    "class": LazyCommand(f"{_HERE}.classes:class_", "A report about a class."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def report() -> None:
    """Reports as Markdown, HTML and PDF; every statement names the evidence it rests on."""
