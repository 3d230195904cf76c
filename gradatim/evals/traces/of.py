"""Traces of runs that were not recorded: what an `Assessment` alone tells.

Such a trace has no spans; the seconds and tokens of its nodes stand in its outputs, and scorers of the trajectory fall
back on those.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.domain import Assessment, stable_id
from gradatim.evals.traces.trace import Span, Trace

_INPUTS = ("task", "submission")


def trace_of_assessment(
    assessment: Assessment,
    reference: Mapping[str, Any] | None = None,
    attributes: Mapping[str, Any] | None = None,
    spans: tuple[Span, ...] = (),
) -> Trace:
    """The trace of an assessment, for scorers and files.

    Args:
        assessment: A finished or waiting one.
        reference: What is known of the truth; see `Trace.reference`.
        attributes: About the run; `model` is that of the assessment where it is not given.
        spans: Those that were recorded elsewhere, if there are some.
    """
    plain = assessment.plain()
    inputs: dict[str, Any] = {key: plain.pop(key) for key in _INPUTS}
    inputs["learner"] = assessment.submission.learner_id
    return Trace(
        id=stable_id("trace", assessment.id, length=32),
        name="assessment",
        inputs=inputs,
        outputs=plain,
        reference=dict(reference or {}),
        attributes={"model": assessment.model, **(attributes or {})},
        spans=spans,
    )
