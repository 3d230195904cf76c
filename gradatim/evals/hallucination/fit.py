"""Fitting the likelihood of falseness to the labelled sentences, and refitting what the package holds.

`python -m gradatim.evals.hallucination.fit [EXAMPLES]` judges all texts anew and writes the packaged `likelihood.json`;
it has to be run when what claims are read from sentences, or how they are checked, changes.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from gradatim.agents.fitting import logistic_regression
from gradatim.evals.hallucination.judging import Judged, decided, judge_texts
from gradatim.evals.hallucination.material import named, observe_all
from gradatim.evals.hallucination.scores import best_threshold, folds_of, out_of_fold
from gradatim.kg import EmbeddedStore, packaged_curriculum
from gradatim.settings import Settings
from gradatim.tools.claims import ClaimChecker, likelihood
from gradatim.tools.claims.likelihood import SIGNS, Likelihood, sigmoid
from gradatim.tools.sandbox import open_sandbox

L2 = 16.0
"""Weight of the squared coefficients; the signs are many for some hundred sentences."""
PRECISION = 0.92
"""Precision that the threshold is chosen for, a little above what is wanted of other sentences."""
INNER = 5


def fit_likelihood(rows: Sequence[Judged], signs: Sequence[str] = SIGNS, *, l2: float = L2) -> Likelihood:
    """Fit to sentences that state something.

    Log-odds are calibrated, and the threshold is chosen, on values for tasks that the regression had not seen.

    Raises:
        ValueError: All sentences have the same label.
    """
    if len({row.label for row in rows}) < 2:
        raise ValueError("a fit needs false and true sentences")
    inner = folds_of([row.group for row in rows], INNER)
    raw = out_of_fold(rows, inner, lambda part: _scorer(_regression(part, signs, l2)))
    false = [row.label == "F" for row in rows]
    slope, offset = calibrated(raw, false)
    model = _regression(rows, signs, l2)
    stated = [sigmoid(slope * value + offset) for value in raw]
    threshold = round(best_threshold(stated, false, PRECISION), 4)
    return model.model_copy(update={"slope": slope, "offset": offset, "threshold": threshold})


def calibrated(raw: Sequence[float], false: Sequence[bool]) -> tuple[float, float]:
    """Slope and offset that fit log-odds to outcomes.

    Source: J. Platt, "Probabilistic outputs for support vector machines" (1999), without his change of the targets.
    """
    import numpy as np

    offset, weights = logistic_regression(np.array([[value] for value in raw]), np.array(false, dtype=float), 1e-3)
    return round(max(0.0, float(weights[0])), 6), round(offset, 6)


def _regression(rows: Sequence[Judged], signs: Sequence[str], l2: float) -> Likelihood:
    import numpy as np

    known = {name: [value for row in rows if (value := row.signs.get(name)) is not None] for name in signs}
    means = {name: sum(values) / len(values) for name, values in known.items() if values}
    columns = {
        name: np.array([mean if (value := row.signs.get(name)) is None else value for row in rows], dtype=float)
        for name, mean in means.items()
    }
    scales = {name: float(np.std(column)) for name, column in columns.items()}
    used = [name for name, scale in scales.items() if scale > 1e-9]
    matrix = np.column_stack([(columns[name] - means[name]) / scales[name] for name in used])
    outcomes = np.array([float(row.label == "F") for row in rows])
    intercept, weights = logistic_regression(matrix, outcomes, l2)
    return Likelihood(
        sentences=len(rows),
        false=int(outcomes.sum()),
        intercept=round(intercept, 6),
        coefficients={name: round(float(weight), 6) for name, weight in zip(used, weights, strict=True)},
        means={name: round(means[name], 6) for name in used},
        scales={name: round(scales[name], 6) for name in used},
    )


def _scorer(model: Likelihood) -> Callable[[Judged], float]:
    return lambda row: model.log_odds(row.signs)


async def refit(folder: Path, settings: Settings) -> Likelihood:
    """Judge all labelled texts about the programs of a folder, and fit to those that nothing was developed with.

    Raises:
        InputError: The folder does not hold the programs.
        SandboxError: Programs cannot be run.
    """
    store = EmbeddedStore(packaged_curriculum())
    async with open_sandbox(settings) as sandbox:
        cases = named(await observe_all(sandbox, store, folder, settings.repair_seconds))
        rows = decided(await judge_texts(ClaimChecker(sandbox, store), cases))
    return fit_likelihood(unseen(rows))


def unseen(rows: Sequence[Judged]) -> list[Judged]:
    """Sentences that the reading of claims was not developed with.

    On the others verdicts are right more often than they are on new sentences, and probabilities fitted to them would
    be too sure of themselves.
    """
    return [row for row in rows if not row.seen]


def write(model: Likelihood) -> Path:
    """Put a model into the package; gives the file."""
    path = Path(likelihood.__file__).with_name("likelihood.json")
    path.write_text(json.dumps(model.model_dump(mode="json"), indent=1) + "\n", encoding="utf-8")
    return path


def main() -> None:
    """Refit the packaged weights from the examples of a checkout, or from a folder like them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[3] / "examples"
    model = asyncio.run(refit(folder, Settings(repair_seconds=1.5)))
    sys.stdout.write(f"{write(model)}: {model.sentences} sentences, threshold {model.threshold}\n")


if __name__ == "__main__":
    main()
