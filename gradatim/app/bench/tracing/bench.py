"""The measuring of `gradatim bench tracing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradatim.app.bench.tracing.beside import beside_pybkt
from gradatim.memory.tracing.data import read_sequences
from gradatim.memory.tracing.evaluation.evaluate import cross_validated, learner_folds
from gradatim.memory.tracing.evaluation.figures import figures
from gradatim.memory.tracing.models import FitOptions
from gradatim.memory.tracing.models.saved import MODELS

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures

FOLDS = 5
SKILLS = 10
_HOLDING = "a folder with train.csv, responses of many learners"
_TOLD = ("auc", "auc_lowest_fold", "rmse", "log_loss", "ece", "fit_seconds", "update_and_prediction_us")


def run(request: BenchRequest) -> Figures:
    """As `gradatim.app.bench.tracing.tracing`."""
    folder = request.data_folder(_HOLDING)
    data = read_sequences(folder / "train.csv").data
    told: dict[str, str | int | float | bool | None] = {
        "learners": len(data.starts) - 1,
        "responses": len(data),
        "skills": len(data.skills),
        "folds": FOLDS,
    }
    options = FitOptions()
    for name, kind in MODELS.items():
        request.say(f"{name}, {FOLDS} folds")
        found = figures(cross_validated(kind, data, FOLDS, options, lambda _: None))
        told["copies_share"] = found["copies_share"]
        prefix = name.replace("-", "_")
        for suffix in ("", "_honest"):
            told |= {f"{prefix}_{measure}{suffix}": found[f"{measure}{suffix}"] for measure in _TOLD}
    parts = [(data.rows(~held), data.rows(held)) for held in learner_folds(data, FOLDS, options.seed)]
    return told | beside_pybkt(request, parts, request.sample or SKILLS)
