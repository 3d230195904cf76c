"""Units that are compared: learners where they are known, else submissions, each with its groups and figures.

Runs of one learner resemble each other. Counting each as an independent case would make chance look like a difference,
so seeds of a sample are averaged first, and samples of a learner then.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from gradatim.errors import InputError
from gradatim.evals.datasets.grouping import read_groups
from gradatim.evals.fairness.measures import MEASURES, Measure, judged, measured
from gradatim.evals.results import Results
from gradatim.evals.traces import Trace, read_traces

RIGHTNESS = "calibration"
"""Scorer that tells whether every statement of a run is right, with the confidence in its metadata."""


@dataclass(frozen=True, slots=True)
class Work:
    """One sample of a unit.

    Attributes:
        task: Id of its exercise; empty where it is not known.
        values: Measure → mean over the sample's seeds.
    """

    task: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Unit:
    """A learner, or a submission whose learner is not known.

    Attributes:
        groups: Attribute → value.
        values: Measure → mean over the unit's runs; only what was measured.
        pairs: Confidence and whether all statements are right, of each run where both are known.
        works: Its samples by themselves.
        runs: How many it has.
    """

    id: str
    groups: Mapping[str, str]
    values: Mapping[str, float]
    pairs: tuple[tuple[float, float], ...] = ()
    works: tuple[Work, ...] = ()
    runs: int = 0


@dataclass(frozen=True, slots=True)
class Cases:
    """What an audit looks at.

    Attributes:
        variant: Whose runs.
        learners: Whether units are learners.
        runs, samples: How many there were.
        failed: Runs without any figure.
        measures: Those that at least one unit has, by key.
    """

    units: tuple[Unit, ...]
    variant: str
    model: str
    learners: bool
    runs: int
    samples: int
    failed: int
    measures: Mapping[str, Measure]


@dataclass(slots=True)
class _Sample:
    """What is gathered of a sample over its seeds."""

    learner: str | None
    task: str
    groups: dict[str, str]
    sums: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    pairs: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    runs: int = 0


@dataclass(slots=True)
class _Runs:
    """What is gathered of a variant with a model."""

    samples: dict[str, _Sample] = field(default_factory=dict[str, _Sample])
    delivered: dict[str, float] = field(default_factory=dict[str, float])
    ids: set[str] = field(default_factory=set[str])
    count: int = 0
    failed: int = 0


def read_cases(
    results: Results,
    *,
    variant: str | None = None,
    model: str | None = None,
    keys: Iterable[str] = (),
    groups: Path | None = None,
) -> Cases:
    """Read an experiment's runs.

    Args:
        results: The experiment.
        variant: Whose runs; `full`, or the only one, when not given.
        model: Of those; the only one when not given.
        keys: Scores of the experiment that are compared as well.
        groups: CSV file of attributes, besides those that the traces hold.

    Raises:
        InputError: Nothing can be compared, a name is not known, or a file cannot be read.
    """
    by, table = ("sample", dict[str, dict[str, str]]()) if groups is None else read_groups(groups)
    met = groups is None
    read: dict[tuple[str, str], _Runs] = defaultdict(_Runs)
    for trace in read_traces(results.traces):
        runs = read[_text(trace, "variant", "full"), _text(trace, "model", "")]
        if trace.id in runs.ids:  # a run that was killed may have written a cell twice
            continue
        runs.ids.add(trace.id)
        name, learner, values = _text(trace, "sample", trace.id), _learner(trace), measured(trace)
        sample = runs.samples.setdefault(name, _Sample(learner, _task(trace), _groups(trace)))
        if (named := table.get((learner or "") if by == "learner" else name)) is not None:
            met = True
            sample.groups |= _named_groups(named)
        for key, value in values.items():
            sample.sums[key].append(value)
        if "delivered" in values:
            runs.delivered[trace.id] = values["delivered"]
        sample.runs += 1
        runs.count += 1
        runs.failed += not values
    if not read:
        raise InputError("holds no runs", place=str(results.traces), remedy="run the experiment: gradatim eval run")
    if not met:
        remedy = "name them as the experiment's traces do"
        raise InputError(f"names no {by} of these runs", place=str(groups), remedy=remedy)
    chosen = _chosen(results, read, variant, model)
    runs = read[chosen]
    wanted = tuple(dict.fromkeys(keys))
    known = _add_scores(results, runs, chosen, wanted)
    units, learners = _units(runs.samples)
    measures = {**MEASURES, **known}
    present = {key for unit in units for key in unit.values}
    kept = {key: item for key, item in measures.items() if key in present}
    return Cases(units, *chosen, learners, runs.count, len(runs.samples), runs.failed, kept)


def _chosen(
    results: Results, found: Iterable[tuple[str, str]], variant: str | None, model: str | None
) -> tuple[str, str]:
    """The variant and model that are looked at, of those that there are."""
    found = list(found)
    variants = list(dict.fromkeys(name for name, _ in found))
    if variant is None and (len(variants) == 1 or "full" in variants):
        variant = "full" if "full" in variants else variants[0]
    if variant not in variants:
        raise _no_such("variant", variant, variants, results)
    models = [name for of, name in found if of == variant]
    if model is None and len(models) == 1:
        model = models[0]
    if model not in models:
        raise _no_such("model", model, models, results)
    return variant, model


def _no_such(what: str, name: str | None, known: Iterable[str], results: Results) -> InputError:
    listed = ", ".join(known)
    if name is None:
        return InputError(f"holds the {what}s {listed}", place=str(results.folder), remedy=f"name one with --{what}")
    return InputError(f"holds no {what} {name!r}", place=str(results.folder), remedy=f"{what}s: {listed}")


def _add_scores(results: Results, runs: _Runs, chosen: tuple[str, str], keys: tuple[str, ...]) -> dict[str, Measure]:
    """Scores of the experiment, and what follows from whether statements are right."""
    met: dict[str, bool] = {}
    seen: set[tuple[str, str]] = set()
    scores = results.scores() if (results.folder / "scores.jsonl").is_file() else iter(())
    for scored in scores:
        sample = runs.samples.get(scored.sample)
        if sample is None or (scored.variant, scored.model) != chosen:
            continue
        for attribute, value in _named_groups(scored.groups).items():
            sample.groups.setdefault(attribute, value)
        if scored.score is None or not math.isfinite(scored.score) or (scored.trace, scored.key) in seen:
            continue
        seen.add((scored.trace, scored.key))
        if scored.key == RIGHTNESS:
            metadata: Any = scored.metadata
            probability = cast("dict[str, Any]", metadata).get("probability") if isinstance(metadata, dict) else None
            for key, value in judged(scored.score, probability, runs.delivered.get(scored.trace)).items():
                sample.sums[key].append(value)
            if isinstance(probability, int | float) and 0.0 <= probability <= 1.0 and scored.score in (0.0, 1.0):
                sample.pairs.append((float(probability), scored.score))
        if scored.key in keys:
            sample.sums[f"score:{scored.key}"].append(scored.score)
            met[scored.key] = met.get(scored.key, True) and scored.score in (0.0, 1.0)
    if missing := [key for key in keys if key not in met]:
        remedy = "see scores.jsonl for the keys that the experiment has"
        raise InputError(f"holds no score {missing[0]!r}", place=str(results.folder), remedy=remedy)
    return {
        f"score:{key}": Measure(f"score:{key}", "share" if yes_no else "number", f"{key.replace('_', ' ')}")
        for key, yes_no in met.items()
    }


def _units(samples: Mapping[str, _Sample]) -> tuple[tuple[Unit, ...], bool]:
    """Samples put together by learner, where every sample has one."""
    learners = bool(samples) and all(sample.learner is not None for sample in samples.values())
    gathered: dict[str, list[_Sample]] = defaultdict(list)
    for name, sample in samples.items():
        gathered[cast("str", sample.learner) if learners else name].append(sample)
    units: list[Unit] = []
    for name, parts in gathered.items():
        works = tuple(
            Work(part.task, {key: math.fsum(values) / len(values) for key, values in part.sums.items()})
            for part in parts
        )
        means: dict[str, list[float]] = defaultdict(list)
        for work in works:
            for key, value in work.values.items():
                means[key].append(value)
        values = {key: math.fsum(found) / len(found) for key, found in means.items()}
        pairs = tuple(pair for part in parts for pair in part.pairs)
        units.append(Unit(name, _common(parts), values, pairs, works, sum(part.runs for part in parts)))
    return tuple(units), learners


def _common(parts: Iterable[_Sample]) -> dict[str, str]:
    """Groups of a unit.

    Raises:
        InputError: Its samples contradict each other.
    """
    found: dict[str, str] = {}
    for part in parts:
        for attribute, value in part.groups.items():
            if found.setdefault(attribute, value) != value:
                raise InputError(
                    f"a learner is in two groups of {attribute!r}",
                    place="groups",
                    remedy="let all runs of a learner name the same group (the learner's id is not shown here)",
                )
    return found


def _groups(trace: Trace) -> dict[str, str]:
    return _named_groups(trace.attributes.get("groups"))


def _named_groups(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        return {}
    # on one line each, for they stand in sentences and tables
    plain = {_line(key): _line(value) for key, value in cast("dict[Any, Any]", given).items() if value is not None}
    return {key: value for key, value in plain.items() if value}


def _line(value: object) -> str:
    return " ".join(str(value).split())


def _learner(trace: Trace) -> str | None:
    learner: Any = trace.inputs.get("learner")
    if learner is None:
        submission: Any = trace.inputs.get("submission")
        if isinstance(submission, dict):
            learner = cast("dict[str, Any]", submission).get("learner_id")
    return learner if isinstance(learner, str) and learner else None


def _task(trace: Trace) -> str:
    task: Any = trace.inputs.get("task")
    found: Any = cast("dict[str, Any]", task).get("id") if isinstance(task, dict) else trace.inputs.get("task_id")
    return found if isinstance(found, str) else ""


def _text(trace: Trace, name: str, default: str) -> str:
    value = trace.attributes.get(name)
    return value if isinstance(value, str) else default
