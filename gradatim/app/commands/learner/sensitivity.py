"""`gradatim learner sensitivity`: what another weight of an indicator would change."""

from __future__ import annotations

from pathlib import Path

import click

from gradatim.app.commands.learner.asking import indicators_of, with_memory
from gradatim.app.console import emit, out, table
from gradatim.app.indicators import read_indicator_rows
from gradatim.app.options import data_dir_option, json_option
from gradatim.memory import LearnerMemory


@click.command()
@click.option("--data", type=click.Path(path_type=Path), metavar="FILE", help="JSON lines, instead of the memory.")
@click.option("--change", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.2, show_default=True)
@data_dir_option
@json_option
def sensitivity(data: Path | None, change: float, data_dir: Path | None, as_json: bool) -> None:
    """Raise and lower the weight of every indicator by a share of itself and tell what it changes.

    Takes all learners of the memory, or the lines of FILE: {"indicators": {NAME: VALUE or null}, "expert": SCORE}.
    Where every line has an expert's score, the effect is on Pearson's r between composite and expert; otherwise on
    the correlation with the composite of the unchanged weights.

    Exit codes: 0 shown; 2 there are too few learners, or FILE is wrong.
    """
    expert: list[float] | None = None
    if data is not None:
        rows, expert = read_indicator_rows(data)
    else:

        async def ask(memory: LearnerMemory) -> list[dict[str, float | None]]:
            ids = [found.learner_id for found in await memory.learners()]
            return [
                {item.name: item.value for item in (await indicators_of(memory, learner_id)).measures}
                for learner_id in ids
            ]

        rows = with_memory(data_dir, ask)
    from gradatim.memory.profile.sensitivity import sensitivity as analyse

    found = analyse(rows, expert, change)
    largest = found.largest
    if as_json:
        emit(
            {
                "against": found.against,
                "learners": found.learners,
                "baseline_r": found.baseline,
                "largest_change": abs(largest.change),
                "largest_indicator": largest.indicator,
                "effects": [
                    {"indicator": item.indicator, "factor": item.factor, "r": item.r, "change": item.change}
                    for item in found.effects
                ],
            }
        )
        return
    table_rows = [
        (item.indicator.replace("_", " "), f"{item.factor - 1:+.0%}", f"{item.r:.4f}", f"{item.change:+.4f}")
        for item in found.effects
    ]
    out(table(table_rows, header=("indicator", "weight", "r", "change")))
    out(
        f"r against {found.against} with the weights as they are: {found.baseline:.4f} ({found.learners} learners); "
        f"largest change {abs(largest.change):.4f} ({largest.indicator.replace('_', ' ')})"
    )
