"""Fits and predicts with pyBKT; runs in pyBKT's own environment, with nothing of gradatim.

`python pybkt.py GIVEN.npz ANSWERED.npz`: given are `train` and `test`, rows of learner, skill and correct, and `kinds`:
`plain`, as pyBKT is called by default, or `forgets`. Answered are, for each of them, the seconds of fitting and the
predictions of the test rows.
"""

from __future__ import annotations

import importlib
import sys
import time
import warnings
from typing import Any

SEED = 42


def main(given: str, answered: str) -> None:
    """Fit, predict and write."""
    warnings.simplefilter("ignore")
    numpy: Any = importlib.import_module("numpy")
    pandas: Any = importlib.import_module("pandas")
    models: Any = importlib.import_module("pyBKT.models")

    def frame(rows: Any) -> Any:
        return pandas.DataFrame(
            {
                "user_id": [f"u{learner}" for learner in rows[:, 0]],
                "skill_name": [f"s{skill}" for skill in rows[:, 1]],
                "correct": rows[:, 2],
                "order_id": numpy.arange(len(rows)),
            }
        )

    with numpy.load(given) as arrays:
        train, test = frame(arrays["train"]), frame(arrays["test"])
        kinds = [str(name) for name in arrays["kinds"]]
    told: dict[str, Any] = {}
    for name in kinds:
        model = models.Model(seed=SEED)
        begin = time.perf_counter()
        model.fit(data=train, forgets=name == "forgets")
        told[f"{name}_seconds"] = time.perf_counter() - begin
        rows = model.predict(data=test)
        predicted = numpy.full(len(test), 0.5)
        predicted[rows["order_id"].to_numpy()] = rows["correct_predictions"].to_numpy()
        told[f"{name}_predicted"] = predicted
    numpy.savez(answered, **told)


if __name__ == "__main__":
    main(*sys.argv[1:3])
