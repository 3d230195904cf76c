"""What a workflow comes to: nodes with what they read and write, keys with their types, ways with their conditions.

`analyse` notes everything that is wrong; what it gives is what the compiler builds from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradatim.graphs.workflow.conditions import Condition
from gradatim.graphs.workflow.kinds.kind import Kind
from gradatim.graphs.workflow.places import Findings
from gradatim.graphs.workflow.spec import NodeSpec
from gradatim.graphs.workflow.state import SHARED
from gradatim.graphs.workflow.wiring import Wiring
from gradatim.graphs.workflow.workflow import Workflow

Keys = dict[str, tuple[str, Any]]
"""What the node calls it → (the state's key, the type)."""


@dataclass(slots=True)
class Node:
    """A node, ready to be built.

    Attributes:
        parameters: Checked parameters of the kind, or the values of the sub-workflow's.
        inner: What the sub-workflow comes to.
        element: What an element is called inside, where the node works for each element of a list.
        prompts: Prompts in the workflow's own words.
    """

    name: str
    spec: NodeSpec
    kind: Kind | None = None
    parameters: Any = None
    inner: Analysis | None = None
    reads: Keys = field(default_factory=dict[str, tuple[str, Any]])
    optional: Keys = field(default_factory=dict[str, tuple[str, Any]])
    writes: Keys = field(default_factory=dict[str, tuple[str, Any]])
    may_write: Keys = field(default_factory=dict[str, tuple[str, Any]])
    element: str | None = None
    prompts: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def touches(self) -> frozenset[str]:
        """State keys that it writes, always or sometimes; not those that may be written side by side."""
        return frozenset(key for key, _ in (*self.writes.values(), *self.may_write.values())) - SHARED.keys()

    @property
    def always_writes(self) -> frozenset[str]:
        """State keys that are written whenever it has worked."""
        if self.spec.on_error == "degrade" and self.element is None:
            return frozenset()
        return frozenset(key for key, _ in self.writes.values())

    @property
    def on_error(self) -> str | None:
        """The node that follows when it cannot do its work."""
        return None if self.spec.on_error in ("fail", "degrade") else self.spec.on_error

    @property
    def asks(self) -> bool:
        """Whether somewhere in it a person is asked."""
        if self.inner is not None:
            return any(node.asks for node in self.inner.nodes.values())
        return self.kind is not None and self.kind.asks


@dataclass(slots=True)
class Analysis:
    """A workflow with everything worked out.

    Attributes:
        types: State key → type of its values, as far as it is known.
        inputs: Input → type that its readers want.
        conditions: Way → its condition.
    """

    workflow: Workflow
    parameters: Mapping[str, Any]
    findings: Findings
    wiring: Wiring
    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    types: dict[str, Any] = field(default_factory=dict[str, Any])
    inputs: dict[str, Any] = field(default_factory=dict[str, Any])
    conditions: dict[str, Condition] = field(default_factory=dict[str, Condition])

    def writers(self, key: str) -> Iterator[tuple[str, Any]]:
        """(node, type) of whatever writes a key."""
        for node in self.nodes.values():
            for outer, kind in (*node.writes.values(), *node.may_write.values()):
                if outer == key:
                    yield node.name, kind

    def readers(self, key: str) -> Iterator[tuple[str, Any]]:
        """(node, type) of whatever reads a key."""
        for node in self.nodes.values():
            for outer, kind in (*node.reads.values(), *node.optional.values()):
                if outer == key:
                    yield node.name, kind


Examine = Callable[[Workflow, Mapping[str, Any] | None], Analysis]
"""Works a workflow out and checks it."""
