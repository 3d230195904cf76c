"""The tasks of the placement test."""

from __future__ import annotations

from pathlib import Path

from gradatim.agents.classroom.placement import PoolTask
from gradatim.tools.taskfile import load_task
from gradatim.workflow import node

DIFFICULTY = {
    "star-triangle": -1.6,
    "hours-and-minutes": -1.2,
    "count-vowels": -0.8,
    "mean-temperature": -0.5,
    "longest-word": -0.2,
    "fibonacci": 0.2,
    "tally-votes": 0.5,
    "digit-sum": 0.8,
    "column-sums": 1.2,
    "savings-account": 1.7,
}
"""Task → difficulty in logits, as a teacher estimates it; `gradatim learn fit` estimates it from answers."""


@node
def pool(*, folder: str) -> list[PoolTask]:
    """Tasks with their difficulties, from a folder beside this file."""
    beside = Path(__file__).parent / folder
    return [
        PoolTask(task=load_task(beside / f"{name}.yaml"), difficulty=difficulty, discrimination=1.4)
        for name, difficulty in DIFFICULTY.items()
    ]
