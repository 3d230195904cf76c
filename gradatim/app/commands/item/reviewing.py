"""`gradatim item review`: a person's decision about an item."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click
import yaml
from pydantic import ValidationError

from gradatim.app.commands.item.asking import bank_of, now, read_text
from gradatim.app.console import emit, out, printable
from gradatim.app.options import data_dir_option, json_option, sandbox_option
from gradatim.errors import InputError, ReviewError
from gradatim.kg import opened_graph
from gradatim.settings import Settings, load_settings
from gradatim.tools.items import Item
from gradatim.tools.items.bank import ReviewKind
from gradatim.tools.items.checking import problems_of
from gradatim.tools.sandbox import open_sandbox

_LIMIT = 1_000_000
_FIXED = ("id", "kind", "language", "difficulty", "template", "status")
"""What an edit may not change."""


@click.command()
@click.argument("item_id", metavar="ITEM")
@click.option("--approve", is_flag=True, help="Learners may get it.")
@click.option("--reject", is_flag=True, help="Nobody gets it, and it is not made again.")
@click.option("--edit", type=click.Path(path_type=Path), metavar="FILE", help="Approve it as this YAML file has it.")
@click.option("--template", is_flag=True, help="Print the item as YAML, to be edited and given to --edit.")
@click.option("--reason", metavar="TEXT", default="", help="Why.")
@click.option("--reviewer", metavar="NAME", help="Who decides.")
@json_option
@sandbox_option
@data_dir_option
def review(
    item_id: str,
    approve: bool,
    reject: bool,
    edit: Path | None,
    template: bool,
    reason: str,
    reviewer: str | None,
    as_json: bool,
    **overrides: Any,
) -> None:
    """Decide about ITEM. What is approved or edited is executed once more, and refused where something does not hold.

    \b
    Exit codes: 0 decided; 2 no such item, or an edit or an item that does not hold.
    """
    if sum((approve, reject, edit is not None, template)) != 1:
        raise click.UsageError("give exactly one of --approve, --reject, --edit FILE, --template")
    settings = load_settings(**overrides)
    bank = bank_of(settings)
    item = bank.item(item_id)
    if template:
        out(yaml.safe_dump(item.plain(), sort_keys=False, allow_unicode=True, width=110), end="")
        return
    if not reviewer or not reviewer.strip():
        raise click.UsageError("--reviewer needs a name")
    kind: ReviewKind = "approve" if approve else "reject" if reject else "edit"
    after = item if edit is None else _edited(item, edit)
    if kind != "reject":
        wrong = asyncio.run(_problems(settings, after))
        if wrong:
            raise ReviewError(
                f"the item does not hold: {'; '.join(wrong)}",
                place=str(edit) if edit is not None else f"item {item.id}",
                remedy="correct it with --edit FILE (--template prints the file), or reject it",
            )
    decided = bank.review(after, kind, reviewer.strip(), at=now(), reason=reason)
    if as_json:
        emit({"item": decided.plain(), "decision": kind, "reviewer": reviewer.strip()})
    else:
        out(printable(f"{decided.id}: {decided.status} by {reviewer.strip()}"))


async def _problems(settings: Settings, item: Item) -> list[str]:
    async with opened_graph(settings) as store, open_sandbox(settings) as sandbox:
        return await problems_of(sandbox, item, await store.snapshot())


def _edited(item: Item, path: Path) -> Item:
    """The item of a file.

    Raises:
        InputError: The file is no YAML of an item, or changes what may not change.
    """
    text = read_text(path, _LIMIT)
    try:
        data = yaml.safe_load(text)
        found = Item.model_validate(data)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        raise InputError(
            "is not YAML", place=place, remedy="start from `gradatim item review ITEM --template`"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}",
            place=str(path),
            remedy="start from `gradatim item review ITEM --template`",
        ) from error
    except RecursionError as error:
        raise InputError("is nested too deeply", place=str(path), remedy="start from `--template`") from error
    for name in _FIXED:
        if getattr(found, name) != getattr(item, name):
            raise InputError(f"{name} was changed", place=str(path), remedy=f"leave {name} as it was")
    return found
