"""Run by the interpreter of the peers' environment: girth and mirt calibrate the same responses.

Only the calls that calibrate are timed; imports come before, and mirt's first call is made on a small data set, for
its compiled part to be loaded. girth has no standard errors; mirt is timed with and without.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from time import perf_counter
from typing import Any

import numpy as np


def main(given: str, answered: str) -> None:
    """Calibrate every matrix of responses (`y0`, `y1`, …) in one file and write what came out to another."""
    warnings.simplefilter("ignore")
    girth: Any = import_module("girth")
    mirt: Any = import_module("mirt")
    out: dict[str, Any] = {}
    with np.load(given) as data:
        sets = [data[f"y{number}"].astype(int) for number in range(len(data.files))]
    small = sets[0][:200, :10]
    mirt.fit_mirt(small, model="2PL")
    girth.twopl_mml(small.T, {"max_iteration": 2})
    for number, y in enumerate(sets):
        began = perf_counter()
        found = girth.twopl_mml(y.T)
        out[f"girth_seconds{number}"] = perf_counter() - began
        out[f"girth_a{number}"] = np.ravel(found["Discrimination"])
        out[f"girth_b{number}"] = np.ravel(found["Difficulty"])
        began = perf_counter()
        result = mirt.fit_mirt(y, model="2PL")
        out[f"mirt_seconds{number}"] = perf_counter() - began
        began = perf_counter()
        mirt.fit_mirt(y, model="2PL", compute_standard_errors=False)
        out[f"mirt_bare_seconds{number}"] = perf_counter() - began
        parameters = result.model.parameters
        out[f"mirt_a{number}"] = np.ravel(parameters["discrimination"])
        out[f"mirt_b{number}"] = np.ravel(parameters["difficulty"])
    np.savez(answered, **out)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
