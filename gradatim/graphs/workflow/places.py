"""Where the parts of a workflow stand: in a file, line by line, or in Python, by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gradatim.errors import WorkflowError, WorkflowProblem

Path = tuple[str | int, ...]
"""Keys and positions from the outside in: `("nodes", "hint", "with", "level")`."""


@dataclass(frozen=True, slots=True)
class Places:
    """Places of one workflow.

    Attributes:
        source: File name as the person gave it, or the workflow's name.
        lines: Path → 1-based line; empty for what was built in Python.
    """

    source: str
    lines: Mapping[Path, int] = field(default_factory=dict[Path, int])

    def of(self, path: Path) -> str:
        """The place of a part: the line of the innermost thing around it that has one."""
        if not self.lines:
            return f"{self.source}: {written(path)}" if path else self.source
        for length in range(len(path), -1, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return f"{self.source}:{line}"
        return self.source

    def line(self, path: Path) -> int:
        """The line by which problems are ordered; 0 where there is none."""
        return next((self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), 0)


def written(path: Path) -> str:
    """A path as a person writes it: `nodes.hint.with.level`, `edges[3]`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


class Findings:
    """Collects what is wrong with one workflow; each thing is told once."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._found: dict[tuple[Path, str], WorkflowProblem] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, path: Path, message: str, remedy: str) -> None:
        """Note a problem."""
        problem = WorkflowProblem(message, remedy, self.places.of(path), path)
        self._found.setdefault((path, message), problem)

    def take(self, problems: Sequence[WorkflowProblem]) -> None:
        """Note problems that were found elsewhere, places and all."""
        for problem in problems:
            self._found.setdefault((problem.path, problem.place + problem.message), problem)

    def problems(self) -> tuple[WorkflowProblem, ...]:
        """Everything found, in the order of the file."""
        return tuple(sorted(self._found.values(), key=lambda item: self.places.line(item.path)))

    def raise_if_any(self) -> None:
        """Raise everything as one error."""
        if self._found:
            raise WorkflowError(self.places.source, self.problems())
