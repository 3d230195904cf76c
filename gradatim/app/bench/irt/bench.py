"""The measuring of `gradatim bench irt`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gradatim.app.bench.peers import peer_python
from gradatim.app.bench.peerscript import run_peer
from gradatim.memory.irt import Calibration, CalibrationOptions, Responses, calibrate

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures

REQUIREMENTS = ("girth==0.8.0", "mirt==1.2.0", "numpy==2.4.6", "scipy==1.17.1")
PEERS = ("girth", "mirt")
SIZES = ((1000, 50), (2000, 100))
"""Learners and items."""
SETS = 5
"""Data sets of each size."""
_FLOAT = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Simulated:
    """Responses and the items that they were drawn from."""

    a: _FLOAT
    b: _FLOAT
    responses: NDArray[np.int8]
    """(learners, items)"""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What one library made of one data set."""

    a: _FLOAT
    b: _FLOAT
    seconds: float


def run(request: BenchRequest) -> Figures:
    """As `gradatim.app.bench.irt.irt`."""
    sets = request.sample or SETS
    data = {size: [simulated(*size, seed) for seed in range(sets)] for size in SIZES}
    figures: dict[str, str | int | float | bool | None] = {"sets": sets}
    calibrate(Responses.of(data[SIZES[0]][0].responses[:200, :10]))  # as the peers, not cold
    python = peer_python(request.settings, REQUIREMENTS, "irt", request.say)
    for size in SIZES:
        name = f"2pl_{size[0]}x{size[1]}"
        request.say(f"calibrating {sets} times {size[0]:,} learners × {size[1]} items")
        found: dict[str, list[Recovered]] = {"ours": [], "ours_ml": []}
        inside: list[float] = []
        for each in data[size]:
            calibration, recovered = _ours(each, CalibrationOptions(standard_errors="observed"))
            found["ours"].append(recovered)
            inside.append(_covered(calibration, each))
            found["ours_ml"].append(_ours(each, CalibrationOptions(priors="none", standard_errors="observed"))[1])
        bare = [_ours(each, CalibrationOptions(standard_errors="none"))[1].seconds for each in data[size]]
        if python is not None:
            request.say("the same with girth and mirt")
            given = {f"y{number}": each.responses for number, each in enumerate(data[size])}
            answered = run_peer(python, Path(__file__).with_name("peer.py"), given, request.say)
            if answered is not None:
                found |= {peer: _theirs(answered, peer, sets) for peer in PEERS}
                figures[f"mirt_without_errors_{name}_seconds"] = _seconds(answered, "mirt_bare", sets)
        figures[f"ours_without_errors_{name}_seconds"] = round(sum(bare) / sets, 4)
        figures[f"ours_{name}_b_within_95_percent_interval"] = round(sum(inside) / sets, 4)
        figures |= _compared(name, found, data[size])
        girth = figures[f"girth_{name}_seconds"]
        figures[f"speedup_over_girth_both_without_errors_{name}"] = (
            round(girth * sets / sum(bare), 2) if isinstance(girth, float) else None
        )
    return figures


def simulated(learners: int, items: int, seed: int) -> Simulated:
    """Responses under the two-parameter model: a lognormal around 1, abilities and difficulties standard normal."""
    rng = np.random.default_rng((learners, items, seed))
    a, b, theta = rng.lognormal(0.0, 0.3, items), rng.normal(0.0, 1.0, items), rng.normal(0.0, 1.0, learners)
    p = 1.0 / (1.0 + np.exp(-a * (theta[:, None] - b)))
    return Simulated(a, b, (rng.random(p.shape) < p).astype(np.int8))


def _ours(data: Simulated, options: CalibrationOptions) -> tuple[Calibration, Recovered]:
    began = perf_counter()
    found = calibrate(Responses.of(data.responses), options)
    return found, Recovered(found.bank.a, found.bank.b, perf_counter() - began)


def _covered(found: Calibration, data: Simulated) -> float:
    """Share of items whose true difficulty lies within 1.96 standard errors."""
    errors = found.bank.se_b
    return float("nan") if errors is None else float(np.mean(np.abs(found.bank.b - data.b) <= 1.96 * errors))


def _theirs(answered: Mapping[str, NDArray[np.generic]], peer: str, sets: int) -> list[Recovered]:
    return [
        Recovered(
            answered[f"{peer}_a{number}"].astype(np.float64),
            answered[f"{peer}_b{number}"].astype(np.float64),
            float(answered[f"{peer}_seconds{number}"].item()),
        )
        for number in range(sets)
    ]


def _seconds(answered: Mapping[str, NDArray[np.generic]], peer: str, sets: int) -> float:
    return round(sum(float(answered[f"{peer}_seconds{number}"].item()) for number in range(sets)) / sets, 4)


def _compared(name: str, found: Mapping[str, list[Recovered]], data: list[Simulated]) -> dict[str, float | None]:
    figures: dict[str, float | None] = {}
    for side in ("ours", "ours_ml", *PEERS):
        results = found.get(side)
        for what in ("a", "b"):
            figures[f"{side}_{name}_rmse_{what}"] = None if results is None else _rmse(what, results, data)
        figures[f"{side}_{name}_seconds"] = (
            None if results is None else round(sum(each.seconds for each in results) / len(results), 4)
        )
    for what in ("a", "b"):
        theirs = [value for peer in PEERS if (value := figures[f"{peer}_{name}_rmse_{what}"]) is not None]
        ours = figures[f"ours_{name}_rmse_{what}"]
        ratio = None if not theirs or ours is None else round(ours / min(theirs), 4)
        figures[f"rmse_{what}_over_better_peer_{name}"] = ratio
    mine = sum(each.seconds for each in found["ours"])
    for peer in PEERS:
        theirs = found.get(peer)
        ratio = None if theirs is None else round(sum(each.seconds for each in theirs) / mine, 2)
        figures[f"speedup_over_{peer}_{name}"] = ratio
    return figures


def _rmse(what: str, results: list[Recovered], data: list[Simulated]) -> float:
    """Over the items of all data sets together."""
    squares: list[float] = []
    for each, truth in zip(results, data, strict=True):
        found, true = (each.a, truth.a) if what == "a" else (each.b, truth.b)
        squares.append(float(np.mean((found - true) ** 2)))
    return round((sum(squares) / len(squares)) ** 0.5, 5)
