"""A workflow worked out: its nodes, the types of its keys, the conditions of its ways; whatever is wrong is noted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union

from gradatim.domain import Submission, Task
from gradatim.graphs.workflow.analysis import Analysis, Examine
from gradatim.graphs.workflow.conditions import ConditionError, read_condition
from gradatim.graphs.workflow.parameters import check_declared, settled
from gradatim.graphs.workflow.places import Findings
from gradatim.graphs.workflow.resolving import resolve
from gradatim.graphs.workflow.state import GIVEN, SHARED
from gradatim.graphs.workflow.types import bare, fits, nullable
from gradatim.graphs.workflow.wiring import wire
from gradatim.graphs.workflow.workflow import Workflow

CUSTOMARY: Mapping[str, Any] = {
    "task": Task, "submission": Submission, "submissions": list[Submission], "learner_id": str,
}  # fmt: skip
"""What inputs of these names are where nobody who reads them says."""


def analyse(workflow: Workflow, parameters: Mapping[str, Any] | None, examine: Examine) -> Analysis:
    """Work a workflow out.

    Args:
        parameters: Values of its parameters; `None` when it is only looked at.
        examine: Applied to its sub-workflows.
    """
    spec, findings = workflow.spec, Findings(workflow.places)
    check_declared(spec, findings)
    values = settled(spec, parameters, findings)
    found = Analysis(workflow, values, findings, wire(spec, values, findings))
    for name in spec.nodes:
        node = resolve(found, name, examine)
        if node is not None:
            found.nodes[name] = node
    _types(found)
    _conditions(found)
    return found


def _types(found: Analysis) -> None:
    """The type of each key; what readers want must fit what writers write."""
    spec = found.workflow.spec
    for key in spec.inputs:
        wanted = [kind for _, kind in found.readers(key)]
        narrow = [kind for kind in wanted if all(_agree(kind, other) for other in wanted)]
        said = next((kind for kind in narrow if bare(kind) is not Any), None)
        # a prompt, for one, takes anything: what is called a task is one all the same
        found.inputs[key] = said or CUSTOMARY.get(key) or (narrow[0] if narrow else Any)
        if wanted and not narrow:
            found.findings.add(
                ("inputs",), f"the input {key!r} is read as different things", "rename one of them by `reads:`"
            )
    found.types = {**GIVEN, **SHARED, **found.inputs}
    for node in found.nodes.values():
        for outer, kind in (*node.writes.values(), *node.may_write.values()):
            if outer not in SHARED:
                before = found.types.get(outer)
                known = before is not None and (fits(kind, before) if before is not Any else kind is Any)
                joined = Union[before, kind]  # noqa: UP007 built at run time
                found.types[outer] = kind if before is None else before if known else joined


def _agree(kind: Any, other: Any) -> bool:
    return fits(kind, other) or (nullable(other) and fits(kind, Union[other, None]))  # noqa: UP007


def _conditions(found: Analysis) -> None:
    clashes = found.parameters.keys() & found.types.keys()
    for name in sorted(clashes):
        found.findings.add(
            ("parameters", name), f"{name!r} is both a parameter and a key of the state", "rename the parameter"
        )
    for ways in found.wiring.routes.values():
        for way in ways:
            if way.when is None:
                continue
            try:
                found.conditions[way.key] = read_condition(way.when, found.types, found.parameters)
            except ConditionError as error:
                found.findings.add((*way.path, "when"), error.message, error.remedy)
