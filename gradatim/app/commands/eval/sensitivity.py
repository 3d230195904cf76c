"""`gradatim eval sensitivity`: what another weight would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradatim.app.console import emit, out, say, table
from gradatim.app.options import json_option
from gradatim.errors import InputError

if TYPE_CHECKING:
    from gradatim.evals.experiments.sensitivity import WeightSensitivity
    from gradatim.evals.results import Results
    from gradatim.evals.traces import Trace

_UNITS = {"indicators": "learners", "rubric": "assessments", "confidence": "assessments"}


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help='Indicators of learners, a line each: {"indicators": {NAME: VALUE or null}, "expert": SCORE}.',
)
@click.option("--variant", metavar="NAME", help="Of the experiment in FOLDER; its first when not given.")
@click.option("--change", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.2, show_default=True)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    help="Confidence from which feedback is delivered (setting: deliver_threshold).",
)
@json_option
def sensitivity(
    folder: Path | None,
    data: Path | None,
    variant: str | None,
    change: float,
    threshold: float | None,
    as_json: bool,
) -> None:
    """Raise and lower each weight by a share of itself, one at a time, and tell what that changes.

    With FOLDER, the results of an experiment: the weights of the rubric and of the confidence before its calibration.
    With --data, or with neither: the weights of the ten indicators, of FILE's learners or of those in the memory.

    r is the correlation with experts' scores, where there are some for all; with what came of each text, for the
    confidence; else with the mean of the unchanged weights. "order" is the rank correlation with the unchanged order,
    "moved" the most places by which one of them moves in it, "rerouted" how many would take another route.

    Exit codes: 0 shown; 2 there are too few of them, or something is wrong with FOLDER or FILE.
    """
    if folder is not None and data is not None:
        raise InputError("a folder of results and --data", place="sensitivity", remedy="give one of the two")
    found = _of_folder(folder, variant, change, threshold) if folder is not None else (_of_indicators(data, change),)
    if as_json:
        emit({"sensitivity": [_plain(item) for item in found]})
        return
    for number, item in enumerate(found):
        if number:
            out()
        _show(item)


def _of_folder(
    folder: Path, variant: str | None, change: float, threshold: float | None
) -> tuple[WeightSensitivity, ...]:
    from gradatim.evals.experiments.sensitivity import of_traces
    from gradatim.evals.results import open_results
    from gradatim.settings import load_settings

    results = open_results(folder)
    variants = [str(name) for name in results.manifest.get("variants") or ()]
    chosen = variant or (variants[0] if variants else None)
    if variant is not None and variant not in variants:
        raise InputError(
            f"has no variant {variant!r}", place=str(folder), remedy=f"name one of {', '.join(variants) or 'none'}"
        )
    return of_traces(
        _runs(results, chosen), change, load_settings().deliver_threshold if threshold is None else threshold
    )


def _runs(results: Results, variant: str | None) -> Iterator[Trace]:
    """The runs of a variant; a last one that was cut off is told and left out."""
    from gradatim.evals.results import cut_off
    from gradatim.evals.traces import read_traces

    try:
        yield from (item for item in read_traces(results.traces) if item.attributes.get("variant") == variant)
    except InputError as error:
        if not (results.traces.exists() and cut_off(results.traces, error)):
            raise
        say(f"the last line of {results.traces} is cut off and was left out: the experiment was stopped, or still runs")


def _of_indicators(data: Path | None, change: float) -> WeightSensitivity:
    from gradatim.app.commands.learner.asking import indicators_of, with_memory
    from gradatim.app.indicators import read_indicator_rows
    from gradatim.evals.experiments.sensitivity import of_indicators
    from gradatim.memory import LearnerMemory

    if data is not None:
        rows, expert = read_indicator_rows(data)
        return of_indicators(rows, expert, change)

    async def ask(memory: LearnerMemory) -> list[dict[str, float | None]]:
        ids = [found.learner_id for found in await memory.learners()]
        return [{item.name: item.value for item in (await indicators_of(memory, name)).measures} for name in ids]

    return of_indicators(with_memory(None, ask), None, change)


def _plain(item: WeightSensitivity) -> dict[str, object]:
    largest = item.largest
    return {
        **asdict(item),
        "largest_change": None if largest is None or largest.change is None else abs(largest.change),
        "largest_weight": None if largest is None else largest.name,
    }


def _show(item: WeightSensitivity) -> None:
    rows = [
        (
            effect.name.replace("_", " "),
            f"{effect.factor - 1:+.0%}",
            _number(effect.r, "{:.4f}"),
            _number(effect.change, "{:+.4f}"),
            _number(effect.order, "{:.4f}"),
            str(effect.moved),
            *(() if effect.rerouted is None else (str(effect.rerouted),)),
        )
        for effect in item.effects
    ]
    header = (item.subject, "weight", "r", "change", "order", "moved")
    routed = any(effect.rerouted is not None for effect in item.effects)
    out(table(rows, header=(*header, "rerouted") if routed else header))
    said = f"r against {item.against} with the weights as they are: {_number(item.baseline, '{:.4f}')}"
    largest = item.largest
    change = ""
    if largest is not None and largest.change is not None:
        change = f"; largest change {abs(largest.change):.4f} ({largest.name.replace('_', ' ')})"
    out(f"{said} ({item.n} {_UNITS[item.subject]}){change}")


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)
