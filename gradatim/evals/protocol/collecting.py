"""Ratings as they come: every file that raters sent, joined with what each was asked to rate.

Nothing is lost and nothing is made up: what cannot be used is told with its place and left out, a missing rating stays
missing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from gradatim.errors import InputError
from gradatim.evals.datasets.ratings import BadRating, Rating, Reading, read_entries
from gradatim.evals.datasets.tables import check_encoding
from gradatim.evals.protocol.study import RATINGS, Phase, Study

Kind = Literal["file", "cell", "rater", "work", "not-assigned", "double"]
Key = tuple[str, str, str]
"""Rater, code of the work, dimension."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that cannot be used as it stands.

    Attributes:
        kind: `file` cannot be read; `cell` is no level; `rater` or `work` is unknown; `not-assigned` to this rater;
            `double`: rated twice, differently.
        left_out: Ratings that do not count because of it.
    """

    kind: Kind
    place: str
    message: str
    remedy: str
    rater: str = ""
    work: str = ""
    left_out: int = 1


@dataclass(frozen=True, slots=True)
class Collected:
    """All ratings that count so far.

    Attributes:
        scores: Rater, work, dimension → level.
        declined: What raters said they cannot judge.
        seconds: Rater, work → seconds that the work was open, where a form tells.
        excluded: Raters that were left out, by their codes.
    """

    study: Study
    scores: Mapping[Key, float]
    declined: frozenset[Key] = frozenset()
    seconds: Mapping[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])
    problems: tuple[Problem, ...] = ()
    files: int = 0
    excluded: tuple[str, ...] = ()

    @property
    def raters(self) -> tuple[str, ...]:
        """Raters that count."""
        return tuple(rater for rater in self.study.raters if rater not in self.excluded)

    def ratings(self, code: str, dimension: str) -> dict[str, float]:
        """Rater → level, of one work in one dimension, in the study's order of raters."""
        keys = ((rater, (rater, code, dimension)) for rater in self.raters)
        return {rater: self.scores[key] for rater, key in keys if key in self.scores}

    def composites(self, code: str) -> dict[str, float]:
        """Rater → mean over the dimensions that every rater of this work gave.

        The same dimensions for all, so that raters differ by their levels and not by what they passed over; none where
        they share no more than half of the dimensions.
        """
        given = {dimension: self.ratings(code, dimension) for dimension in self.study.dimensions}
        raters = [rater for rater in self.raters if any(rater in found for found in given.values())]
        shared = [found for found in given.values() if raters and all(rater in found for rater in raters)]
        if 2 * len(shared) <= len(self.study.dimensions):
            return {}
        return {rater: sum(found[rater] for found in shared) / len(shared) for rater in raters}

    def missing(self, rater: str, phase: Phase) -> list[tuple[str, list[str]]]:
        """Works of a rater that are not complete, with the dimensions that are open."""
        found: list[tuple[str, list[str]]] = []
        for code in self.study.assigned(rater, phase):
            keys = ((dimension, (rater, code, dimension)) for dimension in self.study.dimensions)
            open_ones = [dimension for dimension, key in keys if key not in self.scores and key not in self.declined]
            if open_ones:
                found.append((code, open_ones))
        return found


