"""Every score of every system, their spread, what is missing and why, and what judges are worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

from gradatim.evals.reports.document import Block, Cell, Note, Picture, Section, Table
from gradatim.evals.reports.figures import figure
from gradatim.evals.reports.knowledge import about
from gradatim.evals.reports.systems import System, labels
from gradatim.evals.reports.wording import counted, figure_cell, readable
from gradatim.evals.scorers.score import Family
from gradatim.memory.pictures.distributions import Spread, distributions

_PICTURED = 8
_LONG = 200


def scores(found: Sequence[System]) -> Section:
    """All figures, family by family, and how scores are spread."""
    keys = list(dict.fromkeys(key for system in found for key in system.found.series))
    blocks: list[Block] = []
    for family in get_args(Family):
        mine = [key for key in keys if about(key).family == family]
        if mine:
            blocks.append(_table(family, mine, found))
    if not blocks:
        return Section("scores", "All scores", (Note("Nothing was scored."),))
    blocks += _judges(found)
    blocks += _spreads(keys, found)
    return Section("scores", "All scores", tuple(blocks))


def gaps(found: Sequence[System]) -> Section:
    """What could not be judged, and why."""
    rows: list[tuple[Cell, ...]] = []
    for system in found:
        for key, series in system.found.series.items():
            if not series.unjudged:
                continue
            whole = len(series.unjudged) + len(series.values)
            reasons = "; ".join(f"{why[:_LONG]} ({count:,})" for why, count in series.reasons())
            share = f"{len(series.unjudged) / whole:.0%} of {counted(whole, 'run')}"
            tone = "warn" if not series.values else ""
            rows.append((Cell(readable(key), "", tone), Cell(system.label), Cell(f"{len(series.unjudged):,}", share),
                         Cell(reasons)))  # fmt: skip
    if not rows:
        return Section("gaps", "Not measured", (Note("Every run was judged by every scorer."),))
    table = Table(
        "Scores that could not be given, with the commonest reasons",
        ("score", "system", "runs without", "why"),
        tuple(rows),
        ("Runs without a score are left out of its figures; they are never counted as 0 or 1.",),
        words=True,
    )
    return Section("gaps", "Not measured", (table,))


def _table(family: str, keys: Sequence[str], found: Sequence[System]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for key in keys:
        info = about(key)
        direction = {True: "higher is better", False: "lower is better", None: ""}[info.higher_is_better]
        figures = [figure(system.found.series.get(key), info) for system in found]
        measure = next((item.measure for item in figures if item.estimate.value is not None), "")
        told = ", ".join(part for part in (measure, info.unit or "", direction) if part)
        rows.append((Cell(readable(key), told), *(figure_cell(item, unit=info.unit) for item in figures)))
    notes = tuple(f"{readable(key)}: {about(key).summary}" for key in keys)
    caption = f"{family.capitalize()}: figures with intervals of 95 %, n examples"
    return Table(caption, ("score", *labels(found)), tuple(rows), notes)


def _judges(found: Sequence[System]) -> Iterator[Block]:
    """What is known of the judges behind scores: a judge's score is worth what its validation is."""
    seen: dict[str, tuple[str, str]] = {}
    for system in found:
        for key, series in system.found.series.items():
            if series.judge is not None:
                seen.setdefault(key, series.judge)
    if not seen:
        return
    rows = [
        (Cell(readable(key)), Cell(judge), Cell(validity, "", "" if validity.startswith("validated") else "warn"))
        for key, (judge, validity) in seen.items()
    ]
    yield Table("Scores that a model gave, and its agreement with people", ("score", "judge", "validity"), tuple(rows),
                words=True)  # fmt: skip


def _spreads(keys: Sequence[str], found: Sequence[System]) -> list[Block]:
    """Boxes of the scores that lie between 0 and 1 and are more than yes or no."""
    chosen = [
        key
        for key in keys
        if about(key).unit is None
        and about(key).summarised == "mean"
        and any(not system.found.series[key].binary for system in found if key in system.found.series)
    ][:_PICTURED]
    groups: list[Spread] = []
    for key in chosen:
        groups.append(Spread(readable(key), heading=True))
        groups += [
            Spread(system.label, tuple(system.found.series[key].values.values()))
            for system in found
            if key in system.found.series
        ]
    if not groups:
        return [Note("There is no distribution to draw: no score is more than yes or no.")]
    title = "How scores are spread"
    words = (
        f"{title}: 5th, 25th, 50th, 75th and 95th percentile, and the mean as a diamond, of "
        + ", ".join(map(readable, chosen))
        + "."
    )
    return [Picture(lambda form: distributions(groups, title=title, x="score", words=words, format=form), words)]
