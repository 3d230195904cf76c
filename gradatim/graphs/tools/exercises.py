"""The exercises that tools may be asked about, read from task files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gradatim.domain import Task
from gradatim.errors import InputError
from gradatim.tools.taskfile import load_task


def read_tasks(paths: Iterable[str | Path]) -> dict[str, Task]:
    """The tasks of these files and folders by id; of a folder every `*.yaml` and `*.yml` in it, sorted.

    Raises:
        InputError: A path does not exist, a folder holds no task, or two files hold tasks of one id.
        TaskFileError: A task file is wrong.
    """
    tasks: dict[str, Task] = {}
    places: dict[str, Path] = {}
    for given in paths:
        for path in _files(Path(given)):
            task = load_task(path)
            if task.id in tasks:
                raise InputError(
                    f"task {task.id!r} stands in {places[task.id]} as well",
                    place=str(path),
                    remedy="name each task once, or give one of them another id",
                )
            tasks[task.id], places[task.id] = task, path
    return tasks


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(item for item in path.iterdir() if item.suffix in (".yaml", ".yml") and item.is_file())
    if not found:
        raise InputError("holds no task file", place=str(path), remedy="name a folder of task files (*.yaml)")
    return found
