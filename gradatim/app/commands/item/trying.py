"""`gradatim item try`: an item in the terminal."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import click

from gradatim.app.commands.item.answering import judged, plain, tell
from gradatim.app.commands.item.asking import bank_of, question
from gradatim.app.console import emit, out, say
from gradatim.app.options import data_dir_option, json_option, sandbox_option
from gradatim.errors import InputError
from gradatim.settings import load_settings
from gradatim.tools.items import Item
from gradatim.tools.items.scoring import Score

_HINTS = {
    "write": "write the function; a line with a single dot ends it",
    "fix": "write the whole function anew; a line with a single dot ends it",
    "predict": "write what it prints; a line with a single dot ends it",
    "parsons": "numbers of the lines in order, with levels of indentation: 2:0 1:1 4:2",
    "choice": "the number of your answer",
}


@click.command("try")
@click.argument("item_id", metavar="ITEM")
@click.option("--learner", "learner_id", metavar="ID", help="Whose answers they are: the first is remembered.")
@click.option("--attempts", type=click.IntRange(1, 20), default=3, show_default=True, help="Answers that may be given.")
@json_option
@sandbox_option
@data_dir_option
def try_item(item_id: str, learner_id: str | None, attempts: int, as_json: bool, **overrides: Any) -> None:
    """Show ITEM and take answers from the terminal until one is right.

    \b
    Exit codes: 0 right in the end; 1 not right; 2 there is no such item.
    """
    settings = load_settings(**overrides)
    item = bank_of(settings).item(item_id)
    if not as_json:
        out(question(item))
    found: Score | None = None
    for number in range(attempts):
        say(f"({_HINTS[item.kind]})")
        given = _read(item)
        if given is None:
            break
        try:
            found = asyncio.run(judged(settings, item, given, learner_id if number == 0 else None))
        except InputError as error:
            say(f"{error.message}: {error.remedy}")
            continue
        if not as_json:
            tell(found)
        if found.right:
            break
    if as_json:
        emit({"item": item.id, "answered": found is not None, **({} if found is None else plain(found))})
    if found is None or not found.right:
        raise click.exceptions.Exit(1)


def _read(item: Item) -> str | None:
    """One answer; `None` at the end of the input."""
    if item.kind in ("choice", "parsons"):
        line = sys.stdin.readline()
        return _chosen(item, line.strip()) if line else None
    lines: list[str] = []
    for line in sys.stdin:
        if line.rstrip("\r\n") == ".":
            return "\n".join(lines)
        lines.append(line.rstrip("\r\n"))
    return "\n".join(lines) if lines else None


def _chosen(item: Item, line: str) -> str:
    """The option of a number: what was shown are numbers, also where an option's text is another number."""
    if item.kind == "choice" and line.isascii() and line.isdigit() and 1 <= int(line) <= len(item.options):
        return item.options[int(line) - 1].text
    return line
