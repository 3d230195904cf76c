"""The figures of an evaluation under flat names, as commands and benchmarks print them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, pstdev

import numpy as np

from gradatim.memory.tracing.evaluation.evaluate import Column, Evaluation
from gradatim.memory.tracing.evaluation.metrics import BINS, reliability

Figure = str | int | float | bool | None


def figures(found: Sequence[Evaluation]) -> dict[str, Figure]:
    """Means over the evaluations: all rows under plain names, the honest column under names that end in `_honest`."""
    told: dict[str, Figure] = {"copies_share": _mean([item.copies for item in found])}
    told |= _column([item.all_rows for item in found], "")
    told |= _column([item.honest for item in found], "_honest")
    return told


def _column(columns: Sequence[Column], suffix: str) -> dict[str, Figure]:
    scores = [column.score for column in columns]
    aucs = [item.auc for item in scores if item.auc is not None]
    told: dict[str, Figure] = {
        "responses": sum(item.responses for item in scores),
        "auc": _mean(aucs),
        "auc_lowest_fold": round(min(aucs), 5) if aucs else None,
        "auc_sd": round(pstdev(aucs), 5) if len(aucs) > 1 else None,
        "rmse": _mean([item.rmse for item in scores]),
        "log_loss": _mean([item.log_loss for item in scores]),
        "accuracy": _mean([item.accuracy for item in scores]),
        "ece": _mean([item.ece for item in scores]),
        "fit_seconds": _mean([column.fit_seconds for column in columns]),
        "predictions_per_second": round(
            sum(len(column.correct) for column in columns)
            / max(sum(column.predict_seconds for column in columns), 1e-9)
        ),
        "update_and_prediction_us": round(1e6 * fmean(column.online_seconds for column in columns), 2),
    }
    correct = np.concatenate([column.correct for column in columns])
    predicted = np.concatenate([column.predicted for column in columns])
    for bin in reliability(correct, predicted):
        name = f"bin_{min(int(bin.predicted * BINS), BINS - 1)}"
        told |= {
            f"{name}_predicted": round(bin.predicted, 4),
            f"{name}_observed": round(bin.observed, 4),
            f"{name}_responses": bin.responses,
        }
    return {f"{name}{suffix}": value for name, value in told.items()}


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 5) if values else None
