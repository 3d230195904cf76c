"""Decisions about relations, carried out on concepts that are settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from gradatim.kg.decisions.circles import DIRECTED, runs_in_circle, way
from gradatim.kg.decisions.concepts import Home, Node, World
from gradatim.kg.decisions.names import same
from gradatim.kg.decisions.records import Note, RelationDecision, RelationItem
from gradatim.kg.decisions.wording import wording
from gradatim.kg.graphfile import FileEdge, GraphFile
from gradatim.kg.schema import RelationType

State = Literal["untouched", "accepted", "edited", "gone"]
Pair = tuple[RelationType, tuple[Node, Node] | frozenset[Node]]
"""A relation as compared: a similarity has no direction."""


@dataclass(slots=True, eq=False)
class Tie:
    """A relation while decisions are carried out."""

    given: FileEdge
    home: Home
    source: Node
    target: Node
    state: State = "untouched"
    turn: int = -1
    """When it was decided about, counted in decisions."""
    decision: str | None = None

    @property
    def in_graph(self) -> bool:
        """Whether it stands in the graph now."""
        return self.state in ("accepted", "edited") or (self.home == "graph" and self.state == "untouched")

    @property
    def decided(self) -> bool:
        """Whether a person wants it in the graph."""
        return self.state != "untouched" or self.given.standing != "proposed"

    @property
    def pair(self) -> Pair:
        """What it is compared by."""
        return _pair(self.given.type, self.source, self.target)

    def edge(self) -> FileEdge:
        """It as a relation of the graph; what nothing changed is the same object still."""
        changed: dict[str, str] = {}
        if self.source.state != "untouched":
            changed["source"] = self.source.name
        if self.target.state != "untouched":
            changed["target"] = self.target.name
        if self.state != "untouched":
            changed["standing"] = self.state
        return self.given.model_copy(update=changed) if changed else self.given


@dataclass(slots=True)
class Ties:
    """The relations of a graph, doubtful ones too."""

    world: World
    notes: list[Note] = field(default_factory=list[Note])
    _given: list[Tie] = field(default_factory=list[Tie])
    _loose: list[FileEdge] = field(default_factory=list[FileEdge])
    _ties: dict[Pair, Tie] = field(default_factory=dict[Pair, Tie])

    @classmethod
    def of(cls, graph: GraphFile, world: World) -> Ties:
        """The relations of a graph whose concepts nothing was decided about yet."""
        ties = cls(world)
        ties._take_in(graph.edges, "graph")
        ties._take_in(graph.doubtful.edges, "doubtful")
        return ties

    def _take_in(self, edges: Iterable[FileEdge], home: Home) -> None:
        for edge in edges:
            source, target = self.world.find(edge.source), self.world.find(edge.target)
            if source is None or target is None:
                self._loose.append(edge)
            else:
                self._given.append(Tie(edge, home, source, target))

    def carry_out(self, decisions: Iterable[RelationDecision]) -> None:
        """Carry out decisions that are in force, earliest first, after those about concepts."""
        self._follow_concepts()
        latest: dict[Pair, tuple[RelationDecision, Node, Node]] = {}
        for decision in decisions:
            ends = self._ends(decision, decision.item)
            if ends is not None:
                # under another name somebody may have decided about the same relation before
                pair = _pair(decision.item.type, *ends)
                latest.pop(pair, None)
                latest[pair] = decision, *ends
        for turn, (pair, (decision, source, target)) in enumerate(latest.items()):
            self._carry_out(turn, pair, decision, source, target)
        for kind in DIRECTED:
            self._break_circles(kind)

    def edges(self) -> Iterator[FileEdge]:
        """The relations of the graph: in the order of the file, then those that people let in."""
        for home in ("graph", "doubtful"):
            yield from (tie.edge() for tie in self._ties.values() if tie.home == home and tie.in_graph)
        created = [tie for tie in self._ties.values() if tie.home == "decision" and tie.in_graph]
        yield from (tie.edge() for tie in sorted(created, key=_by_names))

    def doubtful(self) -> Iterator[FileEdge]:
        """Those that people are still to look at."""
        yield from (tie.edge() for tie in self._ties.values() if tie.home == "doubtful" and tie.state == "untouched")
        yield from self._loose

    def _follow_concepts(self) -> None:
        """What merged and rejected concepts do to relations: those within one concept and double ones go."""
        for tie in self._given:
            tie.source, tie.target = tie.source.root, tie.target.root
            if tie.source is tie.target or not (tie.source.live and tie.target.live):
                continue
            other = self._ties.setdefault(tie.pair, tie)
            if other.home == tie.home and _weight(tie) > _weight(other):
                self._ties[tie.pair] = tie

    def _ends(self, decision: RelationDecision, relation: RelationItem) -> tuple[Node, Node] | None:
        """The ends of a relation; `None`, told of where it matters, if it cannot be in this graph."""
        found: list[Node] = []
        for name in (relation.source, relation.target):
            node = self.world.find(name)
            if node is None or not node.live:
                if node is None and decision.verdict != "reject" and not self.world.was_rejected(name):
                    self.notes.append(Note(f"{wording(relation)}: there is no concept {name!r}", decision.id))
                return None
            found.append(node)
        if found[0] is found[1]:
            return None
        return found[0], found[1]

    def _carry_out(self, turn: int, pair: Pair, decision: RelationDecision, source: Node, target: Node) -> None:
        tie = self._ties.get(pair)
        if decision.verdict == "accept":
            if tie is None:
                tie = self._created(decision, decision.item, source, target)
            self._let_in(tie, "edited" if tie.state == "edited" else "accepted", turn, decision)
            return
        if tie is not None:
            tie.state = "gone"
        became = decision.became
        ends = self._ends(decision, became) if became is not None else None
        if became is not None and ends is not None:
            tie = self._ties.get(_pair(became.type, *ends)) or self._created(decision, became, *ends)
            self._let_in(tie, "edited", turn, decision)

    def _created(self, decision: RelationDecision, item: RelationItem, source: Node, target: Node) -> Tie:
        edge = FileEdge(
            source=source.name,
            target=target.name,
            type=item.type,
            confidence=decision.confidence if decision.verdict == "accept" else None,
            sentence=decision.sentence,
            place=decision.place,
        )
        return Tie(edge, "decision", source, target, "gone")

    def _let_in(self, tie: Tie, state: State, turn: int, decision: RelationDecision) -> None:
        outside = next((node.name for node in (tie.source, tie.target) if not node.in_graph), None)
        if outside is not None:
            self.notes.append(Note(f"{wording(tie.given)}: {outside!r} is not in the graph yet", decision.id))
            return
        tie.state, tie.turn, tie.decision = state, turn, decision.id
        self._ties.setdefault(tie.pair, tie)

    def _break_circles(self, kind: RelationType) -> None:
        """Where relations run in a circle: of decisions the earlier ones stay, of proposals the more confident ones."""
        ties = [tie for tie in self._ties.values() if tie.given.type == kind and tie.in_graph]
        if not runs_in_circle((tie.source, tie.target) for tie in ties):
            return
        ties.sort(key=lambda tie: (not tie.decided, tie.turn, -_weight(tie)[1]))
        kept: list[tuple[Node, Node]] = []
        for tie in ties:
            back = way(kept, tie.target, tie.source)
            if back:
                tie.state = "gone"
                names = " → ".join(node.name for node in (tie.source, *back))
                self.notes.append(Note(f"{wording(tie.given)}: left out, it closes a circle ({names})", tie.decision))
            else:
                kept.append((tie.source, tie.target))


def _pair(kind: RelationType, source: Node, target: Node) -> Pair:
    return kind, frozenset((source, target)) if kind == "similarity" else (source, target)


def _weight(tie: Tie) -> tuple[bool, float]:
    """How much speaks for a relation: a person, then its confidence."""
    return tie.given.standing != "proposed", 1.0 if tie.given.confidence is None else tie.given.confidence


def _by_names(tie: Tie) -> tuple[object, ...]:
    return same(tie.source.name), same(tie.target.name), tie.given.type
