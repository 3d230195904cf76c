"""`gradatim learner`: what the memory knows about a learner, for the learner to see and to delete."""

from __future__ import annotations

import click

from gradatim.app.lazy import LazyCommand, LazyGroup

_HERE = "gradatim.app.commands.learner"

COMMANDS = {
    "list": LazyCommand(f"{_HERE}.listing:list_learners", "List the learners of whom something is remembered."),
    "show": LazyCommand(f"{_HERE}.show:show", "Show mastery, labels, profile and consents of a learner."),
    "history": LazyCommand(f"{_HERE}.history:history", "Show what happened, and what each event changed."),
    "explain": LazyCommand(f"{_HERE}.explain:explain", "Tell where a number or a label comes from."),
    "correct": LazyCommand(f"{_HERE}.correct:correct", "Dispute a label, or take the dispute back."),
    "label": LazyCommand(f"{_HERE}.labelling:label", "Add what a learner says of their own work."),
    "consent": LazyCommand(f"{_HERE}.consenting:consent", "Show or change what a learner agrees to."),
    "language": LazyCommand(
        f"{_HERE}.language:language", "Show or choose the language that a learner is spoken to in."
    ),
    "next": LazyCommand(f"{_HERE}.next:next_concepts", "Propose what to practise next, and why."),
    "path": LazyCommand(f"{_HERE}.path:path", "Show the shortest way to a concept."),
    "draw": LazyCommand(f"{_HERE}.draw:draw", "Draw mastery over time, the concept map, or the calibration."),
    "indicators": LazyCommand(f"{_HERE}.indicators:show_indicators", "Show the ten indicators of a learner."),
    "sensitivity": LazyCommand(f"{_HERE}.sensitivity:sensitivity", "Tell what other weights of indicators change."),
    "processing": LazyCommand(f"{_HERE}.processing:processing", "List what was done about missing data, and why."),
    "watch": LazyCommand(f"{_HERE}.watch:watch", "Tell where it is time for a formative assessment, and why."),
    "collect": LazyCommand(f"{_HERE}.collect:collect", "Collect events from files of other systems."),
    "publish": LazyCommand(f"{_HERE}.publish:publish", "Write learners' events for other systems."),
    "export": LazyCommand(f"{_HERE}.export:export", "Print everything that is remembered about a learner."),
    "encrypt": LazyCommand(f"{_HERE}.encrypt:encrypt", "Encrypt what is remembered, with the setting memory_key."),
    "forget": LazyCommand(f"{_HERE}.forget:forget", "Delete everything about a learner, and prove it."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def learner() -> None:
    """See, correct, export and forget what is remembered about learners."""
