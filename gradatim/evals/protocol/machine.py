"""What a system scored, by variant and work: its rubric in the traces of an experiment, or any score of it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from gradatim.errors import InputError
from gradatim.evals.protocol.agreement import COMPOSITE
from gradatim.evals.results import Results
from gradatim.evals.traces import read_traces

Scores = Mapping[str, float]
"""Sample → score, mean over the seeds."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What a system scored.

    Attributes:
        scores: Variant → dimension (or `composite`) → sample → score.
        unmeasured: Variant → dimension → runs in which it was not measured.
        runs: Variant → runs that were read.
    """

    scores: Mapping[str, Mapping[str, Scores]]
    unmeasured: Mapping[str, Mapping[str, int]]
    runs: Mapping[str, int]


def machine_scores(results: Results, dimensions: tuple[str, ...], key: str | None = None) -> Machine:
    """Read an experiment's scores.

    Args:
        results: The experiment.
        dimensions: Of the rubric.
        key: Of a scorer whose score stands for the composite; without it, the runs' own rubric counts.

    Raises:
        InputError: The experiment holds no such scores.
    """
    sums: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    unmeasured: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    runs: dict[str, int] = defaultdict(int)
    rows = _rubrics(results, dimensions) if key is None else _scored(results, key)
    for variant, model, sample, values in rows:
        name = (variant, model)
        label = _label(name)
        runs[label] += 1
        for dimension, value in values.items():
            if value is None:
                unmeasured[label][dimension] += 1
            else:
                sums[label, dimension, sample].append(value)
    if not sums:
        what = "rubrics in its traces" if key is None else f"scores {key!r}"
        raise InputError(
            f"holds no {what}",
            place=str(results.folder),
            remedy="run assessments in the experiment, or name one of its scores with --key",
        )
    scores: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for (label, dimension, sample), values in sums.items():
        scores[label][dimension][sample] = math.fsum(values) / len(values)
    return Machine(*_named(scores, unmeasured, runs))


def _rubrics(results: Results, dimensions: tuple[str, ...]) -> Any:
    seen: set[tuple[str, str, str]] = set()
    for trace in read_traces(results.traces):
        sample = trace.attributes.get("sample")
        variant, model = str(trace.attributes.get("variant", "full")), str(trace.attributes.get("model", ""))
        if not isinstance(sample, str) or (trace.id, variant, model) in seen:
            continue  # no sample of a data set; or written twice by a run that was killed
        seen.add((trace.id, variant, model))
        rubric: Any = trace.outputs.get("rubric")
        values: dict[str, float | None] = dict.fromkeys((*dimensions, COMPOSITE))
        if isinstance(rubric, dict):
            given = cast("dict[str, Any]", rubric)
            values[COMPOSITE] = _number(given.get("value"))
            measures: Any = given.get("measures")
            for measure in cast("list[Any]", measures) if isinstance(measures, list) else []:
                if isinstance(measure, dict):
                    item = cast("dict[str, Any]", measure)
                    if item.get("name") in values:
                        values[item["name"]] = _number(item.get("value"))
        yield variant, model, sample, values


def _scored(results: Results, key: str) -> Any:
    for scored in results.scores():
        if scored.key == key:
            yield scored.variant, scored.model, scored.sample, {COMPOSITE: _number(scored.score)}


def _label(name: tuple[str, str]) -> str:
    return "\x1f".join(name)


def _named(*parts: Mapping[str, Any]) -> tuple[Any, ...]:
    """Variants by their own names; with the model where an experiment has several."""
    labels = list(parts[0])
    several = len({label.partition("\x1f")[2] for label in labels}) > 1
    names = {label: label.replace("\x1f", " · ") if several else label.partition("\x1f")[0] for label in labels}
    return tuple({names[label]: value for label, value in part.items() if label in names} for part in parts)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
