"""`gradatim learn`: models of learners fitted to data, for researchers."""

from __future__ import annotations

import click

from gradatim.app.lazy import LazyCommand, LazyGroup

_HERE = "gradatim.app.commands.learn"

COMMANDS = {
    "fit": LazyCommand(f"{_HERE}.fit:fit", "Fit a model of knowledge tracing and write it to a file."),
    "predict": LazyCommand(f"{_HERE}.predict:predict", "Predict every response from those before it."),
    "evaluate": LazyCommand(f"{_HERE}.evaluate:evaluate_command", "Measure next-step prediction on unseen learners."),
    "items": LazyCommand(f"{_HERE}.items:items", "Estimate difficulty and discrimination of items."),
    "simulate": LazyCommand(f"{_HERE}.simulate:simulate", "Simulate adaptive tests with an item bank."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def learn() -> None:
    """Fit, use and measure models of learners and items.

    Data for fit, predict and evaluate come as CSV (columns learner, skill, correct; item and time where known) or in
    the three-line format (number of responses, skills, outcomes); the content tells which.
    """
