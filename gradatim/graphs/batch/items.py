"""What a batch is made of: items as they come in, jobs as they go out, results as they come back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from gradatim.domain import Assessment, Submission, Task, stable_id
from gradatim.errors import GradatimError, ServiceError

Status = Literal["delivered", "degraded", "held", "withheld", "refused", "failed"]
"""What became of an item. `delivered`: the feedback may be read, and every part did its work. `degraded`: it may be
read, and something stood in for a part that failed. `held`: a person has to decide. `withheld`: a person decided
that it may not be read. `refused`: the program could not be taken in. `failed`: it could not be assessed."""

DIGEST_LENGTH = 24
"""Hexadecimal digits of keys: 96 bits, so that a million items do not meet by chance."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no assessment, in a form that survives a journey between processes.

    Attributes:
        kind: Name of the error's class.
        service: Something that all items need did not answer: nothing is wrong with this item.
    """

    kind: str
    message: str
    place: str | None = None
    remedy: str | None = None
    service: bool = False

    @classmethod
    def of(cls, error: Exception) -> Failure:
        """The failure that an exception stands for."""
        if isinstance(error, GradatimError):
            service = isinstance(error, ServiceError)
            return cls(type(error).__name__, error.message, error.place, error.remedy, service)
        remedy = "report it with the program; `gradatim assess` on it alone shows more"
        return cls("Bug", f"{type(error).__name__}: {error}".rstrip(": "), remedy=remedy)

    def plain(self) -> dict[str, str | None]:
        """As the JSON of a result."""
        return {"type": self.kind, "message": self.message, "place": self.place, "remedy": self.remedy}


@dataclass(frozen=True, slots=True)
class TaskEntry:
    """A task with the digest of everything in it."""

    task: Task
    digest: str

    @classmethod
    def of(cls, task: Task) -> TaskEntry:
        text = json.dumps(task.plain(), sort_keys=True, ensure_ascii=False)
        return cls(task, stable_id(text, length=DIGEST_LENGTH))


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the input: a program handed in, or the reason why it could not be taken in.

    Attributes:
        name: Where it came from, as a person would look it up.
        error: Set where there is no program.
    """

    position: int
    name: str
    task: TaskEntry | None = None
    code: str | None = None
    learner_id: str | None = None
    error: Failure | None = None

    def work(self, circumstances: str) -> str:
        """What has to be done for it: the same for the same program of the same learner for the same task.

        Args:
            circumstances: Digest of the settings that matter.
        """
        if self.error is not None or self.task is None or self.code is None:
            reason = self.error.message if self.error else ""
            return stable_id("refused", str(self.position), self.name, reason, length=DIGEST_LENGTH)
        return stable_id(circumstances, self.task.digest, self.learner_id or "", self.code, length=DIGEST_LENGTH)

    def key(self, circumstances: str) -> str:
        """Its own name in ledger and output: place in the input, and what has to be done."""
        return stable_id(str(self.position), self.name, self.work(circumstances), length=DIGEST_LENGTH)


@dataclass(frozen=True, slots=True)
class Job:
    """An item on its way to an assessor.

    Attributes:
        thread: Id of the run; the same for the same work, so that a repeated job goes on instead of beginning again.
    """

    position: int
    task: Task
    submission: Submission
    thread: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a job: exactly one of `assessment` and `failure`.

    Attributes:
        traces: Runs that were recorded where it was done, for whoever can write them down: a line each.
    """

    job: Job
    assessment: Assessment | None = None
    failure: Failure | None = None
    traces: bytes = b""
