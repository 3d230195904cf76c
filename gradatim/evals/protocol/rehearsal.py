"""A rehearsal: raters of known reliability and systems of known agreement, to try a study before it is run.

A work has a true level in each dimension. A rater sees it with an error: `rating = round(middle + spread·(√ρ·true +
√(1 − ρ)·error))`, cut at the ends of the scale; ρ is the reliability of one rater before rounding. A system's score
correlates with the true level as it is told to. What `agree` and `evaluate` then say is known beforehand.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from gradatim.domain import stable_id
from gradatim.evals.protocol.forms import BESIDE
from gradatim.evals.protocol.study import RATINGS, Study
from gradatim.evals.results import MANIFEST, TRACES
from gradatim.evals.traces import Trace, write_traces

Truth = Mapping[str, Mapping[str, float]]
"""Code → dimension → true level, standard normal."""
_SPREAD = 0.25
"""Standard deviation of ratings, as a share of the width of the scale: the ends are seldom reached."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """How raters rate in a rehearsal.

    Attributes:
        reliability: Of one rater, before rounding: ICC(2,1) of what the rater means.
        halo: Share of the true variance that all dimensions have in common.
        missing: Share of cells that are left open.
        severity: Rater → levels that this rater adds.
        drift: Rater → levels that this rater moves by from first work to last.
        straight: Raters that give the same level in all dimensions.
    """

    reliability: float = 0.7
    halo: float = 0.5
    missing: float = 0.0
    severity: Mapping[str, float] | None = None
    drift: Mapping[str, float] | None = None
    straight: tuple[str, ...] = ()
    seed: int = 0


def true_levels(study: Study, halo: float = 0.5, seed: int = 0) -> Truth:
    """True levels of all works: standard normal in each dimension, correlated by `halo` between them."""
    draw = random.Random(f"{seed}/truth")
    found: dict[str, dict[str, float]] = {}
    for code in study.works:
        common = draw.gauss(0.0, 1.0)
        found[code] = {
            dimension: math.sqrt(halo) * common + math.sqrt(1.0 - halo) * draw.gauss(0.0, 1.0)
            for dimension in study.dimensions
        }
    return found


def rehearse(study: Study, folder: Path, simulated: Simulated, truth: Truth | None = None) -> Truth:
    """Write `ratings/RATER.csv` of simulated raters; every file says that it is made.

    Returns:
        The true levels.
    """
    levels = truth or true_levels(study, simulated.halo, simulated.seed)
    (folder / RATINGS).mkdir(parents=True, exist_ok=True)
    for rater, codes in study.raters.items():
        draw = random.Random(f"{simulated.seed}/rater/{rater}")
        with (folder / RATINGS / f"{rater}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("submission", "rater", "phase", "position", *study.dimensions, *BESIDE))
            for position, code in enumerate(codes, 1):
                moved = (simulated.severity or {}).get(rater, 0.0)
                moved += (simulated.drift or {}).get(rater, 0.0) * (position - 1) / max(1, len(codes) - 1)
                given = [
                    _rating(study, levels[code][dimension], moved, simulated.reliability, draw)
                    for dimension in study.dimensions
                ]
                if rater in simulated.straight:
                    given = [given[0]] * len(given)
                cells = ["" if draw.random() < simulated.missing else level for level in given]
                seconds = f"{draw.uniform(90, 240):.1f}"
                writer.writerow(
                    (code, rater, study.works[code].phase, position, *cells, seconds, "made by a rehearsal")
                )
    return levels


def rehearsed_results(
    study: Study, folder: Path, truth: Truth, agreement: Mapping[str, float], shared: float = 0.9, seed: int = 0
) -> None:
    """Write an experiment's folder whose variants agree with the truth as they are told to.

    Args:
        study: Whose works are scored.
        folder: Of the experiment; made.
        truth: What `rehearse` gave.
        agreement: Variant → correlation of its scores with the true levels.
        shared: Share of the variants' error variance that they have in common: variants of one system err alike.
        seed: Of the errors.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {"name": "rehearsal", "variants": list(agreement), "samples": len(study.works), "made": True}
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest))
    draw = random.Random(f"{seed}/machine")
    common = {code: {name: draw.gauss(0.0, 1.0) for name in study.dimensions} for code in study.works}

    def trace(variant: str, code: str, r: float) -> Trace:
        measures: list[dict[str, object]] = []
        for name in study.dimensions:
            error = math.sqrt(shared) * common[code][name] + math.sqrt(1.0 - shared) * draw.gauss(0.0, 1.0)
            level = r * truth[code][name] + math.sqrt(1.0 - r * r) * error
            value = min(1.0, max(0.0, 0.5 + level * _SPREAD / 2.0))
            measures.append({"name": name, "weight": 1.0 / len(study.dimensions), "value": value, "why": "made"})
        whole = math.fsum(float(str(item["value"])) for item in measures) / len(measures)
        return Trace(
            id=stable_id("rehearsal", variant, code, length=32),
            name="rehearsal",
            outputs={"rubric": {"value": whole, "measures": measures}},
            attributes={"variant": variant, "model": "none", "seed": 0, "sample": study.works[code].sample},
        )

    runs = (trace(variant, code, r) for variant, r in agreement.items() for code in study.works)
    write_traces(folder / TRACES, runs)


def _rating(study: Study, true: float, moved: float, reliability: float, draw: random.Random) -> int:
    middle, width = (study.low + study.high) / 2.0, study.high - study.low
    seen = math.sqrt(reliability) * true + math.sqrt(1.0 - reliability) * draw.gauss(0.0, 1.0)
    level = middle + width * _SPREAD * seen + moved
    return min(study.high, max(study.low, math.floor(level + 0.5)))
