"""What claims are checked against."""

from __future__ import annotations

from dataclasses import dataclass, field

from gradatim.domain import Diagnosis, Evidence, Execution, Submission, Task


@dataclass(frozen=True, slots=True)
class Case:
    """One submission with everything that was observed about it.

    Attributes:
        evidence: All evidence by id, that of the diagnosis included.
    """

    task: Task
    submission: Submission
    execution: Execution
    diagnosis: Diagnosis
    evidence: dict[str, Evidence] = field(default_factory=dict[str, Evidence])

    @classmethod
    def of(
        cls,
        task: Task,
        submission: Submission,
        execution: Execution,
        diagnosis: Diagnosis,
        evidence: tuple[Evidence, ...] = (),
    ) -> Case:
        items = {item.id: item for item in (*diagnosis.evidence, *evidence)}
        return cls(task, submission, execution, diagnosis, items)

    @property
    def lines(self) -> list[str]:
        """The program's lines; line 1 is at index 0."""
        return self.submission.code.splitlines()
