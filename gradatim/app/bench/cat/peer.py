"""Run by the interpreter of the peer's environment: catsim lets the same examinees take adaptive tests.

Only `simulate` is timed, by catsim's own clock; a small simulation comes before it.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from typing import Any

import numpy as np


def main(given: str, answered: str) -> None:
    """Simulate every bank and its examinees (`a0`, `b0`, `theta0`, …) in one file and write what came out."""
    warnings.simplefilter("ignore")
    with np.load(given) as data:
        questions = int(data["questions"])
        sets = [(data[f"a{number}"], data[f"b{number}"], data[f"theta{number}"]) for number in range(int(data["sets"]))]
    out: dict[str, Any] = {}
    _simulate(sets[0][0], sets[0][1], sets[0][2][:3], 3, 0)
    for number, (a, b, theta) in enumerate(sets):
        simulator = _simulate(a, b, theta, questions, number)
        out[f"seconds{number}"] = simulator.duration
        out[f"theta{number}"] = np.array(simulator.latest_estimations, dtype=float)
        out[f"overlap{number}"] = simulator.overlap_rate
        out[f"exposure{number}"] = np.array(simulator.item_bank.exposure_rates, dtype=float)
    np.savez(answered, **out)


def _simulate(a: Any, b: Any, theta: Any, questions: int, seed: int) -> Any:
    parts: Any = {
        name: import_module(f"catsim.{name}")
        for name in ("initialization", "selection", "estimation", "stopping", "simulation", "item_bank")
    }
    bank = parts["item_bank"].ItemBank(np.column_stack([a, b, np.zeros_like(a), np.ones_like(a)]))
    simulator = parts["simulation"].Simulator(bank, theta, seed=seed)
    simulator.simulate(
        parts["initialization"].FixedPointInitializer(0.0),
        parts["selection"].MaxInfoSelector(),
        parts["estimation"].NumericalSearchEstimator(),
        parts["stopping"].TestLengthStopper(max_items=questions),
    )
    return simulator


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
