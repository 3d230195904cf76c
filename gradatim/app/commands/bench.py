"""`gradatim bench`: run a benchmark by name."""

from __future__ import annotations

from pathlib import Path

import click

from gradatim.app.bench import BENCHMARKS, BenchRequest
from gradatim.app.console import emit, out, printable, say, table
from gradatim.app.lazy import did_you_mean
from gradatim.app.options import data_dir_option, json_option, sandbox_option, workers_option
from gradatim.errors import InputError
from gradatim.settings import load_settings


@click.command()
@click.argument("name", required=False)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of outside data, for benchmarks that use some.",
)
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Measure on N items of each kind, drawn at random, where a benchmark can.",
)
@click.option("--model", metavar="MODEL", help="The model of benchmarks that ask one (setting: model).")
@json_option
@workers_option
@sandbox_option
@data_dir_option
def bench(
    name: str | None,
    data: Path | None,
    sample: int | None,
    model: str | None,
    as_json: bool,
    workers: int | None,
    sandbox: str | None,
    data_dir: Path | None,
) -> None:
    """Run the benchmark NAME and print its figures; without NAME, list the benchmarks.

    A comparison measures both sides in the same run. With --json the last line is one flat JSON object.

    Exit codes: 0 whatever the figures; 2 there is no such benchmark, or its data are missing or wrong;
    3 something it needs does not work here.
    """
    if name is None:
        if as_json:
            emit({key: entry.measures for key, entry in BENCHMARKS.items()})
        else:
            out(table([(key, entry.measures) for key, entry in BENCHMARKS.items()]))
        return
    entry = BENCHMARKS.get(name)
    if entry is None:
        raise InputError(
            f"there is no benchmark of this name{did_you_mean(name, BENCHMARKS)}",
            place=f"benchmark {name!r}",
            remedy=f"name one of {', '.join(BENCHMARKS)}",
        )
    settings = load_settings(workers=workers, sandbox=sandbox, data_dir=data_dir, model=model)
    figures = entry.load()(BenchRequest(settings, data, say, sample))
    if as_json:
        emit({"benchmark": name, **figures})
    else:
        rows = [
            (key.replace("_", " "), f"{value:,.4g}" if isinstance(value, float) else printable(str(value)))
            for key, value in figures.items()
        ]
        out(table(rows))
