"""The workflow around a workflow: the same for every submission, side by side."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from gradatim.graphs.planning.assembling import Document
from gradatim.graphs.planning.settling import Design

_PLURALS = {
    "outcome": "outcomes",
    "grade": "grades",
    "grades_out": "all_grades_out",
    "agreement": "agreements",
    "diagnosis": "diagnoses",
    "execution": "executions",
}
"""What the lists of an inner workflow's outputs are called."""
_EACH = (("submission", "submissions"), ("answer", "answers"), ("learner_id", "learners"))
"""What differs from one to the next, and what many of them are called."""


def outer_workflow(design: Design, inner: Document, name: str, file: str, description: str) -> Document:
    """A workflow that does what `inner` does for each of several submissions.

    Args:
        file: Where `inner` is written.
    """
    writes = {key: _PLURALS.get(key, f"all_{key}") for key in inner["outputs"]}
    more = ["class_report"] if design.has("class_report") else []
    at_once = design.number("at_once", "at_once")
    single, several = next(pair for pair in _EACH if pair[0] in inner["inputs"])
    node: dict[str, Any] = {
        "workflow": file,
        "for_each": several,
        "as": single,
        "at_once": int(at_once or 4),
        "writes": writes,
    }
    return {
        "workflow": name,
        "description": description,
        "inputs": [key for key in inner["inputs"] if key != single] + [several],
        "outputs": [*writes.values(), *more],
        "nodes": {"each_one": node, **dict.fromkeys(more)},
        "edges": ["START -> each_one", *(f"{left} -> {right}" for left, right in pairwise(["each_one", *more, "END"]))],
    }
