"""The examples, as the tests read them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gradatim.domain import Submission, Task
from gradatim.tools.taskfile import load_task

EXAMPLES = Path(__file__).parents[2] / "examples"
CURRICULUM = Path(__file__).parents[2] / "gradatim" / "kg" / "curricula" / "python"


@dataclass(frozen=True, slots=True)
class Example:
    """A submission of the examples and what is known about it."""

    task_id: str
    file: str
    code: str
    verdict: str
    lines: tuple[int, ...]
    misconceptions: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.task_id}/{self.file}"

    def submission(self) -> Submission:
        return Submission.of(self.task_id, self.code, self.file)


@cache
def tasks() -> dict[str, Task]:
    """Every example task by id."""
    found = [load_task(path) for path in sorted((EXAMPLES / "tasks").glob("*.yaml"))]
    return {task.id: task for task in found}


@cache
def expected() -> dict[str, dict[str, dict[str, Any]]]:
    """What `expected.yaml` says: task, file, facts."""
    return yaml.safe_load((EXAMPLES / "expected.yaml").read_text(encoding="utf-8"))


@cache
def examples() -> tuple[Example, ...]:
    """Every example submission, in the order of `expected.yaml`."""
    return tuple(
        Example(
            task_id=task_id,
            file=file,
            code=(EXAMPLES / "submissions" / task_id / file).read_text(encoding="utf-8"),
            verdict=facts["verdict"],
            lines=tuple(facts.get("lines", ())),
            misconceptions=tuple(facts.get("misconception", ())),
        )
        for task_id, files in expected().items()
        for file, facts in files.items()
    )


@cache
def curriculum_ids(section: str) -> frozenset[str]:
    """Ids of the packaged curriculum's `concepts` or `misconceptions`."""
    topics = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(CURRICULUM.glob("*.yaml"))]
    return frozenset(entry["id"] for topic in topics for entry in topic.get(section) or ())
