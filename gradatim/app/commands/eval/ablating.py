"""`gradatim eval ablate`: the assessment with one part taken away at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gradatim.app.console import say
from gradatim.app.options import cache_dir_option, json_option, sandbox_option
from gradatim.settings import load_settings


@click.command()
@click.option("--model", metavar="MODEL", help="A catalogue name, a GGUF file, an endpoint, or none (setting: model).")
@click.option(
    "--seeds", type=click.IntRange(1, 100), default=3, show_default=True, metavar="N", help="Runs of a sample."
)
@click.option("--sample", type=click.IntRange(1), default=60, show_default=True, metavar="N", help="Programs, by lot.")
@click.option("--temperature", type=click.FloatRange(0, 2, min_open=True), default=0.2, show_default=True)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of results; results/ablation when not given.",
)
@click.option("--loader", default="examples", show_default=True, metavar="NAME", help="See `gradatim eval list data`.")
@click.option("--data", type=click.Path(path_type=Path), metavar="PATH", help="Where the data set is.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, metavar="N", help="Cells at a time."
)
@click.option("--plan", is_flag=True, help="Only tell what would be run.")
@click.option("--again", is_flag=True, help="Run every cell anew; the model's answers come from the cache.")
@json_option
@sandbox_option
@cache_dir_option
def ablate(
    model: str | None,
    seeds: int,
    sample: int,
    temperature: float,
    folder: Path | None,
    loader: str,
    data: Path | None,
    workers: int,
    plan: bool,
    again: bool,
    as_json: bool,
    **overrides: Any,
) -> None:
    """Run the assessment as it is, without each of its parts, and the base model alone.

    Taken away, one at a time: the concept graph, the learner profile, the critic, the verifier, the evidence. What
    every variant wrote is judged afterwards by the same full checker with all evidence (claim_support_audited), and
    held against what is known of the program (diagnosis_named). Learners have made-up histories, so that there is a
    profile to take away. With --model none, variants that need a model are left out.

    It is resumable, as `gradatim eval run` is; `gradatim eval report DIR` shows the table.

    \b
    Exit codes: 0 every cell ended; 1 some failed, the others are there; 2 the data are wrong;
    3 something needed is missing; 130 stopped, and can be gone on with.
    """
    from gradatim.app.commands.eval.running import carry_out
    from gradatim.evals.experiments import ablation

    settings = load_settings(model=model, **overrides)
    experiment = ablation(
        settings.model,
        seeds=range(1, seeds + 1),
        sample=sample,
        temperature=temperature,
        loader=loader,
        path=data,
        workers=workers,
    )
    if settings.model == "none":
        say("without a model, the variants without evidence and of the base model alone are left out")
    carry_out(
        experiment, folder or Path("results") / "ablation", settings, workers, plan=plan, again=again, as_json=as_json
    )
