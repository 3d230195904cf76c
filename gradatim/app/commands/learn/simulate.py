"""`gradatim learn simulate`: what an adaptive test with these items would do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.console import emit, out, say, table
from gradatim.app.options import json_option
from gradatim.errors import InputError

if TYPE_CHECKING:
    from gradatim.memory.adaptive import Estimation, Selection, Stopping

ESTIMATIONS = ("eap", "map", "ml", "wle")
SELECTIONS = ("information", "posterior", "randomesque", "progressive", "difficulty", "random")


@click.command()
@click.option(
    "--items",
    "items_file",
    type=click.Path(path_type=Path),
    metavar="ITEMS.csv",
    required=True,
    help="The item bank, as `gradatim learn items` writes it.",
)
@click.option("--examinees", type=click.IntRange(1, 1_000_000), default=1000, show_default=True, metavar="N")
@click.option("--estimation", type=click.Choice(ESTIMATIONS), default="eap", show_default=True)
@click.option("--selection", type=click.Choice(SELECTIONS), default="information", show_default=True)
@click.option(
    "--questions", type=click.IntRange(min=1), default=20, show_default=True, help="Most questions of a test."
)
@click.option(
    "--error", "se", type=click.FloatRange(min=0.0, min_open=True), metavar="SE", help="Stop at this standard error."
)
@click.option("--least-information", type=click.FloatRange(min=0.0), metavar="I", help="Stop when no item tells more.")
@click.option(
    "--exposure",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    metavar="SHARE",
    help="Show no item to a larger share of examinees (Sympson and Hetter).",
)
@click.option(
    "--share",
    "shares",
    multiple=True,
    metavar="AREA=SHARE",
    help="Share of an area of content in each test; once for each area.",
)
@click.option("--mean", type=float, default=0.0, show_default=True, help="Mean ability of the examinees.")
@click.option("--sd", type=click.FloatRange(min=0.0), default=1.0, show_default=True, help="Their standard deviation.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, metavar="N")
@json_option
def simulate(
    items_file: Path,
    examinees: int,
    estimation: str,
    selection: str,
    questions: int,
    se: float | None,
    least_information: float | None,
    exposure: float | None,
    shares: Sequence[str],
    mean: float,
    sd: float,
    seed: int,
    as_json: bool,
) -> None:
    """Simulate adaptive tests with an item bank and tell how well they measure.

    Prints the error of ability (RMSE, bias), the length of tests, how often items are shown, and what two examinees
    have in common.

    Exit codes: 0 done; 2 the items cannot be read, or the design does not suit them.
    """
    import numpy as np

    from gradatim.memory.adaptive import Strategies, control_exposure
    from gradatim.memory.adaptive import simulate as run
    from gradatim.memory.irt import read_items

    bank = read_items(items_file)
    design = Strategies(
        estimation=_estimation(estimation),
        selection=_selection(selection, questions, _targets(shares)),
        stopping=_stopping(questions, se, least_information),
    )
    theta = np.random.default_rng(seed).normal(mean, sd, examinees)
    if exposure is not None:
        say(f"finding how to show no item to more than {exposure:.0%} of examinees")
        selected = control_exposure(bank, design, limit=exposure, seed=seed + 1, population=theta)
        design = Strategies(design.initialisation, design.estimation, selected, design.stopping)
    found = run(bank, theta, design, seed=seed)
    figures: dict[str, Any] = {
        "items": len(bank),
        "examinees": examinees,
        "rmse": found.rmse,
        "bias": found.bias,
        "mean_se": float(found.se.mean()),
        "mean_length": found.mean_length,
        "max_length": int(found.length.max()),
        "max_exposure": float(found.exposure.max()),
        "unused_share": found.unused,
        "overlap": found.overlap if examinees > 1 else None,
    }
    figures |= {f"share_{area}": share for area, share in found.content_shares.items() if area}
    if as_json:
        emit(figures)
        return
    rows = [
        (key.replace("_", " "), f"{value:.4g}" if isinstance(value, float) else str(value))
        for key, value in figures.items()
    ]
    out(table(rows))


def _estimation(name: str) -> Estimation:
    from gradatim.memory.adaptive import EAP, MAP, ML, WLE

    kinds: dict[str, Estimation] = {"eap": EAP(), "map": MAP(), "ml": ML(), "wle": WLE()}
    return kinds[name]


def _selection(name: str, questions: int, targets: dict[str, float]) -> Selection:
    from gradatim.memory.adaptive import (
        ContentBalanced,
        MaximumInformation,
        NearestDifficulty,
        PosteriorInformation,
        Progressive,
        Randomesque,
        RandomItem,
    )

    kinds: dict[str, Selection] = {
        "information": MaximumInformation(),
        "posterior": PosteriorInformation(),
        "randomesque": Randomesque(),
        "progressive": Progressive(questions),
        "difficulty": NearestDifficulty(),
        "random": RandomItem(),
    }
    return ContentBalanced(targets, kinds[name]) if targets else kinds[name]


def _stopping(questions: int, se: float | None, least_information: float | None) -> Stopping:
    from gradatim.memory.adaptive import Either, InformationExhausted, MaximumItems, MinimumError

    rules: list[Stopping] = [MaximumItems(questions)]
    if se is not None:
        rules.append(MinimumError(se))
    if least_information is not None:
        rules.append(InformationExhausted(least_information))
    return Either(tuple(rules))


def _targets(shares: Sequence[str]) -> dict[str, float]:
    targets: dict[str, float] = {}
    for text in shares:
        area, _, number = text.rpartition("=")
        try:
            share = float(number)
        except ValueError:
            share = -1.0
        if not area or not 0.0 <= share <= 1.0:
            raise InputError("is no area with its share", place=f"--share {text}", remedy="write it as loops=0.4")
        targets[area] = share
    return targets
