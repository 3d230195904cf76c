"""`gradatim learn evaluate`: next-step prediction on learners that a model has not seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradatim.app.commands.learn.asking import (
    FILE,
    kind_option,
    prerequisites_option,
    read_data,
    read_prerequisites,
    skip_bad_option,
)
from gradatim.app.console import emit, out, plural, say, table
from gradatim.app.options import json_option
from gradatim.errors import InputError

if TYPE_CHECKING:
    from gradatim.memory.tracing.evaluation.figures import Figure

_MEASURES = (
    "auc", "rmse", "log_loss", "accuracy", "ece", "responses", "fit_seconds", "predictions_per_second",
    "update_and_prediction_us",
)  # fmt: skip
_BINS = 10


@click.command("evaluate")
@click.option("--train", type=FILE, required=True, metavar="FILE", help="Responses to fit on.")
@click.option("--test", type=FILE, metavar="FILE", help="Responses to predict; without it, folds of --train.")
@click.option(
    "--folds",
    type=click.IntRange(2, 100),
    default=5,
    show_default=True,
    help="Parts that the learners of --train are dealt into when there is no --test.",
)
@kind_option
@prerequisites_option
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Of the folds and of random starting points.")
@skip_bad_option
@json_option
def evaluate_command(
    train: Path,
    test: Path | None,
    folds: int,
    kind: str,
    prerequisites: Path | None,
    seed: int,
    skip_bad: bool,
    as_json: bool,
) -> None:
    """Measure online next-step prediction: every response from the learner's responses before it.

    Two columns: all rows as published, and honest (names ending in _honest), where rows that only repeat the answer
    before, because one item of several skills was written as several rows, are neither predicted nor seen.

    Exit codes: 0 whatever the figures; 2 the data cannot be used, the message names file and line.
    """
    from gradatim.memory.tracing.evaluation.evaluate import cross_validated, evaluate
    from gradatim.memory.tracing.evaluation.figures import figures
    from gradatim.memory.tracing.models import FitOptions
    from gradatim.memory.tracing.models.saved import MODELS

    data = read_data(train, skip_bad)
    options = FitOptions(read_prerequisites(prerequisites), seed)
    told: dict[str, Figure] = {"model": kind, "train_responses": len(data)}
    if test is not None:
        held = read_data(test, skip_bad)
        say(f"fitting {kind} on {plural(len(data), 'response')}, predicting {plural(len(held), 'response')}")
        found = [evaluate(MODELS[kind], data, held, options)]
    else:
        told["folds"] = folds
        try:
            found = cross_validated(MODELS[kind], data, folds, options, say)
        except ValueError as error:
            raise InputError(str(error), place=str(train), remedy="give fewer --folds, or a --test file") from error
    told |= figures(found)
    if as_json:
        emit(told)
        return
    _show(told)


def _show(told: dict[str, Figure]) -> None:
    rows = [
        (name.replace("_", " "), _text(told[name]), _text(told[f"{name}_honest"]))
        for name in _MEASURES
    ]  # fmt: skip
    out(table(rows, header=(str(told["model"]), "all rows", "honest")))
    share = told["copies_share"]
    out(f"{share:.1%} of the rows repeat the answer before" if isinstance(share, float) else "")
    out()
    bins: list[tuple[str, ...]] = []
    for number in range(_BINS):
        cells = [f"{number / _BINS:.1f} to {(number + 1) / _BINS:.1f}"]
        for suffix in ("", "_honest"):
            parts = ("predicted", "observed", "responses")
            cells += [_text(told.get(f"bin_{number}_{part}{suffix}")) for part in parts]
        bins.append(tuple(cells))
    header = ("calibration", "predicted", "observed", "responses", "honest: predicted", "observed", "responses")
    out(table(bins, header=header))


def _text(value: Figure) -> str:
    if value is None:
        return "–"
    return f"{value:,.4f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
