"""`gradatim learn items`: item parameters from responses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.console import emit, out, plural, printable, progress, say, table
from gradatim.app.options import json_option

if TYPE_CHECKING:
    from rich.progress import Progress

    from gradatim.memory.irt import Calibration, MeanSquares

MODEL_CHOICES = ("1pl", "2pl", "3pl")
"""As in `gradatim.memory.irt`, repeated so that help needs no numpy."""


@click.command()
@click.argument("responses", type=click.Path(path_type=Path))
@click.option(
    "--model", type=click.Choice(MODEL_CHOICES), default="2pl", show_default=True, help="Item response model."
)
@click.option(
    "--out", "items_out", type=click.Path(path_type=Path), metavar="ITEMS.csv", help="Write the items to this file."
)
@click.option(
    "--plain", is_flag=True, help="Maximum likelihood alone: do not learn from all items how much items differ."
)
@click.option(
    "--any-population", is_flag=True, help="Estimate how ability is distributed instead of taking it as normal."
)
@json_option
def items(
    responses: Path, model: str, items_out: Path | None, plain: bool, any_population: bool, as_json: bool
) -> None:
    """Calibrate the items that the CSV file RESPONSES holds answers to.

    RESPONSES has a row an answer (columns learner, item, correct) or a row a learner (a column an item, the first one
    may be called learner). Correct is 1, wrong is 0, an empty field is no answer. ITEMS.csv has the columns item, a
    (discrimination), b (difficulty), c (guessing), content, se_a and se_b (standard errors).

    Exit codes: 0 done; 2 the responses cannot be read or calibrated; 3 the items cannot be written.
    """
    from gradatim.memory.irt import CalibrationOptions, calibrate, mean_squares, read_responses, write_items

    given = read_responses(responses)
    say(f"{plural(len(given.learners), 'learner')}, {plural(len(given.items), 'item')}")
    options = CalibrationOptions(
        model=model,  # type: ignore[arg-type] one of its choices
        priors="none" if plain else "hierarchical",
        population="estimated" if any_population else "normal",
    )
    with progress() as shown:
        found = calibrate(given, options, progress=None if shown is None else _shower(shown))
    fit = mean_squares(given, found.bank, population=found.population)
    for note in found.notes:
        say(printable(note))
    if items_out is not None:
        write_items(found.bank, items_out)
        say(f"wrote {items_out}")
    if as_json:
        emit({**_summary(found), "items": [_row(found, fit, index) for index in range(len(found.bank))]})
        return
    if items_out is None:
        rows = [_row(found, fit, index) for index in range(len(found.bank))]
        header = ("item", "a", "se a", "b", "se b", "c", "infit", "outfit")
        out(table([[_shown(value) for value in row.values()] for row in rows], header=header))
        out()
    out(table([(key.replace("_", " "), _shown(value)) for key, value in _summary(found).items()]))


def _shower(shown: Progress) -> Callable[[int, float], None]:
    """Shows the steps of the search; nobody knows beforehand how many there will be."""
    task = shown.add_task("calibrating", total=None)

    def show(steps: int, objective: float) -> None:
        shown.update(task, completed=steps, description=f"calibrating, log-likelihood {objective:,.1f}")

    return show


def _summary(found: Calibration) -> dict[str, Any]:
    return {
        "model": found.model,
        "learners": found.learners,
        "parameters": found.parameters,
        "log_likelihood": found.log_likelihood,
        "aic": found.aic,
        "bic": found.bic,
        "steps": found.steps,
        "converged": found.converged,
    }


def _row(found: Calibration, fit: MeanSquares, index: int) -> dict[str, Any]:
    item = found.bank.item(index)
    return {
        "item": item.id,
        "a": item.a,
        "se_a": item.se_a,
        "b": item.b,
        "se_b": item.se_b,
        "c": item.c,
        "infit": float(fit.infit[index]),
        "outfit": float(fit.outfit[index]),
    }


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}"
    return "" if value is None else str(value)
