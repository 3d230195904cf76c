"""`gradatim eval run`: an experiment, cell by cell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.console import emit, out, plural, progress, say, shorten, table
from gradatim.app.options import cache_dir_option, json_option, sandbox_option
from gradatim.settings import Settings, load_settings

if TYPE_CHECKING:
    from rich.progress import Progress

    from gradatim.evals.experiments import Experiment, ExperimentRun, Summary
    from gradatim.evals.experiments.running import Ended

_TOLD_SECONDS = 30.0
"""Between two lines about the progress where nobody watches a bar."""
_REASONS = 5


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of results, made when it is not there; results/NAME when not given.",
)
@click.option(
    "--workers", type=click.IntRange(1, 64), metavar="N", help="Cells at the same time, instead of the file's number."
)
@click.option("--plan", is_flag=True, help="Only tell what would be run.")
@click.option("--again", is_flag=True, help="Run every cell anew; the model's answers come from the cache.")
@json_option
@sandbox_option
@cache_dir_option
def run(
    file: Path, folder: Path | None, workers: int | None, plan: bool, again: bool, as_json: bool, **overrides: Any
) -> None:
    """Run the experiment in FILE (YAML): data × variants × models × seeds.

    Every combination is a cell. Each is written down as soon as it ends, so that the same command goes on where it was
    stopped (Ctrl-C, a crash, a power cut). Cells that failed are tried again; cells that the file, the data, a prompt
    or a workflow was changed for are run anew. What comes out is shown by `gradatim eval report DIR`.

    Where a model does not answer eight cells one after the other, its other cells are left for another time.

    \b
    Exit codes: 0 every cell ended; 1 some failed, the others are there; 2 FILE or the data are wrong;
    3 something needed is missing; 130 stopped, and can be gone on with.
    """
    from gradatim.evals.experiments import read_experiment

    experiment = read_experiment(file)
    settings = load_settings(**overrides)
    carry_out(
        experiment,
        folder or Path("results") / experiment.name,
        settings,
        workers,
        plan=plan,
        again=again,
        as_json=as_json,
    )


def carry_out(
    experiment: Experiment,
    folder: Path,
    settings: Settings,
    workers: int | None,
    *,
    plan: bool = False,
    again: bool = False,
    as_json: bool = False,
) -> None:
    """Run an experiment and tell what came of it; ends the command with its exit code."""
    try:
        summary = asyncio.run(_run(experiment, folder, settings, workers, plan, again))
    except KeyboardInterrupt:
        say(f"stopped: what has ended is in {folder}; the same command goes on from there")
        raise click.Abort from None
    if summary is None:
        return
    gains = _gains(experiment, summary, as_json)
    if as_json:
        emit(_plain(summary) | gains)
    else:
        _tell(summary)
    if summary.failed or summary.left:
        click.get_current_context().exit(1)


async def _run(
    experiment: Experiment, folder: Path, settings: Settings, workers: int | None, plan: bool, again: bool
) -> Summary | None:
    from gradatim.evals.experiments import open_run

    async with open_run(experiment, folder, settings, workers=workers, again=again, plan=plan) as opened:
        _announce(opened)
        if plan:
            return None
        with progress(bool(opened.waiting)) as shown:
            return await opened.all(_follower(opened, shown))


def _announce(opened: ExperimentRun) -> None:
    from gradatim.evals.experiments.pace import spoken

    spec = opened.experiment.spec
    samples = len({cell.example.id for cell in opened.cells})
    what = "learner" if spec.design == "pre-post" else "sample"
    parts = [plural(len(spec.variants), "variant"), plural(len(spec.models), "model"), plural(len(spec.seeds), "seed")]
    say(f"{opened.experiment.name}: {plural(samples, what)}, {', '.join(parts)}: {plural(len(opened.cells), 'cell')}")
    before = len(opened.cells) - len(opened.waiting)
    if before:
        say(f"{plural(before, 'cell')} of an earlier run {'is' if before == 1 else 'are'} there already")
    if opened.folder.broken:
        say(f"{plural(opened.folder.broken, 'line')} of an earlier run could not be read and will be run again")
    left = opened.pace.seconds_left
    if left is not None and opened.waiting:
        say(f"{plural(len(opened.waiting), 'cell')} to go, about {spoken(left)}")


def _follower(opened: ExperimentRun, shown: Progress | None) -> Callable[[Ended], None]:
    """What shows how far it has come: a bar where somebody watches, else a line now and then."""
    from gradatim.evals.experiments.pace import spoken

    total = len(opened.waiting)
    bar = shown.add_task("cells", total=total) if shown is not None else None
    last, first = monotonic(), True

    def follow(ended: Ended) -> None:
        nonlocal last, first
        if ended.failure is not None:
            cell = ended.cell
            say(f"failed: {cell.variant}, {cell.example.id}, seed {cell.seed}: {shorten(ended.failure)}")
        left, done = opened.pace.seconds_left, total - opened.pace.left
        typical = opened.pace.typical
        about = f", about {spoken(left)} to go ({typical:.1f} s a cell)" if left is not None and typical else ""
        if shown is not None and bar is not None:
            shown.update(bar, advance=1, description=f"cells{about}")
            return
        # the first word comes early: somebody may not want to wait that long
        due = monotonic() - last >= _TOLD_SECONDS or (first and done >= len(opened.experiment.spec.variants))
        if done < total and due:
            last, first = monotonic(), False
            say(f"{done:,} of {total:,} cells{about}")

    return follow


def _gains(experiment: Experiment, summary: Summary, as_json: bool) -> dict[str, Any]:
    """The analysis of a pre/post design, shown or as data."""
    if experiment.spec.design != "pre-post" or summary.failed or summary.left:
        return {}
    from gradatim.evals.experiments.cohorts import gains_of

    found = gains_of(summary.folder, experiment)
    if not as_json:
        rows = [
            (
                str(seed),
                model,
                *(str(item.gain[arm]) for arm in item.arms),
                str(item.hedges_g),
                str(item.ancova),
                _probability(item.ancova_p),
                "–" if item.truth is None else f"{item.truth:.3f}",
            )
            for (seed, model), item in found.items()
        ]
        arms = list(experiment.spec.variants)
        gain = [f"gain {arm}" for arm in arms]
        out(table(rows, header=("seed", "model", *gain, "Hedges' g", "ANCOVA effect", "p", "truth")))
    return {"gains": [{"seed": seed, "model": model, **item.plain()} for (seed, model), item in found.items()]}


def _probability(p: float | None) -> str:
    if p is None:
        return "–"
    return f"{p:.4f}" if p >= 0.0001 else "< 0.0001"


def _plain(summary: Summary) -> dict[str, Any]:
    return {
        "folder": str(summary.folder),
        "cells": summary.cells,
        "before": summary.before,
        "ran": summary.ran,
        "failed": summary.failed,
        "left": summary.left,
        "reasons": [{"reason": reason, "cells": count} for reason, count in summary.reasons],
    }


def _tell(summary: Summary) -> None:
    for reason, count in summary.reasons[:_REASONS]:
        say(f"{plural(count, 'cell')} failed: {shorten(reason)}")
    if summary.left:
        say(f"{plural(summary.left, 'cell')} left for another time: the model does not answer")
    if summary.failed or summary.left:
        say("the same command tries them again")
    out(f"{plural(summary.cells - summary.failed - summary.left, 'cell')} of {summary.cells:,} in {summary.folder}")
