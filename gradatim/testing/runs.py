"""What a run did: the nouns that assertions look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gradatim.graphs.services import Services


@dataclass(frozen=True, slots=True)
class Question:
    """What a node asked a person.

    Attributes:
        node: Which node waits.
        payload: What its interrupt carries, e.g. a `HITLRequest`.
        answer: What it was told; `None` while it waits.
    """

    node: str
    payload: Any
    answer: Any = None


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did.

    Attributes:
        steps: Nodes that did their work in each superstep, by name; nodes of one superstep work side by side.
        updates: (node, what it wrote), in the order in which they were done.
        values: The state at the end, or where the run waits.
        questions: What persons were asked, in order.
        waiting: Nodes that wait for an answer.
        inside: Nodes of sub-workflows that did their work, as `outer/inner`, in the order in which they were done.
        seconds: How long it took.
        services: What the agents worked with; open only as long as whoever opened them keeps them so.
    """

    steps: tuple[tuple[str, ...], ...]
    updates: tuple[tuple[str, Mapping[str, Any]], ...]
    values: Mapping[str, Any]
    questions: tuple[Question, ...] = ()
    waiting: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    seconds: float = 0.0
    services: Services | None = field(default=None, repr=False)

    @property
    def path(self) -> tuple[str, ...]:
        """Nodes in the order of their supersteps, those side by side by name."""
        return tuple(node for step in self.steps for node in step)

    @property
    def held(self) -> bool:
        """Whether it waits for a person."""
        return bool(self.waiting)

    def times(self, node: str) -> int:
        """How often a node did its work; `outer/inner` for one of a sub-workflow."""
        return self.inside.count(node) if "/" in node else self.path.count(node)

    def wrote(self, node: str) -> Mapping[str, Any]:
        """What a node wrote when it last did its work.

        Raises:
            KeyError: It never did.
        """
        for name, update in reversed(self.updates):
            if name == node:
                return update
        raise KeyError(f"{node!r} never worked; these did: {', '.join(dict.fromkeys(self.path)) or 'none'}")

    def trajectory(self) -> dict[str, Any]:
        """The run as agentevals' `GraphTrajectory`, without payloads."""
        return {
            "inputs": None,
            "results": [{"node": node, "keys": sorted(update)} for node, update in self.updates],
            "steps": [list(step) for step in self.steps],
        }
