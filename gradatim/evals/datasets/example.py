"""One example of a data set: what a run is given, what is known of the truth, and whom it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gradatim.domain import Submission, Task, stable_id
from gradatim.evals.traces.trace import Trace


@dataclass(frozen=True, slots=True)
class Example:
    """One example.

    Attributes:
        id: Unique in its data set, and the same whenever it is loaded: `fibonacci/02.py`.
        inputs: As `Trace.inputs`: `task` and `submission` (plain data of the nouns) and `learner` for an assessment;
            `messages` for a dialogue; `responses` for knowledge tracing.
        reference: As `Trace.reference`: `verdict`, `lines`, `misconceptions`, `objectives`, `scores`, `labels`, `text`;
            only what is known.
        groups: Attribute of the learner → value, for fairness audits.
        outputs: What was recorded, where the data set holds runs rather than work to be done: as `Trace.outputs`.
    """

    id: str
    inputs: Mapping[str, Any]
    reference: Mapping[str, Any] = field(default_factory=dict[str, Any])
    groups: Mapping[str, str] = field(default_factory=dict[str, str])
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def task(self) -> Task | None:
        """The exercise, where there is one."""
        given = self.inputs.get("task")
        return None if given is None else Task.model_validate(given)

    @property
    def submission(self) -> Submission | None:
        """The learner's program, where there is one."""
        given = self.inputs.get("submission")
        return None if given is None else Submission.model_validate(given)

    def trace(self, name: str = "recorded") -> Trace:
        """A recorded run as a trace, so that scorers judge it as any other."""
        return Trace(
            id=stable_id("example", name, self.id, length=32),
            name=name,
            inputs=self.inputs,
            outputs=self.outputs,
            reference=self.reference,
            attributes={"sample": self.id, "groups": dict(self.groups)},
        )

    def known(self, **reference: Any) -> Example:
        """This example with more known of the truth."""
        return replace(self, reference={**self.reference, **reference})


def assessment_example(
    identifier: str, task: Task, submission: Submission, reference: Mapping[str, Any], learner: str | None = None
) -> Example:
    """An example whose run is an assessment; its objectives are the concepts of the task."""
    inputs: dict[str, Any] = {"task": task.plain(), "submission": submission.plain()}
    if learner is not None:
        inputs["learner"] = learner
    known = {"objectives": list(task.concepts), **reference} if task.concepts else dict(reference)
    return Example(identifier, inputs, known)
