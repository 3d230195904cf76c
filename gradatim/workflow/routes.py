"""Ways of a route: where to go under which condition, and how often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gradatim.graphs.workflow.spec import WaySpec
from gradatim.workflow.parts import NodeLike, Parameter, name_of


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition over the state, which still has to lead somewhere."""

    text: str

    def to(self, *targets: NodeLike) -> Way:
        """Go there when it holds; several nodes work side by side."""
        return Way(tuple(map(name_of, targets)), self.text)


@dataclass(frozen=True, slots=True)
class Way:
    """One way of a route."""

    targets: tuple[str, ...]
    condition: str | None = None
    bound: int | str | None = None

    def at_most(self, times: int | Parameter) -> Way:
        """Take this way so often in a run at most: the bound of a loop."""
        return replace(self, bound=times.reference if isinstance(times, Parameter) else times)

    def spec(self) -> WaySpec:
        """As workflow files hold it.

        Raises:
            ValueError: It leads nowhere, or its bound is no count.
        """
        return WaySpec(to=", ".join(self.targets), when=self.condition, at_most=self.bound)


def when(condition: str) -> Condition:
    """A condition, as workflow files write it: `confidence.route == "revise" and not degradations`."""
    return Condition(condition)


def otherwise(*targets: NodeLike) -> Way:
    """The way that is taken when no condition before it holds."""
    return Way(tuple(map(name_of, targets)))


def joined(nodes: Iterable[NodeLike]) -> str:
    """Names with commas between them."""
    return ", ".join(map(name_of, nodes))
