"""`gradatim item show`: all about an item."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path

import click

from gradatim.app.commands.item.asking import bank_of, described, question, research_events
from gradatim.app.console import emit, out, printable, table
from gradatim.app.options import data_dir_option, json_option
from gradatim.settings import Settings, load_settings
from gradatim.tools.items import Item
from gradatim.tools.items.statistics import ItemStatistics, statistics


@click.command()
@click.argument("item_id", metavar="ITEM")
@click.option("--question", "alone", is_flag=True, help="Only what a learner reads.")
@json_option
@data_dir_option
def show(item_id: str, alone: bool, as_json: bool, data_dir: Path | None) -> None:
    """Show ITEM (an id, or how one begins) with answer, tests, wrong programs, statistics and decisions.

    This is for teachers: it shows the answer and the hidden tests. --question shows what a learner reads.

    \b
    Exit codes: 0 done; 2 there is no such item.
    """
    settings = load_settings(data_dir=data_dir)
    bank = bank_of(settings)
    item = bank.item(item_id)
    if alone:
        out(question(item))
        return
    seen = asyncio.run(_statistics(settings, item))
    reviews = bank.reviews(item.id)
    if as_json:
        decisions = [
            {"at": one.at, "reviewer": one.reviewer, "kind": one.kind, "reason": one.reason} for one in reviews
        ]
        emit({"item": item.plain(), "statistics": asdict(seen), "reviews": decisions})
        return
    out(_text(item, seen))
    for one in reviews:
        out(printable(f"{one.at[:16]}  {one.reviewer}: {one.kind}{f' ({one.reason})' if one.reason else ''}"))


async def _statistics(settings: Settings, item: Item) -> ItemStatistics:
    from gradatim.memory import open_memory
    from gradatim.memory.storage.opening import anything_stored

    if not anything_stored(settings):
        return ItemStatistics(0)
    async with open_memory(settings) as memory:
        events = await research_events(memory, settings)
    items = {event.task_id for event in events if event.task_id and event.task_id.startswith("item-")}
    return statistics(events, items | {item.id})[item.id]


def _text(item: Item, seen: ItemStatistics) -> str:
    head = [
        ("id", item.id),
        ("kind", f"{item.kind}, {item.status}, {item.language}, from {item.template}"),
        ("difficulty", f"{described(item)}, discrimination {item.difficulty.discrimination:.2f}"),
        ("concepts", ", ".join(item.concepts)),
        ("answers", _seen(seen)),
    ]
    parts = [table(head), question(item), f"answer:\n{_indented(item.answer)}"]
    rows = [
        (case.id, "hidden" if case.hidden else "", case.label, _wanted(case.expect, case.stdout))
        for case in item.task.tests
    ]
    parts.append("tests:\n" + table(rows, indent=2))
    parts += [
        f"{printable(option.text)}: {option.misconception}\n{_indented(option.feedback)}"
        for option in item.options
        if not option.right
    ]
    parts += [
        f"{wrong.misconception} fails {', '.join(wrong.failing)}:\n{_indented(wrong.code)}" for wrong in item.wrong
    ]
    return "\n\n".join(parts)


def _wanted(expect: str | None, stdout: str | None) -> str:
    return expect if expect is not None else repr(stdout)


def _indented(text: str) -> str:
    return "\n".join(f"    {printable(line)}" for line in text.splitlines())


def _seen(seen: ItemStatistics) -> str:
    if seen.right is None:
        return "none yet"
    parts = [f"{seen.answers}, {seen.right:.0%} right, exposure {seen.exposure or 0:.0%}"]
    if seen.discrimination is not None:
        parts.append(f"item–rest correlation {seen.discrimination:.2f}")
    return ", ".join(parts)
