"""Whether a workflow does what an instruction asks for, read off its graph and nothing else.

The planner's own words for its steps play no part here: a step is there if nodes of the right kinds stand where they
have to stand, on every way that counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gradatim.graphs.workflow.places import Findings, Places
from gradatim.graphs.workflow.spec import END, START, NodeSpec
from gradatim.graphs.workflow.wiring import Way, Wiring, wire
from gradatim.graphs.workflow.workflow import Workflow

Ask = Mapping[str, Any]
ROLES: Mapping[str, frozenset[str]] = {
    "feedback": frozenset({"generate"}),
    "grading": frozenset({"grade"}),
    "diagnosis": frozenset({"diagnose"}),
    "execution": frozenset({"execute"}),
    "recall": frozenset({"recall"}),
    "memory": frozenset({"record", "note"}),
    "comparison": frozenset({"compare"}),
    "delivery": frozenset({"deliver"}),
    "consistency": frozenset({"critique"}),
    "revision": frozenset({"revise"}),
    "attempt": frozenset({"next_attempt"}),
    "peer": frozenset({"peer_view"}),
    "items": frozenset({"items", "make_items", "item", "generate_items", "make_item", "propose_items"}),
    "report": frozenset({"learner_report"}),
    "oral": frozenset({"oral_questions"}),
}
"""Step → kinds of nodes that do it."""
_LEARNERS = frozenset({"next_attempt", "peer_view"})


@dataclass(frozen=True, slots=True)
class Graph:
    """One workflow's nodes and ways.

    Attributes:
        kinds: Node → kind.
        asks: Nodes that wait for a person who is no learner.
        arrows: Node → nodes that can come next.
    """

    specs: Mapping[str, NodeSpec]
    kinds: Mapping[str, str]
    asks: frozenset[str]
    arrows: Mapping[str, frozenset[str]]
    wiring: Wiring

    @classmethod
    def of(cls, workflow: Workflow) -> Graph:
        """The graph of a checked workflow."""
        spec = workflow.spec
        specs = {name: spec.node(name) for name in spec.nodes}
        kinds = {name: node.kind or name for name, node in specs.items() if node.workflow is None}
        wiring = wire(
            spec, {key: item.default for key, item in spec.parameters.items()}, Findings(Places(workflow.name))
        )
        arrows: dict[str, set[str]] = {}
        for source, target, _ in wiring.arrows():
            arrows.setdefault(source, set()).add(target)
        asks = {name for name, kind in kinds.items() if _asks_staff(workflow, specs[name], kind)}
        return cls(specs, kinds, frozenset(asks), {key: frozenset(value) for key, value in arrows.items()}, wiring)

    def nodes(self, role: str) -> frozenset[str]:
        """Nodes that do a step; `end` is where the workflow ends, `person` a node that asks one."""
        if role == "end":
            return frozenset({END})
        if role == "person":
            return self.asks
        if role == "reflection":
            return frozenset(name for name, spec in self.specs.items() if _of_learner(spec, self.kinds.get(name)))
        return frozenset(name for name, kind in self.kinds.items() if kind in ROLES[role])

    def begins(self, targets: frozenset[str], without: frozenset[str]) -> bool:
        """Whether a run can come to one of the targets without going through others; joins wait for all of theirs."""
        waited = {join.target: join.sources for join in self.wiring.joins}
        seen = {START}
        while True:
            more = {
                node
                for source in seen
                for node in self.arrows.get(source, frozenset())
                if node not in seen | without
                and (node not in waited or source not in waited[node] or set(waited[node]) <= seen)
            }
            if not more:
                return bool(seen & targets)
            seen |= more

    def reaches(self, start: str, targets: frozenset[str], without: frozenset[str]) -> bool:
        """Whether one of the targets can come after a node on a way that avoids others."""
        seen, ahead = {start}, [start]
        while ahead:
            for node in self.arrows.get(ahead.pop(), frozenset()):
                if node in targets and node not in without:
                    return True
                if node not in seen and node not in without:
                    seen.add(node)
                    ahead.append(node)
        return False

    def ways(self) -> Iterator[tuple[str, Way]]:
        """All ways of routes."""
        for source, ways in self.wiring.routes.items():
            for way in ways:
                yield source, way


def _asks_staff(workflow: Workflow, spec: NodeSpec, kind: str) -> bool:
    found = workflow.kinds.get(kind)
    if found is None or not found.asks or kind in _LEARNERS:
        return False
    shows = spec.with_.get("shows")
    return not (_of_learner(spec, kind) or shows == ["peer_view"])


def _of_learner(spec: NodeSpec, kind: str | None) -> bool:
    """Whether a question goes to the learner: they see what was delivered to them, and say something."""
    return kind == "ask_person" and spec.with_.get("shows") == ["outcome"] and spec.with_.get("allowed") == ["respond"]


def unmet(workflow: Workflow, asks: tuple[Ask, ...]) -> list[Ask]:
    """Which of the asked-for steps a workflow does not do."""
    graphs = [Graph.of(item) for item in _all(workflow)]
    return [ask for ask in asks if not _met(graphs, ask)]


def _all(workflow: Workflow) -> Iterator[Workflow]:
    yield workflow
    for child in workflow.children.values():
        yield from _all(child)


def _met(graphs: list[Graph], ask: Ask) -> bool:
    name, value = next(iter(ask.items()))
    rule = _RULES[name]
    if name in ("never", "not_always"):
        return all(rule(graph, value, ask) for graph in graphs)
    return any(rule(graph, value, ask) for graph in graphs)


def _does(graph: Graph, role: Any, ask: Ask) -> bool:
    return len(graph.nodes(role)) >= int(ask.get("times", 1))


def _never(graph: Graph, role: Any, ask: Ask) -> bool:
    if role == "delivery_unseen":
        return not graph.begins(graph.nodes("delivery"), graph.asks)
    return not graph.nodes(role)


def _not_always(graph: Graph, role: Any, ask: Ask) -> bool:
    return graph.begins(frozenset({END}), graph.nodes(role))


def _person_between(graph: Graph, roles: Any, ask: Ask) -> bool:
    first, last = graph.nodes(roles[0]), graph.nodes(roles[1])
    if not first or not last or not graph.asks:
        return False
    return not any(graph.reaches(node, last, graph.asks) for node in first)


def _person_when(graph: Graph, what: Any, ask: Ask) -> bool:
    words = {
        "confidence": "confidence",
        "degradations": "degradations",
        "disagreement": "agreement",
        "failing": "failed",
    }
    found = [way for _, way in graph.ways() if way.when and words[what] in way.when and set(way.targets) & graph.asks]
    if "value" not in ask:
        return bool(found)
    wanted = float(ask["value"])
    if what == "disagreement":
        points = [graph.specs[name].with_.get("points") for name in graph.nodes("comparison")]
        return bool(found) and wanted in points
    return any(wanted in [float(number) for number in re.findall(r"\d+\.?\d*", way.when or "")] for way in found)


def _person_after(graph: Graph, role: Any, ask: Ask) -> bool:
    return any(graph.reaches(node, graph.asks, graph.nodes("delivery")) for node in graph.nodes(role))


def _loop(graph: Graph, role: Any, ask: Ask) -> bool:
    nodes, bound = graph.nodes(role), int(ask["at_most"])
    bounds = {way.bound for _, way in graph.ways() if set(way.targets) & nodes}
    if role == "revision":  # one more way, on which evidence speaks alone
        rounds = all(graph.specs[name].with_.get("rounds") == bound for name in nodes)
        return bool(nodes) and rounds and bounds <= {bound, bound + 1}
    back = any(graph.reaches(node, nodes, frozenset()) for node in nodes)
    return back and bounds == {bound}


def _each(graph: Graph, key: Any, ask: Ask) -> bool:
    found = [spec for spec in graph.specs.values() if spec.for_each == key]
    return bool(found) and ("at_once" not in ask or found[0].at_once == ask["at_once"])


def _language(graph: Graph, code: Any, ask: Ask) -> bool:
    values = [spec.with_.get("values") for spec in graph.specs.values()]
    return any(isinstance(value, dict) and value.get("language") == code for value in values)


def _working(graph: Graph) -> list[NodeSpec]:
    return [spec for name, spec in graph.specs.items() if spec.workflow is None and name not in _waiting(graph)]


def _waiting(graph: Graph) -> frozenset[str]:
    asking = {name for name, kind in graph.kinds.items() if kind in ("ask_person", "human_review", "next_attempt")}
    return graph.asks | asking


def _timeout(graph: Graph, seconds: Any, ask: Ask) -> bool:
    nodes = _working(graph)
    return bool(nodes) and all(spec.timeout == seconds for spec in nodes)


def _retry(graph: Graph, times: Any, ask: Ask) -> bool:
    nodes = _working(graph)
    return bool(nodes) and all(spec.retry == times + 1 for spec in nodes)


def _skips(graph: Graph, role: Any, ask: Ask) -> bool:
    """Whether a way for programs that pass leads to the end without the step."""
    for _, way in graph.ways():
        if way.when is not None and re.search(r"failed_share == 0|verdict == .correct", way.when):
            avoided = graph.nodes(role)
            return all(item == END or graph.reaches(item, frozenset({END}), avoided) for item in way.targets)
    return False


def _order(graph: Graph, roles: Any, ask: Ask) -> bool:
    first, last = graph.nodes(roles[0]), graph.nodes(roles[1])
    return bool(first) and bool(last) and not graph.begins(last, first)


_RULES: Mapping[str, Callable[[Graph, Any, Ask], bool]] = {
    "does": _does,
    "never": _never,
    "not_always": _not_always,
    "person_between": _person_between,
    "person_when": _person_when,
    "person_after": _person_after,
    "loop": _loop,
    "each": _each,
    "language": _language,
    "timeout": _timeout,
    "retry": _retry,
    "skips": _skips,
    "order": _order,
}
