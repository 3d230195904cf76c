"""What a kind of node is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

from gradatim.agents.state import Plain, State
from gradatim.graphs.services import Services

Agent = Callable[[State, Any], Awaitable[Plain]]
"""`async (state, runtime) -> update`: what every agent of gradatim is."""


class NoParameters(BaseModel):
    """Parameters of a kind that takes none."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a node reads and writes, where that hangs on its parameters; keys as in `Kind`."""

    reads: Mapping[str, Any] = field(default_factory=dict[str, Any])
    optional: Mapping[str, Any] = field(default_factory=dict[str, Any])
    writes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    may_write: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of node.

    The state itself is JSON-plain; the types say what the values under a key are valid as (`TypeAdapter(type)`), so
    that a node that reads what nobody writes, or something of another type, is found before anything runs.

    Attributes:
        key: Name in workflow files, e.g. `diagnose`.
        summary: What it does, in one line, for people and for the planner.
        build: Makes the agent from the services and the node's checked parameters.
        reads: State key → type of what it cannot work without.
        optional: State key → type of what it also reads where it is there.
        writes: State key → type of what it always writes.
        may_write: State key → type of what it writes sometimes.
        parameters: Model of what `with:` may give.
        asks: Whether it waits for a person (a LangGraph interrupt).
        shape: What it reads and writes beside that, for kinds where it hangs on the parameters.
        prompts: Names of the prompts that a workflow may give it in words of its own (`prompts:`): those that its agent
            loads (`load_prompt`) and names in what it writes.
    """

    key: str
    summary: str
    build: Callable[[Services, Any], Agent]
    reads: Mapping[str, Any] = field(default_factory=dict[str, Any])
    optional: Mapping[str, Any] = field(default_factory=dict[str, Any])
    writes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    may_write: Mapping[str, Any] = field(default_factory=dict[str, Any])
    parameters: type[BaseModel] = NoParameters
    asks: bool = False
    shape: Callable[[Any], Shape] | None = None
    prompts: tuple[str, ...] = ()

    def of(self, parameters: Any) -> Shape:
        """All that a node of this kind with these parameters reads and writes."""
        more = self.shape(parameters) if self.shape is not None else Shape()
        return Shape(
            {**self.reads, **more.reads},
            {**self.optional, **more.optional},
            {**self.writes, **more.writes},
            {**self.may_write, **more.may_write},
        )
