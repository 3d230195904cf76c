"""Every score of every system, their spread, what is missing and why, and what judges are worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from gradatim.evals.reports.document import Block, Cell, Note, Picture, Section, Table, Tone
from gradatim.evals.reports.figures import ERROR, figure
from gradatim.evals.reports.gathering import UNKNOWN, VALIDATED
from gradatim.evals.reports.knowledge import about
from gradatim.evals.reports.systems import System, labels
from gradatim.evals.reports.wording import counted, figure_cell, readable, shortened
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
        if mine and (table := _table(family, mine, found)).rows:
            blocks.append(table)
    if not blocks:
        why = "no run has a score; the reasons stand below" if keys else "nothing was scored"
        return Section("scores", "All scores", (Note(f"There are no figures: {why}."),))
    blocks += _judges(found)
    blocks += _spreads(keys, found)
    return Section("scores", "All scores", tuple(blocks))


def gaps(found: Sequence[System]) -> Section:
    """What could not be judged, and why: a row for all scores and systems of which the same is true."""
    if not any(system.found.series for system in found):
        return Section("gaps", "Not measured", (Note("Nothing was scored, so that nothing was measured."),))
    groups: dict[tuple[_Gap, ...], list[str]] = {}
    for key in dict.fromkeys(key for system in found for key in system.found.series):
        missed = tuple(_gap(system, key) for system in found if _unjudged(system, key))
        if missed:
            groups.setdefault(missed, []).append(readable(key))
    rows: list[tuple[Cell, ...]] = []
    for missed, keys in groups.items():
        for count, whole, why in dict.fromkeys((gap.count, gap.whole, gap.why) for gap in missed):
            names = [gap.system for gap in missed if (gap.count, gap.whole, gap.why) == (count, whole, why)]
            where = "all" if len(names) == len(found) > 1 else ", ".join(names)
            share = f"{count / whole:.0%} of {counted(whole, 'run')}{' each' if len(names) > 1 else ''}"
            tone: Tone = "warn" if count == whole else ""
            rows.append((Cell(", ".join(keys), "", tone), Cell(where), Cell(f"{count:,}", share), Cell(why)))
    if not rows:
        return Section("gaps", "Not measured", (Note("Every run was judged by every scorer."),))
    table = Table(
        "Scores that could not be given, with the commonest reasons",
        ("score", "system", "runs without", "why (runs)"),
        tuple(rows),
        ("Runs without a score are left out of its figures; they are never counted as 0 or 1.",),
        words=True,
    )
    return Section("gaps", "Not measured", (table,))


@dataclass(frozen=True, slots=True)
class _Gap:
    """What is missing of one score in one system: runs without it, of how many, and why."""

    system: str
    count: int
    whole: int
    why: str


def _unjudged(system: System, key: str) -> bool:
    return key in system.found.series and bool(system.found.series[key].unjudged)


def _gap(system: System, key: str) -> _Gap:
    series = system.found.series[key]
    why = "; ".join(f"{shortened(why, _LONG)} ({count:,})" for why, count in series.reasons())
    return _Gap(system.label, len(series.unjudged), len(series.unjudged) + len(series.values), why)


def _table(family: str, keys: Sequence[str], found: Sequence[System]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    shown: list[str] = []
    for key in keys:
        info = about(key)
        figures = [figure(system.found.series.get(key), info) for system in found]
        measure = next((item.measure for item in figures if item.estimate.value is not None), "")
        if not measure:
            continue
        shown.append(key)
        better = False if measure == ERROR else info.higher_is_better
        direction = {True: "higher is better", False: "lower is better", None: ""}[better]
        told = ", ".join(part for part in (measure, info.unit or "", direction, _judged(key, found)) if part)
        tone: Tone = "" if all(_validated(system, key) for system in found) else "warn"
        rows.append((Cell(readable(key), told, tone), *(figure_cell(item, unit=info.unit) for item in figures)))
    notes = [f"{readable(key)}: {about(key).summary}" for key in shown]
    if missed := [readable(key) for key in keys if key not in shown]:
        notes.append(f"Not measured in any system, for the reasons below (“Not measured”): {', '.join(missed)}.")
    caption = f"{family.capitalize()}: figures with intervals of 95 %, n examples"
    return Table(caption, ("score", *labels(found)), tuple(rows), tuple(notes))


def _judged(key: str, found: Sequence[System]) -> str:
    """Who gave a score, where a model did: a judge's score is worth what its validation is."""
    told = dict.fromkeys(system.found.series[key].judged for system in found if key in system.found.series)
    return "; ".join(filter(None, told))


def _validated(system: System, key: str) -> bool:
    series = system.found.series.get(key)
    return series is None or series.validated


def _judges(found: Sequence[System]) -> Iterator[Block]:
    """What is known of the judges behind scores, in one place."""
    keys = dict.fromkeys(key for system in found for key, series in system.found.series.items() if series.judged)
    rows: list[tuple[Cell, ...]] = []
    for key in keys:
        judges = {judge for system in found if key in system.found.series for judge in system.found.series[key].judges}
        for judge, validity in sorted(judges) or [("not named", UNKNOWN)]:
            tone: Tone = "" if validity.startswith(VALIDATED) else "warn"
            rows.append((Cell(readable(key)), Cell(judge), Cell(validity, "", tone)))
    if not rows:
        return
    yield Table("Scores that a model gave, and its agreement with people", ("score", "judge", "validity"), tuple(rows),
                words=True)  # fmt: skip
    if not all(_validated(system, key) for system in found for key in keys):
        yield Note(
            "A judge that was not held against people's labels may agree with nobody: read its figures as those of a "
            "model, not as quality. `gradatim eval judge` validates one.",
            "warn",
        )


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
