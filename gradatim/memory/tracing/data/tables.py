"""CSV files of responses: one row a response, columns found by their names."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.inputs import microseconds
from gradatim.memory.tracing.data.lines import BadRows, shown
from gradatim.memory.tracing.data.sequences import Sequences

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "learner": ("learner", "learnerid", "student", "studentid", "user", "userid", "anonstudentid"),
    "skill": (
        "skill", "skillname", "skillid", "skills", "concept", "conceptid", "concepts",
        "kc", "kcs", "kcdefault", "knowledgecomponent", "knowledgecomponents",
    ),
    "correct": ("correct", "correctness", "iscorrect", "correctfirstattempt", "outcome", "passed"),
    "item": ("item", "itemid", "problem", "problemid", "problemname", "question", "questionid", "task", "taskid"),
    "time": ("time", "timestamp", "at", "starttime", "firsttransactiontime", "date"),
    "answer": ("answerid", "attemptid", "submissionid", "orderid"),
}  # fmt: skip
"""Names of each column, in small letters without spaces and signs; the first one found is taken."""

_NEEDED = ("learner", "skill", "correct")
_OUTCOMES = {
    "1": True, "1.0": True, "true": True, "yes": True, "correct": True, "right": True,
    "0": False, "0.0": False, "false": False, "no": False, "incorrect": False, "wrong": False,
}  # fmt: skip
_SEVERAL = re.compile(r"\s*(?:;|~~|\|)\s*")
"""Between the skills of one item."""
_REMEDY = "correct the row, or leave bad rows out with --skip-bad-rows"


@dataclass(slots=True)
class _Names:
    """Numbers for names, in the order in which they come."""

    numbers: dict[str, int] = field(default_factory=dict[str, int])

    def __call__(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers))


@dataclass(slots=True)
class _Rows:
    """Columns as they grow."""

    learner: list[int] = field(default_factory=list[int])
    skill: list[int] = field(default_factory=list[int])
    correct: list[bool] = field(default_factory=list[bool])
    item: list[int] = field(default_factory=list[int])
    seconds: list[float] = field(default_factory=list[float])
    answer: list[int] = field(default_factory=list[int])


def table(path: Path, text: str, *, skip_bad: bool = False) -> tuple[Sequences, str | None]:
    """Parse a CSV file with a header.

    A cell may name several skills with `;`, `|` or `~~` between them: it becomes one row a skill, all of them one
    answer. Rows come in the order of the file, or of their times where there are any.

    Args:
        path: Where the text comes from.
        text: The whole file.
        skip_bad: Leave out rows that cannot be used.

    Returns:
        The responses, and what was left out.

    Raises:
        InputError: Columns are missing, a row cannot be used, or none is left; names file and line.
    """
    rows = _records(path, text)
    header = next(rows, (1, list[str]()))[1]
    places = _places(path, header)
    bad = BadRows(path, skip_bad)
    learners, skills, items, answers = _Names(), _Names(), _Names(), _Names()
    kept = _Rows()
    for number, (line, row) in enumerate(rows):
        try:
            cells = {name: row[place].strip() for name, place in places.items()}
        except IndexError:
            bad.add(line, f"{len(row)} cells where the header names {len(header)}", _REMEDY, "cells missing")
            continue
        named = _SEVERAL.split(cells["skill"])
        outcome = _OUTCOMES.get(cells["correct"].casefold())
        if outcome is None:
            message = f"{shown(cells['correct'])} is no outcome; write 1 or 0"
            bad.add(line, message, _REMEDY, "no outcome")
            continue
        if not cells["learner"] or not all(named):
            what = "skill" if cells["learner"] else "learner"
            bad.add(line, f"names no {what}", _REMEDY, f"no {what}")
            continue
        instant = 0.0
        if "time" in cells:
            found = _seconds(cells["time"])
            if found is None:
                bad.add(line, f"{shown(cells['time'])} is no time", _REMEDY, "no time")
                continue
            instant = found
        for name in dict.fromkeys(named):
            kept.learner.append(learners(cells["learner"]))
            kept.skill.append(skills(name))
            kept.correct.append(outcome)
            kept.item.append(items(cells.get("item", "")))
            kept.seconds.append(instant)
            kept.answer.append(answers(f"{cells['learner']}\0{cells['answer']}") if "answer" in cells else number)
    told = bad.settle()
    if not kept.learner:
        raise InputError("holds no responses", place=str(path), remedy="give at least one row below the header")
    return _sequences(kept, places, learners, skills, items), told


def _records(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with its line."""
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"is not CSV: {error}", place=f"{path}:{line}", remedy="correct the row") from error
        if any(cell.strip() for cell in row):
            yield line, row


def _places(path: Path, header: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    keys = [re.sub(r"[^a-z]", "", cell.casefold()) for cell in header]
    for column, names in COLUMNS.items():
        place = next((keys.index(name) for name in names if name in keys), None)
        if place is not None:
            found[column] = place
    missing = [column for column in _NEEDED if column not in found]
    if missing:
        raise InputError(
            f"the header names no {' and no '.join(missing)}: {shown(','.join(header))}",
            place=f"{path}:1",
            remedy="name the columns learner, skill and correct (item and time where known), or give the three-line "
            "format: number of responses, skills, outcomes",
        )
    return found


def _seconds(text: str) -> float | None:
    """Seconds of a number or an ISO 8601 instant."""
    try:
        value = float(text)
    except ValueError:
        try:
            return microseconds(text) / 1e6
        except InputError:
            return None
    return value if math.isfinite(value) else None


def _sequences(kept: _Rows, places: Mapping[str, int], learners: _Names, skills: _Names, items: _Names) -> Sequences:
    learner, seconds = np.array(kept.learner, np.int32), np.array(kept.seconds, np.float64)
    order = np.lexsort((seconds, learner))  # stable: rows of the same instant stay as in the file
    learner, seconds = learner[order], seconds[order]
    skill, item = np.array(kept.skill, np.int32)[order], np.array(kept.item, np.int32)[order]
    answer = np.array(kept.answer, np.int64)[order]
    # Rows of one item and one instant that name different skills are one answer too, however they were numbered.
    joined = answer[1:] == answer[:-1]
    if "item" in places:
        joined |= (item[1:] == item[:-1]) & (skill[1:] != skill[:-1]) & (seconds[1:] == seconds[:-1])
    joined &= learner[1:] == learner[:-1]
    groups = np.concatenate(([0], np.cumsum(~joined))).astype(np.int32)
    return Sequences(
        tuple(learners.numbers),
        tuple(skills.numbers),
        learner,
        skill,
        np.array(kept.correct, np.bool_)[order],
        tuple(items.numbers) if "item" in places else (),
        item if "item" in places else None,
        seconds if "time" in places else None,
        groups if joined.any() else None,
    )
