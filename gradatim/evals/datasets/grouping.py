"""Attributes of learners from a CSV file, added to examples for fairness audits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from gradatim.errors import InputError
from gradatim.evals.datasets.example import Example
from gradatim.evals.datasets.tables import read_table

Groups = dict[str, str]
_SUBMISSION = ("submission", "submission_id", "sample", "example", "id")
_LEARNER = ("learner", "learner_id", "student", "student_id")


def grouped(examples: Iterable[Example], path: Path) -> Iterator[Example]:
    """Examples with the attributes of whoever wrote them.

    The file has a column `submission` (ids of examples) or `learner`, and one column an attribute. An empty cell says
    nothing about that attribute; an example that the file does not name keeps what it has.

    Raises:
        InputError: The file cannot be used, or names none of the examples.
    """
    by, table = read_groups(path)
    met = total = 0
    for example in examples:
        total += 1
        key = example.id if by == "submission" else _learner(example)
        found = table.get(key or "")
        met += found is not None
        yield example if found is None else replace(example, groups={**example.groups, **found})
    if total and not met:
        raise InputError(
            f"names none of the {total:,} examples",
            place=str(path),
            remedy=f"its column {by} has to hold the ids of the data set's {by}s, e.g. those that the results show",
        )


def read_groups(path: Path) -> tuple[str, dict[str, Groups]]:
    """What a file of attributes says.

    Returns:
        `submission` or `learner`, and the attributes by its id.

    Raises:
        InputError: Columns are missing, or an id comes twice with different attributes.
    """
    table = read_table(path)
    by, column = "submission", table.column(_SUBMISSION)
    if column is None:
        by, column = "learner", table.needed("submission or learner", (*_LEARNER, *_SUBMISSION))
    attributes = [key for key in table.keys if key and key != column and key not in (*_SUBMISSION, *_LEARNER)]
    if not attributes:
        remedy = "give one column an attribute, such as language or course"
        raise InputError("has no attribute", place=f"{path}:{table.line}", remedy=remedy)
    found: dict[str, Groups] = {}
    for row in table.rows():
        key = row.cells[column]
        groups = {name: row.cells[name] for name in attributes if row.cells[name]}
        if not key:
            raise InputError(f"names no {by}", place=row.place, remedy="fill the cell, or remove the row")
        if found.setdefault(key, groups) != groups:
            raise InputError(f"gives {key!r} other groups than before", place=row.place, remedy="keep one of the rows")
    return by, found


def _learner(example: Example) -> str | None:
    learner: Any = example.inputs.get("learner")
    if learner is None:
        submission: Any = example.inputs.get("submission")
        if isinstance(submission, dict):
            learner = cast("dict[str, Any]", submission).get("learner_id")
    return learner if isinstance(learner, str) else None
