"""Whether confidence can be trusted: the reliability curve, and precision against what is kept."""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.evals.reports.document import Block, Cell, Note, Picture, Section, Table
from gradatim.evals.reports.figures import brier, calibration, overconfidence
from gradatim.evals.reports.gathering import Series
from gradatim.evals.reports.kept import TARGET, kept_at
from gradatim.evals.reports.knowledge import about
from gradatim.evals.reports.systems import System
from gradatim.evals.reports.wording import estimate_cell, readable
from gradatim.evals.scorers.selective import curve
from gradatim.memory.pictures.curves import Curve, curves
from gradatim.memory.pictures.intervals import wilson
from gradatim.memory.pictures.reliability import BINS, Reliability, reliability
from gradatim.memory.pictures.series import Prediction

_MOST = 6
"""Systems on one picture: more cannot be told apart."""


def trust(found: Sequence[System]) -> Section:
    """The section."""
    blocks: list[Block] = []
    for key in _keys(found):
        measured = [(system.label, series) for system in found if (series := _series(system, key)) is not None]
        blocks.append(_table(key, measured))
        blocks += [_reliability(key, measured[:_MOST]), _precision(key, measured[:_MOST])]
        if len(measured) > _MOST:
            blocks.append(Note(f"The pictures show the first {_MOST} of {len(measured)} systems."))
    if not blocks:
        blocks.append(Note("Calibration was not measured: no score came with a probability."))
    return Section("trust", "Confidence", tuple(blocks))


def _keys(found: Sequence[System]) -> list[str]:
    """Scores with probabilities; of those that say the same of the same runs, one."""
    keys = dict.fromkeys(key for system in found for key, series in system.found.series.items() if series.probabilities)
    kept: list[str] = []
    seen: list[list[tuple[object, object]]] = []
    for key in sorted(keys, key=lambda key: about(key).summarised != "calibration"):
        content = [(s.values, s.probabilities) for system in found if (s := _series(system, key)) is not None]
        if content not in seen:
            seen.append([*content])
            kept.append(key)
    return kept


def _series(system: System, key: str) -> Series | None:
    series = system.found.series.get(key)
    return series if series is not None and series.probabilities else None


def _table(key: str, measured: Sequence[tuple[str, Series]]) -> Table:
    rows = [
        (
            Cell(label),
            estimate_cell(calibration(series)),
            estimate_cell(brier(series)),
            estimate_cell(overconfidence(series), sign=True),
            estimate_cell(kept_at(series)),
        )
        for label, series in measured
    ]
    return Table(
        f"Confidence against truth: {readable(key)}",
        ("system", "expected calibration error", "Brier score", "overconfidence", f"kept at precision {TARGET:g}"),
        tuple(rows),
        (
            f"Expected calibration error over {BINS} bins of equal width (Naeini, Cooper and Hauskrecht, 2015) and "
            "Brier score (1950): smaller is better. Kept: the largest share of runs, most confident first, of which at "
            f"least {TARGET:.0%} are right. Overconfidence: mean confidence minus the share that was right (Student's "
            "t). Intervals are over examples: by bootstrap, of the Brier score and in the pictures by Wilson; several "
            "runs of an example count as one.",
        ),
    )


def _of(series: Series) -> Reliability:
    # a score between 0 and 1 is right where it is above one half
    return reliability([Prediction(p, series.values[cell] > 0.5) for cell, p in series.probabilities.items()])


def _examples(series: Series, low: float, high: float) -> int:
    """Examples with a run whose probability lies from `low` to below `high`, 1 itself to the last bin."""
    return len({cell.sample for cell, p in series.probabilities.items() if low <= p < high or p == high == 1.0})


def _counted(series: Series) -> str:
    """Examples, and runs where they are more."""
    runs, examples = len(series.probabilities), len({cell.sample for cell in series.probabilities})
    return f"{examples:,}" if runs == examples else f"{examples:,}, {runs:,} runs"


def _reliability(key: str, measured: Sequence[tuple[str, Series]]) -> Picture:
    lines: list[Curve] = []
    told: list[str] = []
    for label, series in measured:
        bins = [item for item in _of(series).bins if item.observed is not None]
        points = tuple((item.predicted, item.observed or 0.0) for item in bins)
        intervals = tuple(wilson(item.observed or 0.0, _examples(series, item.low, item.high)) for item in bins)
        lines.append(Curve(f"{label} (n {_counted(series)})", points, intervals))
        told.append(
            f"{label}: " + ", ".join(f"{item.predicted:.2f} → {item.observed:.2f} (n {item.count:,})" for item in bins)
        )
    title = f"Reliability: {readable(key)}"
    words = f"{title}, stated confidence → share that was right. " + "; ".join(told)
    return Picture(
        lambda form: curves(
            lines,
            title=title,
            x="stated confidence",
            y="share that was right",
            words=words,
            diagonal="as stated",
            format=form,
        ),
        words,
    )


def _precision(key: str, measured: Sequence[tuple[str, Series]]) -> Picture:
    lines: list[Curve] = []
    told: list[str] = []
    for label, series in measured:
        cells = sorted(series.probabilities)
        points = curve([series.probabilities[cell] for cell in cells], [series.values[cell] for cell in cells])
        known = [(item.coverage, item.precision.value or 0.0) for item in points]
        intervals = tuple(
            wilson(item.precision.value or 0.0, _examples(series, item.threshold, 1.0)) for item in points
        )
        lines.append(Curve(f"{label} (n {_counted(series)})", tuple(known), intervals))
        ends = [min(known, key=lambda point: abs(point[0] - share)) for share in (0.25, 0.5, 1.0)]
        told.append(f"{label}: " + ", ".join(f"{precision:.2f} at {share:.0%} kept" for share, precision in ends))
    title = f"Precision against coverage: {readable(key)}"
    words = f"{title}, most confident first. " + "; ".join(told)
    return Picture(
        lambda form: curves(
            lines,
            title=title,
            x="share of runs that is kept, most confident first",
            y="share of these that is right",
            words=words,
            level=(TARGET, f"precision {TARGET:g}"),
            format=form,
        ),
        words,
    )
