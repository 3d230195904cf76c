"""Experiment files read: YAML to the model, and every mistake told with file, line and remedy."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import BaseModel, ValidationError

from gradatim.errors import InputError, SettingsError
from gradatim.evals.experiments.spec import CHANGEABLE, CohortSpec, DataSpec, ExperimentSpec, VariantSpec
from gradatim.settings import Settings, load_settings
from gradatim.tools.yamltree import Problems, compose, decode_utf8, describe, line_of, read_limited, scalar_text, tag_of

LIMIT = 200_000
"""Bytes that an experiment file may have."""
DEPTH = 12
_Place = tuple[str | int, ...]
_SYNONYMS = {
    "name": "experiment", "dataset": "data", "model": "models", "seed": "seeds", "variant": "variants",
    "scorer": "scorers", "metrics": "scorers", "ablate": "without", "minus": "without", "n": "sample", "file": "path",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment, ready to be run.

    Attributes:
        source: The file as the person named it, or what stands for one.
        text: What the file says; what is written to the folder of results.
        folder: Where relative paths are seen from.
    """

    spec: ExperimentSpec
    source: str
    text: str
    folder: Path

    @property
    def name(self) -> str:
        return self.spec.experiment

    def resolved(self, path: str) -> Path:
        """A path of the file, seen from here."""
        return self.folder / Path(path).expanduser()


def read_experiment(path: Path) -> Experiment:
    """The experiment that a file describes.

    Raises:
        InputError: It cannot be read, is no YAML, or does not describe an experiment; names every line.
    """
    problems = Problems(str(path), InputError)
    text = decode_utf8(read_limited(path, LIMIT, problems), problems)
    return parse_experiment(text, str(path), path.parent)


def parse_experiment(text: str, source: str, folder: Path) -> Experiment:
    """The experiment that a text describes.

    Args:
        source: What stands before line numbers in errors.
        folder: Where relative paths are seen from.

    Raises:
        InputError: As for `read_experiment`.
    """
    problems = Problems(source, InputError)
    root = compose(text, problems)
    if not isinstance(root, yaml.MappingNode):
        raise problems.fatal(
            line_of(root), f"is {describe(root)}, not a mapping", "write `experiment: NAME`, `data:`, `variants:`"
        )
    lines: dict[_Place, int] = {}
    data = _plain(root, (), lines, problems)
    problems.raise_if_any()
    try:
        spec = ExperimentSpec.model_validate(data)
    except ValidationError as error:
        _explain(error, data, lines, problems)
        problems.raise_if_any()
        raise  # an error that nothing was said about would be a gap in `_explain`
    experiment = Experiment(spec, source, text, folder)
    _look(experiment, lines, problems)
    problems.raise_if_any()
    return experiment


def _plain(node: yaml.Node, path: _Place, lines: dict[_Place, int], problems: Problems) -> Any:
    """A YAML node as plain data; notes the line of each value."""
    lines.setdefault(path, line_of(node))
    if len(path) > DEPTH:
        problems.add(line_of(node), "is nested too deeply", f"use at most {DEPTH} levels")
        return None
    if isinstance(node, yaml.SequenceNode):
        items = cast("list[yaml.Node]", node.value)
        return [_plain(item, (*path, index), lines, problems) for index, item in enumerate(items)]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            if not isinstance(key_node, yaml.ScalarNode):
                problems.add(line_of(key_node), f"{describe(key_node)} stands as a key", "use a word as the key")
                continue
            key = scalar_text(key_node)
            if key in found:
                first = lines[(*path, key)]
                problems.add(line_of(key_node), f"{key!r} is given twice, first on line {first}", "keep one of the two")
                continue
            lines[(*path, key)] = line_of(key_node)
            found[key] = _plain(value, (*path, key), lines, problems)
        return found
    return _scalar(node, problems)


def _scalar(node: yaml.Node, problems: Problems) -> Any:
    tag, text = tag_of(node), scalar_text(node)
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() in {"true", "yes", "on"}
    if tag in {"int", "float"}:
        try:
            number = int(text.replace("_", ""), 10) if tag == "int" else float(text.replace("_", ""))
        except ValueError:
            number = math.nan  # 0x10, 1:30
        if math.isfinite(number):
            return number
        problems.add(line_of(node), f"{text} is not a plain number", "write it in digits, or as text between quotes")
        return None
    if tag in {"str", "timestamp", "value", "merge"}:
        return text
    problems.add(line_of(node), f"has the tag {tag!r}", "leave the tag out: only plain values are read")
    return None


