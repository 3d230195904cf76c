"""How nodes follow each other: edges read into targets, joins and routes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.places import Findings, Path
from gradatim.graphs.workflow.spec import END, START, WaySpec, WorkflowSpec

_ARROWS = ("→", "=>", "–>", "—>", " > ", "-->")
"""What is written for `->` by mistake."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of a route.

    Attributes:
        key: Under which the run counts how often it was taken.
        targets: Where it leads; END among them ends this branch.
        bound: How often a run may take it; `None` as often as it likes.
    """

    key: str
    targets: tuple[str, ...]
    when: str | None
    bound: int | None
    path: Path


@dataclass(frozen=True, slots=True)
class Join:
    """An edge that waits for several nodes."""

    sources: tuple[str, ...]
    target: str
    path: Path


@dataclass(slots=True)
class Wiring:
    """All edges of one workflow.

    Attributes:
        follows: Node → nodes that always come after it, with the place of each edge.
        routes: Node → ways, of which the first that is open is taken.
    """

    nodes: tuple[str, ...]
    follows: dict[str, dict[str, Path]] = field(default_factory=dict[str, dict[str, Path]])
    joins: list[Join] = field(default_factory=list[Join])
    routes: dict[str, tuple[Way, ...]] = field(default_factory=dict[str, tuple[Way, ...]])

    def arrows(self, *, bounded: bool = True) -> Iterator[tuple[str, str, Path]]:
        """Every (source, target, place), END included.

        Args:
            bounded: Also those of ways with a bound.
        """
        for source, targets in self.follows.items():
            for target, path in targets.items():
                yield source, target, path
        for join in self.joins:
            for source in join.sources:
                yield source, join.target, join.path
        for source, ways in self.routes.items():
            for way in ways:
                if bounded or way.bound is None:
                    for target in way.targets:
                        yield source, target, way.path

    @property
    def turns(self) -> int:
        """How often ways with a bound can be taken in one run, all of them together."""
        return sum(way.bound or 0 for ways in self.routes.values() for way in ways)


def wire(spec: WorkflowSpec, parameters: Mapping[str, Any], findings: Findings) -> Wiring:
    """Read the edges of a workflow; what is wrong with them is noted."""
    reader = _Reader(spec, parameters, findings)
    for number, edge in enumerate(spec.edges):
        if isinstance(edge, str):
            reader.arrow(edge, ("edges", number))
        else:
            for source, ways in edge.items():
                reader.route(source, ways, ("edges", number, source))
    reader.finish()
    return reader.wiring


class _Reader:
    def __init__(self, spec: WorkflowSpec, parameters: Mapping[str, Any], findings: Findings) -> None:
        self.spec = spec
        self.parameters = parameters
        self.findings = findings
        self.wiring = Wiring(tuple(spec.nodes))
        self.leaving: set[str] = set()
        """What edges begin at, those included that lead nowhere that is known."""

    def arrow(self, text: str, path: Path) -> None:
        parts = text.split("->")
        if len(parts) < 2:
            remedy = "write `a -> b`" if ">" not in text and "→" not in text else "write the arrow as `->`"
            self.findings.add(path, f"{text!r} is no edge", remedy)
            return
        groups = [self._names(part, path, text) for part in parts]
        if any(not group for group in groups):
            return
        for sources, targets in pairwise(groups):
            self.leaving.update(sources)
            if self._sources(sources, path) and self._targets(targets, path):
                for target in targets:
                    self._edge(sources, target, path)

    def route(self, source: str, ways: tuple[WaySpec, ...], path: Path) -> None:
        self.leaving.add(source)
        if not self._sources((source,), path):
            return
        if not ways:
            self.findings.add(path, f"the route of {source!r} has no ways", "write `- {to: NODE}`")
            return
        if source in self.wiring.routes:
            self.findings.add(path, f"{source!r} has a second route", "put all its ways into one list")
            return
        found: list[Way] = []
        for number, way in enumerate(ways):
            here = (*path, number)
            targets = self._names(way.to, (*here, "to"), way.to)
            if targets and self._targets(targets, (*here, "to")):
                bound = self._bound(way.at_most, (*here, "at_most"))
                found.append(Way(f"{source}:{number}", targets, way.when, bound, here))
        for number, way in enumerate(found[:-1]):
            if way.when is None and way.bound is None:
                self.findings.add(
                    found[number + 1].path, f"the ways of {source!r} behind this one are never taken",
                    "give the way before it a condition, or put it last",
                )  # fmt: skip
                break
        if len(found) == len(ways):
            self._last(source, found[-1])
        self.wiring.routes[source] = tuple(found)

    def _last(self, source: str, last: Way) -> None:
        if last.when is not None:
            self.findings.add(
                last.path, f"when no condition of the route of {source!r} holds, nothing follows",
                "add a last way without `when`: `- {to: NODE}`",
            )  # fmt: skip
        elif last.bound is not None:
            self.findings.add(
                last.path, f"when the last way of {source!r} was taken {last.bound} times, nothing follows",
                "add a way behind it without `at_most`: `- {to: NODE}`",
            )  # fmt: skip

    def _bound(self, given: int | str | None, path: Path) -> int | None:
        if not isinstance(given, str):
            return given
        name = given[2:-1]
        if name not in self.parameters:
            self.findings.add(path, f"there is no parameter {name!r}", did_you_mean(name, self.parameters))
            return 1
        value = self.parameters[name]
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1000:
            self.findings.add(path, f"the bound {given} is {value!r}", "give it a whole number from 0 to 1000")
            return 1
        return value

    def _names(self, text: str, path: Path, whole: str) -> tuple[str, ...]:
        names = tuple(part.strip() for part in text.split(","))
        if not all(names):
            self.findings.add(path, f"a name is missing in {whole!r}", "write `a, b -> c`")
            return ()
        if len(set(names)) < len(names):
            self.findings.add(path, f"a name stands twice in {whole!r}", "write it once")
            return ()
        return names

    def _known(self, name: str, path: Path) -> bool:
        if name in self.spec.nodes:
            return True
        remedy = did_you_mean(name, (*self.spec.nodes, START, END), "nodes")
        if any(sign in name for sign in _ARROWS):
            remedy = "write arrows as `->`"
        self.findings.add(path, f"there is no node {name!r}", remedy)
        return False

    def _sources(self, names: tuple[str, ...], path: Path) -> bool:
        if END in names:
            self.findings.add(path, "an edge begins at END", "nothing follows END: turn the edge round")
            return False
        if START in names:
            if len(names) > 1:
                self.findings.add(path, "START stands beside other nodes", "write an edge of its own for START")
            return len(names) == 1
        known = [self._known(name, path) for name in names]  # each unknown one is told
        return all(known)

    def _targets(self, names: tuple[str, ...], path: Path) -> bool:
        if START in names:
            self.findings.add(path, "an edge leads to START", "lead it to the first node instead")
            return False
        known = [name == END or self._known(name, path) for name in names]  # each unknown one is told
        return all(known)

    def _edge(self, sources: tuple[str, ...], target: str, path: Path) -> None:
        if len(sources) > 1 and target != END:
            if any(set(join.sources) == set(sources) and join.target == target for join in self.wiring.joins):
                self.findings.add(path, "this edge stands twice", "keep one of the two")
            self.wiring.joins.append(Join(sources, target, path))
            return
        for source in sources:
            targets = self.wiring.follows.setdefault(source, {})
            if target in targets:
                self.findings.add(path, f"the edge {source} -> {target} stands twice", "keep one of the two")
            targets.setdefault(target, path)

    def finish(self) -> None:
        """What only all edges together show."""
        if START not in self.leaving:
            self.findings.add(("edges",), "no edge begins at START", "add `START -> NODE`")
        for name in self.spec.nodes:
            if name not in self.leaving:
                self.findings.add(
                    ("nodes", name), f"nothing follows {name!r}", f"add `{name} -> END`, or lead it on to a node"
                )
