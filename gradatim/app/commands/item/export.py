"""`gradatim item export`: items for other systems."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.console import emit, out, plural, printable, say
from gradatim.app.options import data_dir_option, json_option
from gradatim.errors import InputError
from gradatim.settings import load_settings

if TYPE_CHECKING:
    from gradatim.tools.items import Item
    from gradatim.tools.items.export import Format

_LIMIT = 50_000_000
"""Bytes that a file of items may have."""
_NOTES = 5


@click.command()
@click.argument("item_ids", metavar="[ITEM]...", nargs=-1)
@click.option("--format", "form", type=click.Choice(("qti3", "gift", "moodle")), required=True)
@click.option(
    "--out", "target", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE",
    help="qti3: a zip; gift: text; moodle: XML. A file that is there is replaced.",
)  # fmt: skip
@click.option(
    "--status",
    type=click.Choice(("draft", "approved", "rejected", "any")),
    help="Of which status; approved when no ITEM is named.",
)
@click.option("--kind", type=click.Choice(("write", "fix", "predict", "parsons", "choice")), help="Only these.")
@click.option("--concept", metavar="CONCEPT", help="Only items about this concept (id).")
@click.option("--staff", is_flag=True, help="With hidden tests, right programs and what goes wrong, for graders.")
@click.option("--coderunner", is_flag=True, help="moodle: programs as questions of the CodeRunner plug-in.")
@click.option(
    "--from", "source", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Take items from this file (JSON, or one a line) and not from the bank.",
)  # fmt: skip
@data_dir_option
@json_option
def export(
    item_ids: tuple[str, ...],
    form: str,
    target: Path,
    status: str | None,
    kind: str | None,
    concept: str | None,
    staff: bool,
    coderunner: bool,
    source: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Write the items ITEM of the bank, or all approved ones, for other systems.

    qti3: a QTI 3.0 content package. gift: GIFT. moodle: Moodle XML. Distractors carry their feedback, concepts and
    difficulty go along. What a format cannot say is told. Without --staff nothing is written that a learner may not
    see, but for the answers by which other systems grade. See docs/item-export.md.

    Exit codes: 0 written; 2 there is no such item, an item cannot be answered, or the file cannot be written.
    """
    from gradatim.tools.items.export import FORMATS, export_items

    items = list(_read(source) if source is not None else _banked(item_ids, data_dir))
    if source is not None and item_ids:
        items = [_named(items, wanted, source) for wanted in item_ids]
    wanted = status or ("any" if item_ids else "approved")
    chosen = [
        item
        for item in items
        if (wanted == "any" or item.status == wanted)
        and (kind is None or item.kind == kind)
        and (concept is None or concept in item.concepts)
    ]
    if not chosen:
        raise _nothing(len(items), wanted, kind, concept)
    format: Format = next(name for name in FORMATS if name == form)
    made = export_items(chosen, format, staff=staff, coderunner=coderunner)
    _write(target, made.content, private=staff)
    if as_json:
        notes = [{"item": item, "note": note} for item, note in made.notes]
        emit({"file": str(target), "format": form, "items": made.items, "bytes": len(made.content), "notes": notes})
        return
    out(f"{printable(str(target))}: {plural(made.items, 'item')}, {len(made.content):,} bytes")
    for item, note in made.notes[:_NOTES]:
        say(f"{printable(item)}: {note}")
    if (left_out := len(made.notes) - _NOTES) > 0:
        say(f"and {plural(left_out, 'more note')} (--json lists all)")


def _nothing(items: int, status: str, kind: str | None, concept: str | None) -> InputError:
    """Says that no item is left, and what was asked for."""
    if not items:
        return InputError("there is no item", place="items", remedy="make some: `gradatim item make`")
    asked = [
        "" if status == "any" else f"status {status}",
        "" if kind is None else f"kind {kind}",
        "" if concept is None else f"concept {concept}",
    ]
    return InputError(
        f"none of {plural(items, 'item')} has {', '.join(filter(None, asked))}",
        place="items",
        remedy="`gradatim item list` shows what there is; `gradatim item review` approves, --status any takes all",
    )


def _banked(item_ids: Sequence[str], data_dir: Path | None) -> list[Item]:
    """Items of the bank: those that are named, or all."""
    from gradatim.tools.items.bank import Bank, bank_path

    bank = Bank(bank_path(load_settings(data_dir=data_dir).data_dir))
    if item_ids:
        return list({item.id: item for item in map(bank.item, item_ids)}.values())
    return list(bank.items())


def _named(items: Sequence[Item], wanted: str, source: Path) -> Item:
    found = [item for item in items if item.id == wanted] or [item for item in items if item.id.startswith(wanted)]
    if len(found) != 1:
        what = "there is no such item" if not found else f"{len(found)} items begin so"
        raise InputError(what, place=f"{source}, item {wanted!r}", remedy="give the whole id of an item of the file")
    return found[0]


def _read(path: Path) -> Iterator[Item]:
    """The items of a file: a JSON array, or one JSON object a line.

    Raises:
        InputError: It cannot be read, or holds something else; names the line.
    """
    import json

    from pydantic import ValidationError

    from gradatim.tools.items import Item

    try:
        if path.stat().st_size > _LIMIT:
            raise InputError(f"has more than {_LIMIT:,} bytes", place=str(path), remedy="split it")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy="give a readable file") from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", place=str(path), remedy="save it as UTF-8") from error
    remedy = "write items as `gradatim item show ITEM --json` prints them"
    whole = text.lstrip().startswith("[")
    place = str(path)
    try:
        rows: list[tuple[str, Any]] = []
        if whole:
            rows = [(f"{path}, item {number}", row) for number, row in enumerate(json.loads(text), start=1)]
        else:
            for number, line in enumerate(text.splitlines(), start=1):
                if line.strip():
                    place = f"{path}:{number}"
                    rows.append((place, json.loads(line)))
        for where, row in rows:
            place = where
            yield Item.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"is no item: {where}: {first['msg']}", place=place, remedy=remedy) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"is not JSON: {error}", place=place, remedy=remedy) from error


def _write(target: Path, content: bytes, *, private: bool) -> None:
    """Write a file, whole or not at all; what is for staff can be read by its owner alone."""
    part = target.with_name(f"{target.name}.part")
    try:
        mode = 0o600 if private else 0o666
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(content)
        part.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):  # the name itself may be what cannot be
            part.unlink(missing_ok=True)
        raise InputError(
            f"cannot be written: {error.strerror or error}",
            place=str(target),
            remedy="name a file in a folder of yours",
        ) from error
