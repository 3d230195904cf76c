"""The state of a composed graph: keys that every workflow has, and the schema that LangGraph gets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypedDict, cast

from gradatim.agents.state import Plain, add_up, add_usage, append_new, merge
from gradatim.domain import Degradation, Usage

TURNS = "ways_taken"
"""Way of a route with bounds → how often this run has taken it; node → place of the way that it took last."""

SHARED: Mapping[str, Any] = {
    "degradations": list[Degradation],
    "seconds": dict[str, float],
    "usage": dict[str, Usage],
    "prompts": dict[str, str],
}
"""Keys that several nodes may write side by side, each with a reducer."""

GIVEN: Mapping[str, Any] = {"id": str, "language": str | None}
"""Keys that whoever runs a workflow gives beside its inputs: the run's id, and the language of the learner."""

REDUCERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "degradations": append_new, "seconds": add_up, "usage": add_usage, "prompts": merge, TURNS: merge,
}  # fmt: skip
"""How what several nodes write under one key is put together."""


_LISTED = "degradations"


def state_schema(name: str, keys: Iterable[str], *, counting: bool) -> Any:
    """The `TypedDict` of a workflow's state.

    Args:
        counting: Whether some way has a bound.
    """
    fields: dict[str, Any] = dict.fromkeys([*GIVEN, *keys], Any)
    for key, reducer in REDUCERS.items():
        if counting or key != TURNS:
            plain: Any = list[Plain] if key == _LISTED else dict[str, Any]
            fields[key] = Annotated[plain, reducer]
    return cast(Any, TypedDict)(name, fields, total=False)
