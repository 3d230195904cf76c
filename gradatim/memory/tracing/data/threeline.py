"""The three-line format of knowledge tracing: number of responses, skills, outcomes; once for every learner."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.tracing.data.lines import shown
from gradatim.memory.tracing.data.sequences import Sequences

_OUTCOMES = {"0": False, "1": True, "0.0": False, "1.0": True}


def looks_like_three_lines(text: str) -> bool:
    """Whether the first line with anything on it is one whole number."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return _values(first)[:1] == _values(first) and first.strip().rstrip(",").strip().isdecimal()


def three_lines(path: Path, text: str) -> Sequences:
    """Parse the three-line format; learners are numbered by their place, from 1.

    Raises:
        InputError: A line says something else than its place asks for; names file and line.
    """
    lines = text.splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    learner: list[int] = []
    names: dict[str, int] = {}
    skill: list[int] = []
    correct: list[bool] = []
    at = learners = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        count = _count(path, at, lines[at])
        mine, outcomes = _line(path, lines, at + 1, count), _line(path, lines, at + 2, count)
        skill.extend(names.setdefault(name, len(names)) for name in mine)
        for place, value in enumerate(outcomes, start=1):
            if value not in _OUTCOMES:
                raise InputError(
                    f"outcome {place} is {shown(value)}, neither 0 nor 1",
                    place=f"{path}:{at + 3}",
                    remedy="write 1 for a correct response and 0 for a wrong one",
                )
            correct.append(_OUTCOMES[value])
        learner.extend([learners] * count)
        learners += 1
        at += 3
    if not learner:
        raise InputError("holds no responses", place=str(path), remedy="name a file of responses")
    return Sequences(
        tuple(str(number) for number in range(1, learners + 1)),
        tuple(names),
        np.array(learner, np.int32),
        np.array(skill, np.int32),
        np.array(correct, np.bool_),
    )


def _values(line: str) -> list[str]:
    values = [value.strip() for value in line.split(",")]
    while values and not values[-1]:
        values.pop()
    return values


def _count(path: Path, at: int, line: str) -> int:
    values = _values(line)
    # An absurd number of digits would take minutes to convert; no file holds that many responses.
    if len(values) != 1 or not (values[0].isascii() and values[0].isdecimal() and len(values[0]) <= 12):
        raise InputError(
            f"{shown(line)} is not a number of responses",
            place=f"{path}:{at + 1}",
            remedy="three lines a learner: number of responses, skills, outcomes",
        )
    return int(values[0])


def _line(path: Path, lines: list[str], at: int, count: int) -> list[str]:
    if at >= len(lines) and count:
        raise InputError(
            f"the file ends before the responses of a learner with {count:,} of them",
            place=f"{path}:{len(lines)}",
            remedy="three lines a learner: number of responses, skills, outcomes",
        )
    values = _values(lines[at]) if at < len(lines) else []
    if len(values) != count or not all(values):
        found = sum(map(bool, values))
        raise InputError(
            f"{found:,} values where {count:,} are announced" if found != count else "a value is empty",
            place=f"{path}:{at + 1}",
            remedy="let the three lines of a learner agree",
        )
    return values
