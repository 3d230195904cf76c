"""Conceptual understanding: what the misconceptions that were matched say about the task's concepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradatim.domain import Diagnosis, Execution, Task
from gradatim.tools.rubric.finding import Finding


def understanding(
    task: Task, execution: Execution, diagnosis: Diagnosis, concepts: Mapping[str, Sequence[str]]
) -> Finding:
    """Mean over the concepts of 1 minus the confidence of the strongest misconception about each.

    A program that passes every test and shows no misconception speaks for all concepts of the task. One that fails
    without a recognised misconception says nothing about them.
    """
    doubts: dict[str, float] = {}
    for match in diagnosis.misconceptions:
        for concept in concepts.get(match.id) or (match.id,):
            doubts[concept] = max(doubts.get(concept, 0.0), match.confidence)
    about = dict.fromkeys((*task.concepts, *doubts))
    if not about:
        return Finding(None, "not measured: the task names no concepts")
    if not doubts and not execution.passed:
        return Finding(None, "not measured: no misconception was recognised in a program that fails")
    value = sum(1.0 - doubts.get(concept, 0.0) for concept in about) / len(about)
    if not doubts:
        return Finding(value, f"every test passes and nothing speaks against the {len(about)} concepts of the task")
    cited = tuple(dict.fromkeys(item for match in diagnosis.misconceptions for item in match.evidence))
    return Finding(
        value, f"{len(doubts)} of {len(about)} concepts are in doubt: {', '.join(sorted(doubts)[:4])}", cited
    )
