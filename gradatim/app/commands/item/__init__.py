"""`gradatim item`: questions of a chosen difficulty, made, checked, answered, reviewed and calibrated."""

from __future__ import annotations

import click

from gradatim.app.lazy import LazyCommand, LazyGroup

_COMMANDS = {
    "make": ("making:make", "Make items that fit a learner, an ability or a concept."),
    "list": ("listing:list_items", "List the items of the bank."),
    "show": ("showing:show", "Show an item with answer, wrong programs and statistics."),
    "try": ("trying:try_item", "Answer an item in the terminal."),
    "answer": ("answering:answer", "Judge an answer to an item."),
    "review": ("reviewing:review", "Approve, reject or edit an item."),
    "calibrate": ("calibrating:calibrate", "Estimate difficulties from learners' answers."),
    "check": ("checking:check", "Execute everything that the items of a file claim."),
    "concepts": ("concepts:concepts", "Name the concepts that templates are about."),
    "export": ("export:export", "Write items as QTI 3, GIFT or Moodle XML."),
}


@click.group(
    name="item",
    cls=LazyGroup,
    table={
        name: LazyCommand(f"gradatim.app.commands.item.{target}", text) for name, (target, text) in _COMMANDS.items()
    },
)
def item() -> None:
    """Make, review, calibrate and export items of a chosen difficulty.

    Items lie in the bank (items.sqlite3 in the data folder). Difficulties are logits: at an ability that equals the
    difficulty, half of the learners are right.
    """
