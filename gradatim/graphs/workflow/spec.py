"""What a workflow file holds, as it is written: the model that the published JSON Schema is made from.

Nothing here knows kinds or types; `checking` says whether what is written makes sense.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

NAME = r"^[A-Za-z][A-Za-z0-9_-]{0,63}$"
KEY = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"
START, END = "START", "END"

Name = Annotated[str, StringConstraints(pattern=NAME)]
Key = Annotated[str, StringConstraints(pattern=KEY)]
Reference = Annotated[str, StringConstraints(pattern=r"^\$\{[A-Za-z][A-Za-z0-9_]*\}$")]
"""`${parameter}`: the parameter's value stands here."""


class Part(BaseModel):
    """Base of the parts of a workflow file."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ParameterSpec(Part):
    """A parameter that whoever runs the workflow may set."""

    type: Literal["string", "integer", "number", "boolean"]
    description: str = ""
    default: str | bool | int | float | None = None
    """Its value where nobody sets it; without one it has to be set."""
    minimum: int | float | None = None
    maximum: int | float | None = None
    choices: tuple[str | int | float, ...] = ()
    """Values that it may have; any of its type where none are given."""


class RetrySpec(Part):
    """How often a node is tried when a service does not answer."""

    attempts: Annotated[int, Field(ge=1, le=10)]
    """Tries in all."""
    wait: Annotated[float, Field(ge=0, le=60)] = 0.2
    """Seconds before the second try; twice as long before each next one."""


class CacheSpec(Part):
    """How long what a node wrote is taken again for the same input."""

    seconds: Annotated[int, Field(ge=1)]


class NodeSpec(Part):
    """A node: one kind of work, or another workflow."""

    kind: Name | None = None
    """What it does; the node's own name where nothing is said."""
    workflow: str | None = None
    """Instead of a kind: a workflow file beside this one, or `packaged:NAME`."""
    description: str = ""
    with_: dict[str, JsonValue] = Field(default_factory=dict, alias="with")
    """Parameters of the kind or of the sub-workflow; `${name}` stands for a parameter of this workflow."""
    reads: dict[Key, Key] = Field(default_factory=dict)
    """What the kind calls it → the key of this workflow's state."""
    writes: dict[Key, Key] = Field(default_factory=dict)
    """What the kind calls it → the key of this workflow's state."""
    prompts: dict[Key, str] = Field(default_factory=dict)
    """Prompts of the kind by name, in words of your own."""
    for_each: Key | None = None
    """A key that holds a list: the node works once for every element, side by side."""
    as_: Key | None = Field(default=None, alias="as")
    """What an element is called inside."""
    at_once: Annotated[int, Field(ge=1, le=64)] = 4
    """How many elements are worked on at the same time."""
    retry: Annotated[int, Field(ge=1, le=10)] | RetrySpec | None = None
    timeout: Annotated[float, Field(gt=0, le=86_400)] | Literal["model"] | None = None
    """Seconds that one try may take; `model`: what one question to the model, with one repair, may take."""
    cache: bool | CacheSpec = False
    """Whether the same input is worked on only once; true keeps what was written as long as the process runs."""
    on_error: Name = "fail"
    """When it cannot do its work: `fail` ends the run, `degrade` goes on without what it writes and says so, a node's
    name goes there."""

    @model_validator(mode="before")
    @classmethod
    def _nothing_said(cls, value: Any) -> Any:
        return {} if value is None else value


class WaySpec(Part):
    """One way of a route."""

    to: str
    """A node, several with commas between them, or END."""
    when: str | None = None
    """A condition over the state; without one the way is always open."""
    at_most: Annotated[int, Field(ge=0, le=1000)] | Reference | None = None
    """How often a run may take this way: the bound of a loop."""


Edge = str | Annotated[dict[str, tuple[WaySpec, ...]], Field(min_length=1, max_length=1)]
"""`a, b -> c, d`, or a route: node → its ways, of which the first that is open is taken."""


class WorkflowSpec(Part):
    """A workflow: what is given, which nodes there are, and how they follow each other."""

    workflow: Name
    """Its name."""
    description: str = ""
    parameters: dict[Key, ParameterSpec] = Field(default_factory=dict)
    imports: tuple[str, ...] = ()
    """Python files beside this one that define kinds."""
    inputs: tuple[Key, ...] = ()
    """State keys given at the start."""
    outputs: tuple[Key, ...] = ()
    """State keys that are written on every way to the end."""
    nodes: Annotated[dict[Name, NodeSpec | None], Field(min_length=1, max_length=200)]
    """By name; a name alone stands for the kind of the same name."""
    edges: Annotated[tuple[Edge, ...], Field(min_length=1, max_length=1000)]

    def node(self, name: str) -> NodeSpec:
        """A node, also where only its name is written."""
        return self.nodes[name] or NodeSpec()


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a workflow file, for editors and for constrained decoding."""
    schema = WorkflowSpec.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "gradatim workflow",
    }
