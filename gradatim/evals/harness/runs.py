"""Whatever stands for a run in a test, as a trace: a trace, an assessment, a run of `gradatim.testing`, plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from gradatim.domain import Assessment, stable_id
from gradatim.errors import InputError
from gradatim.evals.harness.paths import path_spans
from gradatim.evals.traces.of import trace_of_assessment
from gradatim.evals.traces.trace import Trace
from gradatim.graphs.assessor import assessment_told
from gradatim.graphs.tutoring.told import turn_told
from gradatim.testing import Run

Scorable = Trace | Assessment | Run | Mapping[str, Any]
"""What can be scored. A mapping has `outputs`, and `inputs` and `reference_outputs` where they are known."""


def trace_of(run: Scorable, reference: Mapping[str, Any] | None = None) -> Trace:
    """A run as a trace.

    Args:
        reference: What is known of the truth (`Trace.reference`), instead of what the run itself says of it.

    Raises:
        InputError: It is nothing that can be scored.
    """
    found = _trace_of(run)
    return found if reference is None else replace(found, reference=dict(reference))


def _trace_of(run: Any) -> Trace:
    if isinstance(run, Trace):
        return run
    if isinstance(run, Assessment):
        return trace_of_assessment(run)
    if isinstance(run, Run):
        return _of_test_run(run)
    plain = _mapping(run)
    if plain.get("outputs") is not None:
        return Trace(
            id=stable_id("run", str(plain.get("id") or id(run)), length=32),
            name=str(plain.get("name") or "run"),
            inputs=_mapping(plain.get("inputs")),
            outputs=_mapping(plain["outputs"]),
            reference=_mapping(plain.get("reference_outputs") or plain.get("reference")),
            attributes=_mapping(plain.get("attributes")),
        )
    raise InputError(
        f"a {type(run).__name__} cannot be scored",
        place="score",
        remedy="give a Trace, an Assessment, a Run of gradatim.testing, or a mapping with `outputs`",
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _of_test_run(run: Run) -> Trace:
    """A run of `run_graph`: what it came to, and its nodes in order; it knows no instants of them."""
    values = dict(run.values)
    if "confidence" in values and "diagnosis" in values:
        name, (_, inputs, outputs) = "assessment", assessment_told(values, waiting=run.held)
    elif "turn" in values and "heard" in values:
        name, (_, inputs, outputs) = "tutoring", turn_told(values)
    else:
        raise InputError(
            "a run that is neither an assessment nor a turn of a tutor cannot be scored as it is",
            place="score",
            remedy='give {"inputs": …, "outputs": …} made of `run.values`',
        )
    identity = stable_id("run", str(id(run)), length=32)
    return Trace(
        id=identity,
        name=name,
        inputs=inputs,
        outputs=outputs,
        spans=path_spans(identity, name, run.path),
    )
