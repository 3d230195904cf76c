"""The ablation: the assessment as it is, with one part taken away at a time, and the base model alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gradatim.errors import InputError
from gradatim.evals.experiments.reading import Experiment, parse_experiment
from gradatim.evals.experiments.spec import DESCRIPTIONS, PARTS

FULL, BASE = "full", "base"
HISTORIES = 3
"""Earlier pieces of work of each learner, so that there is a profile that can be taken away."""


def variants(*, with_model: bool = True) -> dict[str, dict[str, Any]]:
    """Name → variant, as an experiment file writes it.

    Args:
        with_model: Also those that only a model can be asked for: without evidence, and the base model alone.
    """
    found: dict[str, dict[str, Any]] = {FULL: {"description": "the assessment as it is"}}
    for part in PARTS:
        if with_model or part != "evidence":
            found[f"no-{part}"] = {"without": [part], "description": DESCRIPTIONS[part]}
    if with_model:
        found[BASE] = {"base": True, "description": "the model alone, with an ordinary prompt"}
    return found


def ablation(
    model: str,
    *,
    seeds: Sequence[int] = (1, 2, 3),
    sample: int | None = 60,
    temperature: float = 0.2,
    loader: str = "examples",
    path: Path | None = None,
    scorers: Sequence[str] = (),
    workers: int = 2,
    histories: int = HISTORIES,
) -> Experiment:
    """The experiment that `gradatim eval ablate` runs.

    Args:
        model: As the setting `model` names it; with `none`, variants that need a model are left out.
        seeds: Runs of every sample.
        sample: Examples drawn at random; all for `None`.
        loader, path: The data set.
        scorers: Keys; all that need no judge when none is given.

    Raises:
        InputError: A value is out of range, or the data set is not there.
    """
    data: dict[str, Any] = {"loader": loader, "seed": 1, "histories": histories}
    if path is not None and not path.exists():
        raise InputError("is not there", place=str(path), remedy="name the folder or file of the data set")
    if path is not None:
        data["path"] = str(path.resolve())
    if sample is not None:
        data["sample"] = sample
    plain: dict[str, Any] = {
        "experiment": "ablation",
        "description": "The assessment with one part taken away at a time, and the base model alone.",
        "data": data,
        "variants": variants(with_model=model != "none"),
        "models": [model],
        "seeds": list(seeds),
        "temperature": temperature,
        "workers": workers,
    }
    if scorers:
        plain["scorers"] = list(scorers)
    return parse_experiment(json.dumps(plain, indent=2) + "\n", "ablation", Path.cwd())
