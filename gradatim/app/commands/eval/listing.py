"""`gradatim eval list`: what experiments can be made of."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import click

from gradatim.app.console import emit, out, say, shorten, table
from gradatim.app.options import json_option
from gradatim.errors import GradatimError, InputError

_LOOKED_AT = 100
"""Lines of a file."""
_WHAT = ("scorers", "data", "variants", "experiments", "schema")


@click.command("list")
@click.argument("what", required=False, type=click.Choice(_WHAT))
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@json_option
def list_all(what: str | None, folder: Path | None, as_json: bool) -> None:
    """List scorers, data sets, variants and experiments; with one of these words, only those.

    Experiments are the files (*.yaml) and the folders of results in FOLDER: the working directory, its examples and
    results when not given. `schema` prints the JSON Schema of experiment files.

    Exit codes: 0 listed; 2 there is no such folder.
    """
    if what == "schema":
        from gradatim.evals.experiments import json_schema

        emit(json_schema(), indent=2)
        return
    chosen = [what] if what else [item for item in _WHAT if item != "schema"]
    makers = {"scorers": _scorers, "data": _data, "variants": _variants, "experiments": lambda: _experiments(folder)}
    found = {name: makers[name]() for name in chosen}
    if as_json:
        emit(found)
        return
    for number, (name, entries) in enumerate(found.items()):
        if len(found) > 1:
            out(("" if number == 0 else "\n") + name.upper())
        if not entries:
            say(f"no {name} here")
            continue
        columns = list(entries[0])[: 3 if name in ("scorers", "experiments") else 2]
        out(table([[str(entry[column]) for column in columns] for entry in entries]))


def _scorers() -> list[dict[str, Any]]:
    from gradatim.evals.judging import packaged_rubrics
    from gradatim.evals.judging.scorers import PREFIX
    from gradatim.evals.scorers import SCORERS

    found: list[dict[str, Any]] = [
        {"key": info.key, "family": info.family, "summary": info.summary, "unit": info.unit, "needs": list(info.needs)}
        for info in SCORERS.values()
    ]
    for dimension, rubric in packaged_rubrics().items():
        summary, needs = f"{rubric.question} (with --judge)", ["a judge", "outputs.messages"]
        found.append({"key": PREFIX + dimension, "family": "judged", "summary": summary, "unit": None, "needs": needs})
    return found


def _data() -> list[dict[str, Any]]:
    from gradatim.evals.datasets import DATA_SETS

    return [
        {"name": item.name, "summary": item.summary, "needs": item.needs, "options": list(item.options())}
        for item in DATA_SETS.values()
    ]


def _variants() -> list[dict[str, Any]]:
    from gradatim.evals.experiments.ablations import variants

    return [{"name": name, "summary": item["description"], "written": item} for name, item in variants().items()]


def _experiments(folder: Path | None) -> list[dict[str, Any]]:
    from gradatim.evals.experiments import read_experiment
    from gradatim.evals.results import MANIFEST, open_results

    if folder is not None and not folder.is_dir():
        raise InputError("is no folder", place=str(folder), remedy="name one that holds experiments or results")
    folders = [folder] if folder is not None else [Path(), Path("examples/experiments"), Path("results")]
    found: list[dict[str, Any]] = []
    for place in folders:
        if not place.is_dir():
            continue
        for path in sorted(place.glob("*.yaml")):
            try:
                experiment = read_experiment(path)
            except GradatimError as error:
                if _means_one(path):  # else it is some other YAML file
                    told = f"cannot be read: {shorten(str(error), 100)}"
                    found.append({"path": str(path), "name": path.stem, "summary": told})
                continue
            found.append({"path": str(path), "name": experiment.name, "summary": experiment.spec.description})
        for path in sorted((*place.glob(f"*/{MANIFEST}"), *place.glob(MANIFEST))):
            try:
                about = open_results(path.parent).manifest
            except GradatimError:
                continue
            state = "finished" if about.get("finished") else "not finished"
            found.append({"path": str(path.parent), "name": about["name"], "summary": f"results, {state}"})
    return found


def _means_one(path: Path) -> bool:
    """Whether a file that is no experiment was meant as one: a line of it names an experiment."""
    try:
        with path.open("rb") as file:
            return any(line.startswith(b"experiment:") for line in islice(file, _LOOKED_AT))
    except OSError:
        return False
