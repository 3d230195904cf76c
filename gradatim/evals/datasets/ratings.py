"""Ratings of experts as CSV: who gave which work how much in which dimension.

Three layouts are read, told apart by their columns:

* long: `submission, rater, dimension, score`;
* wide by dimension: `submission, rater`, and one column a dimension;
* wide by rater: `submission, dimension`, and one column a rater.

An empty cell (or `NA`, `-`) is a rating that was not given. It stays missing: assessment scores are never imputed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradatim.errors import InputError
from gradatim.evals.datasets.example import Example
from gradatim.evals.datasets.registry import load
from gradatim.evals.datasets.tables import Row, Table, column_key, read_table, shown

SUBMISSION = ("submission", "submission_id", "item", "sample", "example", "id", "work", "提交", "作业")
RATER = ("rater", "rater_id", "expert", "judge", "teacher", "coder", "annotator", "评分者", "评分员")
DIMENSION = ("dimension", "criterion", "indicator", "aspect", "维度")
SCORE = ("score", "rating", "value", "mark", "points", "grade", "分数", "评分")
BESIDE = frozenset(
    {"comment", "comments", "note", "notes", "at", "time", "timestamp", "date", "seconds", "position", "phase",
     "order", "form", "task", "language", "备注"}
)  # fmt: skip
"""Columns that are never a dimension or a rater."""
_MISSING = frozenset({"", "na", "n/a", "nan", "none", "null", "-", "–", "—", "?"})


@dataclass(frozen=True, slots=True)
class Rating:
    """One rating.

    Attributes:
        item: Id of the work that was rated.
        score: `None` where it was not given.
        place: `file.csv:12`.
        phase: `training`, `calibration` or `main`, where the file has a column of that name.
        seconds: That the rater took, where the file tells.
        declined: Whether the rater said that it cannot be judged (`NA`), as against an empty cell.
    """

    item: str
    rater: str
    dimension: str
    score: float | None
    place: str = ""
    phase: str = ""
    seconds: float | None = None
    declined: bool = False


@dataclass(frozen=True, slots=True)
class BadRating:
    """A cell that cannot be used."""

    item: str
    rater: str
    dimension: str
    text: str
    place: str
    why: str
    remedy: str

    def error(self) -> InputError:
        """What is wrong with it, as an error."""
        return InputError(self.why, place=self.place, remedy=self.remedy)


@dataclass(frozen=True, slots=True)
class Reading:
    """How files of ratings are read.

    Attributes:
        low, high: Ends of the scale.
        dimensions: Only these; every dimension of the file when not given.
        encoding: Of the text.
        delimiter: Between cells; found from the header when not given.
        whole: Whether scores are levels, 1, 2, 3, with nothing between them.
    """

    low: float = 1.0
    high: float = 5.0
    dimensions: Sequence[str] | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None
    whole: bool = False


def read_entries(path: Path, reading: Reading | None = None) -> Iterator[Rating | BadRating]:
    """All cells of a file of ratings; a cell that cannot be used comes as a `BadRating` in its place.

    Args:
        path: A CSV file.
        reading: Scale, dimensions, encoding; 1 to 5 and UTF-8 when not given.

    Raises:
        InputError: The file as a whole cannot be used.
    """
    how = reading or Reading()
    table = read_table(path, encoding=how.encoding, delimiter=how.delimiter)
    item, rater = table.needed("submission", SUBMISSION), table.column(RATER)
    dimension, score = table.column(DIMENSION), table.column(SCORE)
    wanted = None if how.dimensions is None else {column_key(name) for name in how.dimensions}
    used = {item, rater, dimension}
    values = [key for key in table.keys if key and key not in used and key not in BESIDE and "comment" not in key]
    if dimension is not None and score is not None and rater is not None:
        cells = ((row, row.cells[rater], row.cells[dimension], row.cells[score]) for row in table.rows())
    elif rater is not None and dimension is None:
        chosen = [key for key in values if wanted is None or key in wanted]
        _need(table, chosen, "dimension", wanted)
        cells = ((row, row.cells[rater], key, row.cells[key]) for row in table.rows() for key in chosen)
    elif dimension is not None and rater is None:
        _need(table, values, "rater", None)
        names = dict(zip(table.keys, table.columns, strict=True))
        cells = ((row, names[key], row.cells[dimension], row.cells[key]) for row in table.rows() for key in values)
    else:
        raise InputError(
            f"names neither raters nor dimensions that ratings could belong to: {shown(', '.join(table.columns))}",
            place=f"{path}:{table.line}",
            remedy="name the columns submission, rater, dimension, score; or submission, rater and one a dimension",
        )
    for row, who, what, text in cells:
        key = column_key(what)
        if wanted is None or key in wanted:
            yield _rating(row, row.cells[item], who, key, text, how, table.delimiter)


def read_ratings(path: Path, reading: Reading | None = None) -> Iterator[Rating]:
    """As `read_entries`, for whoever cannot do with a broken cell.

    Raises:
        InputError: A cell cannot be used, or a rating is given twice; names the line.
    """
    seen: dict[tuple[str, str, str], Rating] = {}
    count = 0
    for entry in read_entries(path, reading):
        if isinstance(entry, BadRating):
            raise entry.error()
        key = (entry.item, entry.rater, entry.dimension)
        first = seen.setdefault(key, entry)
        if first is not entry:
            raise InputError(
                f"{entry.rater} rates {entry.dimension} of {entry.item} a second time",
                place=entry.place,
                remedy=f"keep one of the two; the first stands in {first.place}",
            )
        count += 1
        yield entry
    if not count:
        raise InputError("holds no ratings", place=str(path), remedy="give at least one row below the header")


def load_ratings(
    path: Path,
    *,
    data: str | None = None,
    data_path: str | Path | None = None,
    low: float = 1.0,
    high: float = 5.0,
    dimensions: Sequence[str] | None = None,
    encoding: str = "utf-8",
    delimiter: str | None = None,
) -> Iterator[Example]:
    """Work that experts rated, with their scores in `reference.scores` ({dimension: {rater: score}}).

    Args:
        path: CSV of ratings.
        data: Name of the data set whose examples were rated; without it, examples hold no more than their id.
        data_path: Where that lies.
        low, high: Ends of the scale, kept in `reference.scale`.
        dimensions: Only these.
        encoding: Of the CSV file.
        delimiter: Of the CSV file; found from its header when not given.

    Raises:
        InputError: The ratings cannot be used, or name work that the data set does not hold.
    """
    found: dict[str, dict[str, dict[str, float]]] = {}
    places: dict[str, str] = {}
    reading = Reading(low, high, dimensions, encoding, delimiter)
    for rating in read_ratings(Path(path), reading):
        places.setdefault(rating.item, rating.place)
        by_dimension = found.setdefault(rating.item, {})
        if rating.score is not None:
            by_dimension.setdefault(rating.dimension, {})[rating.rater] = rating.score
    examples = (Example(item, {}) for item in found) if data is None else load(data, data_path)
    yield from _joined(examples, found, places, [low, high])


def _joined(
    examples: Iterable[Example],
    found: dict[str, dict[str, dict[str, float]]],
    places: dict[str, str],
    scale: list[float],
) -> Iterator[Example]:
    missing = dict(places)
    for example in examples:
        if example.id in found:
            missing.pop(example.id, None)
            yield example.known(scores=found[example.id], scale=scale)
    if missing:
        item, place = next(iter(missing.items()))
        more = f", and {len(missing) - 1:,} more" if len(missing) > 1 else ""
        raise InputError(
            f"rates {item!r}{more}, which the data set does not hold",
            place=place,
            remedy="name work by the ids of the data set, e.g. fibonacci/02.py",
        )


def _need(table: Table, columns: Sequence[str], what: str, wanted: set[str] | None) -> None:
    if not columns:
        named = f" of these: {', '.join(sorted(wanted))}" if wanted else ""
        raise InputError(
            f"has no column for a {what}{named}",
            place=f"{table.path}:{table.line}",
            remedy=f"give one column a {what}, or the columns submission, rater, dimension, score",
        )


def _rating(
    row: Row, item: str, rater: str, dimension: str, text: str, how: Reading, delimiter: str
) -> Rating | BadRating:
    def bad(why: str, remedy: str) -> BadRating:
        return BadRating(item, rater, dimension, text, row.place, why, remedy)

    for name, value in (("submission", item), ("rater", rater), ("dimension", dimension)):
        if not value:
            return bad(f"names no {name}", "fill the cell, or remove the row")
    phase, seconds = row.cells.get("phase", ""), _number(row.cells.get("seconds", ""), delimiter)
    if text.casefold() in _MISSING:
        return Rating(item, rater, dimension, None, row.place, phase, seconds, declined=bool(text))
    score = _number(text, delimiter)
    if score is None:
        remedy = f"write a number from {how.low:g} to {how.high:g}, or leave it empty"
        if how.dimensions is None:
            remedy += f"; if {dimension} is no dimension, name those that count (dimensions)"
        return bad(f"{shown(text)} is not a score", remedy)
    if not how.low <= score <= how.high:
        why = f"{shown(text)} is outside the scale of {how.low:g} to {how.high:g}"
        return bad(why, "correct it, or give the scale's ends" if not how.whole else "ask the rater for a level of it")
    if how.whole and score != round(score):
        return bad(f"{shown(text)} is between two levels", "ask the rater for one of them")
    return Rating(item, rater, dimension, score, row.place, phase, seconds)


def _number(text: str, delimiter: str) -> float | None:
    """A finite number; with a decimal comma where commas do not part the cells."""
    plain = text.replace(",", ".") if delimiter != "," and text.count(",") == 1 else text
    if "_" in plain:  # Python would read 1_0 as ten
        return None
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if value - value == 0 else None
