"""What the command line gives to workflows: parameters and inputs, read as their types say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from gradatim.app.whose import Whose
from gradatim.domain import Submission, Task
from gradatim.errors import InputError, SubmissionError
from gradatim.graphs.workflow.analysis import Analysis
from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.plain import finite
from gradatim.graphs.workflow.spec import WorkflowSpec
from gradatim.graphs.workflow.types import item_type, show, without_null
from gradatim.settings import Settings
from gradatim.tools.submissions import read_submissions
from gradatim.tools.taskfile import load_task
from gradatim.tools.yamltree import Problems, compose, decode_utf8, read_limited

LIMIT = 20_000_000
"""Bytes that a file of values may have."""


def pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """`KEY=VALUE` as a mapping.

    Raises:
        InputError: One has no `=`, or a key stands twice.
    """
    found: dict[str, str] = {}
    for text in given:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            raise InputError(f"{text!r} is not KEY=VALUE", place=option, remedy=f"write e.g. `{option} rounds=1`")
        if key.strip() in found:
            raise InputError(f"{key.strip()!r} is given twice", place=option, remedy="give it once")
        found[key.strip()] = value
    return found


def parameters_from(given: Sequence[str], spec: WorkflowSpec) -> dict[str, Any]:
    """Parameters of a workflow from `--set KEY=VALUE`; whether they fit is checked with the workflow."""
    values: dict[str, Any] = {}
    for key, text in pairs(given, "--set").items():
        parameter = spec.parameters.get(key)
        values[key] = text if parameter is not None and parameter.type == "string" else literal(text, f"--set {key}")
    return values


def literal(text: str, place: str) -> Any:
    """A value written as YAML or JSON.

    Raises:
        InputError: It is neither, or holds what JSON does not have.
    """
    if not text.strip():
        return ""
    compose(text, Problems(place, InputError))  # refuses aliases and tags, with place
    try:
        value: Any = yaml.load(text, Loader=_PlainLoader)
        json.dumps(value, allow_nan=False)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise InputError(
            f"is no plain value: {error}".splitlines()[0], place=place, remedy="write it as JSON"
        ) from error
    return value


class _PlainLoader(yaml.SafeLoader):
    """Dates stay text."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


_NO_PROGRAMS = (".yaml", ".yml", ".json", ".toml", ".md")
"""Endings of files that a task or a value is in: likely the wrong file for a program."""


class Inputs:
    """Inputs of one run, as the command line gives them.

    Args:
        found: The workflow.
        whose: The learner whose programs are handed in.
    """

    def __init__(self, found: Analysis, settings: Settings, whose: Whose) -> None:
        self.found = found
        self.settings = settings
        self.whose = whose
        self._task: Task | None = None

    def read(self, given: Sequence[str]) -> dict[str, Any]:
        """The inputs as nouns and plain values; a program that cannot be read is an error.

        Raises:
            InputError: One is unknown, or cannot be read as its type.
        """
        texts = pairs(given, "--input")
        wanted = self.found.workflow.spec.inputs
        for key in texts:
            if key not in wanted and key != "language":
                raise InputError(
                    f"there is no input {key!r}", place="--input", remedy=did_you_mean(key, wanted, "inputs")
                )
        # programs belong to a task: tasks first
        ordered = sorted(texts, key=lambda key: Task not in without_null(self._type(key)))
        return {key: self._one(key, texts[key], self._type(key)) for key in ordered}

    def _type(self, key: str) -> Any:
        return self.found.inputs.get(key, Any)

    def _one(self, key: str, text: str, kind: Any) -> Any:
        members, place = without_null(kind), f"--input {key}"
        if Task in members and not text.lstrip().startswith("{"):
            self._task = load_task(text.removeprefix("@"))
            return self._task
        if Submission in members and not text.lstrip().startswith("{"):
            return self._programs(text.removeprefix("@"), place, several=False)[0]
        if _programs_wanted(kind) and not text.lstrip().startswith(("[", "{")):
            return self._programs(text.removeprefix("@"), place, several=True)
        if text.startswith("@"):
            return self._file(Path(text[1:]), place, members)
        return text if members == (str,) else literal(text, place)

    def _programs(self, path: str, place: str, *, several: bool) -> list[Submission]:
        if Path(path).suffix.lower() in _NO_PROGRAMS:
            raise InputError(
                "is no program", place=f"{place}: {path}", remedy="name a program, or a folder with programs"
            )
        found: list[Submission] = []
        for handed_in in read_submissions([path], self.settings, None):
            if isinstance(handed_in, SubmissionError):
                raise handed_in
            found.append(
                self.whose.own(handed_in.submission(self._task_id(place)))
                if self.whose.id
                else handed_in.submission(self._task_id(place))
            )
        if not found or (not several and len(found) > 1):
            raise InputError(
                f"holds {len(found)} programs, and {'at least one' if several else 'exactly one'} is wanted",
                place=f"{place}: {path}", remedy="name one program" if not several else "name a folder with programs",
            )  # fmt: skip
        return found

    def _task_id(self, place: str) -> str:
        if self._task is None:
            raise InputError(
                "a program belongs to a task, and none is given",
                place=place,
                remedy="give `--input task=TASK.yaml` too",
            )
        return self._task.id

    def _file(self, path: Path, place: str, members: tuple[Any, ...]) -> Any:
        problems = Problems(str(path), InputError)
        text = decode_utf8(read_limited(path, LIMIT, problems), problems)
        if members == (str,):
            return text
        if path.suffix.lower() == ".json":
            try:
                value = json.loads(text)
            except (ValueError, RecursionError) as error:
                raise InputError(f"is not JSON: {error}", place=str(path), remedy="correct the file") from error
            if not finite(value):
                raise InputError("holds NaN or infinity", place=str(path), remedy="JSON does not have them")
            return value
        return literal(text, str(path))


def _programs_wanted(kind: Any) -> bool:
    """Whether an input is a list of programs."""
    item = item_type(kind)
    return item is not None and Submission in without_null(item)


def about_inputs(found: Analysis) -> str:
    """How the inputs of a workflow are given, for a person."""
    parts: list[str] = []
    for key in found.workflow.spec.inputs:
        kind = found.inputs.get(key, Any)
        members = without_null(kind)
        what = "TASK.yaml" if Task in members else "PROGRAM.py" if Submission in members else None
        if what is None and _programs_wanted(kind):
            what = "FOLDER"
        parts.append(f"--input {key}={what or f'VALUE ({show(kind)})'}")
    return " ".join(parts)