def collect(study: Study, folder: Path, *, exclude: Iterable[str] = (), encoding: str = "utf-8") -> Collected:
    """Read all files in `ratings/`.

    Args:
        study: What was asked for.
        folder: Of the study.
        exclude: Raters whose ratings do not count.
        encoding: Of files that are not UTF-8.

    Raises:
        InputError: There is no file, or a rater to be left out is not known.
    """
    check_encoding(encoding)
    excluded = tuple(dict.fromkeys(exclude))
    for rater in excluded:
        if rater not in study.raters:
            raise InputError(f"there is no rater {rater!r}", place="--exclude-rater", remedy=_near(rater, study.raters))
    files = sorted(path for path in (folder / RATINGS).glob("*.csv") if path.is_file())
    if not files:
        raise InputError(
            "holds no ratings yet", place=str(folder / RATINGS), remedy="put the CSV files that raters sent there"
        )
    problems: list[Problem] = []
    given: dict[Key, Rating] = {}
    declined: set[Key] = set()
    seconds: dict[tuple[str, str], float] = {}
    double: dict[Key, Rating] = {}
    reading = Reading(study.low, study.high, study.dimensions, encoding, whole=True)
    problems += [
        Problem("file", str(path), "is no CSV file", "save it as CSV (UTF-8) beside the others", left_out=0)
        for path in sorted((folder / RATINGS).iterdir())
        if path.suffix.lower() in (".xlsx", ".xls", ".ods", ".numbers", ".txt", ".tsv")
    ]
    for rating in _entries(files, reading, study, problems):
        key = (rating.rater, rating.item, rating.dimension)
        if rating.seconds is not None and rating.seconds > 0:
            seconds[key[:2]] = max(seconds.get(key[:2], 0.0), rating.seconds)
        if rating.score is None:
            if rating.declined:
                declined.add(key)
        elif (first := given.setdefault(key, rating)).score != rating.score:
            double.setdefault(key, first)
            problems.append(
                Problem(
                    "double",
                    rating.place,
                    f"{rating.rater} gives {rating.dimension} of {rating.item} {rating.score:g} here and "
                    f"{first.score:g} in {first.place}",
                    "keep the file that the rater says is right; until then neither counts",
                    rating.rater,
                    rating.item,
                    2,
                )
            )
    scores = {
        key: float(rating.score)
        for key, rating in given.items()
        if rating.score is not None and key not in double and key[0] not in excluded
    }
    return Collected(study, scores, frozenset(declined - given.keys()), seconds, tuple(problems), len(files), excluded)


def _entries(files: Iterable[Path], reading: Reading, study: Study, problems: list[Problem]) -> Iterator[Rating]:
    """Ratings of works by raters that were asked for them; the rest goes to the problems."""
    told: set[tuple[str, str]] = set()
    assigned = {rater: frozenset(codes) for rater, codes in study.raters.items()}
    for path in files:
        try:
            for entry in read_entries(path, replace(reading, encoding=_encoding(path, reading.encoding))):
                if isinstance(entry, BadRating):
                    problems.append(Problem("cell", entry.place, entry.why, entry.remedy, entry.rater, entry.item))
                    continue
                if entry.rater in assigned and entry.item in assigned[entry.rater]:
                    yield entry
                elif entry.item in study.withdrawn:
                    continue
                elif entry.score is not None and (entry.rater, entry.item) not in told:
                    told.add((entry.rater, entry.item))
                    problems.append(_foreign(entry, study))
        except InputError as error:
            problems.append(Problem("file", error.place or str(path), error.message, error.remedy or "", left_out=0))


def _encoding(path: Path, given: str) -> str:
    """UTF-8 where a file is that, else what was given: raters' machines differ."""
    try:
        path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):  # whoever reads it tells what is wrong
        return given
    return "utf-8"


def _foreign(entry: Rating, study: Study) -> Problem:
    """A rating that nobody asked for; told once a rater and work."""
    where = (entry.rater, entry.item, len(study.dimensions))
    if entry.rater not in study.raters:
        remedy = _near(entry.rater, study.raters)
        return Problem("rater", entry.place, f"there is no rater {entry.rater!r}", remedy, *where)
    if entry.item not in study.works:
        remedy = _near(entry.item, study.works)
        return Problem("work", entry.place, f"there is no work {entry.item!r}", remedy, *where)
    message = f"{entry.item} was not given to {entry.rater}"
    return Problem("not-assigned", entry.place, message, "look whether the rater's code is right", *where)


def _near(wrong: str, known: Iterable[str]) -> str:
    names = list(known)
    found = difflib.get_close_matches(wrong, names, n=1, cutoff=0.5)
    if found:
        return f"did you mean {found[0]!r}?"
    return f"known: {', '.join(names[:8])}{', …' if len(names) > 8 else ''}"
