"""`gradatim eval protocol check`, `agree` and `evaluate`: what ratings say."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradatim.app.commands.eval.protocol.asking import (
    collected,
    encoding_option,
    exclude_option,
    folder_argument,
    markdown_option,
    phase_option,
    tell,
    usable,
)
from gradatim.app.console import emit
from gradatim.app.options import json_option

if TYPE_CHECKING:
    from gradatim.evals.protocol.study import Phase


@click.command()
@folder_argument
@phase_option
@encoding_option
@markdown_option
@json_option
def check(folder: Path, phase: Phase, encoding: str, markdown: Path | None, as_json: bool) -> None:
    """Look at the ratings so far: who misses what, what cannot be used, who rates straight through or drifts.

    \b
    Exit codes: 0 all ratings of the round are there and usable; 1 something is missing or wrong; 2 there are none.
    """
    from gradatim.evals.protocol import behaviours
    from gradatim.evals.protocol.telling import check_markdown

    _, found = collected(folder, (), encoding)
    people = behaviours(found, phase)
    open_works = {rater: found.missing(rater, phase) for rater in found.raters}
    complete = not found.problems and not any(open_works.values())
    if as_json:
        emit({
            "phase": phase, "complete": complete, "raters": [dataclasses.asdict(person) for person in people],
            "problems": [dataclasses.asdict(problem) for problem in found.problems],
            "missing": {rater: [{"work": code, "dimensions": names} for code, names in works]
                        for rater, works in open_works.items()},
        })  # fmt: skip
    tell(check_markdown(found, people, phase), markdown, as_json)
    raise SystemExit(0 if complete else 1)


@click.command()
@folder_argument
@phase_option
@exclude_option
@click.option("--gap", type=click.FloatRange(0.5), default=2.0, show_default=True, help="Levels apart to be discussed.")
@encoding_option
@markdown_option
@json_option
def agree(
    folder: Path,
    phase: Phase,
    excluded: tuple[str, ...],
    gap: float,
    encoding: str,
    markdown: Path | None,
    as_json: bool,
) -> None:
    """Compute κ, Krippendorff's α and ICC in each dimension, and say whether they suffice.

    \b
    Exit codes: 0 computed, whatever came of it; 2 there are no ratings.
    """
    from gradatim.evals.protocol import agreements, discussed
    from gradatim.evals.protocol.telling import agreement_markdown

    _, found = usable(folder, excluded, encoding)
    agreed, apart = agreements(found, phase), discussed(found, phase, gap)
    if as_json:
        emit({
            "phase": phase, "raters": list(found.raters), "excluded": list(found.excluded),
            "agreement": [{**dataclasses.asdict(item), "says": item.says} for item in agreed],
            "discuss": [dataclasses.asdict(work) for work in apart],
        })  # fmt: skip
    tell(agreement_markdown(found, agreed, apart, phase), markdown, as_json)


@click.command()
@folder_argument
@click.argument("results", type=click.Path(path_type=Path))
@click.option("--baseline", metavar="VARIANT", help="That others are compared with; full, else the first.")
@click.option("--key", metavar="SCORE", help="Take this score of the experiment for the composite, not the rubric.")
@click.option("--least", type=click.IntRange(1), default=2, show_default=True, help="Ratings that a work needs.")
@exclude_option
@encoding_option
@markdown_option
@json_option
def evaluate(
    folder: Path,
    results: Path,
    baseline: str | None,
    key: str | None,
    least: int,
    excluded: tuple[str, ...],
    encoding: str,
    markdown: Path | None,
    as_json: bool,
) -> None:
    """Correlate an experiment's scores with the raters' consensus, and compare its variants (Williams' test).

    RESULTS is the folder of an experiment on the data set that the study was drawn from.

    \b
    Exit codes: 0 computed; 2 there are no ratings, or the experiment scored none of the works.
    """
    from gradatim.evals.protocol import evaluate as compare
    from gradatim.evals.protocol import machine_scores
    from gradatim.evals.protocol.telling import evaluation_markdown, exclusions
    from gradatim.evals.results import open_results

    study, found = usable(folder, excluded, encoding)
    machine = machine_scores(open_results(results), study.dimensions, key)
    result = compare(found, machine, baseline=baseline, least=least)
    if as_json:
        rows = [dataclasses.asdict(row) for row in result.rows]
        for row, told in zip(result.rows, rows, strict=True):
            told["difference"] = None if row.difference is None else dataclasses.asdict(row.difference)
        left_out = [text.removeprefix("* ") for text in exclusions(found, result)]
        emit({**dataclasses.asdict(result), "rows": rows, "exclusions": left_out})
    tell(evaluation_markdown(found, result), markdown, as_json)
