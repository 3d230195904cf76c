"""`gradatim learner show`: what is known about a learner."""

from __future__ import annotations

from pathlib import Path

import click

from gradatim.app.commands.learner.asking import known, share, with_memory
from gradatim.app.console import emit, out, plural, printable, shorten, table
from gradatim.app.options import data_dir_option, json_option
from gradatim.domain import LearnerEvent, LearnerState
from gradatim.memory import LearnerMemory


@click.command()
@click.argument("learner_id", metavar="ID")
@click.option(
    "--events", "recent", type=click.IntRange(0), default=10, show_default=True, help="Latest events to show."
)
@data_dir_option
@json_option
def show(learner_id: str, recent: int, data_dir: Path | None, as_json: bool) -> None:
    """Show what is known about the learner ID: mastery, breadth and depth, profile, latest events.

    Exit codes: 0 shown; 2 nothing is remembered about this learner.
    """

    async def ask(memory: LearnerMemory) -> tuple[LearnerState, tuple[LearnerEvent, ...]]:
        return await known(memory, learner_id), await memory.events(learner_id, limit=recent)

    state, events = with_memory(data_dir, ask)
    if as_json:
        emit({**state.plain(), "recent_events": [event.plain() for event in events]})
    else:
        out(_text(state, events))


def _text(state: LearnerState, events: tuple[LearnerEvent, ...]) -> str:
    blocks = [f"{printable(state.learner_id)}: {plural(state.events, 'event')}"]
    if state.mastery:
        rows = [
            (item.concept, share(item.probability), _bar(item.probability), str(item.observations),
             item.updated_at or "")
            for item in state.mastery
        ]  # fmt: skip
        blocks.append(table(rows, header=("concept", "mastery", "", "observed", "last")))
        breadth = f"breadth {share(state.breadth)} (concepts with mastery above 70 %)"
        blocks.append(f"{breadth}, depth {share(state.depth)} (mean mastery)")
    if state.profile:
        rows = [
            (name.replace("_", " "), "not observed" if value is None else f"{value:.2f}")
            for name, value in sorted(state.profile.items())
        ]
        blocks.append("Profile\n" + table(rows, indent=2))
    if events:
        rows = [(event.at, event.kind, event.task_id or "", _observed(event)) for event in events]
        blocks.append("Latest events\n" + table(rows, indent=2))
    return "\n\n".join(blocks)


def _bar(probability: float, width: int = 10) -> str:
    full = round(probability * width)
    return "█" * full + "░" * (width - full)


def _observed(event: LearnerEvent) -> str:
    marks = (f"{'+' if item.correct else '-'}{item.concept}" for item in event.observations)
    return shorten(" ".join(marks), 100)
