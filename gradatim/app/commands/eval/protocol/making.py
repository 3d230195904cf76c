"""`gradatim eval protocol new`, `withdraw` and `rehearse`: the study itself."""

from __future__ import annotations

from pathlib import Path

import click

from gradatim.app.commands.eval.protocol.asking import folder_argument
from gradatim.app.console import emit, out, plural, say
from gradatim.app.options import json_option
from gradatim.errors import InputError


@click.command()
@folder_argument
@click.option(
    "--data", required=True, metavar="NAME|DIR", help="Data set (examples, refactory, …), or a folder like examples/."
)
@click.option("--path", type=click.Path(path_type=Path), help="Where the data set lies.")
@click.option("--raters", default="3", show_default=True, metavar="N|CODES", help="How many, or their codes: A,B,C.")
@click.option("--sample", type=click.IntRange(2), default=200, show_default=True, help="Works of the main round.")
@click.option(
    "--overlap", type=click.FloatRange(0, 1), default=1.0, show_default=True, help="Share that every rater gets."
)
@click.option("--training", type=click.IntRange(0), default=6, show_default=True, help="Works of the training.")
@click.option("--calibration", type=click.IntRange(0), default=14, show_default=True, help="Works of the calibration.")
@click.option("--title", default="Rating of programs", show_default=True, help="Of the study.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of sample, codes and orders.")
@json_option
def new(
    folder: Path,
    data: str,
    path: Path | None,
    raters: str,
    sample: int,
    overlap: float,
    training: int,
    calibration: int,
    title: str,
    seed: int,
    as_json: bool,
) -> None:
    """Draw works and write the handbook, the consent sheet, the plan, and a form for each rater.

    \b
    Exit codes: 0 made; 2 the folder holds something, or the data set cannot be read.
    """
    from gradatim.evals.datasets.registry import named
    from gradatim.evals.protocol import Design, make_study
    from gradatim.evals.protocol.telling import progress_text

    parts = [part.strip() for part in raters.split(",") if part.strip()]
    codes = int(parts[0]) if len(parts) == 1 and parts[0].isascii() and parts[0].isdecimal() else parts
    design = Design(title, codes, sample, overlap, training, calibration, seed)
    made = make_study(folder, design, *named(data, path))
    if as_json:
        phases = {name: len(made.study.codes(name)) for name in ("training", "calibration", "main")}
        emit({"folder": str(folder), "raters": list(made.study.raters), "works": phases, "masked": made.masked,
              "notes": list(made.notes)})  # fmt: skip
        return
    for note in made.notes:
        say(note)
    out(f"{folder}: {progress_text(made.study)}")
    out(f"next: read {folder / 'documents' / 'plan.en.md'} (or plan.zh.md); keep study.yaml away from raters")


@click.command("withdraw")
@folder_argument
@click.argument("works", nargs=-1, required=True, metavar="WORK...")
def withdraw_works(folder: Path, works: tuple[str, ...]) -> None:
    """Take works out of the key, the forms and the ratings because their authors want it.

    WORK is a code (W1234) or an id of the data set (fibonacci/02.py). A form that a rater still has does not bring it
    back; copies outside the folder are for you to replace or delete.

    \b
    Exit codes: 0 taken out; 2 there is no such work, or a file cannot be changed.
    """
    from gradatim.evals.protocol import withdraw

    study, codes = withdraw(folder, works)
    out(f"{folder}: {plural(len(codes), 'work')} taken out ({', '.join(codes)}), {len(study.works):,} are left")
    say("give raters their new forms, and delete the old ones")


@click.command()
@folder_argument
@click.option("--reliability", type=click.FloatRange(0, 1), default=0.7, show_default=True, help="Of one made rater.")
@click.option("--missing", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="Share of open cells.")
@click.option(
    "--variant", "variants", multiple=True, metavar="NAME=R", help="A made variant and its correlation with the truth."
)
@click.option("--results", type=click.Path(path_type=Path), metavar="DIR", help="Where made variants are written.")
@click.option("--seed", type=int, default=0, show_default=True)
def rehearse(
    folder: Path, reliability: float, missing: float, variants: tuple[str, ...], results: Path | None, seed: int
) -> None:
    """Fill a study with made ratings of known reliability, to try everything before people rate.

    \b
    Exit codes: 0 written; 2 the study holds ratings already.
    """
    from gradatim.evals.protocol import Simulated, read_study
    from gradatim.evals.protocol import rehearse as fill
    from gradatim.evals.protocol.rehearsal import rehearsed_results
    from gradatim.evals.protocol.study import RATINGS

    study = read_study(folder)
    if any((folder / RATINGS).glob("*.csv")):
        raise InputError("holds ratings already", place=str(folder / RATINGS), remedy="rehearse with a new study")
    told = dict(_variant(text) for text in variants)
    if bool(told) != (results is not None):
        raise InputError("goes with the other", place="--variant, --results", remedy="give both, or neither")
    if results is not None and results.exists() and (not results.is_dir() or any(results.iterdir())):
        raise InputError("is there already", place=str(results), remedy="name a new or empty folder")
    truth = fill(study, folder, Simulated(reliability=reliability, missing=missing, seed=seed))
    if results is not None:
        rehearsed_results(study, results, truth, told, seed=seed)
    out(f"{folder}: {plural(len(study.raters), 'made rater')}, reliability of one {reliability:g}")


def _variant(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        r = float(number)
    except ValueError:
        r = 2.0
    if not name or not 0.0 <= r <= 1.0:
        raise InputError(f"is {text!r}", place="--variant", remedy="write NAME=R with R from 0 to 1: full=0.85")
    return name, r
