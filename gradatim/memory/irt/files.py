"""Item banks and responses as CSV files."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from gradatim.errors import InputError, StorageError
from gradatim.memory.inputs import checked_id
from gradatim.memory.irt.bank import Item, ItemBank
from gradatim.memory.irt.responses import MISSING, Responses
from gradatim.memory.irt.tables import rows

COLUMNS = ("item", "a", "b", "c", "content", "se_a", "se_b")
"""Of a file of items; `item` and `b` have to be there, a is 1 and c is 0 where they are not."""

_LEARNER = ("learner", "learner_id", "user", "user_id", "student", "student_id", "person", "examinee")
_ITEM = ("item", "item_id", "problem", "problem_id", "task", "task_id", "question", "question_id")
_CORRECT = ("correct", "is_correct", "score", "passed", "response", "answer")
_CODES: Mapping[str, int] = {
    **dict.fromkeys(("1", "1.0", "true", "yes"), 1),
    **dict.fromkeys(("0", "0.0", "false", "no"), 0),
    **dict.fromkeys(("", "na", "n/a", "nan", "null", "none", "-1", "-1.0", "."), MISSING),
}


def read_items(path: Path) -> ItemBank:
    """An item bank of a CSV file with the columns `item, a, b, c, content, se_a, se_b`, in any order.

    Raises:
        InputError: The file cannot be read, lacks a column, or a row is no item; names the line.
    """
    lines = rows(path)
    _, header = next(lines)
    at = {name.lower(): index for index, name in enumerate(header)}
    for needed in ("item", "b"):
        if needed not in at:
            raise InputError(
                f"there is no column {needed!r}", place=f"{path}:1", remedy=f"name the columns {', '.join(COLUMNS)}"
            )
    items: list[Item] = []
    known: dict[str, int] = {}
    for line, fields in lines:
        place = f"{path}:{line}"
        item = _named(fields[at["item"]], "item id", place)
        if item in known:
            raise InputError(
                f"the item {item!r} is there already, in line {known[item]}", place=place, remedy="keep one of them"
            )
        known[item] = line
        a, b, c = (_number(fields, at, name, default, place) for name, default in (("a", 1.0), ("b", None), ("c", 0.0)))
        if a is None or b is None or c is None or a <= 0.0 or not 0.0 <= c < 1.0:
            raise InputError(
                f"a = {a}, b = {b}, c = {c} are no item parameters",
                place=place,
                remedy="a must be positive, b a number, and c in [0, 1)",
            )
        content = fields[at["content"]].strip() if "content" in at else ""
        se_a, se_b = (_number(fields, at, name, None, place) for name in ("se_a", "se_b"))
        items.append(Item(item, a, b, c, content, se_a, se_b))
    if not items:
        raise InputError("there are no items", place=str(path), remedy="write one line an item after the header")
    return ItemBank.of(items)


def write_items(bank: ItemBank, path: Path) -> None:
    """Write an item bank as `read_items` reads it; the file appears whole or not at all.

    Raises:
        StorageError: It cannot be written there.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for index in range(len(bank)):
        item = bank.item(index)
        numbers = (item.a, item.b, item.c)
        errors = ("" if value is None else repr(value) for value in (item.se_a, item.se_b))
        writer.writerow((item.id, *map(repr, numbers), item.content, *errors))
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text.getvalue(), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StorageError(
            f"cannot be written: {error.strerror}", place=str(path), remedy="name a file in a folder that exists"
        ) from error


def read_responses(path: Path) -> Responses:
    """Responses of a CSV file, of one of two forms, told apart by the header.

    * long: a row an answer, with columns for learner, item and correct (`learner, item, correct`); further columns are
      passed over, and a later answer to the same item counts instead of an earlier one;
    * wide: a row a learner, a column an item; a first column that is called `learner` or so, or nothing, names them.

    Correct is 1 or true, wrong 0 or false; an empty field, NA or −1 is no answer.

    Raises:
        InputError: The file cannot be read, is of neither form, or a field is something else; names the line.
    """
    lines = rows(path)
    _, header = next(lines)
    names = [name.lower() for name in header]
    columns = [_column(names, known) for known in (_LEARNER, _ITEM, _CORRECT)]
    learner, item, correct = columns
    if learner is not None and item is not None and correct is not None:
        return Responses.collect(_answers(path, lines, learner, item, correct))
    return _wide(path, header, lines, named=names[0] in ("", *_LEARNER))


def _answers(
    path: Path, lines: Iterator[tuple[int, list[str]]], learner: int, item: int, correct: int
) -> Iterator[tuple[str, str, bool]]:
    for line, fields in lines:
        code = _CODES.get(fields[correct].strip().lower())
        if code is None:
            raise _no_answer(fields[correct], f"{path}:{line}")
        if code != MISSING:
            place = f"{path}:{line}"
            yield _named(fields[learner], "learner id", place), _named(fields[item], "item id", place), code == 1


def _wide(path: Path, header: list[str], lines: Iterator[tuple[int, list[str]]], *, named: bool) -> Responses:
    items = [_named(name, "item id", f"{path}:1") for name in (header[1:] if named else header)]
    learners: dict[str, int] = {}
    values: list[bytes] = []
    for line, fields in lines:
        name = _named(fields[0], "learner id", f"{path}:{line}") if named else str(len(learners) + 1)
        if name in learners:
            raise InputError(
                f"the learner {name!r} is there already, in line {learners[name]}",
                place=f"{path}:{line}",
                remedy="give each learner one row, or write a row an answer",
            )
        learners[name] = line
        cells = fields[1:] if named else fields
        codes = [_CODES.get(cell) if cell in _CODES else _CODES.get(cell.strip().lower()) for cell in cells]
        row = bytearray()
        for column, code in enumerate(codes):
            if code is None:
                raise _no_answer(cells[column], f"{path}:{line}, column {items[column]!r}")
            row.append(code & 0xFF)
        values.append(bytes(row))
    if not learners:
        raise InputError("there are no responses", place=str(path), remedy="write rows after the header")
    matrix = np.frombuffer(b"".join(values), dtype=np.int8).reshape(len(learners), len(items))
    return Responses(matrix, tuple(learners), tuple(items))


def _column(names: list[str], known: tuple[str, ...]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _named(text: str, what: str, place: str) -> str:
    try:
        return checked_id(text.strip(), what)
    except InputError as error:
        raise InputError(error.message, place=place, remedy=error.remedy) from error


def _number(fields: list[str], at: Mapping[str, int], name: str, default: float | None, place: str) -> float | None:
    """A number of a column; the default where the column or the field is empty."""
    text = fields[at[name]].strip() if name in at else ""
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{name} is {text[:40]!r}, which is no number", place=place, remedy="write it as 1.25")
    return value


def _no_answer(text: str, place: str) -> InputError:
    return InputError(
        f"{text[:40]!r} is no answer", place=place, remedy="write 1 for correct, 0 for wrong, nothing for none"
    )
