"""`gradatim trace`: look at recorded runs, compare two, and write them for other tools."""

from __future__ import annotations

import click

from gradatim.app.lazy import LazyCommand, LazyGroup

_COMMANDS = {
    "show": ("showing:show", "Show a run: path, evidence, claims, checks, costs."),
    "diff": ("differing:diff", "Show where two runs part."),
    "export": ("exporting:export", "Read and write traces in other formats."),
    "list": ("listing:list_traces", "List the traces of a file."),
}


@click.group(
    name="trace",
    cls=LazyGroup,
    table={
        name: LazyCommand(f"gradatim.app.commands.trace.{target}", text) for name, (target, text) in _COMMANDS.items()
    },
)
def trace() -> None:
    """Look at recorded runs. `traces = FILE` in the settings, or `--traces FILE`, records them."""
