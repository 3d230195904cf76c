"""`gradatim item answer`: an answer is judged, and remembered."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from gradatim.app.commands.item.asking import bank_of, now, read_text
from gradatim.app.console import emit, out, printable
from gradatim.app.options import data_dir_option, json_option, sandbox_option
from gradatim.kg import opened_graph
from gradatim.languages import speaking
from gradatim.settings import Settings, load_settings
from gradatim.tools.items import Item
from gradatim.tools.items.corrections import corrections_of
from gradatim.tools.items.scoring import Score, event_of, score
from gradatim.tools.sandbox import open_sandbox


@click.command()
@click.argument("item_id", metavar="ITEM")
@click.argument("text", metavar="[ANSWER]", required=False)
@click.option("--file", "path", type=click.Path(path_type=Path), metavar="FILE", help="Read the answer from this file.")
@click.option("--learner", "learner_id", metavar="ID", help="Whose answer it is: it is remembered.")
@json_option
@sandbox_option
@data_dir_option
def answer(
    item_id: str, text: str | None, path: Path | None, learner_id: str | None, as_json: bool, **overrides: Any
) -> None:
    """Judge ANSWER to ITEM by execution.

    An answer is a program (write, fix), an output (predict), the number of an option from 1 or its text (choice), or
    block numbers in order, `1 4:1 2:2` with levels of indentation where they differ from the block's own (parsons).

    \b
    Exit codes: 0 right; 1 wrong; 2 no such item, no answer to this kind of item, or the learner does not agree.
    """
    settings = load_settings(**overrides)
    if (text is None) == (path is None):
        raise click.UsageError("give ANSWER or --file FILE")
    given = text if path is None else read_text(path, settings.submission_limit)
    item = bank_of(settings).item(item_id)
    found = asyncio.run(judged(settings, item, given or "", learner_id))
    if as_json:
        emit({"item": item.id, "learner": learner_id, **plain(found)})
    else:
        tell(found)
    if not found.right:
        raise click.exceptions.Exit(1)


async def judged(settings: Settings, item: Item, given: str, learner_id: str | None) -> Score:
    """The score of an answer, remembered where a learner is named.

    Raises:
        InputError: It is no answer to this kind of item.
        NoConsent: The learner does not agree to personalisation.
    """
    from gradatim.memory import open_memory, parameters_of
    from gradatim.memory.rights.guard import guarded
    from gradatim.memory.rights.pseudonyms import known_as

    with speaking(item.language):
        async with opened_graph(settings) as store, open_sandbox(settings) as sandbox:
            graph = await store.snapshot()
            found = await score(sandbox, item, arrangement(item, given), corrections_of(graph))
    if learner_id is not None:
        event = event_of(item, found, known_as(settings, learner_id), now(), graph)
        async with open_memory(settings) as memory:
            await guarded(memory, settings.assumed_consent, parameters_of(settings)).record(event)
    return found


def arrangement(item: Item, given: str) -> str:
    """`1 4:1 2:2` as the list that scoring reads; anything else as it is."""
    words = given.replace(",", " ").split()
    parts = [word.split(":") for word in words]
    numbers = parts and all(
        len(part) <= 2 and all(piece.isascii() and piece.isdigit() for piece in part) for part in parts
    )
    if item.kind != "parsons" or not numbers:
        return given
    return "[" + ", ".join(part[0] if len(part) == 1 else f"[{part[0]}, {part[1]}]" for part in parts) + "]"


def plain(found: Score) -> dict[str, Any]:
    return {
        "right": found.right,
        "said": list(found.said),
        "misconception": found.misconception,
        "passed": found.passed,
        "total": found.total,
    }


def tell(found: Score) -> None:
    """What the learner is told."""
    for sentence in found.said:
        out(printable(sentence, lines=True), colour="green" if found.right else None)
