"""The row of the output that an item ends as: that of `gradatim assess --jsonl`, with what a batch adds."""

from __future__ import annotations

from typing import Any

from gradatim.domain import Assessment
from gradatim.graphs.batch.items import Failure, Item, Status


def assessed_row(
    item: Item, key: str, assessment: Assessment, *, same_as: int | None = None, brief: bool = False
) -> dict[str, Any]:
    """The row of an item that was assessed.

    Args:
        same_as: Position of the item with the same program, task and learner for which it was done.
        brief: Leave out `assessment`, with everything that the result rests on.
    """
    row = _head(item, key, status_of(assessment), reasons_of(assessment)) | {"same_as": same_as} | result_of(assessment)
    return row if brief else row | {"assessment": assessment.plain()}


def result_of(assessment: Assessment) -> dict[str, Any]:
    """What came of an assessment, in short."""
    return {
        "id": assessment.id,
        "verdict": assessment.execution.verdict,
        "route": assessment.confidence.route,
        "delivered": assessment.delivered,
        "waiting": assessment.waiting,
        "confidence": assessment.confidence.value,
        "author": assessment.feedback.author,
        "revisions": assessment.revisions,
        "degradations": [item.plain() for item in assessment.degradations],
    }


def failed_row(item: Item, key: str, failure: Failure, status: Status) -> dict[str, Any]:
    """The row of an item that was not assessed."""
    row = _head(item, key, status, (f"{failure.kind}: {failure.message}",))
    return row | {"verdict": None, "error": failure.plain()}


def status_of(assessment: Assessment) -> Status:
    """What became of a program that was assessed."""
    if assessment.waiting:
        return "held"
    if not assessment.delivered:
        return "withheld"
    return "degraded" if assessment.degradations else "delivered"


def reasons_of(assessment: Assessment) -> tuple[str, ...]:
    """Why it did not simply end delivered: what failed on the way, and what a person is asked about."""
    failed = [f"{item.node}: {item.reason}" for item in assessment.degradations]
    asked = [f"{cause.kind}: {cause.detail}" for cause in assessment.confidence.causes] if assessment.waiting else []
    return tuple(dict.fromkeys([*failed, *asked]))


def _head(item: Item, key: str, status: Status, reasons: tuple[str, ...]) -> dict[str, Any]:
    return {
        "key": key,
        "position": item.position,
        "submission": item.name,
        "task": item.task.task.id if item.task else None,
        "learner": item.learner_id,
        "status": status,
        "reasons": list(reasons),
    }
