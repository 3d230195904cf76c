"""Reads the scores of an experiment into columns of numbers: what reports and comparisons work on.

A folder may be half finished, written by two versions, or cut off in its last line. What can be read is used, and
whatever was odd is told in `notes`; nothing is guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, cast

from gradatim.errors import InputError
from gradatim.evals.reports.knowledge import JUDGED
from gradatim.evals.results import SCORES, Results, Scored, cut_off, open_results

FAILED = "the run failed: "
"""How the comment of a score begins whose run ended with an error."""

VALIDATED, UNKNOWN = "validated", "not validated"
"""How it begins what is known of a judge that was held against people, and what is said of one that was not."""

_LARGEST = 1e75
"""Of a number that can be squared and added up."""


class Cell(NamedTuple):
    """One run of a variant: an example, a model and a seed."""

    sample: str
    model: str
    seed: int


@dataclass(slots=True)
class Series:
    """All scores of one key in one variant.

    Attributes:
        values: Of the cells that could be judged; `True` is 1.
        unjudged: Cell → why there is no score.
        probabilities: Cell → probability that the score is 1, for calibration.
        pairs: Cell → what the machine gave and what people gave, for agreement.
        judges: Names of the judges that gave the scores, with what is known of the validity of each, where judges
            gave them.
    """

    key: str
    values: dict[Cell, float] = field(default_factory=dict[Cell, float])
    unjudged: dict[Cell, str] = field(default_factory=dict[Cell, str])
    probabilities: dict[Cell, float] = field(default_factory=dict[Cell, float])
    pairs: dict[Cell, tuple[float, float]] = field(default_factory=dict[Cell, tuple[float, float]])
    judges: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    @property
    def judged(self) -> str:
        """Who gave the scores and what that is worth, where a model gave them; empty where none did."""
        if not self.judges and self.key.startswith(JUDGED):
            return "by a judge that is not named: nothing is known of its validity"
        return "; ".join(f"by {judge}: {validity}" for judge, validity in sorted(self.judges))

    @property
    def validated(self) -> bool:
        """Whether every judge that gave scores was validated against people; also where there was none."""
        return not self.judged or (bool(self.judges) and all(known.startswith(VALIDATED) for _, known in self.judges))

    @property
    def binary(self) -> bool:
        """Whether every score is yes or no."""
        return all(value in (0.0, 1.0) for value in self.values.values())

    def reasons(self, most: int = 3) -> list[tuple[str, int]]:
        """Why scores are missing, the commonest reason first."""
        return Counter(self.unjudged.values()).most_common(most)


@dataclass(slots=True)
class Variant:
    """What was found of one variant.

    Attributes:
        cells: All its runs.
        failed: Runs that ended with an error, with the reason.
        series: Key of a scorer → its scores.
    """

    name: str
    cells: set[Cell] = field(default_factory=set[Cell])
    failed: dict[Cell, str] = field(default_factory=dict[Cell, str])
    series: dict[str, Series] = field(default_factory=dict[str, Series])

    @property
    def samples(self) -> set[str]:
        """Its examples."""
        return {cell.sample for cell in self.cells}


@dataclass(slots=True)
class Gathered:
    """The scores of a folder.

    Attributes:
        variants: By name, in the order of the manifest.
        notes: What was odd about the folder, for a person.
    """

    results: Results
    variants: dict[str, Variant]
    notes: list[str]

    @property
    def apart(self) -> bool:
        """Whether the same example with another seed is another one: simulated learners of a pre/post design are drawn
        anew with each seed."""
        return self.results.manifest.get("design") == "pre-post"

    @property
    def name(self) -> str:
        """Name of the experiment."""
        return str(self.results.manifest["name"])

    @property
    def keys(self) -> list[str]:
        """Keys of all scores, in the order in which they were first seen."""
        return list(dict.fromkeys(key for variant in self.variants.values() for key in variant.series))


def gather(folder: Path) -> Gathered:
    """Read the scores of a folder.

    Raises:
        InputError: The folder holds no results, or a line before the last one is not a score.
    """
    results = open_results(folder)
    variants: dict[str, Variant] = {name: Variant(name) for name in named(results.manifest, "variants")}
    notes: list[str] = []
    reasons: dict[str, str] = {}
    known: dict[Cell, Cell] = {}
    repeated = odd = 0
    apart = Gathered(results, {}, notes).apart
    for scored in _scores(results, notes):
        variant = variants.get(scored.variant)
        if variant is None:
            variant = variants[scored.variant] = Variant(scored.variant)
        sample = apart_by_seed(scored.sample, scored.seed) if apart else scored.sample
        cell = Cell(sample, scored.model, scored.seed)
        cell = known.setdefault(cell, cell)
        variant.cells.add(cell)
        series = variant.series.get(scored.key)
        if series is None:
            series = variant.series[scored.key] = Series(scored.key)
        if scored.score is None and scored.comment.startswith(FAILED):
            variant.failed[cell] = scored.comment.removeprefix(FAILED)
        repeated += cell in series.values or cell in series.unjudged
        odd += scored.score is not None and not abs(scored.score) <= _LARGEST
        _note(series, cell, scored, reasons)
    if repeated:
        notes.append(f"In {SCORES}, {repeated:,} of the scores stand twice; the later ones count.")
    if odd:
        notes.append(
            f"In {SCORES}, {odd:,} of the scores are no numbers within ±{_LARGEST:g}; they count as not measured."
        )
    return Gathered(results, {name: variant for name, variant in variants.items() if variant.cells}, notes)


def apart_by_seed(sample: str, seed: object) -> str:
    """Name of an example that is another one with each seed."""
    return f"{sample}, seed {seed}"


def named(manifest: Mapping[str, Any], key: str) -> list[str]:
    """What the manifest lists under a key: a list of names, or a mapping whose keys are the names."""
    value: Any = manifest.get(key)
    if isinstance(value, Mapping):
        return [str(name) for name in cast("Mapping[Any, Any]", value)]
    if isinstance(value, list | tuple):
        return [str(name) for name in cast("list[Any]", value)]
    return []


def counted_in(manifest: Mapping[str, Any], key: str) -> int | None:
    """How many of something the manifest speaks of: a number, or the length of what it lists."""
    value: Any = manifest.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return len(named(manifest, key)) or None


def _scores(results: Results, notes: list[str]) -> Iterator[Scored]:
    """The scores; a last line that was cut off is told and left out."""
    path = results.folder / SCORES
    if not path.exists():
        notes.append(f"There is no {SCORES}: nothing has been scored yet.")
        return
    try:
        yield from results.scores()
    except InputError as error:
        if not cut_off(path, error):
            raise
        notes.append(
            f"The last line of {SCORES} is cut off and was left out: the experiment was stopped, or still runs."
        )


def _note(series: Series, cell: Cell, scored: Scored, reasons: dict[str, str]) -> None:
    score, told = scored.score, scored.metadata
    for column in (series.values, series.unjudged, series.probabilities, series.pairs):
        column.pop(cell, None)
    if isinstance(judge := told.get("judge"), str):
        series.judges.add((judge, str(told.get("validity") or UNKNOWN)))
    machine, people = _number(told.get("machine")), _number(told.get("people"))
    if machine is not None and people is not None:  # also where they are on different scales and there is no score
        series.pairs[cell] = (machine, people)
    if score is None or not abs(score) <= _LARGEST:
        why = scored.comment or "no reason was given"
        series.unjudged[cell] = reasons.setdefault(why, why)
        return
    series.values[cell] = score
    probability = _number(told.get("probability"))
    if probability is not None and 0.0 <= probability <= 1.0:
        series.probabilities[cell] = probability


def _number(value: Any) -> float | None:
    if isinstance(value, bool | int | float) and abs(value) <= _LARGEST:
        return float(value)
    return None
