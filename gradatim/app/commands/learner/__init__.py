"""`gradatim learner`: what the memory knows about a learner, for the learner to see and to delete."""

from __future__ import annotations

import click

from gradatim.app.lazy import LazyCommand, LazyGroup

_HERE = "gradatim.app.commands.learner"

COMMANDS = {
    "list": LazyCommand(f"{_HERE}.listing:list_learners", "List the learners of whom something is remembered."),
    "show": LazyCommand(f"{_HERE}.show:show", "Show mastery, profile and latest events of a learner."),
    "indicators": LazyCommand(f"{_HERE}.indicators:show_indicators", "Show the ten indicators of a learner."),
    "sensitivity": LazyCommand(f"{_HERE}.sensitivity:sensitivity", "Tell what other weights of indicators change."),
    "export": LazyCommand(f"{_HERE}.export:export", "Print everything that is remembered about a learner."),
    "forget": LazyCommand(f"{_HERE}.forget:forget", "Delete everything about a learner."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def learner() -> None:
    """See, export and forget what is remembered about learners."""
