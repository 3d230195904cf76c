"""`gradatim item calibrate`: difficulties from answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from gradatim.app.commands.item.asking import bank_of, research_events
from gradatim.app.console import emit, out, plural, say, table
from gradatim.app.options import data_dir_option, json_option
from gradatim.errors import InputError
from gradatim.memory.irt import Responses, read_responses, responses_of
from gradatim.settings import Settings, load_settings
from gradatim.tools.items import Item
from gradatim.tools.items.calibration import calibrated


@click.command()
@click.option(
    "--responses",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="CSV of answers, instead of the learner memory's.",
)
@click.option("--least", type=click.IntRange(1), default=5, show_default=True, help="Answers an item needs.")
@click.option("--dry-run", is_flag=True, help="Show the difficulties without storing them.")
@json_option
@data_dir_option
def calibrate(responses: Path | None, least: int, dry_run: bool, as_json: bool, data_dir: Path | None) -> None:
    """Estimate the difficulty of the bank's items from first answers (2PL, each item's own estimate as its prior).

    Answers are those of learners who agree to research, or those of a CSV file (learner, item, correct).

    \b
    Exit codes: 0 done; 2 there are no answers to items of the bank.
    """
    settings = load_settings(data_dir=data_dir)
    bank = bank_of(settings)
    items = bank.items()
    if not items:
        raise InputError("the bank is empty", place=str(bank.path), remedy="make items with `gradatim item make`")
    given = read_responses(responses) if responses is not None else asyncio.run(_remembered(settings, items))
    found = calibrated(items, given, least=least)
    changed = [(old, new) for old, new in zip(items, found, strict=True) if old.difficulty != new.difficulty]
    if not dry_run and changed:
        bank.replace(new for _, new in changed)
    if as_json:
        rows = [
            {"item": new.id, "before": old.difficulty.plain(), "after": new.difficulty.plain()} for old, new in changed
        ]
        emit({"calibrated": rows, "stored": not dry_run})
        return
    say(f"{plural(len(changed), 'item')} of {len(items)} calibrated{' (not stored)' if dry_run else ''}")
    if changed:
        out(
            table(
                [
                    (
                        new.id,
                        new.kind,
                        str(new.difficulty.answers),
                        f"{old.difficulty.value:+.2f}",
                        f"{new.difficulty.value:+.2f}",
                        f"{new.difficulty.error or 0:.2f}",
                        f"{new.difficulty.discrimination:.2f}",
                    )
                    for old, new in changed
                ],
                header=("id", "kind", "answers", "before", "b", "error", "a"),
            )
        )


async def _remembered(settings: Settings, items: list[Item]) -> Responses:
    from gradatim.memory import open_memory

    ids = {item.id for item in items}
    async with open_memory(settings) as memory:
        events = [event for event in await research_events(memory, settings) if event.task_id in ids]
    if not events:
        raise InputError(
            "no learner who agrees to research has answered an item of the bank",
            place="learner memory",
            remedy="collect answers with `gradatim item answer --learner ID`, or give --responses FILE",
        )
    return responses_of(events)
