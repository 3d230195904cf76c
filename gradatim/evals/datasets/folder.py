"""Folders of exercises and of the programs that learners wrote for them.

```
tasks/TASK.yaml           task files
submissions/TASK/*.py     programs
expected.yaml             what is known of them, where there is something (as examples/expected.yaml)
groups.csv                attributes of their authors, where there are some (column `submission`: TASK/FILE)
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from gradatim.domain import Task
from gradatim.errors import InputError, SubmissionError
from gradatim.evals.datasets.example import Example, assessment_example
from gradatim.evals.datasets.grouping import grouped
from gradatim.settings import Settings
from gradatim.tools.submissions import read_submissions
from gradatim.tools.taskfile import load_task
from gradatim.tools.yamltree import Problems, compose, decode_utf8, line_of, read_limited

_EXPECTED_LIMIT = 16_000_000
_KEYS = ("verdict", "lines", "misconception", "misconceptions", "held_out", "concepts", "scores")
_IDS = {"misconception": "misconceptions", "misconceptions": "misconceptions", "concepts": "objectives"}
"""Keys that hold ids, and what a reference calls them."""
_VERDICTS = ("correct", "incorrect")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a file says of one program."""

    place: str
    facts: Mapping[str, Any]


def load_examples(path: Path | None, *, held_out: bool | None = None) -> Iterator[Example]:
    """The programs of `examples/`.

    Args:
        path: That folder; the one of the checkout when not given.
        held_out: Only programs that were (or were not) labelled before any method had seen them.

    Raises:
        InputError: There is no such folder.
    """
    if path is None:
        path = Path(__file__).parents[3] / "examples"
        if not (path / "expected.yaml").is_file():
            raise InputError(
                "the examples are not installed",
                place="data set examples",
                remedy="name the folder examples/ of the source distribution",
            )
    return load_folder(path, held_out=held_out)


def load_folder(
    path: Path, *, tasks: Sequence[str] | str | None = None, held_out: bool | None = None
) -> Iterator[Example]:
    """The programs of a folder, task by task.

    Args:
        path: The folder.
        tasks: Only these tasks (ids; a text may name several with commas).
        held_out: Only programs that `expected.yaml` says (`True`) or does not say (`False`) are held out.

    Raises:
        InputError: The folder is not of this shape, a program cannot be read, or `expected.yaml` names one that is
            not there.
    """
    path = Path(path)
    wanted = tuple(part.strip() for part in tasks.split(",")) if isinstance(tasks, str) else tasks
    known = _tasks(path)
    if wanted is not None and (missing := [name for name in wanted if name not in known]):
        remedy = f"name some of: {', '.join(sorted(known))}"
        raise InputError(f"has no task {missing[0]!r}", place=str(path / "tasks"), remedy=remedy)
    expected = read_expected(path / "expected.yaml") if (path / "expected.yaml").is_file() else {}
    for (task_id, name), entry in expected.items():
        if task_id not in known or not (path / "submissions" / task_id / name).is_file():
            raise InputError(
                f"names {task_id}/{name}, which is not there",
                place=entry.place,
                remedy=f"add {path / 'submissions' / task_id / name}, or remove the entry",
            )
    found = _examples(path, [known[name] for name in (wanted or sorted(known))], expected, held_out)
    return grouped(found, path / "groups.csv") if (path / "groups.csv").is_file() else found


def read_expected(path: Path) -> dict[tuple[str, str], Expected]:
    """What a file `expected.yaml` says, by task and file name.

    Raises:
        InputError: It is not of that shape; names every line that is wrong.
    """
    problems = Problems(str(path), InputError)
    root = compose(decode_utf8(read_limited(path, _EXPECTED_LIMIT, problems), problems), problems)
    found: dict[tuple[str, str], Expected] = {}
    for task, files in _entries(root, "a mapping of tasks", problems):
        for name, node in _entries(files, f"a mapping of the programs of {task}", problems):
            facts: Any = yaml.SafeLoader("").construct_document(node)  # pyright: ignore[reportUnknownMemberType]
            reference = _reference(facts, line_of(node), problems)
            if (task, name) in found:
                problems.add(line_of(node), f"{task}/{name} is given twice", "keep one of the entries")
            found[task, name] = Expected(f"{path}:{line_of(node)}", reference)
    problems.raise_if_any()
    return found


def _tasks(path: Path) -> dict[str, Task]:
    files = sorted((path / "tasks").glob("*.yaml"))
    if not files:
        raise InputError("holds no tasks/*.yaml", place=str(path), remedy="name a folder of the shape of examples/")
    found: dict[str, Task] = {}
    for file in files:
        task = load_task(file)
        if task.id in found:
            raise InputError(f"a second task has the id {task.id!r}", place=str(file), remedy="give it another id")
        found[task.id] = task
    return found


def _examples(
    path: Path, tasks: Sequence[Task], expected: Mapping[tuple[str, str], Expected], held_out: bool | None
) -> Iterator[Example]:
    settings = Settings()
    count = 0
    for task in tasks:
        folder = path / "submissions" / task.id
        for file in sorted(folder.glob("*.py")):
            entry = expected.get((task.id, file.name))
            reference = {} if entry is None else dict(entry.facts)
            if held_out is not None and (reference.get("held_out") is True) != held_out:
                continue
            for handed_in in read_submissions([file], settings):
                if isinstance(handed_in, SubmissionError):
                    raise handed_in
                submission = handed_in.submission(task.id).model_copy(update={"filename": file.name})
                count += 1
                yield assessment_example(f"{task.id}/{file.name}", task, submission, reference)
    if not count:
        remedy = "put programs into submissions/TASK/*.py, TASK being the id of a task"
        raise InputError("holds no programs for its tasks", place=str(path / "submissions"), remedy=remedy)


def _entries(node: yaml.Node, what: str, problems: Problems) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        problems.add(line_of(node), f"is not {what}", "write `name: {verdict: …}` entries")
        return
    for key, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
        yield str(key.value), value


def _reference(facts: Any, line: int, problems: Problems) -> dict[str, Any]:
    """The facts of one program as `Trace.reference` names them."""
    remedy = "write {verdict: incorrect, lines: [4], misconception: [off-by-one-loop]}"
    if not isinstance(facts, dict):
        problems.add(line, "is not a mapping", remedy)
        return {}
    given = cast("dict[str, Any]", facts)
    for key in given:
        if key not in _KEYS:
            problems.add(line, f"{key!r} is not known here", f"keys: {', '.join(_KEYS)}")
    found: dict[str, Any] = {key: given[key] for key in ("held_out", "scores") if key in given}
    verdict = given.get("verdict")
    if verdict is not None and verdict not in _VERDICTS:
        problems.add(line, f"{verdict!r} is no verdict", "write correct or incorrect")
    elif verdict is not None:
        found["verdict"] = verdict
    lines = given.get("lines")
    if lines is not None:
        if not isinstance(lines, list) or not all(
            isinstance(item, int) and not isinstance(item, bool) and item > 0 for item in cast("list[Any]", lines)
        ):
            problems.add(line, "`lines` is not a list of line numbers", remedy)
        else:
            found["lines"] = lines
    for name, key in _IDS.items():
        texts = given.get(name)
        if texts is not None:
            if not isinstance(texts, list) or not all(isinstance(item, str) for item in cast("list[Any]", texts)):
                problems.add(line, f"`{name}` is not a list of ids", remedy)
            else:
                found[key] = texts
    return found
