"""`gradatim eval protocol`: a school rates programs, and learns how far a system agrees with its raters."""

from __future__ import annotations

import click

from gradatim.app.lazy import LazyCommand, LazyGroup

_COMMANDS = {
    "new": ("making:new", "Draw works, write documents and a form for each rater."),
    "check": ("looking:check", "Look at ratings as they come: what is missing, wrong or striking."),
    "agree": ("looking:agree", "Compute κ, α and ICC, and say whether raters agree enough."),
    "evaluate": ("looking:evaluate", "Compare an experiment's variants with the raters' consensus."),
    "withdraw": ("making:withdraw_works", "Take works out because their authors want it."),
    "rehearse": ("making:rehearse", "Fill a study with made ratings, to try everything."),
}


@click.group(
    cls=LazyGroup,
    table={
        name: LazyCommand(f"gradatim.app.commands.eval.protocol.{target}", text)
        for name, (target, text) in _COMMANDS.items()
    },
)
def protocol() -> None:
    """Let raters rate programs on the five dimensions, and compute agreement with a system."""