def _explain(error: ValidationError, data: Any, lines: dict[_Place, int], problems: Problems) -> None:
    """Tell what pydantic found, each place once."""
    told: set[_Place] = set()
    for item in error.errors(include_url=False):
        place = _within(item["loc"], data)
        said = str(item["msg"]).replace("Value error, ", "")
        if not place and (said.partition(":")[0],) in lines:  # a rule about several keys names the one to look at
            place, said = (said.partition(":")[0],), said.partition(":")[2].strip()
        if place in told:
            continue
        told.add(place)
        name, kind = (str(place[-1]) if place else "the file"), str(item["type"])
        if kind == "missing":
            missing = str(item["loc"][-1])
            problems.add(_line(place, lines), f"{missing!r} is missing", f"add `{missing}:`")
        elif kind == "extra_forbidden":
            known = list(_model_at(place[:-1]).model_fields)
            guess = _SYNONYMS.get(name.lower())
            remedy = f"did you mean {guess!r}?" if guess in known else _did_you_mean(name, known)
            problems.add(_line(place, lines), f"unknown key {name!r}", remedy)
        elif kind == "string_pattern_mismatch":
            remedy = "use letters, digits and any of _ . + -, beginning with a letter, at most 64"
            problems.add(_line(place, lines), f"{item.get('input')!r} is not a name", remedy)
        else:
            message = said.replace("Input should be", "has to be")
            shown = "" if kind == "value_error" else f", not {_short(item.get('input'))}"
            problems.add(_line(place, lines), f"{name!r}: {message}{shown}", "see docs/experiments.md")


def _within(loc: Sequence[str | int], data: Any) -> _Place:
    """The part of pydantic's location that stands in the data."""
    found: list[str | int] = []
    here = data
    for step in loc:
        if isinstance(here, dict) and step in here:
            here = cast("dict[str | int, Any]", here)[step]
        elif isinstance(here, list) and isinstance(step, int) and step < len(cast("list[Any]", here)):
            here = cast("list[Any]", here)[step]
        else:
            continue
        found.append(step)
    return tuple(found)


def _model_at(place: _Place) -> type[BaseModel]:
    match place:
        case ("data",):
            return DataSpec
        case ("variants", _):
            return VariantSpec
        case ("cohort",):
            return CohortSpec
        case _:
            return ExperimentSpec


def _look(experiment: Experiment, lines: dict[_Place, int], problems: Problems) -> None:
    """What the model of the file cannot see: names that have to be known, files that have to be there."""
    from gradatim.evals.datasets import DATA_SETS
    from gradatim.evals.experiments.scoring import known_scorers

    spec = experiment.spec
    if spec.data.loader not in DATA_SETS:
        place = _line(("data", "loader"), lines)
        problems.add(place, f"there is no data set {spec.data.loader!r}", _did_you_mean(spec.data.loader, DATA_SETS))
    for key in ("path", "groups"):
        value = getattr(spec.data, key)
        if value is not None and not experiment.resolved(value).exists():
            problems.add(_line(("data", key), lines), f"{value!r} is not there", "paths are seen from the file itself")
    for key in spec.data.options:
        if key in ("sample", "seed", "groups", "path"):
            remedy = f"write `{key}:` beside `options:`, not in it"
            problems.add(_line(("data", "options", key), lines), f"{key!r} is no option of a loader", remedy)
    scorers = known_scorers()
    for number, name in enumerate(spec.scorers):
        if name not in scorers:
            remedy = _did_you_mean(name, scorers)
            problems.add(_line(("scorers", number), lines), f"there is no scorer {name!r}", remedy)
    for name in spec.variants:
        _look_at_variant(experiment, name, lines, problems)


def _look_at_variant(experiment: Experiment, name: str, lines: dict[_Place, int], problems: Problems) -> None:
    variant, place = experiment.spec.variant(name), ("variants", name)
    workflow = variant.workflow
    if workflow is not None and not workflow.startswith("packaged:") and not experiment.resolved(workflow).is_file():
        remedy = "name a workflow file, seen from the experiment file, or packaged:NAME"
        problems.add(_line((*place, "workflow"), lines), f"{workflow!r} is not there", remedy)
    for key, value in variant.settings.items():
        here = _line((*place, "settings", key), lines)
        if key not in CHANGEABLE:
            known = f"a variant may change {', '.join(CHANGEABLE)}"
            what = "cannot differ between variants" if key in Settings.model_fields else "is no setting"
            problems.add(here, f"{key!r} {what}", known)
            continue
        if key == "policy":
            if not isinstance(value, str) or not experiment.resolved(value).is_file():
                problems.add(here, f"{_short(value)} is no policy file", "name a file, seen from the experiment file")
            continue
        try:
            load_settings(**{key: value})
        except SettingsError as error:
            problems.add(here, f"{key!r}: {error.message}", f"give another value than {_short(value)}")


def _line(place: _Place, lines: dict[_Place, int]) -> int | None:
    return next((lines[place[:length]] for length in range(len(place), -1, -1) if place[:length] in lines), None)


def _did_you_mean(wrong: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(wrong, names, n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
