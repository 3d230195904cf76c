"""`gradatim workflow`: workflow files checked, drawn, run and begun."""

from __future__ import annotations

import click

from gradatim.app.lazy import LazyCommand, LazyGroup

_HERE = "gradatim.app.commands.workflow"

COMMANDS = {
    "new": LazyCommand(f"{_HERE}.new:new", "Begin a workflow file, from one that comes with gradatim."),
    "check": LazyCommand(f"{_HERE}.check:check", "Tell what is wrong with workflow files, before anything runs."),
    "draw": LazyCommand(f"{_HERE}.draw:draw", "Draw a workflow: in the terminal, as SVG, HTML or Mermaid."),
    "run": LazyCommand(f"{_HERE}.run:run", "Run a workflow, or go on with a run that was cut off."),
    "resume": LazyCommand(f"{_HERE}.resume:resume", "Answer what a run waits with, and go on."),
    "kinds": LazyCommand(f"{_HERE}.kinds:kinds", "List the kinds of nodes, or tell all about one."),
    "plan": LazyCommand(f"{_HERE}.plan:plan", "Turn an instruction into a checked workflow file."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def workflow() -> None:
    """Check, draw, run, begin and plan workflow files (docs/workflows.md)."""
