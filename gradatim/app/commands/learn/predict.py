"""`gradatim learn predict`: what a fitted model says about each response before it is known."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradatim.app.commands.learn.asking import FILE, read_data, skip_bad_option
from gradatim.app.console import emit, out, plural, printable
from gradatim.app.options import json_option
from gradatim.errors import StorageError

if TYPE_CHECKING:
    from gradatim.memory.tracing.data import Sequences
    from gradatim.memory.tracing.models import Contribution, TracingModel

_SMALL = 5e-4
"""Contributions below this are told together."""


@click.command()
@click.option("--model", "saved", type=FILE, required=True, metavar="MODEL.json", help="A model of `learn fit`.")
@click.option("--data", type=FILE, required=True, metavar="FILE", help="Responses to predict.")
@click.option("--out", "written", type=FILE, required=True, metavar="CSV", help="Where the predictions go.")
@click.option("--explain", is_flag=True, help="Also the contributions to each prediction, as JSON in a column.")
@skip_bad_option
@json_option
def predict(saved: Path, data: Path, written: Path, explain: bool, skip_bad: bool, as_json: bool) -> None:
    """Predict every response from the learner's responses before it, and write them as CSV.

    Columns: learner, skill, item (where known), correct, predicted; with --explain also the log odds and what they are
    the sum of: [name, value, weight, contribution]. Rows are in the order of learners and times.

    Exit codes: 0 written; 2 the model or the data cannot be used; 3 the predictions cannot be written.
    """
    from gradatim.memory.tracing.models.saved import load_model

    model = load_model(saved)
    responses = read_data(data, skip_bad)
    try:
        with written.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_header(responses, explain))
            writer.writerows(_explained(model, responses) if explain else _plain(model, responses))
    except OSError as error:
        raise StorageError(
            f"predictions cannot be written: {error.strerror or error}", place=str(written), remedy="name another file"
        ) from error
    if as_json:
        emit({"written": str(written), "predictions": len(responses)})
    else:
        out(f"{printable(str(written))}: {plural(len(responses), 'prediction')}")


def _header(data: Sequences, explain: bool) -> list[str]:
    names = ["learner", "skill"] if data.item is None else ["learner", "skill", "item"]
    return [*names, "correct", "predicted", *(["log_odds", "contributions"] if explain else [])]


def _named(data: Sequences) -> Iterator[tuple[list[str], str | None]]:
    """Names of each row, and its item."""
    items: list[int] | None = None if data.item is None else data.item.tolist()
    rows = zip(data.learner.tolist(), data.skill.tolist(), strict=True)
    for place, (learner, skill) in enumerate(rows):
        item = None if items is None else data.items[items[place]]
        yield [data.learners[learner], data.skills[skill], *([] if item is None else [item])], item


def _plain(model: TracingModel, data: Sequences) -> Iterator[list[object]]:
    predicted = model.predict(data).tolist()
    for (names, _), correct, value in zip(_named(data), data.correct.tolist(), predicted, strict=True):
        yield [*names, int(correct), f"{value:.6f}"]


def _explained(model: TracingModel, data: Sequences) -> Iterator[list[object]]:
    """One learner after the other, with the parts of each prediction."""
    trace = model.start()
    seconds = None if data.seconds is None else data.seconds.tolist()
    answers = None if data.answer is None else data.answer.tolist()
    first, correct = data.first.tolist(), data.correct.tolist()
    for place, (names, item) in enumerate(_named(data)):
        if first[place]:
            trace = model.start()
        skill = names[1]
        at = None if seconds is None else seconds[place]
        repeated = None if answers is None else place > 0 and answers[place] == answers[place - 1]
        parts = trace.explain(skill, item, at, repeated)
        value = trace.predict(skill, item, at, repeated)
        trace.observe(skill, correct[place], item, at, repeated)
        told = json.dumps(_shortened(parts), ensure_ascii=False)
        yield [*names, int(correct[place]), f"{value:.6f}", f"{sum(part.contribution for part in parts):.6f}", told]


def _shortened(parts: list[Contribution]) -> list[list[object]]:
    """The contributions from the largest to the smallest; what is hardly anything is put together."""
    large = sorted((part for part in parts if abs(part.contribution) >= _SMALL), key=lambda part: -abs(part[3]))
    rest = sum(part.contribution for part in parts if abs(part.contribution) < _SMALL)
    rows: list[list[object]] = [[name, *(round(number, 6) for number in numbers)] for name, *numbers in large]
    if rest:
        rows.append(["everything else", round(rest, 6), 1.0, round(rest, 6)])
    return rows
