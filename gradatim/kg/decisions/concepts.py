"""Decisions about concepts, carried out: which concepts there are, what they are called, which became one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from gradatim.kg.decisions.names import keys, names_of, same
from gradatim.kg.decisions.records import ConceptDecision, ConceptItem, Note
from gradatim.kg.graphfile import FileConcept, GraphFile
from gradatim.kg.lexicon import Key

Home = Literal["graph", "doubtful", "decision"]
State = Literal["untouched", "accepted", "edited", "rejected"]


@dataclass(slots=True, eq=False)
class Node:
    """A concept while decisions are carried out."""

    given: FileConcept
    home: Home
    """Where it came from."""
    name: str
    aliases: list[str]
    mentions: int | None
    state: State = "untouched"
    into: Node | None = None
    """The concept it was merged into."""

    @property
    def root(self) -> Node:
        """What it is now: itself, or what it was merged into."""
        node = self
        while node.into is not None:
            node = node.into
        return node

    @property
    def live(self) -> bool:
        """Whether it is a concept still, in the graph or doubtful."""
        return self.into is None and self.state != "rejected"

    @property
    def in_graph(self) -> bool:
        """Whether it stands in the graph now."""
        return self.live and (self.home == "graph" or self.state != "untouched")

    def concept(self) -> FileConcept:
        """It as a concept of the graph; what was not decided about is the same object still."""
        if self.state == "untouched":
            return self.given
        changed = {"name": self.name, "aliases": tuple(self.aliases), "mentions": self.mentions, "standing": self.state}
        return self.given.model_copy(update=changed)


class World:
    """All concepts of a graph, doubtful ones too, by all the names they ever had.

    Args:
        graph: Whose concepts.
    """

    def __init__(self, graph: GraphFile) -> None:
        self.notes: list[Note] = []
        self._nodes: list[Node] = []
        self._rejected: set[Key] = set()
        self._holders: defaultdict[Key, list[Node]] = defaultdict(list)
        self._documents = tuple(document.name for document in graph.documents)
        for concept in graph.concepts:
            self._add(concept, "graph")
        for concept in graph.doubtful.concepts:
            self._add(concept, "doubtful")

    def find(self, name: str) -> Node | None:
        """What a name means now: a name before an alias before a former name; a rejected concept last."""
        key = same(name)
        nodes = dict.fromkeys(node.root for node in self._holders.get(key, ()))
        return min(nodes, key=lambda node: _rank(node, key), default=None)

    def was_rejected(self, name: str) -> bool:
        """Whether a name that means nothing here is known to mean nothing."""
        return same(name) in self._rejected

    def carry_out(self, decisions: Iterable[ConceptDecision]) -> None:
        """Carry out decisions that are in force, earliest first."""
        lines = list(decisions)
        for line in lines:
            self._carry_out(line, self.find(line.item.name))
        for line in lines:
            # what was another name of a concept that was rejected later is on its own again
            node = self.find(line.item.name)
            if line.verdict != "reject" and node is not None and not node.live and not _is_about(node, line):
                self._carry_out(line, None)
        self._settle_aliases()

    def concepts(self) -> Iterator[Node]:
        """The concepts of the graph: in the order of the file, then those that people let in."""
        for home in ("graph", "doubtful"):
            yield from (node for node in self._nodes if node.home == home and node.in_graph)
        created = [node for node in self._nodes if node.home == "decision" and node.in_graph]
        yield from sorted(created, key=lambda node: same(node.name))

    def doubtful(self) -> Iterator[Node]:
        """Those that people are still to look at."""
        return (node for node in self._nodes if node.live and not node.in_graph)

    def _add(self, concept: FileConcept, home: Home) -> Node:
        node = Node(concept, home, concept.name, list(concept.aliases), concept.mentions)
        self._nodes.append(node)
        for name in names_of(concept):
            self._holders[same(name)].append(node)
        return node

    def _carry_out(self, decision: ConceptDecision, node: Node | None) -> None:
        item, became = decision.item, decision.became
        if node is None:
            if decision.verdict == "reject":
                self._rejected.add(same(item.name))
                return
            if not self._own(decision.place):
                text = f"{item.name!r} is not added: {decision.place} is not among the documents of the graph"
                self.notes.append(Note(text, decision.id))
                return
            node = self._recreated(decision)
        if not self._means(node, decision):
            return
        if decision.verdict == "reject":
            node.state = "rejected"
        elif became is None:
            node.state = "edited" if node.state == "edited" else "accepted"
        else:
            self._edit(node, item, became)

    def _means(self, node: Node, decision: ConceptDecision) -> bool:
        """Whether a decision is about a concept that answers to its item's name.

        What is by now another name of something larger was not decided about: a rejected word does not take with it
        the concept that was built with this word as an alias. But if a name was accepted, so is what else has it.
        """
        if decision.verdict == "accept" and _rank(node, same(decision.item.name)) <= _ALIAS:
            return True
        carried_out = decision.became is not None and self.find(decision.became.name) is node
        return carried_out or _is_about(node, decision)

    def _own(self, place: str | None) -> bool:
        """Whether a place is in the documents of the graph; yes where that cannot be known."""
        return not self._documents or not place or any(place.startswith(name) for name in self._documents)

    def _recreated(self, decision: ConceptDecision) -> Node:
        """A concept that a person let in and that the graph was built without."""
        return self._add(
            FileConcept(
                name=decision.item.name,
                aliases=decision.item.aliases,
                confidence=decision.confidence,
                sentence=decision.sentence,
                place=decision.place,
                mentions=decision.mentions,
            ),
            "decision",
        )

    def _edit(self, node: Node, item: ConceptItem, became: ConceptItem) -> None:
        # no name is ever lost: relations and decisions that use it still find the concept
        further = (node.name, *node.aliases, *became.aliases)
        target = self.find(became.name)
        key = same(became.name)
        if target is None or target is node or _rank(target, key) > _ALIAS:
            # found by an alias that it got when this was carried out before, it may have been named anew since
            settled = target is node and same(node.name) != same(item.name)
            self._name(node, node.name if settled else became.name, further)
            node.state = "edited"
            return
        node.into, target.state = target, "edited"
        self._name(target, target.name, further)
        if node.home != "decision" and node.mentions is not None and target.mentions is not None:
            target.mentions += node.mentions

    def _name(self, node: Node, name: str, further: Iterable[str]) -> None:
        found = {same(alias): alias for alias in reversed([*node.aliases, *further])}
        kept = list(dict.fromkeys(map(same, (*node.aliases, *further))))
        node.name = name
        node.aliases = [found[key] for key in kept if key != same(name)]
        for key in (same(name), *kept):
            self._holders[key].append(node)

    def _settle_aliases(self) -> None:
        """Take from decided concepts the new aliases that are names of others; the aliases they came with go first."""
        live = [node for node in self._nodes if node.live]
        given = {node: node.given.aliases if node.home != "decision" else () for node in live}
        owners: dict[Key, Node] = {}
        for node in live:
            owners.setdefault(same(node.name), node)
        for node in live:
            for key in keys(node.aliases) & keys(given[node]):
                owners.setdefault(key, node)
        for node in live:
            if node.state != "untouched":
                wanted, own = keys(node.aliases), keys(given[node])
                aliases: dict[Key, str] = {}
                for alias in (*given[node], *node.aliases):
                    key = same(alias)
                    if key in wanted and (key in own or owners.setdefault(key, node) is node):
                        aliases.setdefault(key, alias)
                node.aliases = list(aliases.values())


def _is_about(node: Node, decision: ConceptDecision) -> bool:
    """Whether a concept is called as the item of a decision was or became."""
    item, became = decision.item, decision.became
    return same(node.name) in keys((*item.names, *(became.names if became is not None else ())))


_NAME, _ALIAS, _FORMER, _REJECTED = range(4)


def _rank(node: Node, key: Key) -> int:
    if node.state == "rejected":
        return _REJECTED
    if same(node.name) == key:
        return _NAME
    return _ALIAS if key in keys(node.aliases) else _FORMER
