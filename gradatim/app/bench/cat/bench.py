"""The measuring of `gradatim bench cat`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gradatim.app.bench.peers import peer_python
from gradatim.app.bench.peerscript import run_peer
from gradatim.memory.adaptive import (
    CAT,
    ML,
    MaximumItems,
    Simulation,
    Strategies,
    control_exposure,
    simulate,
)
from gradatim.memory.irt import ItemBank

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures

REQUIREMENTS = ("catsim==0.21.0", "numpy==2.4.6", "scipy==1.17.1")
ITEMS = 500
EXAMINEES = 1000
QUESTIONS = 20
SETS = 3
"""Item banks, each with its examinees."""
LIMIT = 0.25
"""Exposure of any item under control."""
ROUNDS = 20
"""Simulations in which the control is found."""


@dataclass(frozen=True, slots=True)
class Case:
    """An item bank and examinees."""

    bank: ItemBank
    theta: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Timed:
    """A simulation and its seconds."""

    result: Simulation
    seconds: float


def run(request: BenchRequest) -> Figures:
    """As `gradatim.app.bench.cat.cat`."""
    examinees = max(request.sample or EXAMINEES, 2)
    cases = [_case(examinees, seed) for seed in range(SETS)]
    figures: dict[str, str | int | float | bool | None] = {
        "sets": SETS,
        "items": ITEMS,
        "examinees": examinees,
        "questions": QUESTIONS,
    }
    design = Strategies(stopping=MaximumItems(QUESTIONS))
    simulate(cases[0].bank, cases[0].theta[:3], design)  # as the peer, not cold
    request.say(f"simulating {SETS} times {examinees:,} examinees")
    ours = _simulated(cases, design)
    figures |= _told("ours", ours)
    figures |= _told("ours_ml", _simulated(cases, Strategies(estimation=ML(), stopping=MaximumItems(QUESTIONS))))
    figures["ours_session_us_per_item"] = round(_session(cases[0], design), 1)
    request.say(f"controlling exposure to {LIMIT}")
    controlled = [
        Strategies(
            selection=control_exposure(case.bank, design, limit=LIMIT, rounds=ROUNDS), stopping=MaximumItems(QUESTIONS)
        )
        for case in cases
    ]
    figures |= _told("ours_controlled", [_timed(case, each, 9) for case, each in zip(cases, controlled, strict=True)])
    python = peer_python(request.settings, REQUIREMENTS, "cat", request.say)
    answered = None
    if python is not None:
        request.say("the same with catsim, which takes a while")
        answered = run_peer(python, Path(__file__).with_name("peer.py"), _given(cases), request.say)
    seconds = sum(each.seconds for each in ours)
    theirs = dict.fromkeys(("catsim_seconds", "catsim_examinees_per_second", "catsim_rmse", "catsim_bias",
                            "catsim_overlap", "speedup", "rmse_over_catsim"))  # fmt: skip
    figures |= theirs if answered is None else _peer(answered, cases, seconds, float(str(figures["ours_rmse"])))
    return figures


def _case(examinees: int, seed: int) -> Case:
    rng = np.random.default_rng((ITEMS, seed))
    bank = ItemBank.from_arrays(rng.lognormal(0.0, 0.3, ITEMS), rng.normal(0.0, 1.0, ITEMS))
    return Case(bank, rng.standard_normal(examinees))


def _timed(case: Case, design: Strategies, seed: int) -> Timed:
    began = perf_counter()
    result = simulate(case.bank, case.theta, design, seed=seed)
    return Timed(result, perf_counter() - began)


def _simulated(cases: list[Case], design: Strategies) -> list[Timed]:
    return [_timed(case, design, seed) for seed, case in enumerate(cases)]


def _told(side: str, runs: list[Timed]) -> dict[str, float]:
    seconds = sum(each.seconds for each in runs)
    results = [each.result for each in runs]
    return {
        f"{side}_seconds": round(seconds, 4),
        f"{side}_examinees_per_second": round(sum(len(each.theta) for each in results) / seconds, 1),
        f"{side}_rmse": round(math.sqrt(sum(each.rmse**2 for each in results) / len(results)), 5),
        f"{side}_bias": round(sum(each.bias for each in results) / len(results), 5),
        f"{side}_overlap": round(sum(each.overlap for each in results) / len(results), 4),
        f"{side}_max_exposure": round(max(float(each.exposure.max()) for each in results), 4),
    }


def _session(case: Case, design: Strategies) -> float:
    """Microseconds of one question in a session with one examinee: the next item and its answer."""
    session = CAT(case.bank, design)
    began = perf_counter()
    while (item := session.next_item()) is not None:
        session.answer(item.id, item.b < case.theta[0])
    return (perf_counter() - began) / session.estimate.items * 1e6


def _given(cases: list[Case]) -> dict[str, NDArray[np.generic]]:
    given: dict[str, NDArray[np.generic]] = {"questions": np.array(QUESTIONS), "sets": np.array(len(cases))}
    for number, case in enumerate(cases):
        given |= {f"a{number}": case.bank.a, f"b{number}": case.bank.b, f"theta{number}": case.theta}
    return given


def _peer(
    answered: Mapping[str, NDArray[np.generic]], cases: list[Case], ours_seconds: float, ours_rmse: float
) -> dict[str, float]:
    errors = np.concatenate(
        [answered[f"theta{number}"].astype(np.float64) - case.theta for number, case in enumerate(cases)]
    )
    seconds = sum(float(answered[f"seconds{number}"].item()) for number in range(len(cases)))
    rmse = math.sqrt(float(errors @ errors) / len(errors))
    overlaps = [float(answered[f"overlap{number}"].item()) for number in range(len(cases))]
    return {
        "catsim_seconds": round(seconds, 3),
        "catsim_examinees_per_second": round(len(errors) / seconds, 1),
        "catsim_rmse": round(rmse, 5),
        "catsim_bias": round(float(errors.sum()) / len(errors), 5),
        "catsim_overlap": round(sum(overlaps) / len(overlaps), 4),
        "speedup": round(seconds / ours_seconds, 1),
        "rmse_over_catsim": round(ours_rmse / rmse, 4),
    }
