"""Predictions of a knowledge-tracing model from a file."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from gradatim.errors import InputError
from gradatim.memory.pictures import Prediction

COLUMNS = ("probability", "correct")
_MAX_BYTES = 512 * 1024 * 1024
_OUTCOMES = {"1": True, "0": False, "1.0": True, "0.0": False, "true": True, "false": False}


def read_predictions(path: Path) -> list[Prediction]:
    """The predictions of a CSV file with the columns `probability` and `correct`; others are passed over.

    `gradatim learn predict` writes such files.

    Raises:
        InputError: The file cannot be read, lacks a column, or a value is none; names the line.
    """
    reader = csv.reader(io.StringIO(_text(path), newline=""))
    found: list[Prediction] = []
    try:
        header = [name.strip().lower() for name in next(reader, list[str]())]
        places = [_column(header, name, path) for name in COLUMNS]
        for row in reader:
            if not row:
                continue
            place = f"{path}:{reader.line_num}"
            if len(row) <= max(places):
                raise InputError("has too few values", place=place, remedy=f"give {' and '.join(COLUMNS)} in each line")
            found.append(Prediction(_probability(row[places[0]], place), _outcome(row[places[1]], place)))
    except csv.Error as error:
        raise InputError(
            f"is not CSV: {error}", place=f"{path}:{reader.line_num}", remedy="save it as comma-separated values"
        ) from error
    if not found:
        raise InputError("holds no predictions", place=str(path), remedy="give a file of `gradatim learn predict`")
    return found


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror or error}", place=str(path), remedy="give a readable file"
        ) from error
    if len(content) > _MAX_BYTES:
        raise InputError("is larger than 512 MiB", place=str(path), remedy="give a part of it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", place=str(path), remedy="save it as UTF-8") from error


def _column(header: list[str], name: str, path: Path) -> int:
    if name not in header:
        raise InputError(
            f"has no column {name!r}", place=f"{path}:1", remedy=f"begin it with a line that names {', '.join(COLUMNS)}"
        )
    return header.index(name)


def _probability(text: str, place: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 <= value <= 1.0:
        raise InputError(f"{text[:40]!r} is no probability", place=place, remedy="give a number from 0 to 1")
    return value


def _outcome(text: str, place: str) -> bool:
    value = _OUTCOMES.get(text.strip().lower())
    if value is None:
        raise InputError(f"{text[:40]!r} is neither 1 nor 0", place=place, remedy="give 1 for a correct answer, else 0")
    return value
