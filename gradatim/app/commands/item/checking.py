"""`gradatim item check`: whether the items of a file are what they claim to be."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, cast

import click
from pydantic import ValidationError

from gradatim.app.commands.item.asking import read_text
from gradatim.app.console import emit, out, plural, printable
from gradatim.app.options import curriculum_option, json_option, sandbox_option
from gradatim.errors import InputError
from gradatim.kg import opened_graph
from gradatim.settings import Settings, load_settings
from gradatim.tools.items import Item
from gradatim.tools.items.checking import problems_of
from gradatim.tools.sandbox import open_sandbox

_LIMIT = 20_000_000


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@json_option
@curriculum_option
@sandbox_option
def check(path: Path, as_json: bool, **overrides: Any) -> None:
    """Execute everything that the items of FILE claim: references, wrong programs, options, orders, answers.

    FILE is JSON: an item, a list of items, what `gradatim item list --json` prints, or one item a line.

    \b
    Exit codes: 0 all hold; 1 some do not; 2 the file holds no items.
    """
    items = _read(path)
    found = asyncio.run(_check(load_settings(**overrides), items))
    bad = {item.id: wrong for item, wrong in zip(items, found, strict=True) if wrong}
    if as_json:
        emit({"items": len(items), "problems": bad})
    else:
        for name, wrong in bad.items():
            out(printable(name))
            for problem in wrong:
                out(f"  {printable(problem)}")
        out(f"{plural(len(items), 'item')}, {plural(len(bad), 'with problems', 'with problems')}")
    if bad:
        raise click.exceptions.Exit(1)


async def _check(settings: Settings, items: list[Item]) -> list[list[str]]:
    async with opened_graph(settings) as store, open_sandbox(settings) as sandbox:
        graph = await store.snapshot()
        return [await problems_of(sandbox, item, graph) for item in items]


def _read(path: Path) -> list[Item]:
    text = read_text(path, _LIMIT)
    entries: list[tuple[str, Any]] = []
    try:
        data: Any = json.loads(text)
        if isinstance(data, dict):
            whole = cast("dict[str, Any]", data)
            data = whole.get("items", whole.get("item", whole))
        rows: list[Any] = cast("list[Any]", data) if isinstance(data, list) else [data]
        entries = [(f"{path}: items[{place}]", row) for place, row in enumerate(rows)]
    except RecursionError as error:
        raise InputError("is nested too deeply", place=str(path), remedy="give items as JSON") from error
    except ValueError:
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                entries.append((f"{path}:{number}", _line(line, f"{path}:{number}")))
    if not entries:
        raise InputError("holds no items", place=str(path), remedy="give items as JSON (`gradatim item list --json`)")
    return [_item(place, row) for place, row in entries]


def _line(line: str, place: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(
            "is no JSON", place=place, remedy="give items as JSON (`gradatim item list --json`)"
        ) from error


def _item(place: str, row: Any) -> Item:
    try:
        return Item.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"])) or "the entry"
        raise InputError(f"{name}: {first['msg']}", place=place, remedy="give items as gradatim writes them") from error
