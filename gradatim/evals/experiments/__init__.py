"""Experiments as files: data × variants × models × seeds, run cell by cell, resumable, judged by scorers.

```python
experiment = read_experiment(Path("ablation.yaml"))
async with open_run(experiment, Path("results/ablation"), load_settings()) as run:
    summary = await run.all()
```
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.evals.experiments.ablations import ablation
    from gradatim.evals.experiments.opening import open_run
    from gradatim.evals.experiments.reading import Experiment, parse_experiment, read_experiment
    from gradatim.evals.experiments.running import ExperimentRun, Summary
    from gradatim.evals.experiments.spec import ExperimentSpec, VariantSpec, json_schema

__all__ = [
    "Experiment",
    "ExperimentRun",
    "ExperimentSpec",
    "Summary",
    "VariantSpec",
    "ablation",
    "json_schema",
    "open_run",
    "parse_experiment",
    "read_experiment",
]

_HOME = {
    "ablation": "ablations",
    "Experiment": "reading",
    "parse_experiment": "reading",
    "read_experiment": "reading",
    "ExperimentRun": "running",
    "Summary": "running",
    "open_run": "opening",
    "ExperimentSpec": "spec",
    "VariantSpec": "spec",
    "json_schema": "spec",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
