"""Intake: takes a submission in, normalised, with the instant at which its assessment began."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gradatim.agents.state import Plain, State, submission_of, task_of
from gradatim.domain import Submission
from gradatim.errors import SubmissionError


class Intake:
    """Checks that submission and task belong together and normalises line ends.

    Args:
        limit: Bytes a program may have.
    """

    name = "intake"

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def admit(self, task_id: str, submission: Submission) -> Submission:
        """The submission with `\\n` line ends.

        Raises:
            SubmissionError: It is for another task, or too large.
        """
        if submission.task_id != task_id:
            raise SubmissionError(
                f"is a submission for task {submission.task_id!r}, not for {task_id!r}",
                place=submission.filename,
                remedy="hand it in with the task it was written for",
            )
        size = len(submission.code.encode("utf-8", "surrogatepass"))
        if size > self.limit:
            raise SubmissionError(
                f"has {size:,} bytes; at most {self.limit:,} are taken",
                place=submission.filename,
                remedy="hand in a smaller program or raise submission_limit",
            )
        code = submission.code.replace("\r\n", "\n").replace("\r", "\n")
        return submission if code == submission.code else submission.model_copy(update={"code": code})

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        submission = self.admit(task_of(state).id, submission_of(state))
        return {"submission": submission.plain(), "at": datetime.now(UTC).isoformat(timespec="microseconds")}
