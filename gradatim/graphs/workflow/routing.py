"""Routes at run time: which way is taken, and how often it was taken before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langgraph.graph import END as GRAPH_END

from gradatim.agents.state import Plain
from gradatim.errors import InputError
from gradatim.graphs.workflow.conditions import Condition
from gradatim.graphs.workflow.spec import END
from gradatim.graphs.workflow.state import REDUCERS, TURNS
from gradatim.graphs.workflow.wiring import Way


class Route:
    """The ways behind one node.

    A way with a bound is chosen by the node itself, from the state with what it just wrote, so that the count is
    written together with it: a run that is cut off and goes on counts no way twice.

    Args:
        conditions: Way → its condition.
    """

    def __init__(self, source: str, ways: tuple[Way, ...], conditions: Mapping[str, Condition]) -> None:
        self.source = source
        self.ways = ways
        self.conditions = conditions
        self.counts = any(way.bound is not None for way in ways)

    def choose(self, state: Mapping[str, Any]) -> int:
        """Place of the way that is taken."""
        turns: Mapping[str, int] = state.get(TURNS) or {}
        for place, way in enumerate(self.ways):
            if way.bound is not None and turns.get(way.key, 0) >= way.bound:
                continue
            condition = self.conditions.get(way.key)
            if condition is None or condition.holds(state):
                return place
        raise InputError("no way is open", place=f"route of {self.source}", remedy="add a last way without `when`")

    def turn(self, state: Mapping[str, Any], update: Plain) -> dict[str, int]:
        """What is written of the way that is taken once `update` is."""
        after = {**state, **update}
        for key, reducer in REDUCERS.items():
            if key in update:
                after[key] = reducer(state.get(key), update[key])
        place = self.choose(after)
        way = self.ways[place]
        turns: Mapping[str, int] = state.get(TURNS) or {}
        return {self.source: place, way.key: turns.get(way.key, 0) + 1}

    def __call__(self, state: Mapping[str, Any]) -> str | list[str]:
        """LangGraph's question: where to go on."""
        place = int(state[TURNS][self.source]) if self.counts else self.choose(state)
        targets = [target_name(target) for target in self.ways[place].targets]
        return targets[0] if len(targets) == 1 else targets

    @property
    def targets(self) -> dict[str, str]:
        """Every node that some way leads to, as LangGraph names it."""
        names = (target_name(target) for way in self.ways for target in way.targets)
        return {name: name for name in dict.fromkeys(names)}


def target_name(name: str) -> str:
    """A target as LangGraph names it."""
    return GRAPH_END if name == END else name
