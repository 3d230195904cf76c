"""What a workflow in Python hands out to name its parts by: nodes and parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from gradatim.graphs.workflow.kinds.kind import Kind
from gradatim.graphs.workflow.kinds.registry import kinds_in
from gradatim.graphs.workflow.spec import RetrySpec


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a workflow, to draw edges from and to."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a workflow: stands for its value wherever a node's settings take one."""

    name: str

    @property
    def reference(self) -> str:
        """As workflow files write it."""
        return f"${{{self.name}}}"

    def __str__(self) -> str:
        return self.reference


NodeLike = Node | str
Timeout = float | Literal["model"] | None
START, END = Node("START"), Node("END")


def name_of(node: NodeLike) -> str:
    """The name of a node."""
    return node if isinstance(node, str) else node.name


def kind_of(kind: object) -> Kind | None:
    """The kind that an object stands for: a kind, or a function decorated with `@node`; `None` for a name.

    Raises:
        TypeError: It is neither.
    """
    if isinstance(kind, str):
        return None
    found = kinds_in(kind)
    if len(found) != 1:
        raise TypeError(f"{kind!r} stands for {len(found)} kinds of nodes, not for one")
    return found[0]


def plain(value: object) -> Any:
    """A setting as JSON data, parameters by reference, nodes by name."""
    if isinstance(value, Parameter):
        return value.reference
    if isinstance(value, Node):
        return value.name
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in cast("Mapping[object, object]", value).items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in cast("list[object]", list(value))]  # pyright: ignore[reportUnknownArgumentType]
    return value


def policies(
    reads: Mapping[str, str] | None,
    writes: Mapping[str, str] | None,
    retry: int | RetrySpec | None,
    timeout: Timeout,
    on_error: NodeLike,
    description: str,
) -> dict[str, Any]:
    """What nodes of kinds and of workflows have in common."""
    return {
        "reads": dict(reads or {}),
        "writes": dict(writes or {}),
        "retry": retry,
        "timeout": timeout,
        "on_error": name_of(on_error),
        "description": description,
    }
