"""Taking works out of a study because their authors want it: out of the key, the forms, and the ratings.

Only the codes stay, so that a form that a rater still has does not bring a work back.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from gradatim.errors import InputError
from gradatim.evals.protocol.forms import without_works
from gradatim.evals.protocol.study import RATINGS, Study, read_study, write_study


def withdraw(folder: Path, works: Iterable[str]) -> tuple[Study, tuple[str, ...]]:
    """Take works out; files that raters keep elsewhere are for the coordinator to replace.

    Args:
        folder: Of the study.
        works: Codes, or ids of the data set (`fibonacci/02.py`).

    Returns:
        The study without them, and their codes.

    Raises:
        InputError: A work is not in the study, or a file cannot be changed.
    """
    study = read_study(folder)
    by_sample = {work.sample: code for code, work in study.works.items()}
    codes: dict[str, None] = {}
    for name in works:
        code = name if name in study.works else by_sample.get(name)
        if code is None:
            remedy = "name works by their codes, or by their ids in the data set, as study.yaml has them"
            raise InputError(f"holds no work {name!r}", place=str(folder), remedy=remedy)
        codes[code] = None
    left = study.model_copy(
        update={
            "works": {code: work for code, work in study.works.items() if code not in codes},
            "raters": {rater: tuple(code for code in own if code not in codes) for rater, own in study.raters.items()},
            "withdrawn": (*study.withdrawn, *codes),
        }
    )
    tables = (*sorted((folder / "raters").rglob("form.csv")), *sorted((folder / RATINGS).glob("*.csv")))
    for path in sorted((folder / "raters").rglob("form.html")):
        _rewrite(path, lambda text: without_works(text, codes))
    for path in tables:
        _rewrite(path, lambda text: _without_rows(text, codes))
    write_study(left, folder)
    return left, tuple(codes)


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    """Change a file in one step: whoever looks finds the old or the new one."""
    try:
        before = path.read_bytes().decode("utf-8")
        after = change(before)
        if after != before:
            new = path.with_name(f"{path.name}.new")
            new.write_bytes(after.encode("utf-8"))
            os.replace(new, path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "is no CSV in UTF-8"
        remedy = "save the file as CSV UTF-8 and try again; what is done already is not done twice"
        raise InputError(f"cannot be changed: {reason}", place=str(path), remedy=remedy) from error


def _without_rows(text: str, codes: Iterable[str]) -> str:
    """A CSV file without rows in which one of the codes is a cell."""
    gone = frozenset(codes)
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        if not gone.intersection(cell.strip() for cell in row):
            writer.writerow(row)
    return out.getvalue()
