"""One outcome in a grade book, and what its text says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from gradatim.memory.collection.building import fraction
from gradatim.memory.collection.instants import epoch
from gradatim.memory.collection.row import NoEvent, RowError

NO_SCORE = frozenset({"", "-", "–", "n/a", "na", "null", "none", "nan", "ex", "excused", "not yet graded"})
"""What stands where there is no score (yet); it stays missing."""
_OUT_OF = re.compile(r"([\d.]+)\s*/\s*([\d.]+)\Z")
_TRUE = frozenset({"1", "true", "yes", "t", "1.0", "correct"})
_FALSE = frozenset({"0", "false", "no", "f", "0.0", "incorrect"})


@dataclass(slots=True)
class Cell:
    """What a learner reached on one item."""

    learner: str
    item: str
    score: str
    """As it is written."""
    best: float | None = None
    """Points at most, as the grade book says."""
    at: str | None = None
    """When it was reached, where the grade book says so."""
    correct: str | None = None
    """A verdict of its own."""
    concepts: tuple[str, ...] = ()
    identifier: str | None = None
    """An id that the row gives to the outcome."""
    also: tuple[str, ...] = ()
    """What else tells this outcome from others of the same learner and item."""
    names: tuple[str, ...] = ()
    """Other names under which a concept map may know the item."""
    needs_best: bool = False
    """A score above 1 is a mistake where nothing says what it is out of."""
    is_whole: bool = False
    """It sums up items that have outcomes of their own."""
    payload: dict[str, Any] = field(default_factory=dict[str, Any])


def number(text: str, what: str) -> float:
    """A number, with a point or a single comma before the decimals.

    Raises:
        RowError: It is none.
    """
    try:
        value = float(text)
    except ValueError:
        try:
            value = float(text.replace(",", ".")) if text.count(",") == 1 and "." not in text else float("nan")
        except ValueError:
            value = float("nan")
    if value != value or value in (float("inf"), float("-inf")):
        raise RowError(f"its {what} {text!r:.60} is no number")
    return value


def flag(text: str, what: str) -> bool:
    """A verdict.

    Raises:
        RowError: It is none.
    """
    plain = text.strip().lower()
    if plain in _TRUE:
        return True
    if plain not in _FALSE:
        raise RowError(f"its {what} {text!r:.60} is neither 1 nor 0")
    return False


def scored(cell: Cell, best: float | None) -> dict[str, Any]:
    """The score as a share of the points, or as bare points where nothing says what they are out of.

    Args:
        cell: The outcome.
        best: Points at most: what the grade book says, or else the concept map.

    Raises:
        NoEvent: There is no score.
        RowError: It is no number, or out of range.
    """
    text = cell.score.strip()
    if text.lower() in NO_SCORE:
        if cell.correct is not None and cell.correct.strip():
            return {}
        raise NoEvent("there is no score")
    if text.endswith("%"):
        return {"score": fraction(number(text[:-1].strip(), "score"), 100.0)}
    if out_of := _OUT_OF.match(text):
        return {"score": fraction(number(out_of[1], "score"), number(out_of[2], "score"))}
    points = number(text, "score")
    if best is not None:
        return {"score": fraction(points, best)}
    if not cell.needs_best:
        return {"points": points}
    if not 0 <= points <= 1:
        raise RowError(f"its score {text} is not between 0 and 1, and nothing says what it is out of")
    return {"score": points}


def when(text: str) -> str:
    """An instant of a column, which may be seconds or milliseconds since 1970."""
    plain = text.strip()
    return epoch(plain) if len(plain) > 8 and plain.replace(".", "", 1).isdigit() else plain
