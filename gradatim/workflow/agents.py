"""Any kind of node as an agent by itself: to call, or to put into a graph of one's own."""

from __future__ import annotations

from pydantic import ValidationError

from gradatim.errors import InputError
from gradatim.graphs.services import Services
from gradatim.graphs.workflow.kinds.kind import Agent
from gradatim.graphs.workflow.kinds.registry import known_kinds
from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.workflow.parts import kind_of


def agent(kind: object, services: Services, **settings: object) -> Agent:
    """The agent of a kind: `async (state, runtime) -> update`.

    Args:
        kind: Name of a kind, a function decorated with `@node`, or a `Kind`.
        services: What it works with.
        settings: Parameters of the kind.

    Raises:
        InputError: There is no such kind, or a parameter has not the right form.

    Example:
        ```python
        ask = agent("oral_questions", services, count=3)
        graph.add_node("questions", ask)
        ```
    """
    known = known_kinds()
    found = kind_of(kind) or known.get(str(kind))
    if found is None:
        raise InputError(f"there is no kind {kind!r}", place="agent", remedy=did_you_mean(str(kind), known, "kinds"))
    try:
        given = found.parameters.model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        remedy = f"it takes {', '.join(found.parameters.model_fields) or 'no parameters'}"
        raise InputError(first["msg"], place=f"agent {found.key}: {name}", remedy=remedy) from error
    return found.build(services, given)
