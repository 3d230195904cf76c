"""`gradatim learn fit`: a model from responses."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import click

from gradatim.app.commands.learn.asking import (
    FILE,
    kind_option,
    prerequisites_option,
    read_data,
    read_prerequisites,
    skip_bad_option,
)
from gradatim.app.console import emit, out, plural, printable, say
from gradatim.app.options import json_option


@click.command()
@click.option("--train", type=FILE, required=True, metavar="FILE", help="Responses to fit on.")
@kind_option
@click.option("--out", "written", type=FILE, required=True, metavar="MODEL.json", help="Where the model goes.")
@prerequisites_option
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Of random starting points.")
@skip_bad_option
@json_option
def fit(
    train: Path, kind: str, written: Path, prerequisites: Path | None, seed: int, skip_bad: bool, as_json: bool
) -> None:
    """Fit a model of knowledge tracing and write it as JSON.

    The parameters of a model of the kinds bkt, bkt-individual and combined can also serve the learner memory.

    Exit codes: 0 written; 2 the data cannot be used, the message names file and line; 3 the model cannot be written.
    """
    from gradatim.memory.tracing.models import FitOptions
    from gradatim.memory.tracing.models.saved import MODELS, save_model

    data = read_data(train, skip_bad)
    options = FitOptions(read_prerequisites(prerequisites), seed)
    say(f"fitting {kind} on {plural(len(data), 'response')}")
    begin = perf_counter()
    model = MODELS[kind].fit(data, options)
    seconds = perf_counter() - begin
    save_model(model, written)
    parameters = model.concept_parameters()
    learners, skills = len(data.starts) - 1, len(set(data.skill.tolist()))
    if as_json:
        emit(
            {
                "model": kind,
                "written": str(written),
                "learners": learners,
                "responses": len(data),
                "skills": skills,
                "fit_seconds": round(seconds, 3),
                "parameters_version": parameters.version if parameters else None,
            }
        )
        return
    size = f"{plural(learners, 'learner')}, {plural(len(data), 'response')}, {plural(skills, 'skill')}"
    out(f"{printable(str(written))}: {kind}, {size}, in {seconds:.1f} s")
