"""All five dimensions of one submission, and their composite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradatim.domain import Composite, Diagnosis, Execution, Measure, Submission, Task
from gradatim.tools.rubric.approach import approach
from gradatim.tools.rubric.clarity import clarity
from gradatim.tools.rubric.correctness import correctness
from gradatim.tools.rubric.quality import quality
from gradatim.tools.rubric.understanding import understanding

DIMENSIONS: Mapping[str, float] = {
    "correctness": 0.2,
    "code_quality": 0.2,
    "problem_solving_approach": 0.2,
    "explanation_clarity": 0.2,
    "conceptual_understanding": 0.2,
}
"""Dimension → weight. The source names the five dimensions and no weights, so they count alike."""


def rubric(
    task: Task,
    submission: Submission,
    execution: Execution,
    diagnosis: Diagnosis,
    concepts: Mapping[str, Sequence[str]] | None = None,
) -> Composite:
    """Measure a submission in all five dimensions.

    No language model takes part. Only what was executed or read from the program counts; a dimension for which there
    is nothing to go by stays "not measured", and its weight is shared by the others.

    Args:
        concepts: Concepts that each matched misconception concerns, by its id.
    """
    found = {
        "correctness": correctness(task, execution),
        "code_quality": quality(submission.code),
        "problem_solving_approach": approach(task, submission, execution, diagnosis),
        "explanation_clarity": clarity(submission.code),
        "conceptual_understanding": understanding(task, execution, diagnosis, concepts or {}),
    }
    measures = tuple(
        Measure(name=name, weight=weight, value=item.value, why=item.why, evidence=item.evidence)
        for name, weight in DIMENSIONS.items()
        if (item := found[name])
    )
    return Composite.of(measures)
