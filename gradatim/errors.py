"""Everything that gradatim raises on purpose.

```
GradatimError
├── InputError                what a person handed in is wrong            (exit code 2)
│   ├── TaskFileError         a task file
│   ├── SubmissionError       a student's program
│   ├── SettingsError         settings, environment, gradatim.toml
│   ├── CurriculumError       concept-graph data
│   └── WorkflowError         a workflow, with everything that is wrong in it
├── ServiceError              something gradatim needs does not answer    (exit code 3)
│   ├── SandboxError          programs cannot be run safely here
│   ├── ModelError            a language or embedding model
│   │   └── DigestMismatch    a downloaded file is not what was promised
│   ├── StorageError          learner memory, checkpoints, vector store
│   └── GraphServerError      a concept graph on a server (`gradatim.kg.neo4j.errors`)
└── ReviewError               a decision that cannot be applied           (exit code 2)
    └── StaleDecision         it answers a question that is no longer open
```
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class GradatimError(Exception):
    """Base of all errors raised on purpose; tells what, where and what to do.

    Args:
        message: What was wrong, in one sentence.
        place: Where, as a person would look it up (``task.yaml:12``, a URL, a setting's name).
        remedy: What to do about it.
    """

    exit_code = 3

    def __init__(self, message: str, *, place: str | None = None, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.remedy = remedy

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text} ({self.remedy})" if self.remedy else text


class InputError(GradatimError):
    """What a person handed in is wrong."""

    exit_code = 2


class TaskFileError(InputError):
    """A task file cannot be read or says something impossible."""


class SubmissionError(InputError):
    """A student's program cannot be taken in (too large, not text, missing)."""


class SettingsError(InputError):
    """A setting has a value that cannot be used."""


class CurriculumError(InputError):
    """Concept-graph data are inconsistent."""


@dataclass(frozen=True, slots=True)
class WorkflowProblem:
    """One thing that is wrong with a workflow.

    Attributes:
        message: What is wrong, in one sentence.
        remedy: What to do about it.
        place: File and line, or which part of a workflow that is no file: `nodes.hint.with`.
        path: Where it stands in the workflow, as its keys from the outside in.
    """

    message: str
    remedy: str
    place: str = ""
    path: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        return f"{self.place}: {self.message} ({self.remedy})" if self.place else f"{self.message} ({self.remedy})"


class WorkflowError(InputError):
    """A workflow cannot be used; `problems` holds everything that is wrong with it.

    Args:
        source: Name of the file, or of the workflow.
        problems: At least one.
    """

    def __init__(self, source: str, problems: Sequence[WorkflowProblem]) -> None:
        self.problems = tuple(problems)
        if len(self.problems) == 1:
            only = self.problems[0]
            super().__init__(only.message, place=only.place or source, remedy=only.remedy)
        else:
            listed = "\n  ".join(map(str, self.problems))
            super().__init__(f"{len(self.problems)} problems\n  {listed}", place=source)


class ServiceError(GradatimError):
    """Something that gradatim depends on does not answer."""


class SandboxError(ServiceError):
    """Programs cannot be run safely here."""


class ModelError(ServiceError):
    """A language or embedding model cannot be had or does not answer."""


class DigestMismatch(ModelError):
    """A downloaded file is not the file that was promised."""


class StorageError(ServiceError):
    """Learner memory, checkpoints or the vector store cannot be used."""


class ReviewError(GradatimError):
    """A reviewer's decision cannot be applied."""

    exit_code = 2


class StaleDecision(ReviewError):
    """A decision answers a question that is no longer open."""
